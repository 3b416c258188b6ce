"""Reading labels off films."""

import numpy as np
from keras import ops

from emixer_tf.models.generation import batches_of_one_size, checked_films


class ReadsFilmLabels:
    """A `StudyGenerator` whose encoder learns to read labels off real films.

    What it reads off a made film are labels for others to learn from: G does not always draw what
    was asked, nor as clearly as a real film shows it (docs/ablations.md, "Labels as read").
    """

    @property
    def reads_film_labels(self):
        """Whether the encoder has learnt labels (`encoder_label_weight` above 0)."""
        return self.label_reader is not None

    def read_labels(self, images):
        """Read labels off films.

        Args:
            images: `[n, R, R, channels]`, uint8, or floats in [-1, 1].

        Returns:
            float32 `[n, label_count]`, the probability of each label.

        Raises:
            ValueError: If the films have another size or other grey levels, or the encoder has
                learnt no labels.

        Example:

        >>> from emixer_tf import EMIXER, EmixerConfig
        >>> config = EmixerConfig.named("phantom_32", resolution=16, generator_channels=4)
        >>> EMIXER(config).read_labels(np.zeros((2, 16, 16, 1), "uint8")).shape
        (2, 14)
        """
        if not self.reads_film_labels:
            raise ValueError(
                f"The encoder of this {self.METHOD} has learnt no labels. Remedy: one that was "
                "trained with an encoder_label_weight above 0."
            )
        films = checked_films(images, self.config)
        parts = [np.empty((0, len(self.config.labels)), "float32")]
        for batch, rows in batches_of_one_size({"image": films}):
            features = self.averaged_encoder(batch["image"], training=False)
            probabilities = ops.sigmoid(self.label_reader(features))
            parts.append(ops.convert_to_numpy(probabilities)[:rows])
        return np.concatenate(parts)
