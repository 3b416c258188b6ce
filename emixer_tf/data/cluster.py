"""Making blocks of films on a cluster, as an Apache Beam pipeline."""

from emixer_tf.data.errors import DataError
from emixer_tf.data.film_blocks import make_block

RUNNERS = ("DirectRunner", "DataflowRunner", "FlinkRunner", "SparkRunner")


def make_blocks_with_beam(blocks, runner, options=()):
    """Make blocks with a Beam runner.

    The root of the data and the folder of the prepared data must be mounted at the same paths on
    all workers, and emixer_tf installed there.

    Args:
        blocks: List of `Block`.
        runner: One of `RUNNERS`.
        options: Further options of the runner, as on its command line.

    Raises:
        DataError: If Apache Beam is not installed.

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
    with beam.Pipeline(options=PipelineOptions([f"--runner={runner}", *options])) as pipeline:
        (
            pipeline
            | "Blocks" >> beam.Create(blocks)
            | "Spread" >> beam.Reshuffle()
            | "Read films" >> beam.Map(make_block)
        )
