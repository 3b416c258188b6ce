"""Writing reports for real films."""

from emixer_tf.models.generation import checked_films, predict_in_batches, study_noise


class DescribesFilms:
    """A `StudyGenerator` whose `describer`, films to word ids, also reads real films."""

    def describe(self, images, seed=0, temperature=0.0, top_p=0.9):
        """Write reports for real films.

        Args:
            images: `[n, R, R, channels]`, uint8, or floats in [-1, 1].
            seed: Of the words, where `temperature` is not 0.
            temperature, top_p: As for `generate`.

        Returns:
            List of n reports.

        Raises:
            ValueError: If the films have another size or other grey levels.
        """
        images = checked_films(images, self.config)
        if not len(images):
            return []
        self.refresh_statistics()
        _, uniforms = study_noise(
            len(images), seed, self.noise_dim,
            (self.config.sentences, self.config.words), None,
        )  # fmt: skip
        inputs = {"image": images, "uniforms": uniforms}
        outputs = predict_in_batches(self.describer, inputs, temperature, top_p)
        return self._texts(outputs["tokens"])
