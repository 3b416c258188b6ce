"""How soon does the report decoder learn to read? Teacher forcing alone, on phantom studies.

    python benchmarks/decoder.py --read films --updates 2000
    python benchmarks/decoder.py --read findings --updates 2000

Given the true findings instead of a film's features, only the decoder itself is measured: what it
cannot say then, no encoder can teach it. Prints word loss, and readability, label F1 and sides of
reports for held-out studies, by temperature.
"""

import argparse
import json
import time

import keras
import numpy as np
import tensorflow as tf
from quality import report_scores, try_to_read

from emixer_tf.config import EmixerConfig
from emixer_tf.data.reports import report_sentences
from emixer_tf.data.sources import phantom
from emixer_tf.data.sources.phantom.findings import DEVICES, ZONES
from emixer_tf.data.vocabulary import Vocabulary
from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.conditioning import with_conditioning

STUDIES, HELD_OUT = 12_000, 400
TEMPERATURES = (1.0, 0.0)


class FindingsReader(keras.Model):
    """Stands in for the image encoder: true findings to v."""

    def __init__(self, features):
        super().__init__()
        self.projection = keras.layers.Dense(features)

    def call(self, findings, training=False):
        return self.projection(findings)


def finding_rows(findings):
    """Return name, sides, severity and place of findings as one vector `[14 * 10]`."""
    places = [*ZONES, *DEVICES]
    rows = np.zeros((len(phantom.LABELS), 4 + len(places)), "float32")
    for finding in findings:
        row = rows[phantom.LABELS.index(finding.name)]
        row[0] = 1
        row[1] = finding.side in ("right", "bilateral")
        row[2] = finding.side in ("left", "bilateral")
        row[3] = finding.severity
        if finding.place:
            row[4 + places.index(finding.place)] = 1
    return rows.ravel()


def draw_studies(read, resolution):
    """Return what is read, labels, reports, and the true sides, of phantom studies."""
    inputs, labels, reports, sides = [], [], [], []
    for index in range(STUDIES + HELD_OUT):
        rng = np.random.default_rng([0, index])
        findings = phantom.draw_findings(rng)
        reports.append(phantom.write_report(findings, rng))
        if read == "films":
            inputs.append(phantom.render(findings, resolution, rng)[..., None] * 2 - 1)
        else:
            inputs.append(finding_rows(findings))
        values = phantom.read_labels(reports[-1]).labels
        labels.append([values[name] for name in phantom.LABELS])
        sides.append({finding.name: finding.side for finding in findings})
    return np.array(inputs, "float32"), np.array(labels, "float32"), reports, sides


def side_accuracy(reports, sides):
    """Return how often a side that is named is the finding's true side."""
    hits = [
        finding.side == true[finding.name]
        for report, true in zip(reports, sides, strict=True)
        for finding in getattr(try_to_read(report), "findings", ())
        if finding.side in ("right", "left") and true.get(finding.name) in ("right", "left")
    ]
    return float(np.mean(hits)) if hits else float("nan")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--read", choices=("films", "findings"), default="films")
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--every", type=int, default=500, help="updates between measurements")
    parser.add_argument("--config", default="phantom_64")
    parser.add_argument("--encoder-label-weight", type=float, default=None)
    args = parser.parse_args()
    config = EmixerConfig.named(args.config)
    inputs, labels, reports, sides = draw_studies(args.read, config.resolution)
    sentences = [report_sentences(report) for report in reports]
    vocabulary = Vocabulary.build(sentences[:STUDIES])
    tokens = np.array([vocabulary.encode(s, config.sentences, config.words) for s in sentences])
    config = config.replace(vocabulary_size=len(vocabulary))
    if args.encoder_label_weight is not None:
        config = config.replace(encoder_label_weight=args.encoder_label_weight)
    model = EMIXER(config, vocabulary=vocabulary.words)
    if args.read == "findings":
        reader = FindingsReader(config.encoder_features)
        reader(inputs[:1])
        object.__setattr__(model, "image_encoder", reader)  # Keras locks a built model
    model.compile()

    @tf.function(autograph=False)
    def update(batch):
        gradients, losses = model._step.real_pair_gradients(with_conditioning(batch))
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        model.decoder_optimizer.apply(gradients, model.describer_variables)
        return losses["words"]

    @tf.function(autograph=False)
    def write(rows, uniforms, temperature):
        return model.report_decoder.sample(
            model.image_encoder(rows, training=False), uniforms,
            tf.fill([HELD_OUT], temperature), tf.fill([HELD_OUT], 0.9),
        )  # fmt: skip

    rng = np.random.default_rng(0)
    uniforms = rng.random((HELD_OUT, config.sentences, config.words)).astype("float32")
    ones = np.ones(config.batch_size, "float32")
    losses, begin = [], time.perf_counter()
    for number in range(1, args.updates + 1):
        rows = rng.integers(0, STUDIES, config.batch_size)
        batch = {
            "image": inputs[rows],
            "tokens": tokens[rows],
            "labels": labels[rows],
            "labelled": ones,
            "reported": ones,
        }
        losses.append(float(update({key: tf.constant(value) for key, value in batch.items()})))
        if number % args.every:
            continue
        seconds = time.perf_counter() - begin
        line = {"updates": number, "seconds": round(seconds), "words": np.mean(losses).round(4)}
        for temperature in TEMPERATURES:
            ids = write(tf.constant(inputs[STUDIES:]), uniforms, tf.constant(temperature)).numpy()
            texts = [vocabulary.decode(row) for row in ids]
            scores = report_scores(texts, labels[STUDIES:])
            line[f"temperature {temperature:g}"] = {
                "readable": round(scores["readable"], 3),
                "report_f1": round(scores["report_f1"], 3),
                "side": round(side_accuracy(texts, sides[STUDIES:]), 3),
            }
        print(json.dumps(line), flush=True)
        losses = []


if __name__ == "__main__":
    main()
