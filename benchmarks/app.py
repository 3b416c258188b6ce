"""How long does a visitor of `emixer app` wait?

    python benchmarks/app.py --preset emixer_phantom_64 --rounds 5

Serves the page, opens it in a headless Chromium (Debian's chromium-driver), and prints the seconds
from the command to the page, from opening the page to its first studies, and from the button to
four and sixteen others.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "app"))

from browser import chromium, found, wait_until
from served_command import served_command


def seconds_to_first_studies(address, folder):
    with chromium(1280, 900, folder) as driver:
        start = time.perf_counter()
        driver.get(address)
        wait_until(driver, found("#studies .emixer-card"))
        return time.perf_counter() - start


def seconds_to_other_studies(driver, seed, count):
    fields = driver.find_elements("css selector", "input[type=number]")
    by_label = {field.get_attribute("aria-label") or "": field for field in fields}
    number = next(field for label, field in by_label.items() if "Studies" in label)
    for field, value in ((by_label["Seed"], seed), (number, count)):
        field.clear()
        field.send_keys(f"{value}\n")
    before = driver.find_element("css selector", "#studies img").get_attribute("src")

    def has_other_studies(driver):
        pictures = driver.find_elements("css selector", "#studies img")
        return len(pictures) == count and pictures[0].get_attribute("src") != before

    start = time.perf_counter()
    driver.find_element("id", "generate").click()
    wait_until(driver, has_other_studies)
    return time.perf_counter() - start


def line(what, seconds):
    worst = max(seconds)
    print(f"| {what} | {statistics.median(seconds):.2f} | {worst:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="emixer_phantom_64")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    start = time.perf_counter()
    with (
        served_command("app", "--preset", args.preset) as address,
        tempfile.TemporaryDirectory() as folder,
    ):
        print("| seconds | median | worst |\n|---|---|---|")
        line("command to page", [time.perf_counter() - start])
        line(
            "page to first studies",
            [seconds_to_first_studies(address, folder) for _ in range(args.rounds)],
        )
        with chromium(1280, 900, folder) as driver:
            driver.get(address)
            wait_until(driver, found("#studies .emixer-card"))
            for count in (4, 16):
                waits = [
                    seconds_to_other_studies(driver, 100 * count + seed, count)
                    for seed in range(args.rounds)
                ]
                line(f"button to {count} studies", waits)


if __name__ == "__main__":
    main()
