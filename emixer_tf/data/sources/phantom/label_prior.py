"""How often the phantom's labels occur, and occur together.

A chain of logistic regressions: each label given the labels before it. The rounded coefficients
were fitted to joint label counts of 191,027 CheXpert frontal studies; the counts themselves are
not part of this package.
"""

import numpy as np

# label: (intercept, one coefficient for each label above it)
_CHAIN = {
    "Enlarged Cardiomediastinum": (-2.99, ()),
    "Cardiomegaly": (-1.99, (0.43,)),
    "Lung Opacity": (-0.03, (-0.01, 0.03)),
    "Lung Lesion": (-3.41, (0.15, -0.73, 0.39)),
    "Edema": (-1.26, (-0.30, 1.04, 0.21, -1.04)),
    "Consolidation": (-2.35, (-0.22, -0.26, -0.51, 0.26, -0.09)),
    "Pneumonia": (-4.28, (-0.53, -0.37, 0.89, 0.52, -0.11, 1.17)),
    "Atelectasis": (-1.54, (-0.10, -0.15, -0.33, -0.28, 0.19, -0.19, -0.32)),
    "Pneumothorax": (-1.90, (-0.24, -1.07, -0.03, 0.05, -1.39, -0.67, -1.33, 0.06)),
    "Pleural Effusion": (-1.12, (-0.10, 0.10, 0.94, -0.18, 0.53, 0.68, -0.72, 0.52, -0.19)),
    "Pleural Other": (-4.15, (0.07, -0.14, 0.39, 0.73, -1.05, 0.36, 0.06, -0.24, -0.35, -0.57)),
    "Fracture": (-2.82, (0.47, -0.24, -0.22, -0.23, -0.80, -0.42, -0.46, -0.04, 0.23, -0.38, 0.76)),
    "Support Devices": (
        -0.28,
        (0.02, 0.10, 0.41, -0.67, 0.45, 0.09, -0.96, 0.33, 0.41, 0.45, -0.37, -0.42),
    ),
}


def draw_labels(rng):
    """Draw which findings a study shows.

    Args:
        rng: `numpy.random.Generator`.

    Returns:
        List of label names; empty for a study without any finding.
    """
    drawn = np.zeros(len(_CHAIN))
    uniforms = rng.random(len(_CHAIN))
    for k, (intercept, coefficients) in enumerate(_CHAIN.values()):
        logit = intercept + np.dot(coefficients, drawn[:k]) if k else intercept
        drawn[k] = uniforms[k] < 1.0 / (1.0 + np.exp(-logit))
    return [name for name, value in zip(_CHAIN, drawn, strict=True) if value]
