"""How milestones slip from one vintage to another, and why.

Tests `study.forecasts`, `study.date_trends`, `report.plan_tables`, `report.study_openings`.
"""

import io
import math
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from capsim.report import forecast_tables, study_opening
from capsim.scenario import loads
from capsim.study import forecast, load_baseline, save_baseline, trends, vintage
from capsim.study.forecasts import slips

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)


def line(on, item, what, **more):
    return {"on": on, "site": "a", "item": item, "what": what} | more


def plan(*lines, as_of, halls=({},), step=None, horizon_years=4):
    """Halls of 16 MW: a permit of 2 months, a construction of 4 and a commissioning of 1."""
    own = [
        make.hall(**({"id": f"p{number}", "deployments": []} | hall)) for number, hall in enumerate(halls, 1)
    ]
    grid = step or {"id": "g1", "grid_mw": 99.0, "energised_on": date(2025, 1, 1)}
    place = make.site(*own, grid_connection=[grid])
    return loads(make.scenario(place, horizon_years=horizon_years, as_of=as_of, actuals=list(lines)))


def shown(made):
    """The table and the first screen of a forecast, as text."""
    out = Console(width=160, file=io.StringIO())
    out.print(forecast_tables(made), study_opening(made))
    return out.file.getvalue()


def by_name(before, now):
    return {slip.milestone: slip for slip in slips(before, now)}


RUNS = (
    line(date(2026, 3, 1), "p1.permit", "finished"),
    line(date(2026, 3, 1), "p1.construction", "started"),
)
LATE = line(MAY, "p1.construction", "remaining_months", number=60.0, unit="months")


def test_what_slips_beyond_the_horizon_is_later_and_not_gone(tmp_path):
    """A construction with 60 months left ends in mid-2031, after a horizon that ends with 2029."""
    deployments = [make.racks()]
    before = vintage(plan(*RUNS, as_of=APRIL, halls=({"deployments": deployments},)), "april")
    late = plan(*RUNS, LATE, as_of=MAY, halls=({"deployments": deployments},))
    now = vintage(late, "now")
    moved = by_name(before, now)
    ready = moved["a.p1 ready_for_service"]
    assert (ready.now, ready.cause) == ("beyond", "construction")
    assert ready.months == pytest.approx(60.0 - 2.0, abs=0.2)
    served = moved["a.p1 first_in_service"]
    assert (served.now, served.months > 0.0) == ("beyond", True)
    text = shown(forecast(late, against=[before], n=2))
    assert "Against april: 2 later, 0 earlier, 0 new or gone" in text
    # its forecast slips, and is no reason to say that none does
    (trend,) = [one for one in trends([before, now]) if one.milestone == "a.p1 ready_for_service"]
    assert trend.per_month > 1.0
    # and the way back is earlier
    back = by_name(now, before)["a.p1 ready_for_service"]
    assert (back.before, back.months) == ("beyond", pytest.approx(-ready.months))
    # a saved baseline knows what was beyond
    save_baseline(str(tmp_path / "plan.yaml"), "late", late)
    kept = load_baseline(str(tmp_path / "plan.yaml"), "late", {"a.p1": "a.north"})
    assert kept.shown("a.north ready_for_service") == "beyond"


def test_what_was_cancelled_or_taken_out_is_gone_and_what_was_added_is_new():
    two = vintage(plan(as_of=APRIL, halls=({}, {})), "two")
    one = vintage(plan(as_of=APRIL), "one")
    assert by_name(two, one)["a.p2 ready_for_service"].now == ""
    assert by_name(one, two)["a.p2 ready_for_service"].before == ""
    dropped = vintage(plan(line(APRIL, "p2", "cancelled"), as_of=APRIL, halls=({}, {})), "dropped")
    (slip,) = slips(two, dropped)
    assert (slip.milestone, slip.now) == ("a.p2 ready_for_service", "")
    assert math.isnan(slip.months)


def test_a_longer_horizon_moves_nothing():
    short, long = (vintage(plan(*RUNS, LATE, as_of=MAY, horizon_years=y), "x") for y in (4, 8))
    assert "a.p1 ready_for_service" in short.beyond
    assert slips(short, long) == []
