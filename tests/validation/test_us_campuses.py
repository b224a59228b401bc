"""The shipped portfolio of twenty campuses, as it stood on three days: what moved is what moved in the world.

Epoch AI, Frontier Data Centers Hub (CC-BY 4.0). Tests `study.forecasts`, `scenario.status_file`.
"""

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from capsim.scenario import Sampler, load, status_lines
from capsim.study import backtest, vintage
from capsim.study.forecasts import slips

LIVING = Path(__file__).parents[2] / "scenarios" / "living"
PLAN, STATUS = str(LIVING / "us-campuses.yaml"), str(LIVING / "status.csv")
VINTAGES = (date(2025, 12, 14), date(2026, 4, 3), date(2026, 7, 1))


@cache
def as_of(day):
    return load(PLAN, actuals=STATUS, as_of=day)


def test_there_are_twenty_sites_and_three_vintages():
    assert len(as_of(VINTAGES[0]).sites) == 20
    assert len({len(as_of(day).actuals) for day in VINTAGES}) == 3


def test_a_roll_forward_changes_what_changed_in_the_world():
    """Sites of which a line was added, and works under way that have lasted longer; nothing else."""
    before, now = VINTAGES[1:]
    told = {line.site for line in as_of(now).actuals if before < line.on <= now}
    running = {
        site.id
        for site, phase in as_of(before).phases()
        if any(s.started_on and not s.finished_on for s in phase.stages) and phase.finished_on is None
    }
    moved = {
        slip.milestone.partition(".")[0]
        for slip in slips(vintage(as_of(before), "x"), vintage(as_of(now), "y"))
    }
    assert moved
    assert moved <= told | running
    assert not moved & ({site.id for site in as_of(now).sites} - told - running)


def test_what_happened_is_exact_in_every_vintage_and_draw():
    sampler = Sampler(as_of(VINTAGES[2]))
    happened = [line for line in status_lines(STATUS) if line.what == "ready_for_service"]
    for k in range(3):
        phases = {(site.id, phase.id): phase for site, phase in sampler.sample(0, k).phases()}
        for line in happened:
            phase = phases[line.site, line.item]
            assert (phase.ready_for_service_on or phase.finished_on) == line.on


@pytest.mark.parametrize("day", VINTAGES[:1])
def test_the_plan_of_december_is_tested_by_what_happened_since(day):
    """Halls and power by their dates, each milestone apart, and the MW of all twenty, month by month."""
    test = backtest([as_of(day)], status_lines(STATUS), n=32)
    assert set(test.scores["dates"]) == {"ready for service", "energised"}
    assert set(test.scores["levels"]) == {
        f"{mw} of all sites by month" for mw in ("grid_mw", "critical_it_mw")
    }
    # by hand from the status file: what came up to the end of June, over what there was in December
    since = [
        line
        for line in status_lines(STATUS)
        if day < line.on <= date(2026, 6, 30) and line.what == "energised"
    ]
    last = test.of("levels", "grid_mw of all sites by month")[-1]
    steps = {(site.id, step.id): step for site in as_of(day).sites for step in site.grid_connection}
    whole = [line.number or steps[line.site, line.item].grid_mw for line in since]
    assert (last.line.on, len(since)) == (date(2026, 6, 30), 4)
    assert last.actual - last.before == pytest.approx(sum(whole))
    assert not test.left_out.get("of no plan")
