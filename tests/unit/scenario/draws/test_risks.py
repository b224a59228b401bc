"""Risk events: how often they happen, what they add, and what they are of."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.errors import ScenarioError
from capsim.scenario import Sampler, loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))
N = 300


def plan(stages, hall=None, **risk):
    event = {
        "id": "appeal",
        "probability": 0.3,
        "delay_months": 6.0,
        "cost_share": 0.1,
        "stages": stages,
    } | risk
    halls = [make.hall(id=name, deployments=[], **(hall or {})) for name in ("p1", "p2")]
    return loads(make.scenario(make.site(*halls), risks=[event]))


def permits(scenario, k, phase=0):
    drawn = Sampler(scenario).sample(0, k).sites[0].phases[phase]
    return drawn.stages[0].duration_months, drawn.stages[1].duration_months, drawn.cost_overrun


def test_an_event_happens_as_often_as_said_and_to_all_it_is_of():
    scenario = plan(["a.*.permit"])
    drawn = np.array([permits(scenario, k) + permits(scenario, k, 1) for k in range(N)])
    late = drawn[:, 0] > 2.0
    assert abs(late.mean() - 0.3) <= 4.0 * np.sqrt(0.3 * 0.7 / N)
    assert set(drawn[:, 0]) == {2.0, 8.0}
    assert np.all(drawn[:, 1] == 4.0)
    assert np.allclose(drawn[:, 2], np.where(late, 1.1, 1.0))
    assert np.array_equal(drawn[:, :3], drawn[:, 3:])
    assert scenario.sites[0].phases[0].stages[0].duration_months == 2.0


def test_a_delay_is_no_part_of_the_overrun():
    """Six months are six, though the works take half as long again."""
    scenario = plan(["a.p1.permit"], hall={"overrun": 1.5}, probability=1.0)
    months, *_ = permits(scenario, 0)
    assert 1.5 * months == pytest.approx(1.5 * 2.0 + 6.0)
    assert permits(scenario, 0, 1)[0] == 2.0


def test_an_event_of_no_stage_is_refused():
    with pytest.raises(ScenarioError) as caught:
        plan(["a.p1.permitt"])
    assert "matches no stage of a phase or a grid step; did you mean a.p1.permit?" in str(caught.value)


def test_what_is_finished_is_past_all_risks():
    scenario = plan(["a.*.permit"], probability=1.0).override(
        {"as_of": date(2026, 6, 1), "sites.a.phases.p1.stages.permit.finished_on": date(2026, 3, 1)}
    )
    assert permits(scenario, 0)[0] == 2.0
    assert permits(scenario, 0, 1)[0] == 8.0
