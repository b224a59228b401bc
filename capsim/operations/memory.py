"""Memory of hourly arrays: the process keeps what it frees, because the next array has the same size."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's `mallopt`, from its malloc.h."""
KEPT_BYTES = 32 << 20
"""Size of arrays a process keeps, the largest glibc allows; of free memory, eight of them. [B]"""


@cache
def keep_freed_memory() -> None:
    """Let glibc keep what hourly arrays free, which it would give back to the system and ask for again.

    By default every array of hours is paid for with page faults: a quarter of the time of a run, and more
    of one in which servers fail. Once per process; nothing is done where the C library is another.

    References
    ----------
    .. [1] mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, KEPT_BYTES)
        mallopt(M_TRIM_THRESHOLD, 8 * KEPT_BYTES)
