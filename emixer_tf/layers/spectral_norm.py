"""Dense and convolution layers that run with the spectral norm of their kernel divided out.

`keras.layers.SpectralNormalization` writes the normalised kernel back into the trained one and
lets no gradient through sigma, so it is of no use here: these layers reparametrise.
"""

import keras
from keras import ops

_EPSILON = 1e-6


def spectral_normalize(kernel, u, epsilon=_EPSILON):
    """Divide a kernel by its largest singular value, as one power iteration estimates it.

    Args:
        kernel: `[..., outputs]`; read as a matrix `[inputs, outputs]`.
        u: Running estimate of the first singular vector on the outputs' side, float32
            `[1, outputs]`; not 0.
        epsilon: Keeps the divisions finite.

    Returns:
        `(kernel / sigma, new_u)`. Sigma has a gradient, the vectors have none.

    Example:

    >>> kernel, u = ops.convert_to_tensor([[4.0, 0.0], [0.0, 1.0]]), ops.ones((1, 2))
    >>> for _ in range(5):
    ...     normalized, u = spectral_normalize(kernel, u)
    >>> ops.convert_to_numpy(normalized).round(3)
    array([[1.  , 0.  ],
           [0.  , 0.25]], dtype=float32)

    Reference:
        Miyato et al., Spectral Normalization for GANs (arXiv:1802.05957), algorithm 1.
    """
    matrix = ops.reshape(ops.cast(kernel, "float32"), (-1, kernel.shape[-1]))
    fixed = ops.stop_gradient(matrix)
    v = _unit(ops.matmul(u, ops.transpose(fixed)), epsilon)  # [1, inputs]
    new_u = _unit(ops.matmul(v, fixed), epsilon)  # [1, outputs]
    v, new_u = ops.stop_gradient(v), ops.stop_gradient(new_u)
    sigma = ops.sum(ops.matmul(v, matrix) * new_u)
    return ops.cast(kernel / (sigma + epsilon), kernel.dtype), new_u


def _unit(vector, epsilon):
    return vector / (ops.sqrt(ops.sum(ops.square(vector))) + epsilon)


class _SpectralLayer(keras.layers.Layer):
    """Kernel, bias and the power iteration, shared by the dense and the convolution layer."""

    def _add_spectral_weights(self, kernel_shape):
        self.kernel = self.add_weight(shape=kernel_shape, initializer="orthogonal", name="kernel")
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(shape=kernel_shape[-1:], initializer="zeros", name="bias")
        self.u = self.add_weight(
            shape=(1, kernel_shape[-1]),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            dtype="float32",
            autocast=False,
            trainable=False,
            aggregation="only_first_replica",
            name="u",
        )

    def normalized_kernel(self, training):
        """Return `kernel / sigma`; a training forward also keeps the improved `u`.

        Args:
            training: Whether this is one.

        Returns:
            Tensor of the kernel's shape.
        """
        kernel, new_u = spectral_normalize(self.kernel, self.u)
        if training:
            self.u.assign(new_u)
        return kernel


@keras.saving.register_keras_serializable(package="emixer_tf")
class SpectralDense(_SpectralLayer):
    """Dense layer with spectral normalisation; its kernel begins orthogonal.

    Args:
        units: Outputs.
        use_bias: Whether to add a bias.

    Call arguments:
        inputs: `[..., features]`.
        training: Whether the vector of the power iteration is kept.

    Example:

    >>> SpectralDense(3)(keras.ops.ones((2, 5))).shape
    TensorShape([2, 3])

    Reference:
        Miyato et al., Spectral Normalization for GANs (arXiv:1802.05957).
    """

    def __init__(self, units, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.use_bias = use_bias

    def build(self, input_shape):
        """Create the weights."""
        self._add_spectral_weights((input_shape[-1], self.units))

    def call(self, inputs, training=False):
        """Return `inputs @ kernel / sigma + bias`, `[..., units]`."""
        outputs = ops.matmul(inputs, self.normalized_kernel(training))
        return outputs if self.bias is None else outputs + self.bias

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "units": self.units, "use_bias": self.use_bias}


class SpectralConvolution(_SpectralLayer):
    """2-D convolution with spectral normalisation; `convolve` of a subclass says of which kind.

    Args:
        filters: Output channels.
        kernel_size: Side of the kernel in pixels.
        use_bias: Whether to add a bias.

    Call arguments:
        inputs: `[batch, h, w, channels]`.
        training: Whether the vector of the power iteration is kept.

    Example:

    >>> class Unpadded(SpectralConvolution):
    ...     def convolve(self, inputs, kernel):
    ...         return ops.conv(inputs, kernel, padding="valid")
    >>> Unpadded(filters=4, kernel_size=3)(ops.ones((2, 8, 8, 1))).shape
    TensorShape([2, 6, 6, 4])

    Reference:
        Miyato et al., Spectral Normalization for GANs (arXiv:1802.05957). Its kernel is read
        as a matrix `[kernel_size**2 * channels, filters]`.
    """

    def __init__(self, filters, kernel_size, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.use_bias = use_bias

    def build(self, input_shape):
        """Create the weights."""
        side = self.kernel_size
        self._add_spectral_weights((side, side, input_shape[-1], self.filters))

    def call(self, inputs, training=False):
        """Return `inputs * kernel / sigma + bias`, a convolution."""
        outputs = self.convolve(inputs, self.normalized_kernel(training))
        return outputs if self.bias is None else outputs + self.bias

    def get_config(self):
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "use_bias": self.use_bias,
        }


@keras.saving.register_keras_serializable(package="emixer_tf")
class SpectralConv2D(SpectralConvolution):
    """`SpectralConvolution` whose kernel moves by `strides` over zero-padded inputs.

    Args:
        filters, kernel_size, use_bias: As for `SpectralConvolution`.
        strides: Step of the kernel in pixels; the output has `ceil(h / strides)` rows.

    Call arguments:
        inputs, training: As for `SpectralConvolution`.

    Example:

    >>> SpectralConv2D(4, 3, strides=2)(keras.ops.ones((2, 8, 8, 1))).shape
    TensorShape([2, 4, 4, 4])

    Reference:
        Miyato et al., Spectral Normalization for GANs (arXiv:1802.05957).
    """

    def __init__(self, filters, kernel_size, strides=1, use_bias=True, **kwargs):
        super().__init__(filters, kernel_size, use_bias=use_bias, **kwargs)
        self.strides = strides

    def convolve(self, inputs, kernel):
        """Return the convolution with an already normalised kernel, without the bias.

        Args:
            inputs: `[batch, h, w, channels]`.
            kernel: `[kernel_size, kernel_size, channels, filters]`.

        Returns:
            `[batch, ceil(h / strides), ceil(w / strides), filters]`.
        """
        return ops.conv(inputs, kernel, strides=self.strides, padding="same")

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "strides": self.strides}
