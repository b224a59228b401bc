"""The newest of a line by the dates of launch: of an order, of a delivery, of a refresh.

Tests `scenario.fill.newest`.
"""

from datetime import date
from pathlib import Path

import pytest

from capsim.scenario.loading import load, override

SMALL = Path(__file__).parents[1] / "small.yaml"
PATH = "sites.a.phases.p1.deployments.d1"


@pytest.fixture(scope="module")
def small():
    return load(SMALL)


def settled(small, **changes):
    room = {"sites.a.cooling.rack_kw": 700.0}
    changed = override(small, room | {f"{PATH}.{key}": value for key, value in changes.items()})
    return changed.sites[0].phases[0].deployments[0]


# vr200-nvl72 is launched on 2026-10-01; its lead time is 30 weeks
@pytest.mark.parametrize(
    ("at", "ordered_on", "system"),
    [
        ("order", "2026-09-30", "gb300-nvl72"),
        ("order", "2026-10-01", "vr200-nvl72"),
        ("delivery", "2026-03-04", "gb300-nvl72"),
        ("delivery", "2026-03-05", "vr200-nvl72"),
        (None, "2027-10-01", "rubin-ultra-kyber"),
    ],
)
def test_the_newest_is_the_last_that_is_launched_by_then(small, at, ordered_on, system):
    asked = {"newest": "nvidia-rack"} | ({"at": at} if at else {})
    order = settled(small, system=asked, systems=1, ordered_on=date.fromisoformat(ordered_on))
    assert order.system == system
    assert order.launched_on is not None


def test_a_refresh_takes_what_is_newest_when_its_order_falls_due(small):
    # ordered on 2026-01-01, 30 weeks, 2 years: retired on 2028-07-29; orders are 30 weeks before
    refresh = {"age_years": 2, "system": {"newest": "nvidia-rack"}}
    assert settled(small, refresh=refresh).refresh.system == "rubin-ultra-kyber"
    young = {"age_years": 1, "system": {"newest": "nvidia-rack", "at": "order"}}
    # retired on 2027-07-30, ordered on 2027-01-01
    assert settled(small, refresh=young).refresh.system == "vr200-nvl72"


def test_what_was_settled_is_told_and_settled_anew_with_other_dates(small):
    asked = override(small, {f"{PATH}.system": {"newest": "nvidia-rack"}})
    assert asked.origin(f"{PATH}.system").source == "the newest nvidia-rack at order, launched on 2025-08-22"
    later = override(asked, {f"{PATH}.ordered_on": date(2027, 1, 1)})
    assert later.sites[0].phases[0].deployments[0].system == "vr200-nvl72"
