"""Small files that stand for a publisher's."""

import csv

import numpy as np
from PIL import Image


def write_film(path, seed=0):
    """Write a film of noise, and the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (20, 24), "uint8")
    Image.fromarray(pixels).save(path)


def write_table(path, header, rows):
    """Write a CSV of dicts under a header line; a cell that a row lacks is empty."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header.split(","), restval="")
        writer.writeheader()
        writer.writerows(rows)


def dropped(flow):
    """Return how many rows each filter dropped, of those that dropped any."""
    return {step.filter: step.dropped for step in flow.steps if step.dropped}
