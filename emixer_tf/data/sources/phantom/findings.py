"""What a phantom study shows: findings with a side, a place and a severity."""

from dataclasses import dataclass

from emixer_tf.config import CHEXPERT_LABELS as LABELS
from emixer_tf.data.sources.phantom.grammar import DEVICE_TEMPLATES, MOST_SENTENCES
from emixer_tf.data.sources.phantom.label_prior import draw_labels

ZONES = ("upper", "mid", "lower")
DEVICES = tuple(DEVICE_TEMPLATES)

_CENTRAL = ("Enlarged Cardiomediastinum", "Cardiomegaly")
_ONE_SIDED = ("Lung Lesion", "Fracture", "Support Devices")
_BILATERAL_SHARE = {
    "Edema": 0.8,
    "Pleural Effusion": 0.35,
    "Atelectasis": 0.35,
    "Lung Opacity": 0.25,
    "Consolidation": 0.15,
    "Pneumonia": 0.25,
    "Pneumothorax": 0.04,
    "Pleural Other": 0.15,
}


@dataclass(frozen=True)
class Finding:
    """One finding.

    Args:
        name: One of `LABELS`.
        side: "right", "left", "bilateral", or "" for central ones. The patient's right is on the
            film's left.
        place: A zone, a kind of device, or "".
        severity: 0 (barely visible) to 1.
    """

    name: str
    side: str
    place: str
    severity: float

    @property
    def grade(self):
        """The severity as a report says it: mild, moderate or severe."""
        if self.severity < 0.35:
            return "mild"
        return "moderate" if self.severity < 0.7 else "severe"


def draw_findings(rng):
    """Draw the findings of a study.

    Args:
        rng: `numpy.random.Generator`.

    Returns:
        List of `Finding` in the order of `LABELS`, without "No Finding"; at most as many as a
        report can state.
    """
    names = [name for name in draw_labels(rng) if name != "No Finding"]
    return [_draw_finding(name, rng) for name in names[:MOST_SENTENCES]]


def _draw_finding(name, rng):
    # Beta(1.3, 1.2): nearly flat, and it reaches down to the barely visible.
    severity = float(rng.beta(1.3, 1.2))
    side = _draw_side(name, rng)
    place = ""
    if name in ("Lung Opacity", "Lung Lesion", "Consolidation", "Pneumonia", "Fracture"):
        place = ZONES[rng.integers(3)]
    elif name == "Support Devices":
        place = DEVICES[rng.integers(3)]
    if place == "tube":
        side = ""
    return Finding(name, side, place, severity)


def _draw_side(name, rng):
    if name in _CENTRAL:
        return ""
    one_sided = "right" if rng.random() < 0.5 else "left"
    if name in _ONE_SIDED:
        return one_sided
    return "bilateral" if rng.random() < _BILATERAL_SHARE[name] else one_sided


def label_values(findings):
    """Return the 14 labels of a list of findings, by name."""
    present = {finding.name for finding in findings}
    labels = {name: float(name in present) for name in LABELS}
    labels["No Finding"] = float(present <= {"Support Devices"})
    return labels
