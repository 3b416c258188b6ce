"""Image encoders: a film to the vector v that the report decoder reads."""

import keras
from keras import ops

from emixer_tf.layers.conditional_norm import batch_normalization


@keras.saving.register_keras_serializable(package="emixer_tf")
class SmallImageEncoder(keras.Model):
    """Small CNN for small configurations, trained with the report decoder.

    Its last map is flattened, not pooled: reports name sides and places.

    Args:
        features: Length of v.
        base_channels: Channels of the first layer; doubled at every halving down to 4x4.
    """

    def __init__(self, features=128, base_channels=16, **kwargs):
        super().__init__(**kwargs)
        self.features = features
        self.base_channels = base_channels
        self.flatten = keras.layers.Flatten()
        self.projection = keras.layers.Dense(features, name="projection")

    def build(self, input_shape):
        """Create the layers for a resolution."""
        self.stages = []
        side, width, channels = input_shape[1], self.base_channels, input_shape[-1]
        while side > 4:
            conv = keras.layers.Conv2D(
                width, 3, padding="same", use_bias=False, kernel_initializer="he_normal"
            )
            norm = batch_normalization()
            conv.build((None, side, side, channels))
            norm.build((None, side, side, width))
            self.stages.append([conv, norm])
            side, channels, width = side // 2, width, min(2 * width, 4 * self.base_channels)
        self.projection.build((None, side * side * channels))

    def call(self, images, training=False):
        """Return v `[batch, features]` of films in [-1, 1]."""
        x = images
        for conv, norm in self.stages:
            x = ops.max_pool(ops.relu(norm(conv(x), training=training)), 2, 2)
        return self.projection(self.flatten(x))

    def get_config(self):
        """Return the constructor's arguments."""
        return {"features": self.features, "base_channels": self.base_channels}


@keras.saving.register_keras_serializable(package="emixer_tf")
class DenseNetEncoder(keras.Model):
    """DenseNet-121 up to its third transition, averaged: v of length 512.

    Args:
        weights: None, "imagenet", or a file of weights for `keras.applications.DenseNet121`.

    Reference:
        EMIXER, section 3.2.2.
    """

    features = 512

    def __init__(self, weights=None, **kwargs):
        super().__init__(**kwargs)
        self.weights_source = weights
        whole = keras.applications.DenseNet121(include_top=False, weights=weights)
        transition = whole.get_layer("pool4_conv").output  # [batch, h, w, 512]
        self.network = keras.Model(whole.input, transition, name="densenet121")
        self.network.trainable = weights is None

    def call(self, images, training=False):
        """Return v `[batch, 512]` of films in [-1, 1] with 1 or 3 channels."""
        if images.shape[-1] == 1:
            images = ops.repeat(images, 3, axis=-1)
        mean = ops.convert_to_tensor([0.485, 0.456, 0.406])
        deviation = ops.convert_to_tensor([0.229, 0.224, 0.225])
        scaled = ((images + 1.0) / 2.0 - mean) / deviation
        return ops.mean(self.network(scaled, training=training), axis=(1, 2))

    def get_config(self):
        """Return the constructor's arguments."""
        return {"weights": self.weights_source}
