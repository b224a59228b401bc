"""The newest of a line by the dates of launch: of an order, of a delivery, of a refresh.

Tests `scenario.fill.newest`.
"""

from datetime import date
from pathlib import Path

import pytest

from capsim.buildout import build_out
from capsim.scenario import launches
from capsim.scenario.loading import load, override
from capsim.units import weeks_to_days

SMALL = Path(__file__).parents[1] / "small.yaml"
PATH = "sites.a.phases.p1.deployments.d1"
AT_DELIVERY = {"newest": "nvidia-rack", "at": "delivery"}


@pytest.fixture(scope="module")
def small():
    return load(SMALL)


def settled(small, **changes):
    room = {"sites.a.cooling.rack_kw": 700.0, "horizon_years": 4}
    changed = override(small, room | {f"{PATH}.{key}": value for key, value in changes.items()})
    return changed.sites[0].phases[0].deployments[0]


# vr200-nvl72 is announced for 2026-10-01 and up to 6 months late: 6 (1 - sqrt(1/2)) months, 53 days, in
# the median, so the plan has it on 2026-11-23; lead times of 17 to 52 weeks are 226 days in the median
@pytest.mark.parametrize(
    ("at", "ordered_on", "system"),
    [
        ("order", "2026-10-01", "gb300-nvl72"),
        ("order", "2026-11-22", "gb300-nvl72"),
        ("order", "2026-11-23", "vr200-nvl72"),
        ("delivery", "2026-04-10", "gb300-nvl72"),
        ("delivery", "2026-04-11", "vr200-nvl72"),
        # announced for 2027-10-01, and 134 days late in the median
        ("delivery", "2027-04-25", "vr200-nvl72"),
        (None, "2028-02-10", "vr200-nvl72"),
        (None, "2028-02-11", "rubin-ultra-kyber"),
    ],
)
def test_the_newest_is_the_last_that_is_launched_by_then(small, at, ordered_on, system):
    asked = {"newest": "nvidia-rack"} | ({"at": at} if at else {})
    order = settled(small, system=asked, systems=1, ordered_on=date.fromisoformat(ordered_on))
    assert order.system == system
    assert order.launched_on is not None


@pytest.mark.parametrize(
    ("on", "writes", "system"),
    [
        # what the plan writes for launch and lead time counts, whatever system it is for
        ("2026-10-01", {"launch_slip_months": 0}, "vr200-nvl72"),
        ("2026-09-30", {"launch_slip_months": 0}, "gb300-nvl72"),
        ("2027-10-01", {"launch_slip_months": 3}, "vr200-nvl72"),
        ("2028-01-01", {"launch_slip_months": {"dist": "uniform", "low": 2, "high": 4}}, "rubin-ultra-kyber"),
        ("2026-11-01", {"at": "delivery", "lead_time_weeks": 3}, "gb300-nvl72"),
        ("2026-11-02", {"at": "delivery", "lead_time_weeks": 3}, "vr200-nvl72"),
    ],
)
def test_what_the_order_writes_of_launch_and_lead_time_counts(small, on, writes, system):
    asked = {"newest": "nvidia-rack", "at": writes.pop("at", "order")}
    order = settled(small, system=asked, systems=1, ordered_on=date.fromisoformat(on), **writes)
    assert order.system == system


@pytest.mark.parametrize("on", ["2026-04-01", "2026-04-11", "2027-06-30", "2027-07-01", "2027-09-01"])
def test_what_is_newest_at_the_delivery_is_delivered_without_a_wait(small, on):
    """Its delivery takes its lead time, and the next of the line would wait for its launch."""
    room = {"sites.a.cooling.rack_kw": 700.0, "horizon_years": 4, f"{PATH}.systems": 1}
    asked = room | {f"{PATH}.ordered_on": date.fromisoformat(on), f"{PATH}.system": dict(AT_DELIVERY)}
    plan = override(small, asked)
    (order,) = plan.deployments().values()

    def took_d(plan):
        (ordered,) = build_out(plan).of_phase("a", "p1", "ordered")
        (delivered,) = build_out(plan).of_phase("a", "p1", "delivered")
        return delivered.time_d - ordered.time_d

    line = [launch.system for launch in launches("nvidia-rack", plan.catalog)]
    newer = line[line.index(order.system) + 1 :][:1]
    assert took_d(plan) == pytest.approx(weeks_to_days(order.lead_time_weeks), abs=1.0)
    assert all(
        took_d(override(plan, {f"{PATH}.system": name})) > weeks_to_days(order.lead_time_weeks) + 1
        for name in newer
    )


def test_a_refresh_takes_what_is_newest_when_its_order_falls_due(small):
    # ordered on 2026-01-01, 226 days, 2 years: retired on 2028-08-14; orders are 226 days before, 2028-01-01
    refresh = {"age_years": 2, "system": {"newest": "nvidia-rack"}}
    assert settled(small, refresh=refresh).refresh.system == "vr200-nvl72"
    older = {"age_years": 2.2, "system": {"newest": "nvidia-rack"}}
    assert settled(small, refresh=older).refresh.system == "rubin-ultra-kyber"
    young = {"age_years": 1, "system": {"newest": "nvidia-rack", "at": "order"}}
    # retired on 2027-08-15, ordered on 2027-01-01
    assert settled(small, refresh=young).refresh.system == "vr200-nvl72"


def test_what_was_settled_is_told_and_settled_anew_with_other_dates(small):
    asked = override(small, {f"{PATH}.system": {"newest": "nvidia-rack"}})
    assert asked.origin(f"{PATH}.system").source == "the newest nvidia-rack at order, launched on 2025-08-22"
    later = override(asked, {f"{PATH}.ordered_on": date(2027, 1, 1)})
    assert later.sites[0].phases[0].deployments[0].system == "vr200-nvl72"
    said = "the newest nvidia-rack at order, launched on 2026-11-23 (announced for 2026-10-01)"
    assert later.origin(f"{PATH}.system").source == said
