import dataclasses
from types import SimpleNamespace

import pytest

import emixer_tf.data
from emixer_tf.experiments import comparison, covid, planning
from emixer_tf.experiments.catalogue import experiment_module
from emixer_tf.experiments.cells.classifiers import FilmClassification
from emixer_tf.experiments.cells.data import PhantomData, PreparedData
from emixer_tf.experiments.cells.disease_classes import CLASSES, STAND_INS, DiseaseClasses
from emixer_tf.experiments.cells.generator import Generator, StudiesAsRead
from emixer_tf.experiments.cells.generator_quality import GeneratorQuality
from emixer_tf.experiments.cells.mix import Mix, TrainedOnMix
from emixer_tf.experiments.methods import titles_of
from emixer_tf.experiments.plan import Plan
from emixer_tf.experiments.planning import arms_of as planned_arms
from emixer_tf.experiments.planning import plan_of
from emixer_tf.experiments.results import ResultRow, check_rows
from emixer_tf.experiments.scales import SCALES, scale_named

TRAINED = ("augmentation", "joint_embedding", "limited_labels", "replacement", "synthetic_only")


def plan_at(scale_name, **changes):
    scale = scale_named(scale_name)
    data = PhantomData(scale.train, scale.val, scale.test, scale.resolution)
    plan = Plan(scale, data, scale.train, (scale.resolution, 1), ("EMIXER",), scale.seeds)
    return dataclasses.replace(plan, **changes)


def arms_of(name, plan):
    if name != "covid":
        return experiment_module(name).arms(plan)
    films = DiseaseClasses((plan.data,), ("phantom",), tuple(STAND_INS[name] for name in CLASSES))
    return covid.arms(plan, films)


def all_cells(cells):
    """Yield cells and everything they need, by key."""
    for cell in cells:
        yield cell.key, cell
        yield from all_cells(cell.inputs.values())


def every_cell(name, plan):
    return dict(all_cells(cell for arm in arms_of(name, plan) for cell in arm.cells))


@pytest.fixture(params=SCALES)
def plan(request):
    return plan_at(request.param)


@pytest.mark.parametrize("name", [*TRAINED, "comparison", "covid"])
def test_arms_make_a_table_with_the_columns_of_the_study(name, plan):
    study = experiment_module(name).STUDY
    scores = dict.fromkeys(study.columns, 0.5)
    arms = arms_of(name, plan)
    check_rows([ResultRow(arm.name, arm.method, arm.seed, scores) for arm in arms], study)
    tested = {arm.seed for arm in arms if arm.name == study.reference_arm}
    assert tested == set(plan.seeds)
    others = {arm.name for arm in arms if arm.method == "EMIXER"}
    for other in others:
        assert {arm.seed for arm in arms if arm.name == other} == tested


@pytest.mark.parametrize("name", [*TRAINED, "comparison", "covid"])
def test_all_arms_are_trained_for_as_many_updates_on_as_large_batches(name, plan):
    kinds = {}
    for arm in arms_of(name, plan):
        for cell in arm.cells:
            if isinstance(cell, TrainedOnMix):
                sizes = (cell.updates, cell.batch_size)
                kinds.setdefault(type(cell), set()).add(sizes)
    assert all(len(sizes) == 1 for sizes in kinds.values())


@pytest.mark.parametrize("name", [*TRAINED, "comparison"])
def test_no_arm_asks_for_more_studies_than_there_are(name, plan):
    for cell in every_cell(name, plan).values():
        if isinstance(cell, TrainedOnMix):
            assert cell.synthetic_count <= (cell.synthetic.count if cell.synthetic else 0)
            assert cell.real_count is None or 0 <= cell.real_count <= plan.real_count
            assert cell.real_count != 0 or cell.synthetic_count


def test_experiments_share_what_they_have_in_common():
    plan = plan_at("small")
    by_name = {name: every_cell(name, plan) for name in (*TRAINED, "covid", "comparison")}
    for seed in plan.seeds:
        only_real = plan.film_classification(seed).key
        generator = plan.generator("EMIXER", seed).key
        studies = plan.synthetic("EMIXER", seed).key
        for name in ("augmentation", "synthetic_only", "replacement", "covid"):
            assert {only_real, generator, studies} <= by_name[name].keys()
        limited, compared = by_name["limited_labels"].keys(), by_name["comparison"].keys()
        assert {generator, plan.synthetic("EMIXER", seed, ratio=1).key} <= limited & compared
        assert {generator, studies} <= by_name["joint_embedding"].keys()
    generators = {
        key for cells in by_name.values() for key, cell in cells.items()
        if isinstance(cell, Generator)
    }  # fmt: skip
    assert len(generators) == 3 * len(plan.seeds)  # with 30, 50 and 100 % of the labels


def test_a_mix_without_generated_studies_needs_no_generator():
    plan = plan_at("small")
    synthetic = plan.synthetic("EMIXER", 0)
    assert plan.film_classification(0, Mix(5, 0), synthetic) == plan.film_classification(
        0, Mix(5, 0)
    )
    needed = dict(all_cells([plan.film_classification(0, Mix(5, 0), synthetic)])).values()
    assert not any(isinstance(cell, Generator) for cell in needed)


def test_a_page_says_on_which_data_scores_are_taken():
    plan = plan_at("tiny")
    size = plan.data.note
    assert planned_arms("augmentation", plan)[1][0] == f"Data: {size}"
    assert planned_arms("covid", plan, ((), False))[1][:2] == (
        f"Films of the four classes: {size}", f"Data to pre-train on: {size}",
    )  # fmt: skip


def test_the_comparison_judges_generated_studies_where_they_stand_alone():
    plan = plan_at("small", methods=titles_of(["all"]))
    judged = {
        arm.name
        for arm in arms_of("comparison", plan)
        if any(isinstance(cell, GeneratorQuality) for cell in arm.cells)
    }
    assert judged == {"S", "S, equal time"}


def test_the_comparison_takes_labels_as_read_of_methods_that_read_films():
    plan = plan_at("small", methods=titles_of(["all"]))
    arms = [arm for arm in arms_of("comparison", plan) if " as read" in arm.name]
    assert {arm.method for arm in arms} == {"EMIXER", "SM-GAN"}
    assert {arm.name for arm in arms if arm.method == "EMIXER"} == {"R + S as read", "S as read"}
    for arm in arms:
        (cell,) = arm.cells
        assert isinstance(cell.synthetic, StudiesAsRead)
        assert cell.synthetic.synthetic.generator == cell.synthetic.generator


def test_an_encoder_that_learns_no_labels_has_no_arm_of_labels_as_read():
    scale = dataclasses.replace(
        scale_named("small"), changes=("encoder_label_weight=0", "label_weight_generator=0")
    )
    plan = plan_at("small", scale=scale)
    for name in ("comparison", "synthetic_only"):
        assert not [arm for arm in arms_of(name, plan) if "as read" in arm.name]


def test_limited_labels_judges_all_generators_by_the_same_classifiers_that_are_no_arms():
    plan = plan_at("small")
    judges, arms = set(), set()
    for arm in arms_of("limited_labels", plan):
        qualities = (cell for cell in arm.cells if isinstance(cell, GeneratorQuality))
        judges.update(judge.key for quality in qualities for judge in quality.judges)
        arms.update(cell.key for cell in arm.cells if isinstance(cell, FilmClassification))
    assert len(judges) == 3
    assert not judges & arms


def test_limited_labels_withholds_labels_from_the_generator_alone():
    plan = plan_at("small")
    told = {
        arm.name: {
            change
            for cell in arm.cells for change in cell.synthetic.generator.changes
            if change.startswith("labelled_fraction")
        }
        for arm in arms_of("limited_labels", plan)
    }  # fmt: skip
    assert told == {
        "30 % of labels": {"labelled_fraction=0.3"},
        "50 % of labels": {"labelled_fraction=0.5"},
        "100 % of labels": set(),
    }


def test_limited_labels_gives_rivals_all_labels():
    plan = plan_at("small", methods=("EMIXER", "SM-GAN"))
    arms = [arm for arm in arms_of("limited_labels", plan) if arm.method == "SM-GAN"]
    assert {arm.name for arm in arms} == {"all labels given"}
    assert {cell.synthetic.generator.method for arm in arms for cell in arm.cells} == {"SM-GAN"}
    assert {cell.synthetic.generator.changes for arm in arms for cell in arm.cells} == {()}


def test_cells_of_a_method_are_named_as_in_tables_however_it_was_named():
    named = {
        spelling: plan_of("small", None, [spelling]).methods
        for spelling in ("emixer", "EMIXER", "sm-gan", "SMGAN")
    }
    assert set(named.values()) == {("EMIXER",), ("SM-GAN",)}
    cell = plan_of("small", None, ["emixer"]).generator("EMIXER", 0)
    assert cell.specification["method"] == "EMIXER"


def test_replacement_keeps_the_total():
    plan = plan_at("small")
    mixed = [arm for arm in arms_of("replacement", plan) if " S" in arm.name]
    assert [arm.name for arm in mixed[:: len(plan.seeds)]] == [
        "90 % R + 10 % S", "80 % R + 20 % S", "60 % R + 40 % S", "20 % R + 80 % S",
    ]  # fmt: skip
    for arm in mixed:
        (cell,) = arm.cells
        assert cell.real_count + cell.synthetic_count == plan.real_count


def test_replacement_compares_with_the_same_real_films_alone():
    plan = plan_at("small")
    arms = arms_of("replacement", plan)
    mixes = [arm for arm in arms if arm.name != "nothing found"]
    counts = {(arm.name, arm.seed): arm.cells[0].real_count for arm in mixes}
    for seed in plan.seeds:
        assert counts["60 % R + 40 % S", seed] == counts["60 % R alone", seed]


def test_augmentation_grows_and_ends_with_fine_tuning_on_real_studies():
    plan = plan_at("small")
    rows = [arm for arm in arms_of("augmentation", plan) if arm.method and arm.seed == 0]
    assert [arm.name for arm in rows] == [
        "R + 0.5 S", "R + 1 S", "R + 3 S", "R + 6 S", "6 S, then R",
    ]  # fmt: skip
    assert [arm.cells[0].synthetic_count for arm in rows] == [1000, 2000, 6000, 12000, 12000]
    assert [arm.cells[0].pretrain for arm in rows] == [False] * 4 + [True]


def test_without_reports_augmentation_is_one_of_classifiers():
    plan = plan_at("tiny", has_reports=False)
    cells = every_cell("augmentation", plan).values()
    assert {type(cell).__name__ for cell in cells if not cell.inputs.get("generator")} == {
        "FilmClassification", "Generator", "NothingFound", "PhantomData", "RealStudies",
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"no reports, which joint_embedding is about"):
        planned_arms("joint_embedding", plan)


def test_covid_tells_the_source_alone_only_where_there_are_several():
    plan = plan_at("tiny")
    labels = tuple(STAND_INS[name] for name in CLASSES)
    other = dataclasses.replace(plan.data, seed=1)
    two = DiseaseClasses((plan.data, other), ("one", "two"), labels)
    names = [arm.name for arm in covid.arms(plan, two)]
    assert "source alone" in names
    assert "source alone" not in [arm.name for arm in arms_of("covid", plan)]


def test_unknown_names_are_a_sentence():
    with pytest.raises(ValueError, match=r"no scale 'smal'.*'small'"):
        scale_named("smal")
    with pytest.raises(ValueError, match=r"no method 'EMIXR'.*'emixer'"):
        titles_of(["EMIXR"])


def test_equal_time_is_more_steps_for_a_cheaper_method_and_one_line_for_emixer(monkeypatch):
    monkeypatch.setattr(comparison, "STEP_TIMES", {"EMIXER": 1.0, "SM-GAN": 0.5})
    plan = plan_at("small", methods=("EMIXER", "SM-GAN"), seeds=(0,))
    steps = {
        (arm.method, arm.name): arm.cells[0].synthetic.generator.steps
        for arm in comparison.arms(plan)
        if arm.method
    }
    asked = plan.scale.generator_steps
    assert steps == {
        ("EMIXER", "R + S"): asked,
        ("EMIXER", "S"): asked,
        ("EMIXER", "R + S as read"): asked,
        ("EMIXER", "S as read"): asked,
        ("SM-GAN", "R + S"): asked,
        ("SM-GAN", "S"): asked,
        ("SM-GAN", "R + S as read"): asked,
        ("SM-GAN", "S as read"): asked,
        ("SM-GAN", "R + S, equal time"): 2 * asked,
        ("SM-GAN", "S, equal time"): 2 * asked,
        ("SM-GAN", "R + S as read, equal time"): 2 * asked,
        ("SM-GAN", "S as read, equal time"): 2 * asked,
    }


def test_changes_of_the_configuration_reach_every_generator_and_a_misspelt_one_is_told():
    plan = plan_of("small", None, ["emixer"], (0,), ["label_weight_generator=0"])
    assert plan.generator("EMIXER", 0).changes == ("label_weight_generator=0",)
    with pytest.raises(ValueError, match="Did you mean 'label_weight_generator'"):
        plan_of("small", None, ["emixer"], (0,), ["label_weight_generater=0"])


def test_data_without_a_split_are_told_before_anything_is_computed(monkeypatch):
    card = SimpleNamespace(
        counts={"train": 9, "val": 0, "test": 3}, resolution=16, channels=1, has_no_reports=False
    )
    monkeypatch.setattr(planning.PreparedData, "of", PreparedData)
    monkeypatch.setattr(emixer_tf.data, "read_card", {"films": card}.get)
    with pytest.raises(ValueError, match=r"films has no studies in val\. .* Remedy: prepare"):
        plan_of("small", "films", ["emixer"])


@pytest.mark.parametrize("change", ["seed=3", "labelled_fraction=0.5"])
def test_what_the_arms_set_themselves_cannot_be_changed(change):
    with pytest.raises(
        ValueError, match=rf"set \w+ themselves\. Received: --set {change}\. Remedy"
    ):
        plan_of("small", None, ["emixer"], (0,), [change])


def test_a_change_that_a_rival_has_no_term_for_is_told_before_anything_is_computed():
    assert plan_of("small", None, ["emixer"], (0,), ["joint_weight=1"])
    with pytest.raises(ValueError, match="SM-GAN has no such term: joint_weight"):
        plan_of("small", None, ["emixer", "smgan"], (0,), ["joint_weight=1"])


def disease_folders(monkeypatch, counts):
    card = SimpleNamespace(resolution=16, channels=1)
    monkeypatch.setattr(emixer_tf.data, "read_card", lambda folder: card)
    monkeypatch.setattr(planning, "positives", counts.get)
    monkeypatch.setattr(planning.PreparedData, "of", PreparedData)


def test_classes_that_one_hospital_alone_has_are_refused_unless_that_is_wanted(monkeypatch):
    children = {"normal": 50, "bacterial_pneumonia": 60, "viral_pneumonia": 40, "covid19": 0}
    adults = {"normal": 1, "bacterial_pneumonia": 1, "viral_pneumonia": 1, "covid19": 90}
    disease_folders(monkeypatch, {"children": children, "adults": adults})
    plan = plan_of("tiny", None, ["emixer"])
    with pytest.raises(ValueError, match=r"confounded.*adults: .*covid19 90.*--allow-domain-mix"):
        planning.disease_films(plan, ["children", "adults"], allow_domain_mix=False)
    cell, notes = planning.disease_films(plan, ["children", "adults"], allow_domain_mix=True)
    assert cell.names == ("children", "adults")
    assert notes[0].startswith(covid.CONFOUNDED)


def test_data_sets_that_hold_all_classes_pass_without_a_note(monkeypatch):
    films = dict.fromkeys(CLASSES, 40)
    disease_folders(monkeypatch, {"one": films, "other": films})
    _, notes = planning.disease_films(plan_of("tiny", None, ["emixer"]), ["one", "other"], False)
    assert notes == ()
