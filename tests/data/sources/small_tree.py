"""Tables, and what became of their rows."""

import csv


def write_table(path, header, rows):
    """Write a CSV of dicts under a header line; a cell that a row lacks is empty."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header.split(","), restval="")
        writer.writeheader()
        writer.writerows(rows)


def dropped(flow):
    """Return how many rows each filter dropped, of those that dropped any."""
    return {step.filter: step.dropped for step in flow.steps if step.dropped}
