"""What does each term of the objective do? Trains `phantom_32` without one at a time.

    export TF_ENABLE_ONEDNN_OPTS=1
    python benchmarks/ablation.py --minutes 15 --out runs/ablation
    python benchmarks/ablation.py --arms all no_rotation

One process an arm, one after the other; a finished arm is not run again. Ends with a table.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ARMS = {
    "all": [],
    "no_rotation": ["rotation_weight_discriminator=0", "rotation_weight_generator=0"],
    "no_joint": ["joint_weight=0"],
    "no_report": ["report_weight=0"],
    "no_teacher_forcing": ["teacher_forcing_weight=0"],
    "no_sentence_memory": ["sentence_memory=false"],
    "no_label_reward": ["label_weight_generator=0"],
    "no_encoder_labels": ["encoder_label_weight=0", "label_weight_generator=0"],
}
HEADER = (
    "| arm | steps | film AUROC / real | report F1 | readable | side agreement | shuffled |\n"
    "|---|---|---|---|---|---|---|"
)


def run(arm, folder, config, minutes):
    """Train and measure one arm in a process of its own, unless it is done."""
    if (folder / "quality.json").is_file():
        return
    command = [sys.executable, str(Path(__file__).with_name("quality.py"))]
    command += ["--config", config, "--minutes", str(minutes), "--out", str(folder)]
    for change in ARMS[arm]:
        command += ["--set", change]
    subprocess.run(command, check=True)


def row(arm, numbers, temperature):
    """Return an arm's line of the table."""
    reports = numbers["reports_of_generated_films"][temperature]
    return (
        f"| {arm} | {numbers['steps']} | {numbers['film_auroc_ratio']:.3f} "
        f"| {reports['report_f1']:.3f} | {reports['readable']:.3f} "
        f"| {reports['side_agreement']:.3f} | {reports['side_agreement_shuffled']:.3f} |"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--config", default="phantom_32")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--temperature", default="0.0", help="of the reports in the table")
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    args = parser.parse_args()
    lines = [HEADER]
    for arm in args.arms:
        run(arm, args.out / arm, args.config, args.minutes)
        numbers = json.loads((args.out / arm / "quality.json").read_text())
        lines.append(row(arm, numbers, args.temperature))
        print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
