"""Making blocks of studies in several processes of one machine."""

from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool

from rich.progress import track

from emixer_tf.data.errors import DataError
from emixer_tf.data.study_blocks import make_block
from emixer_tf.processes import spawned_pool


def make_blocks(blocks, workers=1):
    """Make blocks, with a progress bar.

    Args:
        blocks: List of `Block`.
        workers: Processes; 1 reads in this one. Scripts that ask for more need
            `if __name__ == "__main__":`, since every process imports the script.

    Yields:
        For every block that is done, what `make_block` returns.

    Raises:
        DataError: If a process dies, for want of memory for instance.
    """
    if workers == 1 or len(blocks) < 2:
        yield from track(map(make_block, blocks), "Reading studies", total=len(blocks))
        return
    pool = spawned_pool(min(workers, len(blocks)))
    jobs = [pool.submit(make_block, block) for block in blocks]
    try:
        for job in track(as_completed(jobs), "Reading studies", total=len(jobs)):
            yield job.result()
    except BrokenProcessPool:
        raise DataError(
            "A process that reads studies ended: it was killed, perhaps for want of memory, or it "
            "could not begin, since a script asks for workers outside of "
            '`if __name__ == "__main__":`. '
            "Remedy: run the command again with fewer --workers; it goes on where it was."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)
