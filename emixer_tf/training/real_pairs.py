"""What report decoder and image encoder learn from real films, reports and labels."""

from emixer_tf.training.losses import binary_cross_entropy, cross_entropy, label_loss


def real_pair_losses(batch, features, decoder, label_reader):
    """Return word and stop cross-entropy of a decoder, and its encoder's loss of labels.

    Args:
        batch: Dict that `with_conditioning` returned.
        features: The encoder's v of the films, `[batch, features]`.
        decoder: `ReportDecoder`, or None where reports are not learnt from pairs.
        label_reader: Layer from v to logits of labels, or None.

    Returns:
        Dict of scalars: `words` and `stop`, `encoder_labels`.
    """
    losses = {}
    if decoder is not None:
        stops, words = decoder.teacher_forcing(features, batch["tokens"])
        losses["words"] = cross_entropy(batch["word_targets"], words, batch["word_weights"])
        losses["stop"] = binary_cross_entropy(batch["stop_targets"], stops, batch["stop_weights"])
    if label_reader is not None:
        losses["encoder_labels"] = label_loss(
            batch["labels"],
            label_reader(features),
            batch["label_mask"],
            batch["labelled_weights"],
        )
    return losses
