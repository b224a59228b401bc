"""Working days of stages become months by country. Tests `scenario.fill.working_days`."""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.scenario import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[3] / "portfolios.py")))


def plan(days, country="fra", **stage):
    chain = [{"id": "permit", "working_days": days} | stage, {"id": "construction", "duration_months": 2.0}]
    hall = make.hall(deployments=[], stages=chain)
    return loads(make.scenario(make.site(hall, country=country, climate="paris")))


def permit(scenario):
    return scenario.sites[0].phases[0].stages[0].duration_months


def test_a_year_has_the_working_days_of_its_country():
    """252.2 days of work are a year in France, 252 in Ireland."""
    assert permit(plan(252.2)) == pytest.approx(12.0)
    assert permit(plan(126.0, country="irl")) == pytest.approx(6.0)
    scenario = plan(251.0)
    assert permit(scenario) == pytest.approx(12.0 * 251.0 / 252.2)
    source = scenario.origin("sites.a.phases.p1.stages.permit.duration_months").source
    assert "working days at 252.2 a year" in source
    assert loads(scenario.resolved()) == scenario
    assert scenario.override({"horizon_years": 3}).sites == scenario.sites


def test_an_uncertain_number_keeps_its_spread():
    months = permit(plan({"dist": "triangular", "low": 100.0, "mode": 120.0, "high": 200.0}))
    assert months.distribution.support == pytest.approx((100.0 * 12.0 / 252.2, 200.0 * 12.0 / 252.2))


@pytest.mark.parametrize(
    ("days", "stage", "said"),
    [
        (20.0, {"duration_months": 1.0}, "working_days: must not be given together with duration_months"),
        ("long", {}, "working_days: must be a number of days, or a distribution of it"),
        (-5.0, {}, "duration_months: must be at least 0"),
    ],
)
def test_what_is_no_length_is_refused(days, stage, said):
    with pytest.raises(ScenarioError) as caught:
        plan(days, **stage)
    assert said in str(caught.value)
