"""How long do reports take to write, greedy and drawn?

    python benchmarks/writing.py --preset emixer_phantom_64 --rounds 15

The two take turns over the same films, so that other work on the machine disturbs both alike.
Greedy words skip the nucleus, which drawn ones need. Prints the median milliseconds for 64 films
of `describe`, and of `generate` with one report a film and with all candidates.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import emixer_tf

FILMS = 64


def milliseconds(write, temperature):
    start = time.perf_counter()
    write(temperature)
    return 1000 * (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="emixer_phantom_64")
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    model = emixer_tf.EMIXER.from_preset(args.preset)
    films = model.generate(None, n=FILMS, seed=0).images
    ways = {
        "`describe`": lambda t: model.describe(films, temperature=t),
        "`generate(candidates=1)`": lambda t: model.generate(
            None, n=FILMS, temperature=t, candidates=1
        ),
        "`generate`": lambda t: model.generate(None, n=FILMS, temperature=t),
    }
    print(f"| {FILMS} films | temperature 0, ms | .7, ms | ratio |\n|---|---|---|---|")
    for name, write in ways.items():
        for temperature in (0.0, 0.7):
            write(temperature)  # traced
        turns = [(milliseconds(write, 0.0), milliseconds(write, 0.7)) for _ in range(args.rounds)]
        greedy, drawn = map(statistics.median, zip(*turns, strict=True))
        print(f"| {name} | {greedy:.0f} | {drawn:.0f} | {drawn / greedy:.2f} |")


if __name__ == "__main__":
    main()
