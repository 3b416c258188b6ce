"""How well and how fast does the rule labeller read reports? Judged by Open-i's manual labels.

python benchmarks/labeller.py --data iu_reports/metadata.csv
"""

import argparse
import time

import pandas as pd

from emixer_tf.data.report_labeller import label_reports
from emixer_tf.data.report_labeller.labeller import remembered_values

GOLD = {
    "Cardiomegaly": "Cardiomegaly",
    "Atelectasis": "Atelectasis",
    "Pleural Effusion": "Effusion",
    "Pneumothorax": "Pneumothorax",
    "Edema": "Edema",
    "Consolidation": "Consolidation",
    "Pneumonia": "Pneumonia",
}
TIMED_PASSES = 3


def read_reports(path):
    """Read the studies with manual labels, and what there is to read: findings and impression."""
    table = pd.read_csv(path).dropna(subset=["gold14_Edema"])
    table["text"] = table.findings.fillna("") + "\n\n" + table.impression.fillna("")
    return table


def counts(predicted, gold):
    """Count true positives, false positives and false negatives."""
    return (predicted & gold).sum(), (predicted & ~gold).sum(), (~predicted & gold).sum()


def scores(right, wrong, missed):
    """Precision, recall and F1."""
    return (
        right / max(right + wrong, 1),
        right / max(right + missed, 1),
        2 * right / max(2 * right + wrong + missed, 1),
    )


def print_table(title, predicted, gold):
    """Print precision, recall and F1 of each label, and micro-averaged."""
    print(f"\n{title}, {len(gold)} reports")
    print(f"{'':18}{'gold':>5}{'right':>7}{'wrong':>7}{'missed':>7}{'P':>7}{'R':>7}{'F1':>7}")
    rows = {name: counts(predicted[name], gold[name]) for name in GOLD}
    rows["micro"] = tuple(map(sum, zip(*rows.values(), strict=True)))
    for name, (right, wrong, missed) in rows.items():
        numbers = "".join(f"{score:7.3f}" for score in scores(right, wrong, missed))
        print(f"{name:18}{right + missed:5d}{right:7d}{wrong:7d}{missed:7d}{numbers}")


def compare(table):
    """Print tables for the part that the rules were tuned on, the part kept untouched, and all."""
    gold = pd.DataFrame({name: table[f"gold14_{column}"] == 1 for name, column in GOLD.items()})
    machine = table[[f"lstmchexpert_{name}" for name in GOLD]].set_axis(list(GOLD), axis=1)
    read = pd.DataFrame(label_reports(table.text), index=table.index)[list(GOLD)]
    known = machine.notna().all(axis=1)
    untouched = table.suggested_split == "test"
    parts = {"tuned on": ~untouched, "untouched": untouched, "all": untouched | True}
    for part, chosen in parts.items():
        both = chosen & known
        print_table(f"{part}: uncertain as negative", read[chosen] == 1, gold[chosen])
        print_table(f"{part}: uncertain as positive", read[chosen].isin([1, -1]), gold[chosen])
        print_table(f"{part}: the table's machine labels", machine[both] == 1, gold[both])
        print_table(f"{part}: rules on the same reports", read[both] == 1, gold[both])


def reports_a_second(texts, cold):
    """Time passes over the reports, each with the sentences seen before forgotten or kept."""
    best = 0.0
    for _ in range(TIMED_PASSES):
        if cold:
            remembered_values.cache_clear()
        begin = time.perf_counter()
        label_reports(texts)
        best = max(best, len(texts) / (time.perf_counter() - begin))
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="Open-i's reports with manual labels, a CSV")
    args = parser.parse_args()
    table = read_reports(args.data)
    compare(table)
    texts = list(table.text)
    unique = list(dict.fromkeys(texts))
    print(f"\nReports a second on one core, best of {TIMED_PASSES} passes")
    print(f"{len(texts)} reports, cold: {reports_a_second(texts, cold=True):.0f}")
    print(f"{len(unique)} distinct reports, cold: {reports_a_second(unique, cold=True):.0f}")
    print(f"{len(texts)} reports, seen before: {reports_a_second(texts, cold=False):.0f}")


if __name__ == "__main__":
    main()
