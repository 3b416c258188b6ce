"""Making blocks of studies on a cluster, as an Apache Beam pipeline."""

from pathlib import Path

from emixer_tf.data.errors import DataError
from emixer_tf.data.film_bytes import one_line
from emixer_tf.data.study_blocks import make_block


def make_blocks_with_beam(blocks, runner, options=()):
    """Make blocks with a Beam runner.

    The root of the data and the folder of the prepared data must be mounted at the same paths on
    all workers, and emixer_tf installed there.

    Args:
        blocks: List of `Block`.
        runner: One of `emixer_tf.data.preparation.RUNNERS`.
        options: Further options of the runner, "name=value" each.

    Raises:
        DataError: If Apache Beam is not installed, the pipeline fails, or none of its blocks is to
            be seen from here.

    Reference:
        https://beam.apache.org/documentation/sdks/python/
    """
    try:
        import apache_beam as beam
        from apache_beam.options.pipeline_options import PipelineOptions
    except ImportError:
        raise DataError(
            "--runner needs Apache Beam. Remedy: pip install 'emixer-tf[beam]'."
        ) from None
    arguments = [f"--runner={runner}", *(f"--{option}" for option in options)]
    try:
        with beam.Pipeline(options=PipelineOptions(arguments)) as pipeline:
            (
                pipeline
                | "Blocks" >> beam.Create(blocks)
                | "Spread" >> beam.Reshuffle()
                | "Read studies" >> beam.Map(make_block)
            )
    except Exception as error:  # every runner has errors of its own
        raise DataError(
            f"The {runner} failed ({type(error).__name__}: {one_line(error)}). Remedy: "
            "check its options; the blocks that are done are kept."
        ) from error
    if not any(Path(block.path).is_file() for block in blocks):
        raise DataError(
            f"The {runner} ended, but none of its blocks is in {Path(blocks[0].path).parent}. "
            "Remedy: mount the folder of --out at the same path on all workers and here."
        )
