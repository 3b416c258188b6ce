"""From what a user names to the arms of an experiment."""

from dataclasses import replace
from pathlib import Path

from emixer_tf.baselines.methods import method_class
from emixer_tf.config import EmixerConfig
from emixer_tf.data.card import check_all_splits
from emixer_tf.experiments import covid
from emixer_tf.experiments.catalogue import experiment_module
from emixer_tf.experiments.cells.data import PhantomData, PreparedData
from emixer_tf.experiments.cells.disease_classes import (
    CLASSES,
    STAND_INS,
    DiseaseClasses,
    is_confounded,
    positives,
)
from emixer_tf.experiments.methods import check_reports, titles_of
from emixer_tf.experiments.plan import Plan
from emixer_tf.experiments.scales import scale_named

_SET_BY_ARMS = {
    "seed": "name seeds by --seed",
    "labelled_fraction": "emixer experiment limited_labels, for 30, 50 and 100 % of them",
}
_SPLITS_ARE_FOR = (
    "Models learn on train, their best epoch is that of val, and they are compared on test."
)
_READ_REPORTS = ("joint_embedding", "limited_labels", "reader_study")


def plan_of(scale_name, data, methods, seeds=None, changes=()):
    """Return what an experiment computes on.

    Args:
        scale_name: Of a scale.
        data: Folder that `emixer prepare` wrote, or None for phantoms.
        methods: Names of methods, in any spelling; "all" stands for every one.
        seeds: Ints, or None for the scale's.
        changes: `FIELD=VALUE` changes of the generators' configuration.

    Returns:
        `Plan`.

    Raises:
        ValueError: If a method or the scale is unknown, a method or a seed is named twice, a seed
            is negative, a change is of no field, of one that the arms set themselves, or of a
            weight that a method has no term for, the data cannot be read, lack a split, or have no
            reports and a method needs them.
    """
    scale = scale_named(scale_name)
    methods = titles_of(methods)
    if changes:
        _check_changes(EmixerConfig.named(scale.configuration), methods, changes)
    scale = replace(scale, changes=(*scale.changes, *changes))
    seeds = tuple(seeds or scale.seeds)
    _check_each_once(methods, seeds)
    if data is None:
        cell = PhantomData(scale.train, scale.val, scale.test, scale.resolution)
        count, size, has_reports = scale.train, (scale.resolution, 1), True
    else:
        from emixer_tf.data import read_card

        card = read_card(data)
        cell, count = PreparedData.of(data), card.counts["train"]
        size, has_reports = (card.resolution, card.channels), not card.has_no_reports
        if not has_reports:
            check_reports(methods)
        check_all_splits(card, data, _SPLITS_ARE_FOR)
    return Plan(scale, cell, count, size, methods, seeds, has_reports)


def _check_changes(config, methods, changes):
    config.changed(changes)  # a misspelt field is told before TensorFlow is waited for
    for change in changes:
        field = change.partition("=")[0]
        if field in _SET_BY_ARMS:
            raise ValueError(
                f"The arms of an experiment set {field} themselves. Received: --set {change}. "
                f"Remedy: {_SET_BY_ARMS[field]}."
            )
    for title in methods:
        method = method_class(title)
        method.check_weights(method.adapted(config).changed(changes))


def _check_each_once(methods, seeds):
    for kind, values in (("method", methods), ("seed", seeds)):
        if len(set(values)) < len(values):
            raise ValueError(
                f"A {kind} counts once. Received: --{kind} {', '.join(map(str, values))}. Remedy: "
                "name each one time."
            )
    if min(seeds) < 0:
        raise ValueError(f"A seed is 0 or more. Received: --seed {min(seeds)}")


def arms_of(name, plan, films=None):
    """Return the arms of an experiment, and the notes of its page.

    Args:
        name: Of the experiment.
        plan: `Plan`.
        films: For "covid": `(folders, allow_domain_mix)`.

    Returns:
        `(arms, notes)`.

    Raises:
        ValueError: If the data lack what the experiment needs.
    """
    if name in _READ_REPORTS and not plan.has_reports:
        raise ValueError(
            f"The data have no reports, which {name} is about. Remedy: data with reports, or one "
            "of augmentation and comparison (of classifiers alone), synthetic_only, replacement "
            "and covid."
        )
    module = experiment_module(name)
    if name != "covid":
        return module.arms(plan), (f"Data: {plan.data.note}", *module.NOTES)
    cell, notes = disease_films(plan, *films)
    told = [f"Films of the four classes: {data.note}" for data in cell.data]
    told.append(f"Data to pre-train on: {plan.data.note}")
    return module.arms(plan, cell), (*told, *notes, *module.NOTES)


def disease_films(plan, folders, allow_domain_mix):
    """Return the films of the four classes, and what has to be said of them.

    Args:
        plan: `Plan`, whose data stand in where no folder is named.
        folders: Folders that `emixer prepare` wrote.
        allow_domain_mix: Whether classes that come from one data set alone are allowed.

    Returns:
        `(DiseaseClasses, notes)`.

    Raises:
        ValueError: If class and data set are confounded and that is not allowed.
    """
    if not folders:
        labels = tuple(STAND_INS[name] for name in CLASSES)
        return DiseaseClasses((plan.data,), ("phantom",), labels), (covid.STAND_IN_NOTE,)
    names = tuple(Path(folder).resolve().name for folder in folders)
    counts = {name: positives(folder) for name, folder in zip(names, folders, strict=True)}
    _check_films(plan, folders, counts)
    cell = DiseaseClasses(tuple(map(PreparedData.of, folders)), names, CLASSES)
    if not is_confounded(counts):
        return cell, ()
    table = "; ".join(
        f"{name}: {', '.join(f'{number} {count}' for number, count in row.items() if count)}"
        for name, row in counts.items()
    )
    if not allow_domain_mix:
        raise ValueError(
            "Disease and source are confounded: some class comes from one data set alone "
            f"({table}). A classifier would learn to tell hospitals. Remedy: data sets that hold "
            "all classes, or --allow-domain-mix, which also shows how well the source alone does."
        )
    return cell, (f"{covid.CONFOUNDED} Films in the data: {table}.",)


def _check_films(plan, folders, counts):
    from emixer_tf.data import read_card

    missing = [name for name in CLASSES if not any(row[name] for row in counts.values())]
    if missing:
        raise ValueError(
            f"No film of {', '.join(folders)} is labelled {', '.join(missing)}. Remedy: prepare "
            f"the films with the labels {', '.join(CLASSES)}."
        )
    size = plan.film_size
    for folder in folders:
        card = read_card(folder)
        if (card.resolution, card.channels) != size:
            raise ValueError(
                f"{folder} has films of {card.resolution} px and {card.channels} channels, the "
                f"data for pre-training {size[0]} and {size[1]}. Remedy: prepare both alike."
            )
