"""Random streams keyed by stable ids and not by order.

Adding a phase changes no other draw, so two what-ifs under one seed differ only by what was changed.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np

from capsim.errors import whole


@lru_cache(maxsize=1 << 16)
def _key(part: str) -> int:
    return int.from_bytes(hashlib.blake2b(part.encode(), digest_size=4).digest(), "big")


def stream(seed: int, replication: int, *ids: str) -> np.random.Generator:
    """Generator of a replication's draws for what the ids name.

    Examples
    --------
    >>> a = stream(7, 0, "paris", "p1", "permit").random()
    >>> a == stream(7, 0, "paris", "p1", "permit").random()
    True
    >>> a == stream(7, 1, "paris", "p1", "permit").random()
    False
    """
    spawn_key = (replication, *map(_key, ids))
    return np.random.Generator(
        np.random.PCG64DXSM(np.random.SeedSequence(whole("seed", seed), spawn_key=spawn_key))
    )
