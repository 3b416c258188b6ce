"""From one study to another in steps."""

import numpy as np

from emixer_tf.models.generation import label_matrix, study_noise


def walk(model, start, end, steps=7, seeds=(0, 1)):
    """Make studies on the way from one set of labels and noise to another.

    Noise goes along a great circle, as the normal's length hardly varies where a straight line
    would pass near 0; labels go along a straight line, and words are those of the first seed.

    Args:
        model: `StudyGenerator`.
        start, end: Labels by name, as for `generate`; those that are left out are 0.
        steps: Studies, both ends included; 2 or more.
        seeds: Of the two ends. The first study is the first of `generate(start, seed=seeds[0])`;
            with one seed twice, labels change alone.

    Returns:
        `Studies`.

    Raises:
        ValueError: If a label is unknown, or there are fewer than two steps.

    Example:

    >>> from emixer_tf import EMIXER, EmixerConfig
    >>> model = EMIXER(EmixerConfig.named("phantom_32", resolution=16, generator_channels=4))
    >>> studies = walk(model, {}, {"Edema": 1}, steps=3, seeds=(0, 0))  # the labels change alone
    >>> studies.labels["Edema"].tolist(), studies.images.shape
    ([0.0, 0.5, 1.0], (3, 16, 16, 1))

    Reference:
        White, Sampling generative networks (arXiv:1609.04468), section 2.1.
    """
    if steps < 2:
        raise ValueError(f"A walk has 2 steps or more, both ends included. Received: steps={steps}")
    config, candidates = model.config, model.checked_candidates(None)
    words = (candidates, config.sentences, config.words)
    (first, uniforms), (last, _) = (
        study_noise(1, seed, model.noise_dim, words, truncation=None) for seed in seeds
    )
    ends = [label_matrix(labels, 1, config.labels, (), seeds[0])[0] for labels in (start, end)]
    share = np.linspace(0, 1, steps, dtype="float32")[:, None]
    return model.studies_of(
        ends[0] * (1 - share) + ends[1] * share,
        great_circle(first[0], last[0], share),
        np.repeat(uniforms, steps, axis=0),
        seed=None,
    )


def great_circle(start, end, share):
    """Return points between two vectors, along the arc from the one to the other.

    Args:
        start, end: `[d]`, not opposite to each other.
        share: Of the way, `[n, 1]` in [0, 1].

    Returns:
        float32 `[n, d]`.

    Example:

    >>> east, north = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    >>> great_circle(east, north, np.array([[0.0], [0.5]])).round(3).tolist()
    [[1.0, 0.0], [0.7070000171661377, 0.7070000171661377]]
    """
    cosine = start @ end / (np.linalg.norm(start) * np.linalg.norm(end))
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    if angle < 1e-6:
        points = start * (1 - share) + end * share
    else:
        points = start * np.sin((1 - share) * angle) + end * np.sin(share * angle)
        points = points / np.sin(angle)
    return points.astype("float32")
