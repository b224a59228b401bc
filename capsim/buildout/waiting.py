"""Waiting for the data date."""

from __future__ import annotations

from capsim.buildout.world import Process, World


def until_known(world: World) -> Process[None]:
    """Wait for the data date with what is known not to have happened before."""
    # without one, or after it, not even for the other events of this moment
    if world.as_of_d > world.env.now:
        yield world.until(world.as_of_d)
