"""Making studies from labels and noise."""

import numpy as np
from keras import ops

from emixer_tf.models.generation import (
    GENERATION_BATCH,
    Studies,
    films_to_uint8,
    label_matrix,
    predict_in_batches,
    study_noise,
)
from emixer_tf.training.moving_average import reestimate_statistics

REMEMBERED_LABEL_ROWS = 1024
_STATISTICS_BATCHES = 16
_CANDIDATES = 8


class MakesStudies:
    """A `StudyGenerator` that generates: its `call` makes films, and reports of the film alone.

    It uses of the model, beside `config`, `vocabulary`, `noise_dim` and `steps_taken()`:

    - `label_rows`, room for the `REMEMBERED_LABEL_ROWS` newest labels that it met;
    - `averaged_generator`, and `statistics_step`, at which its batch-norm statistics were
      estimated;
    - `chooser`, where somebody chooses among several reports of a film, or None;
    - `read_labels`, where `reads_film_labels`.
    """

    def generate(
        self,
        labels=None,
        n=1,
        seed=0,
        truncation=None,
        temperature=0.0,
        top_p=0.9,
        candidates=None,
    ):
        """Make new studies.

        Args:
            labels: Labels by name (missing ones are 0), a list of such dicts, an array
                `[n, label_count]`, or None to draw rows the model met in training.
            n: Studies to make of one dict, or of None; ignored for arrays and lists.
            seed: Study `i` depends on `(seed, i)` and its labels alone.
            truncation: Noise is drawn from a standard normal cut at +-truncation; None: not cut.
            temperature: Of the words. 0 takes the most probable ones and contradicts itself least;
                1 has the variety of the training reports.
            top_p: Words are drawn from the smallest set with this probability.
            candidates: Reports that are written for a film, of which one is kept: the first, if it
                says the labels, or the most probable one, given film and labels
                (`ReportChooser`). 1: the film alone decides. None: 8, or 1 for a model in which
                nobody reads labels off reports.

        Returns:
            `Studies`.

        Raises:
            ValueError: If a label is unknown, no study is asked for, labels are None before any
                training, truncation is not positive, or nobody can choose among candidates.
        """
        candidates = self.checked_candidates(candidates)
        matrix = label_matrix(labels, n, self.config.labels, self._met_rows(), seed)
        noise, uniforms = study_noise(
            len(matrix), seed, self.noise_dim,
            (candidates, self.config.sentences, self.config.words), truncation,
        )  # fmt: skip
        return self.studies_of(matrix, noise, uniforms, seed, temperature, top_p)

    def studies_of(self, matrix, noise, uniforms, seed, temperature=0.0, top_p=0.9):
        """Make studies of labels and random numbers that somebody else has drawn.

        Args:
            matrix: Labels, float32 `[n, label_count]`.
            noise: float32 `[n, noise_dim]`.
            uniforms: float32 `[n, candidates, sentences, words]` in [0, 1), of the words.
            seed: What `Studies` calls their seed.
            temperature, top_p: As for `generate`.

        Returns:
            `Studies`.
        """
        self.refresh_statistics()
        inputs = {"noise": noise, "labels": matrix, "uniforms": uniforms[:, 0]}
        outputs = predict_in_batches(self, inputs, temperature, top_p)
        if uniforms.shape[1] > 1:
            inputs = {"image": outputs["image"], "labels": matrix, "uniforms": uniforms}
            outputs |= predict_in_batches(self.chooser, inputs, temperature, top_p)
        images = films_to_uint8(outputs["image"])
        return Studies(
            images=images,
            reports=self._texts(outputs["tokens"]),
            label_names=self.config.labels,
            label_values=matrix,
            seed=seed,
            label_readings=self.read_labels(images) if self.reads_film_labels else None,
        )

    def checked_candidates(self, candidates):
        """Return how many reports are written for a film.

        Args:
            candidates: As for `generate`.

        Returns:
            int.

        Raises:
            ValueError: If it is below 1, or nobody can choose among several.
        """
        if candidates is None:
            return 1 if self.chooser is None else _CANDIDATES
        if candidates < 1:
            raise ValueError(f"candidates is 1 or more. Received: candidates={candidates}")
        if candidates > 1 and self.chooser is None:
            raise ValueError(
                f"Nobody reads labels off reports in this {self.METHOD}, so that nobody can choose "
                f"among {candidates} candidates. Remedy: candidates=1, or an EMIXER that was "
                "trained with a report_label_weight above 0."
            )
        return candidates

    def remember_labels(self, rows):
        """Keep the newest label rows: labels that `generate` can draw, and statistics need.

        Args:
            rows: float32 `[n, label_count]`.
        """
        kept = ops.concatenate([rows, self.label_rows], axis=0)[:REMEMBERED_LABEL_ROWS]
        self.label_rows.assign(kept)

    def refresh_statistics(self):
        """Re-estimate the averaged generator's batch-norm statistics if training went on."""
        step = self.steps_taken()
        if step == int(self.statistics_step):
            return
        rows = self._met_rows()
        picks = np.random.default_rng(self.config.seed)
        batches = []
        for _ in range(_STATISTICS_BATCHES):
            labels = rows[picks.integers(0, len(rows), GENERATION_BATCH)]
            noise = picks.standard_normal((GENERATION_BATCH, self.noise_dim))
            batches.append((noise.astype("float32"), labels.astype("float32")))
        reestimate_statistics(self.averaged_generator, batches)
        self.statistics_step.assign(step)

    def _met_rows(self):
        seen = min(self.steps_taken() * self.config.batch_size, REMEMBERED_LABEL_ROWS)
        return np.asarray(self.label_rows)[:seen]

    def _texts(self, tokens):
        if self.vocabulary is None:
            return [" ".join(map(str, row[row > 0])) for row in tokens.reshape(len(tokens), -1)]
        from emixer_tf.data.vocabulary import Vocabulary

        vocabulary = Vocabulary(self.vocabulary)
        return [vocabulary.decode(row) for row in tokens]
