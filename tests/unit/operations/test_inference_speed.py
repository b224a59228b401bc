"""Tokens of systems for a service: measured, or between the bounds of memory bandwidth and FLOP/s.

Tests `operations.served_demand`, `scenario.fill.throughput`, `projection.findings.job_findings`.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.models.demand import inference_speed
from capsim.pipeline import simulate
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
CHAT = {
    "id": "c",
    "users": 1.0e8,
    "active_share": 1.0,
    "messages_per_user_day": 10.0,
    "tokens_per_message": 500.0,
}
CHAT |= {"h100_s_per_token": 0.002}


def served(system, **service):
    """H100e hours of a chat that is far too large for 500 systems, in the first month."""
    order = {"id": "racks", "system": system, "systems": 500, "in_service_on": make.START}
    place = make.standing_site(phases=[make.standing_hall(critical_it_mw=16.0, deployments=[order])])
    projection = simulate(loads(make.scenario(place, horizon_years=1, demand={"services": [CHAT | service]})))
    return projection, 1.0 - projection.headline["turned_away_share"]


def test_an_h200_is_no_h100():
    _, h100 = served("dgx-h100")
    projection, h200 = served("dgx-h200")
    assert h200 / h100 == pytest.approx(1 / (0.5 * 3.35 / 4.8 + 0.5), rel=1e-4)
    (said,) = [f.text for f in projection.findings if f.kind == "inference"]
    assert said == (
        "tokens of service c: those of dgx-h200 lie between what memory bandwidth and FLOP/s allow "
        "(memory_bound_share)"
    )


@pytest.mark.parametrize(("share", "gain"), [(0.0, 1.0), (1.0, 4.8 / 3.35)])
def test_the_bounds_are_flops_and_memory(share, gain):
    _, h100 = served("dgx-h100", memory_bound_share=share)
    _, h200 = served("dgx-h200", memory_bound_share=share)
    assert h200 / h100 == pytest.approx(gain, rel=1e-4)


def test_measured_output_counts_before_the_bounds(tmp_path):
    _, h100 = served("dgx-h100")
    # 8 chips at 500 tokens/s each are the H100 of the service
    _, measured = served("dgx-h200", throughput={"dgx-h200": 5000.0})
    assert measured / h100 == pytest.approx(5000 / 4000, rel=1e-4)
    table = tmp_path / "t.csv"
    table.write_text(
        "system,model,tokens_per_s,source\ndgx-h200,m70,4400,our lab\ndgx-h200,m7,9000,our lab\n", "utf-8"
    )
    projection, of_file = served("dgx-h200", throughput_file=str(table), model="m70")
    assert of_file / h100 == pytest.approx(1.1, rel=1e-4)
    assert any("as measured" in f.text for f in projection.findings if f.kind == "inference")
    with pytest.raises(
        ScenarioError, match=r"\.csv:3 .* has two figures of different models; write model: m70 or m7"
    ):
        served("dgx-h200", throughput_file=str(table))
    with pytest.raises(ScenarioError, match="has no row of model m8"):
        served("dgx-h200", throughput_file=str(table), model="m8")
    with pytest.raises(ScenarioError, match=r"unknown system; did you mean dgx-h200\?"):
        served("dgx-h200", throughput={"dgx-h20": 1.0})


def test_a_tenant_asks_for_compute_whatever_the_chip():
    tenant = dict.fromkeys(CHAT, None) | {"id": "c", "h100e": 1.0e5}
    _, h100 = served("dgx-h100", **tenant)
    _, h200 = served("dgx-h200", **tenant)
    assert h100 == pytest.approx(h200, rel=1e-4)


def test_speed_lies_between_its_bounds():
    assert inference_speed(1.0, 1.0, 0.3) == pytest.approx(1.0)
    assert 1.0 < inference_speed(1.0, 2.0, 0.5) < 2.0
    for wrong in ((0.0, 1.0, 0.5), (1.0, float("nan"), 0.5), (1.0, 1.0, 1.1)):
        with pytest.raises(ValueError, match="must be"):
            inference_speed(*wrong)
