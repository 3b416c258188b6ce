"""From the bytes of PNG and JPEG files to films of a model's size, in a graph."""

import tensorflow as tf

MOST_PIXELS, LONGEST_SIDE = 2**25, 2**14  # more than detectors have; one film takes 600 MiB then
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_SIXTEEN_BITS = 65535.0  # what `decode_png` makes of white of 8 bits and less
_DEPTHS = (255.0, 1023.0, 4095.0, 16383.0, _SIXTEEN_BITS)
_GREY = (0.299, 0.587, 0.114)  # of ITU-R BT.601, as `emixer_tf.data.square` takes them


def decoded_films(image_bytes, resolution, channels):
    """Decode files and bring each film to a padded square.

    Args:
        image_bytes: Strings `[n]`, each a whole PNG or JPEG file.
        resolution: Side of the results.
        channels: 1 or 3.

    Returns:
        uint8 `[n, resolution, resolution, channels]`.

    Raises:
        tf.errors.InvalidArgumentError: If something is no PNG or JPEG file, is damaged, or has
            more than `MOST_PIXELS` pixels, or more than `LONGEST_SIDE` of them in a row or column.
    """
    return tf.map_fn(
        lambda file: _square(_pixels(file), resolution, channels),
        image_bytes,
        fn_output_signature=tf.TensorSpec([resolution, resolution, channels], tf.uint8),
        parallel_iterations=1,  # a large film takes memory enough
    )


def _pixels(file):
    """Return the pixels of a file, float32 `[height, width, 1 or 3]` in [0, 1]."""
    is_png = tf.strings.substr(file, 0, len(_PNG)) == _PNG
    is_jpeg = tf.strings.substr(file, 0, len(_JPEG)) == _JPEG
    told = tf.debugging.Assert(
        is_png | is_jpeg, ["image_bytes has to hold whole PNG or JPEG files."]
    )
    with tf.control_dependencies([told]):
        return tf.cond(is_png, lambda: _png_pixels(file), lambda: _jpeg_pixels(file))


def _png_pixels(file):
    # The header is looked at before any pixel is unpacked: width, height and bits a pixel.
    header = file + b"\0" * 25
    sides = tf.io.decode_raw(tf.strings.substr(header, 16, 8), tf.int32, little_endian=False)
    bits = tf.io.decode_raw(tf.strings.substr(header, 24, 1), tf.uint8)[0]
    with tf.control_dependencies([_not_too_many(sides)]):
        pixels = tf.cast(tf.io.decode_png(file, dtype=tf.uint16), tf.float32)
    deep = (bits == 16) & (tf.shape(pixels)[-1] == 1)
    white = tf.cond(deep, lambda: _white(pixels), lambda: _SIXTEEN_BITS)
    return _grey_or_colour(pixels) / white


def _white(pixels):
    """Return what stands for white in a grey film of 16 bits a pixel; see `read_image`."""
    depths = tf.constant(_DEPTHS)
    return tf.reduce_min(tf.where(depths >= tf.reduce_max(pixels), depths, _DEPTHS[-1]))


def _jpeg_pixels(file):
    with tf.control_dependencies([_not_too_many(tf.io.extract_jpeg_shape(file)[:2])]):
        pixels = tf.io.decode_jpeg(file, dct_method="INTEGER_ACCURATE")
    return _grey_or_colour(tf.cast(pixels, tf.float32)) / 255.0


def _not_too_many(sides):
    sides = tf.cast(sides, tf.int64)
    fits = tf.reduce_all((sides > 0) & (sides <= LONGEST_SIDE))
    return tf.debugging.Assert(
        fits & (sides[0] * sides[1] <= MOST_PIXELS),
        [
            f"A film has at most {MOST_PIXELS:,} pixels, and {LONGEST_SIDE:,} a side. Received:",
            sides,
        ],
    )


def _grey_or_colour(pixels):
    """Return `[height, width, 1 or 3]` for 1 to 4 channels; transparency is left out."""
    return tf.cond(tf.shape(pixels)[-1] > 2, lambda: pixels[..., :3], lambda: pixels[..., :1])


def _square(pixels, resolution, channels):
    """Return a square with black bars, uint8 `[resolution, resolution, channels]`.

    The bars are never made: their pixels are zeros, and add nothing to the sums.
    """
    if channels == 1:
        pixels = tf.cond(
            tf.shape(pixels)[-1] == 3,
            lambda: tf.tensordot(pixels, tf.constant(_GREY), 1)[..., None],
            lambda: pixels,
        )
    height, width = tf.shape(pixels)[0], tf.shape(pixels)[1]
    side = tf.maximum(height, width)
    weights = _resize_weights(side, resolution)
    top, left = (side - height) // 2, (side - width) // 2
    pixels = tf.einsum("ih,hwc->iwc", weights[:, top : top + height], pixels)
    pixels = tf.einsum("jw,iwc->ijc", weights[:, left : left + width], pixels)
    films = tf.cast(tf.round(tf.clip_by_value(pixels, 0.0, 1.0) * 255.0), tf.uint8)
    return tf.broadcast_to(films, (resolution, resolution, channels))


def _resize_weights(side, resolution):
    """Return the weights by which `square` resizes an axis, float32 `[resolution, side]`.

    They are those of Pillow's box filter, which counts a pixel whole or not at all, and bicubic
    filter: films that a server sees are then those that the model was trained on.
    """
    scale = tf.cast(side, tf.float64) / resolution
    centres = (tf.range(resolution, dtype=tf.float64) + 0.5)[:, None] * scale
    pixels = tf.cast(tf.range(side), tf.float64) + 0.5
    distance = (pixels - centres) / tf.maximum(scale, 1.0)
    box = tf.cast((distance > -0.5) & (distance <= 0.5), tf.float64)
    weights = tf.where(side > 2 * resolution, box, _bicubic(tf.abs(distance)))
    return tf.cast(weights / tf.reduce_sum(weights, axis=1, keepdims=True), tf.float32)


def _bicubic(x):
    """Return Keys's cubic convolution kernel with a = -0.5."""
    near = (1.5 * x - 2.5) * x**2 + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return tf.where(x < 1.0, near, tf.where(x < 2.0, far, tf.zeros_like(x)))
