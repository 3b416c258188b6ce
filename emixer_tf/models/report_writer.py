"""The report decoder with its encoder, without the rest of EMIXER."""

import keras


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportWriter(keras.Model):
    """Encoder and decoder alone: films in, word ids out."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def call(self, inputs):
        """Return `tokens` for `image`, `uniforms`, `temperature` and `top_p`."""
        features = self.encoder(inputs["image"], training=False)
        return {
            "tokens": self.decoder.sample(
                features, inputs["uniforms"], inputs["temperature"], inputs["top_p"]
            )
        }
