"""Doubling and halving resolution, and convolutions that do it on the way.

Nearest upsampling before a 3x3 convolution, and average pooling after it, are linear: with the
kernel they make one 4x4 kernel of stride 2, which costs 4/9 of the multiplications.
"""

import keras
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralConvolution


def upsample(images):
    """Double height and width by repeating the nearest pixel."""
    return ops.repeat(ops.repeat(images, 2, axis=1), 2, axis=2)


def pool(images):
    """Halve height and width by averaging."""
    return ops.average_pool(images, 2, 2)


def upsample_and_convolve(images, kernel):
    """Return `conv(upsample(images), kernel)`, at 4/9 of its cost for a 3x3 kernel.

    Args:
        images: `[batch, h, w, c]`.
        kernel: `[side, side, c, filters]`, odd side.

    Returns:
        `[batch, 2h, 2w, filters]`.
    """
    turned = ops.flip(spread_kernel(kernel), axis=(0, 1))
    return ops.conv_transpose(
        images, ops.transpose(turned, (0, 1, 3, 2)), strides=2, padding="same"
    )


def convolve_and_pool(images, kernel):
    """Return `pool(conv(images, kernel))`, at 4/9 of its cost for a 3x3 kernel.

    Args:
        images: `[batch, 2h, 2w, c]`.
        kernel: `[side, side, c, filters]`, odd side.

    Returns:
        `[batch, h, w, filters]`.
    """
    return ops.conv(images, spread_kernel(kernel) / 4.0, strides=2, padding="same")


def spread_kernel(kernel):
    """Add a kernel to itself moved by a pixel down, right, and both: `[side + 1, side + 1, ...]`.

    Example:

    >>> ops.convert_to_numpy(spread_kernel(ops.ones((1, 1, 1, 1))))[..., 0, 0]
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """
    moves = [(down, right) for down in (0, 1) for right in (0, 1)]
    return sum(
        ops.pad(kernel, [[down, 1 - down], [right, 1 - right], [0, 0], [0, 0]])
        for down, right in moves
    )


@keras.saving.register_keras_serializable(package="emixer_tf")
class UpsamplingSpectralConv2D(SpectralConvolution):
    """`SpectralConvolution` of films upsampled by two."""

    def convolve(self, inputs, kernel):
        """Upsample, then convolve."""
        return upsample_and_convolve(inputs, kernel)


@keras.saving.register_keras_serializable(package="emixer_tf")
class PoolingSpectralConv2D(SpectralConvolution):
    """`SpectralConvolution` whose output is pooled by two."""

    def convolve(self, inputs, kernel):
        """Convolve, then pool."""
        return convolve_and_pool(inputs, kernel)
