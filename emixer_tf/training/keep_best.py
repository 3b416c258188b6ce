"""Choosing when a training was best, on validation data alone."""

import keras

from emixer_tf.training.graph_options import quick_start

_LOOKS_AT_VALIDATION = 10


class KeepBest(keras.callbacks.Callback):
    """Score the model after every epoch, and leave it with the weights that scored best.

    Args:
        score: Function of the model to a float; the larger, the better. NaN is never best.
    """

    def __init__(self, score):
        super().__init__()
        self.score = score
        self.best_score = -float("inf")
        self.best_epoch = None
        self._weights = None

    def on_epoch_end(self, epoch, logs=None):
        """Score the model."""
        score = float(self.score(self.model))
        if score > self.best_score:
            self.best_score, self.best_epoch = score, epoch
            self._weights = self.model.get_weights()

    def on_train_end(self, logs=None):
        """Put the best weights back."""
        if self._weights is None:
            raise FloatingPointError(
                "The score on validation data was never a number: the training diverged, or the "
                "validation split has one class only. Remedy: a lower learning rate, or a larger "
                "validation split."
            )
        self.model.set_weights(self._weights)


def fit_keeping_best(model, batches, updates, score, learning_rate, loss=None, verbose=0):
    """Train with a rate that falls as a cosine, and keep what was best on validation data.

    Args:
        model: `keras.Model`.
        batches: `tf.data.Dataset` of at least `updates` batches.
        updates: Number of batches to train on; the model is scored after equal parts of them, as
            many as divide the number, at most 10.
        score: Function of the model to a float; the larger, the better.
        learning_rate: At the beginning.
        loss: As for `keras.Model.compile`; None for a model that has its own.
        verbose: As for `keras.Model.fit`.

    Returns:
        `KeepBest`, which knows the best score and its epoch.
    """
    looks = max(n for n in range(1, _LOOKS_AT_VALIDATION + 1) if updates % n == 0)
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, updates)
    model.compile(keras.optimizers.AdamW(schedule, weight_decay=1e-2), loss=loss)
    best = KeepBest(score)
    with quick_start():
        model.fit(
            batches,
            steps_per_epoch=updates // looks,
            epochs=looks,
            callbacks=[best],
            shuffle=False,
            verbose=verbose,
        )
    return best
