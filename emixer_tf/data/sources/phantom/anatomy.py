"""Drawing a phantom film: a chest built of soft shapes, and findings laid over it.

Coordinates: x from -1 (the film's left, the patient's right) to 1, y from -1 (top) to 1. Every
shape is an attenuation; more attenuation is whiter.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

_LUNG_X = 0.40


@dataclass(frozen=True)
class Chest:
    """The chest of one film: its grid and the sizes that findings refer to."""

    x: np.ndarray
    y: np.ndarray
    lungs: dict
    top: float
    base: float
    half_width: float


def render(findings, resolution, rng):
    """Draw a film.

    Args:
        findings: List of `Finding`.
        resolution: Pixels of a side.
        rng: `numpy.random.Generator` or an int seed: size, position, exposure and noise.

    Returns:
        float32 `[resolution, resolution]` in [0, 1].

    Example:

    >>> render([], 32, rng=0).shape
    (32, 32)
    """
    rng = np.random.default_rng(rng)
    severity = {finding.name: finding.severity for finding in findings}
    chest = _chest(resolution, rng)
    film = _body(chest)
    film -= 0.40 * (chest.lungs["right"] + chest.lungs["left"])
    film += _ribs(chest, rng) + _clavicles(chest)
    film += _spine(chest) + _vessels(chest, rng)
    film = np.maximum(film, _heart(chest, severity.get("Cardiomegaly"), rng))
    film = np.maximum(film, _mediastinum(chest, severity.get("Enlarged Cardiomediastinum"), rng))
    for finding in findings:
        if finding.name in _DRAWINGS:
            sides = ("right", "left") if finding.side == "bilateral" else (finding.side,)
            for side in sides:
                film += _DRAWINGS[finding.name](chest, side, finding, rng) * _headroom(film)
    return _expose(film, resolution, rng)


def _headroom(film):
    """A film saturates: what lies over heart or abdomen adds less than over lung."""
    return np.clip((0.85 - film) / 0.45, 0.1, 1)


@lru_cache(maxsize=8)
def _grid(resolution):
    axis = ((np.arange(resolution) + 0.5) / resolution * 2 - 1).astype("float32")
    return np.meshgrid(axis, axis)


def _chest(resolution, rng):
    x, y = _grid(resolution)
    angle = np.float32(rng.normal(0, 0.04))
    scale = np.float32(1 / rng.uniform(0.88, 1.06))
    shift_x, shift_y = rng.normal(0, 0.04, 2).astype("float32")
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = x - shift_x, y - shift_y
    x, y = (cos * x - sin * y) * scale, (sin * x + cos * y) * scale
    half_width = np.float32(rng.uniform(0.27, 0.32))
    top, base = np.float32(rng.uniform(-0.80, -0.70)), np.float32(rng.uniform(0.42, 0.60))
    soft = np.float32(max(0.03, 1.6 / resolution))
    lungs = {side: _lung(x, y, side, half_width, top, base, soft) for side in ("right", "left")}
    return Chest(x, y, lungs, float(top), float(base), float(half_width))


def _ramp(distance, softness):
    """0 outside (negative distance), 1 inside, with a soft edge."""
    return np.clip(distance / softness + 0.5, 0, 1)


def _sign(side):
    return -1.0 if side == "right" else 1.0


def _lung(x, y, side, half_width, top, base, soft):
    u = _sign(side) * x
    height = (y - top) / (base - top)  # 0 at the apex, 1 at the base
    width = _lung_half_width(np.clip(height, 0, 1), half_width)
    inside = _ramp(width - np.abs(u - _lung_middle(height)), soft)
    dome = base + 0.30 * ((u - _LUNG_X + 0.05) ** 2) / 0.09 - 0.10
    return inside * _ramp(y - top, 2 * soft) * _ramp(dome - y, 2 * soft)


def _lung_middle(height):
    return _LUNG_X - 0.10 * (1 - height)


def _lung_half_width(height, half_width):
    return half_width * np.sqrt(1 - (1 - height) ** 2.6)


def _body(chest):
    torso = _ramp(0.97 - np.abs(chest.x) ** 1.5 - 0.05 * np.maximum(-chest.y, 0), 0.10)
    shoulders = _ramp(chest.y + 1.02 - 0.45 * np.maximum(np.abs(chest.x) - 0.25, 0), 0.12)
    below = 0.16 * _ramp(chest.y - chest.base + 0.05, 0.20)
    return torso * shoulders * (0.58 + below)


def _ribs(chest, rng):
    u = np.abs(chest.x)
    phase = rng.uniform(0, 1)
    line = (chest.y - 0.55 * (u - 0.42) ** 2 + 0.35 * u) * 5.2 + phase
    wave = np.clip(np.sin(2 * np.pi * line), 0, 1) ** 2
    return 0.075 * wave * (chest.lungs["right"] + chest.lungs["left"])


def _clavicles(chest):
    u = np.abs(chest.x)
    line = chest.y - chest.top - 0.10 + 0.22 * (u - 0.1)
    return 0.10 * np.exp(-((line / 0.035) ** 2)) * _ramp(u - 0.07, 0.06) * _ramp(0.72 - u, 0.1)


def _spine(chest):
    column = np.exp(-((chest.x / 0.085) ** 2))
    return 0.07 * column * (1 + 0.35 * np.sin(chest.y * 26))


def _vessels(chest, rng):
    field = np.zeros_like(chest.x)
    for side in ("right", "left"):
        u = _sign(side) * chest.x
        radius = np.hypot(u - 0.16, chest.y + 0.08)
        angle = np.arctan2(chest.y + 0.08, u - 0.16)
        branches = np.cos(angle * 7 + rng.uniform(0, 6)) ** 4
        field += chest.lungs[side] * (0.05 + 0.08 * branches) * np.exp(-radius / 0.20)
    return field


def _heart(chest, severity, rng):
    width = rng.uniform(0.20, 0.265)
    if severity is not None:
        width = 0.275 + 0.13 * severity
    u = (chest.x - 0.10) / width
    v = (chest.y - chest.base + 0.17) / (0.24 + 0.25 * (width - 0.2))
    return 0.70 * _ramp(1 - np.hypot(u, v), 0.14)


def _mediastinum(chest, severity, rng):
    width = rng.uniform(0.085, 0.115)
    if severity is not None:
        width = 0.125 + 0.085 * severity
    half = width * (1 + 0.25 * np.exp(-(((chest.y + 0.35) / 0.15) ** 2)))
    knob = np.hypot(chest.x - 0.06 - width * 0.6, chest.y + 0.38) / 0.085
    band = _ramp(half - np.abs(chest.x), 0.05) * _ramp(chest.base + 0.3 - chest.y, 0.2)
    return 0.66 * np.maximum(band, _ramp(1 - knob, 0.4))


def _zone_center(chest, side, place, rng):
    share = {"upper": 0.26, "mid": 0.52, "lower": 0.78}[place]
    share += rng.normal(0, 0.02)
    x = _sign(side) * (_LUNG_X - 0.05 * (1 - share) + rng.normal(0, 0.04))
    return x, chest.top + share * (chest.base - chest.top)


def _texture(chest, rng, cells):
    coarse = rng.standard_normal((cells, cells)).astype("float32")
    rows = np.linspace(0, cells - 1.001, chest.x.shape[0])
    low = rows.astype(int)
    share = (rows - low).astype("float32")
    along = coarse[low] * (1 - share)[:, None] + coarse[low + 1] * share[:, None]
    return along[:, low] * (1 - share) + along[:, low + 1] * share


def _haze(chest, side, finding, rng):
    cx, cy = _zone_center(chest, side, finding.place, rng)
    blob = np.exp(-(((chest.x - cx) / 0.20) ** 2) - ((chest.y - cy) / 0.20) ** 2)
    return (0.035 + 0.15 * finding.severity) * blob * chest.lungs[side]


def _consolidation(chest, side, finding, rng):
    cx, cy = _zone_center(chest, side, finding.place, rng)
    distance = np.hypot((chest.x - cx) / 0.17, (chest.y - cy) / 0.15)
    edge = distance + 0.18 * _texture(chest, rng, 7)
    return (0.06 + 0.27 * finding.severity) * _ramp(1 - edge, 0.35) * chest.lungs[side]


def _pneumonia(chest, side, finding, rng):
    """Bronchopneumonia: patches with clear lung between them, where an opacity is smooth."""
    cx, cy = _zone_center(chest, side, finding.place, rng)
    region = np.exp(-(((chest.x - cx) / 0.24) ** 2) - ((chest.y - cy) / 0.24) ** 2)
    patches = np.clip(1.5 * _texture(chest, rng, 18), 0, 2)
    return (0.09 + 0.24 * finding.severity) * region * patches * chest.lungs[side]


def _lesion(chest, side, finding, rng):
    cx, cy = _zone_center(chest, side, finding.place, rng)
    cx, cy = cx + rng.normal(0, 0.05), cy + rng.normal(0, 0.04)
    radius = 0.045 + 0.05 * finding.severity
    disc = _ramp(1 - np.hypot(chest.x - cx, chest.y - cy) / radius, 0.4)
    return (0.12 + 0.22 * finding.severity) * disc * chest.lungs[side]


def _edema(chest, side, finding, rng):
    u = _sign(side) * chest.x
    haze = np.exp(-((np.hypot(u - 0.20, chest.y + 0.02) / 0.34) ** 2))
    reticular = np.abs(_texture(chest, rng, 22))
    lung = chest.lungs[side]
    return lung * haze * (0.03 + 0.17 * finding.severity) * (0.6 + 0.7 * reticular)


def _atelectasis(chest, side, finding, rng):
    u = _sign(side) * chest.x
    level = chest.base - 0.20 + rng.normal(0, 0.02) + rng.uniform(-0.25, 0.25) * (u - _LUNG_X)
    band = np.exp(-(((chest.y - level) / (0.022 + 0.02 * finding.severity)) ** 2))
    reach = _ramp(0.10 + 0.12 * finding.severity - np.abs(u - _LUNG_X), 0.08)
    return (0.09 + 0.20 * finding.severity) * band * reach * chest.lungs[side]


def _pneumothorax(chest, side, finding, rng):
    u = _sign(side) * chest.x
    lung = chest.lungs[side]
    depth = 0.05 + 0.22 * finding.severity
    apex = chest.top + 0.06 + 1.1 * depth
    outer = _LUNG_X + chest.half_width - 0.02 - 0.55 * depth
    ellipse = np.hypot((u - 0.18) / (outer - 0.18), (chest.y - 0.62) / (0.62 - apex))
    empty = _ramp(ellipse - 1, 0.06) * lung
    edge = np.exp(-(((ellipse - 1) / 0.035) ** 2)) * lung
    return -(0.07 + 0.07 * finding.severity) * empty + 0.10 * edge


def _effusion(chest, side, finding, rng):
    u = _sign(side) * chest.x
    height = 0.05 + 0.48 * finding.severity
    meniscus = chest.base + 0.08 - height - 0.30 * np.clip(u - 0.40, 0, 0.4)
    fluid = _ramp(chest.y - meniscus, 0.07) * _ramp(u - 0.08, 0.05)
    zone = np.maximum(chest.lungs[side], _ramp(0.74 - u, 0.06) * (chest.y > chest.base - 0.2))
    return 0.36 * fluid * zone * (0.35 + 0.65 * chest.lungs[side])


def _thickening(chest, side, finding, rng):
    lung = chest.lungs[side]
    u = _sign(side) * chest.x
    rim = _ramp(u - _LUNG_X - chest.half_width + 0.11 + 0.05 * finding.severity, 0.07)
    extent = np.exp(-(((chest.y - rng.uniform(-0.2, 0.1)) / 0.35) ** 2))
    return (0.10 + 0.20 * finding.severity) * rim * extent * lung


def _fracture(chest, side, finding, rng):
    """Callus along a rib near the lung's lateral edge, with a dark oblique line through it."""
    height = {"upper": 0.30, "mid": 0.52, "lower": 0.74}[finding.place] + rng.normal(0, 0.02)
    edge = _lung_middle(height) + _lung_half_width(height, chest.half_width)
    along = chest.x - _sign(side) * (edge - 0.07 + rng.normal(0, 0.015))
    across = chest.y - (chest.top + height * (chest.base - chest.top))
    length = 0.10 + 0.03 * finding.severity
    callus = np.exp(-((np.hypot(along, 2 * across) / length) ** 2))
    line = np.exp(-(((along - 0.4 * across) / (0.22 * length)) ** 2))
    return (0.18 + 0.28 * finding.severity) * callus * (1 - 0.6 * line)


def _device(chest, side, finding, rng):
    strength = 0.13 + 0.20 * finding.severity
    width = max(0.014, 0.6 / chest.x.shape[0])
    if finding.place == "tube":
        track = chest.x - 0.012 * np.sin(chest.y * 4) - rng.normal(0, 0.008)
        return strength * np.exp(-((track / width) ** 2)) * _ramp(-0.18 - chest.y, 0.03)
    u = _sign(side) * chest.x
    if finding.place == "pacemaker":
        box = _ramp(0.085 - np.maximum(np.abs(u - 0.52), np.abs(chest.y + 0.58)), 0.03)
        track = np.abs(chest.y + 0.58 - 1.2 * (0.5 - u) ** 2)
        lead = np.exp(-((track / width) ** 2)) * _ramp(u - 0.02, 0.03) * _ramp(0.5 - u, 0.03)
        return strength * (1.2 * box + 0.8 * lead)
    track = u - 0.06 - 0.55 * np.clip(-chest.y - 0.42, 0, 1)
    return strength * np.exp(-((track / width) ** 2)) * _ramp(0.02 - chest.y, 0.03)


_DRAWINGS = {
    "Lung Opacity": _haze,
    "Lung Lesion": _lesion,
    "Edema": _edema,
    "Consolidation": _consolidation,
    "Pneumonia": _pneumonia,
    "Atelectasis": _atelectasis,
    "Pneumothorax": _pneumothorax,
    "Pleural Effusion": _effusion,
    "Pleural Other": _thickening,
    "Fracture": _fracture,
    "Support Devices": _device,
}


def _expose(film, resolution, rng):
    contrast, brightness = rng.uniform(0.88, 1.12), rng.uniform(-0.05, 0.05)
    film = (film - 0.4) * contrast + 0.45 + brightness
    film = film + rng.normal(0, 0.018, film.shape)
    return np.clip(film, 0, 1).astype("float32")
