"""The mathematics of choosing words."""

import math

from keras import ops

from emixer_tf.config import PAD

_NEVER = -1e9
_BELOW_ONE = 1 - 1e-6
_WIDEST, _HALVINGS = 20.0, 16  # words e^20 less probable than another are in no nucleus


def gumbel_softmax(logits, gumbel, temperature, straight_through):
    """Return a relaxed one-hot choice of a word.

    Args:
        logits: `[..., vocabulary]`.
        gumbel: Standard Gumbel noise of the same shape.
        temperature: Of the relaxation.
        straight_through: Whether the forward value is the hard choice.

    Returns:
        Weights of the same shape that sum to 1.

    Reference:
        Jang et al. (arXiv:1611.01144).
    """
    soft = ops.softmax((logits + gumbel) / temperature, axis=-1)
    if not straight_through:
        return soft
    hard = ops.one_hot(ops.argmax(soft, axis=-1), soft.shape[-1], dtype=soft.dtype)
    return soft + ops.stop_gradient(hard - soft)


def without_ids(logits, ids):
    """Return logits in which some ids can never be chosen."""
    banned = ops.sum(ops.one_hot(ops.array(ids), logits.shape[-1]), axis=0)
    return logits + _NEVER * banned


def without_repeated_trigrams(logits, said):
    """Return logits with which a sentence cannot say three words in a row twice.

    Greedy words run in circles where the decoder is unsure: each round makes the next one more
    probable.

    Args:
        logits: `[rows, vocabulary]`.
        said: Ids of the sentence so far `[rows, words]`, int32: padding, then words.

    Returns:
        Logits of the same shape; the one of padding may be lowered too.

    Example:

    >>> said = ops.array([[0, 7, 8, 5, 7, 8]])
    >>> (without_repeated_trigrams(ops.zeros((1, 9)), said).numpy()[0, 4:7] < 0).tolist()
    [False, True, False]

    Reference:
        Paulus et al., arXiv:1705.04304, section 2.5.
    """
    first, second, third = said[:, :-2], said[:, 1:-1], said[:, 2:]
    again = (first == said[:, -2:-1]) & (second == said[:, -1:]) & (first != PAD)
    banned = ops.where(again, third, PAD)
    rows = ops.arange(ops.shape(said)[0])[:, None] + ops.zeros_like(banned)
    places = ops.reshape(ops.stack([rows, banned], axis=-1), (-1, 2))
    never = ops.full_like(places[:, 0], _NEVER, dtype=logits.dtype)
    return ops.scatter_update(logits, places, never)


def nucleus_choice(logits, uniforms, temperature, top_p):
    """Draw words from the smallest set whose probability reaches `top_p`.

    Args:
        logits: `[rows, vocabulary]`.
        uniforms: `[rows]` in [0, 1): the draw is a function of it (inverse distribution function).
        temperature: `[rows]`; 0 takes the most probable word.
        top_p: `[rows]`.

    Returns:
        Ids `[rows]`, int32.

    Reference:
        Holtzman et al., nucleus sampling (arXiv:1904.09751).
    """
    most_probable = ops.cast(ops.argmax(logits, axis=-1), "int32")
    # Where all words are greedy the nucleus is left out: docs/benchmarks.md, "Writing reports".
    drawn = ops.cond(
        ops.any(temperature > 0),
        lambda: _drawn(logits, uniforms, temperature, top_p),
        lambda: most_probable,
    )
    return ops.where(temperature > 0, drawn, most_probable)


def _drawn(logits, uniforms, temperature, top_p):
    heated = ops.log_softmax(logits / ops.maximum(temperature, 1e-3)[:, None], axis=-1)
    least = least_of_nucleus(heated, top_p)[:, None]
    cumulative = ops.cumsum(ops.where(heated >= least, ops.exp(heated), 0.0), axis=-1)
    drawn = uniforms * _BELOW_ONE * cumulative[:, -1]  # rounding must not reach the sum
    return ops.sum(ops.cast(cumulative <= drawn[:, None], "int32"), axis=-1)


def least_of_nucleus(log_probabilities, top_p):
    """Return where the smallest set of words ends whose probability reaches `top_p`.

    It is found by halving: sorting the vocabulary took most of the time of writing.

    Args:
        log_probabilities: `[rows, vocabulary]`.
        top_p: `[rows]`; from 1 on all words belong to the set.

    Returns:
        `[rows]`: the least log-probability of a word of the set, or at most .0003 below it.

    Example:

    >>> least = least_of_nucleus(ops.log(ops.array([[0.5, 0.2, 0.3]])), ops.array([0.7]))
    >>> round(float(ops.exp(least)[0]), 3)
    0.3
    """
    probabilities = ops.exp(log_probabilities)
    high = ops.max(log_probabilities, axis=-1)
    low = high - _WIDEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        inside = log_probabilities >= middle[:, None]
        enough = ops.sum(ops.where(inside, probabilities, 0.0), axis=-1) >= top_p
        low, high = ops.where(enough, middle, low), ops.where(enough, high, middle)
    return ops.where(top_p < 1, low, -math.inf)
