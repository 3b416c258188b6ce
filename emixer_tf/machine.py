"""What this machine has to give."""

import math
import os
from pathlib import Path


def usable_cores():
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def free_memory():
    """Return the bytes of memory that are free, or 2 GiB where the system does not tell."""
    try:
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return 2 * 2**30
    return min(free, _free_in_container())


def _free_in_container():
    """Return the bytes that a container's limit leaves, or infinity where there is none."""
    group = Path("/sys/fs/cgroup")
    try:
        limit, used = (int((group / f"memory.{name}").read_text()) for name in ("max", "current"))
        parts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return limit - used + int(parts["inactive_file"])  # files read before, which give way
    except (OSError, ValueError, KeyError):
        return math.inf
