"""The pipeline: scenario -> timeline -> operations -> ledger -> projection."""

from __future__ import annotations

from capsim.buildout import build_out
from capsim.ledger import book
from capsim.operations import TakeHours, operate
from capsim.projection import Projection, Run
from capsim.scenario import Scenario, hold


def run(scenario: Scenario, seed: int = 0, replication: int = 0, *, hourly: bool | TakeHours = False) -> Run:
    """Compute a replication of a scenario as plain arrays.

    Parameters
    ----------
    scenario : Scenario
        Loaded scenario; uncertain values count with their central estimate.
    seed, replication : int
        Key of all random streams: the same pair gives the same numbers, bit for bit.
    hourly : bool or callable
        Whether the hourly series are kept; or what takes those of each site in turn instead, such as
        `capsim.projection.hourly_file.HourlyFile`, so that memory holds one site.

    Returns
    -------
    run : Run
        Timeline, monthly series and ledger.

    Raises
    ------
    StudyError
        If the scenario is none, or the seed no whole number.
    """
    hold(scenario)
    timeline = build_out(scenario, seed, replication)
    operations = operate(scenario, timeline, seed, replication, hourly=hourly)
    return Run(scenario, seed, replication, timeline, operations, book(scenario, timeline, operations))


def simulate(scenario: Scenario, seed: int = 0, *, hourly: bool | TakeHours = False) -> Projection:
    """Project a scenario.

    Parameters
    ----------
    scenario : Scenario
        Loaded with `capsim.load`.
    seed : int
        Key of weather and price years; the same seed gives the same numbers, bit for bit.
    hourly : bool or callable
        Whether the hourly series are kept; or what takes those of each site in turn instead, such as
        `capsim.projection.hourly_file.HourlyFile`, so that memory holds one site.

    Returns
    -------
    projection : Projection
        Labelled results.

    Raises
    ------
    SimulationError
        If the build-out does not end within its bound on events.
    """
    return Projection(run(scenario, seed, hourly=hourly))
