"""Processes beside this one."""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def spawned_pool(workers, **options):
    """Return a pool of fresh processes, which end when this one does, however it ends.

    Args:
        workers: Number of processes.
        **options: For `ProcessPoolExecutor`.
    """
    context = multiprocessing.get_context("spawn")  # TensorFlow's threads do not survive a fork
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent, **options)


def _end_with_parent():
    """Do not outlive a killed parent: it would leave a process that waits for work for ever."""
    parent = multiprocessing.parent_process()

    def watch():
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
