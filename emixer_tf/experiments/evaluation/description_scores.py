"""Reports written for real films that were held out, against the reports these films have."""

from emixer_tf.data.reports import joined_sentences, report_sentences, words_alone
from emixer_tf.experiments import report_baselines
from emixer_tf.experiments.evaluation.text_scores import text_scores
from emixer_tf.metrics.legacy_references import legacy_r2gen_references

GENERATOR = "generator"
LEGACY = {"iu": (60, 3), "mimic": (100, 10)}  # R2Gen's max_seq_length and threshold


def descriptions(model, studies):
    """Return a model's reports for films, as words separated by spaces.

    Args:
        model: `StudyGenerator` that describes films.
        studies: `Studies`.

    Returns:
        List of str; a report may be empty.

    Raises:
        ValueError: If the films are of another size than the model's.
    """
    config = model.config
    if studies.films.shape[1:] != (config.resolution, config.resolution, config.channels):
        raise ValueError(
            f"The generator describes films of {config.resolution} px and {config.channels} "
            f"channels. Received: data of {studies.films.shape[1]} px and "
            f"{studies.films.shape[3]} channels. Remedy: prepare the data like those that it was "
            "trained on."
        )
    return [words_of(text) for text in model.describe(studies.films)]


def words_of(text):
    """Return the words of a report's text, separated by spaces.

    Example:

    >>> words_of("No edema. Heart size is normal.")
    'no edema heart size is normal'
    """
    return words_alone(joined_sentences(report_sentences(text)))


def description_scores(written, test, training, features, seed=0, legacy=None):
    """Return the scores of written reports, and of what needs no generator.

    Args:
        written: n reports, words separated by spaces.
        test: `Studies` of the test split that have a report, n.
        training: `Studies` of the training split that have a report, m.
        features: `(test [n, d], training [m, d])`, of the films by one extractor.
        seed: Of what is drawn.
        legacy: "iu" or "mimic": score against references cut as R2Gen cuts them; None for whole
            ones.

    Returns:
        Dict from `GENERATOR` and the name of each baseline to a dict as of `text_scores`, without
        its items.
    """
    references = list(test.words)
    if legacy:
        cut = legacy_r2gen_references(references, training.words, *LEGACY[legacy])
        references = [texts[0] for texts in cut.values()]
    chosen = {GENERATOR: written, **baselines(test, training, features, seed)}
    return {name: _scores(references, reports, seed) for name, reports in chosen.items()}


def baselines(test, training, features, seed=0):
    """Return by name the reports that each baseline gives to the test films.

    Args:
        test, training, features, seed: As of `description_scores`.
    """
    words = training.words
    test_features, training_features = features
    constant = report_baselines.constant_report(words, seed)
    return {
        "constant": [constant] * len(test),
        "random": report_baselines.random_reports(words, len(test), seed),
        "same labels": report_baselines.label_matched_reports(
            words, training.labels * training.known, test.labels * test.known, seed
        ),
        "nearest film": report_baselines.nearest_reports(words, training_features, test_features),
    }


def _scores(references, hypotheses, seed):
    found = text_scores(references, hypotheses, seed)
    return {"scores": found["scores"], "intervals": found["intervals"]}
