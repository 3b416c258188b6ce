"""A small CNN that judges films: the measuring instrument of the benchmarks."""

import keras
import numpy as np
from sklearn.metrics import roc_auc_score

from emixer_tf.data.sources import phantom

SIDED = ("Edema", "Pleural Effusion", "Pneumothorax", "Consolidation", "Lung Opacity")


def phantom_films(n, seed, resolution, start=0):
    """Return films `[n, R, R, 1]` in [-1, 1], labels `[n, 14]` and findings of phantom studies."""
    studies = list(phantom.studies(n, seed, resolution, start))
    films = np.stack([study.image for study in studies])[..., None] * 2 - 1
    labels = np.array([[study.labels[name] for name in phantom.LABELS] for study in studies])
    findings = [phantom.read_labels(study.report).findings for study in studies]
    return films.astype("float32"), labels.astype("float32"), findings


def side_targets(findings):
    """Return `[n, sided findings, 2]`: right and left, 1 where the finding is on that side."""
    targets = np.zeros((len(findings), len(SIDED), 2), "float32")
    for row, found in enumerate(findings):
        for finding in found:
            if finding.name in SIDED:
                sides = ("right", "left") if finding.side == "bilateral" else (finding.side,)
                for side in sides:
                    targets[row, SIDED.index(finding.name), ("right", "left").index(side)] = 1
    return targets


def small_cnn(resolution, outputs, width=24):
    """Build a CNN of four stages that keeps places: its last map is flattened."""
    layers = [keras.Input((resolution, resolution, 1))]
    for stage in range(int(np.log2(resolution)) - 2):
        for _ in range(2):
            layers += [
                keras.layers.Conv2D(width * min(2**stage, 4), 3, padding="same", use_bias=False),
                keras.layers.BatchNormalization(momentum=0.9),
                keras.layers.ReLU(),
            ]
        layers.append(keras.layers.MaxPooling2D())
    layers += [keras.layers.Flatten(), keras.layers.Dropout(0.3), keras.layers.Dense(outputs)]
    return keras.Sequential(layers)


def train_classifier(films, targets, epochs, seed=0):
    """Train a small CNN on multi-hot targets `[n, outputs]`."""
    keras.utils.set_random_seed(seed)
    model = small_cnn(films.shape[1], targets.shape[1])
    steps = epochs * len(films) // 64
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=1e-2),
        keras.losses.BinaryCrossentropy(from_logits=True),
    )
    model.fit(films, targets, batch_size=64, epochs=epochs, verbose=2)
    return model


def aurocs(model, films, labels, names):
    """Return AUROC by name; NaN where a label has one value only."""
    scores = model.predict(films, batch_size=256, verbose=0)
    return {
        name: roc_auc_score(labels[:, k], scores[:, k]) if 0 < labels[:, k].mean() < 1 else np.nan
        for k, name in enumerate(names)
    }
