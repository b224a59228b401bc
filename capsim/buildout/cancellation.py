"""The end of a phase that is refused or dropped: what it waits for is free, and nothing more is ordered."""

from __future__ import annotations

from capsim.buildout.funding import release
from capsim.buildout.world import PhaseState, Process, StepState, World


def end_phase(phase: PhaseState, by_d: float, by: str) -> Process[None]:
    """Cancel a phase on the day on which it was."""
    yield phase.world.until(by_d)
    if not phase.is_cancelled() and not phase.ready.triggered:
        give_up(phase, by)


def end_step(step: StepState, by_d: float, by: str) -> Process[None]:
    """Cancel a grid step on the day on which it was."""
    yield step.world.until(by_d)
    if not step.is_cancelled() and not step.energised.triggered:
        step.cancelled_by, step.cancelled_d, step.is_to_apply = by, step.world.env.now, False
        if step.world.purse is not None:
            step.world.purse.withdraw(lambda name: name == step.name)
        step.cancelled.succeed()


def give_up(phase: PhaseState, by: str) -> None:
    """Cancel a phase now, and with it the plans of all that comes after it.

    What was ordered stays bought. What none of them has been given yet, of money and of allocations, goes to
    those that wait behind, with what is reserved for those that have not begun.
    """
    world, (site_id, phase_id, _) = phase.world, phase.name
    phase.cancelled_d, phase.cancelled_by = world.env.now, by
    world.log(site_id, phase_id, by, "cancelled", phase.plan.critical_it_mw, "MW")
    phase.cancelled.succeed()
    lost = [other for other in _with_those_after(phase) if not other.is_given_up]
    for other in lost:
        other.is_given_up = True
    pools = {id(pool): pool for pool in (world.purse, *world.supplies.values()) if pool is not None}
    for pool in pools.values():
        pool.withdraw(lambda name: _is_given_up(world, name))
    for other in sorted(lost, key=lambda other: other.name):
        if other is not phase:  # the phase itself gives back what it did not spend
            release(other, 0.0)
    for site in world.sites.values():
        for step in site.steps.values():
            if _is_in_vain(step):
                _drop(step)


def _is_given_up(world: World, name: tuple[str, ...]) -> bool:
    """Whether what asked under a name is of a phase that is given up; a grid step is of none."""
    phase = world.sites[name[0]].phases.get(name[1])
    return phase is not None and phase.is_given_up


def _is_in_vain(step: StepState) -> bool:
    """Whether a grid step is still to be applied for, and all phases it was to power are given up."""
    is_open = step.is_to_apply and step.account.committed is None
    return is_open and bool(step.phases) and all(phase.is_given_up for phase in step.phases)


def _drop(step: StepState) -> None:
    """Give up a grid step before it is applied for, with the money it waits for or has reserved."""
    step.is_to_apply = False
    step.log("cancelled", step.plan.grid_mw, "MW")
    if step.world.purse is not None:
        step.world.purse.withdraw(lambda name: name == step.name)
        release(step, 0.0)


def _with_those_after(phase: PhaseState) -> set[PhaseState]:
    """A phase and all that, directly or not, comes after it."""
    lost, ahead = {phase}, [phase]
    while ahead:
        more = set(ahead.pop().later) - lost
        lost |= more
        ahead += more
    return lost
