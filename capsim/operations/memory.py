"""Memory of hourly arrays: the process keeps what it frees, because the next array has the same size."""

from __future__ import annotations

from functools import cache

import numpy as np

_LARGEST_KEPT_BYTES = 31 * 2**20
"""Just below 32 MiB, the largest block up to which glibc's malloc adapts."""


@cache
def keep_freed_memory() -> None:
    """Let freed blocks of up to 31 MiB be used again instead of going back to the system.

    By default glibc's malloc hands large blocks back at once, so that every array of hours is paid for
    with page faults, a third of the time of a site. Its threshold follows the largest block freed
    [1]_: one block that is never written does it, once per process. At most twice that size
    stays with the process. Other allocators are not affected.

    References
    ----------
    .. [1] mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD: dynamic adjustment.
    """
    np.empty(_LARGEST_KEPT_BYTES, dtype=np.uint8)
