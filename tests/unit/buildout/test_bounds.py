"""Scenarios beyond what a run may have are stopped at once, and long chains and queues cost no time.

Tests `buildout.simulate`, `buildout.crews`, `buildout.forecast`, `buildout.why_never`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
import simpy

from capsim.buildout.crews import Crews
from capsim.buildout.simulate import build_out
from capsim.errors import SimulationError
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def test_slow_crews_and_many_refreshes_are_played_in_bounded_parts():
    # a rack in a thousand years would be 10^8 weeks of work, and two years have 20 generations
    refresh = {"age_years": 0.1, "system": "gb300-nvl72", "lead_time_weeks": 1}
    hall = make.hall(make.racks(systems=999, delivery_weeks=500, refresh=refresh), critical_it_mw=1e6)
    for racks_per_day in (1e-6, 1e9):
        pace = {"installer_crews": 1, "racks_per_crew_day": racks_per_day, "burn_in_days": 0}
        assert build_out(loads(make.scenario(make.site(hall), crews=pace))).events < 20_000


def test_the_bound_on_events_is_named():
    with pytest.raises(SimulationError, match=r"the build-out has not ended after 50 events \(day \d+\)"):
        build_out(loads(make.scenario()), max_events=50)


@pytest.mark.parametrize("width", [1, 2])
def test_long_chains_and_ladders_of_phases_are_forecast_and_explained(width):
    # 400 phases in a row, or 40 rungs of two with 2^40 ways from the first to the last
    rungs = 400 if width == 1 else 40
    halls = []
    for rung in range(rungs):
        before = [f"p{rung - 1}-{n}" for n in range(width)] if rung else []
        order = make.racks(ordering="just_in_time")
        halls += [make.hall(order, id=f"p{rung}-{n}", after=before) for n in range(width)]
    assert build_out(loads(make.scenario(make.site(*halls)))).reasons[-1].chain[0].startswith("a.p")
    halls[0]["stages"][0]["cancel_probability"] = 1.0
    found = {r.phase: r for r in build_out(loads(make.scenario(make.site(*halls)))).reasons if not r.item}
    last = found[f"p{rungs - 1}-0"]
    assert last.cause == "a.p0-0 is cancelled after its stage permit in 2026-03"
    assert (len(last.chain), last.chain[3]) == (6, f"{rungs - 5} more")
    assert last.chain[-2:] == ("a.p1-0", "a.p0-0")


def test_crews_are_given_in_the_order_of_rank_and_asking_as_those_of_simpy():
    def served(kind):
        env, order = simpy.Environment(), []

        def work(name, asks_d, rank):
            yield env.timeout(asks_d)
            with crews.request(priority=rank) as crew:
                yield crew
                order.append((env.now, name))
                yield env.timeout(1.5)

        crews = kind(env, capacity=2)
        for name in range(200):
            env.process(work(name, name * 7 % 13, name * 5 % 4))
        env.run()
        return order

    assert served(Crews) == served(simpy.PriorityResource)


def test_what_happens_after_the_last_date_is_named():
    # 100 years each, 90 phases in a row: the 80th is ready in the year 10,026
    stages = [{"id": "permit", "duration_months": 1200.0}]
    halls = [
        make.hall(id=f"p{n}", after=[f"p{n - 1}"] if n else [], stages=stages, deployments=[])
        for n in range(90)
    ]
    with pytest.raises(
        SimulationError, match=r"a\.p\d+.* is .* 8,000 years after the start, beyond all dates"
    ):
        build_out(loads(make.scenario(make.site(*halls))))
