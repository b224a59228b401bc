"""Systems that are on their way when a plan starts: what is paid is brought in, and what is not is still due.

Tests `scenario.rules.deployment_rules`, `ledger.booking`, `buildout.layout`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim import simulate
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


def of(ordered_on):
    """A hall that is ready at the start, whose systems are ordered on a day."""
    site = make.standing_site()
    order = {"id": "d", "system": "dgx-h100", "systems": 100, "ordered_on": ordered_on}
    hall = site["phases"][0]
    hall["deployments"], hall["ready_for_service_on"] = [order], date(2026, 1, 1)
    return simulate(loads(make.scenario(site, costs={"preset": "fr-greenfield-ai"})))


def totals(projection):
    return projection.ledger.groupby("category", observed=True)["amount_eur"].sum()


@pytest.mark.parametrize("ordered_on", [date(2025, 12, 1), date(2025, 9, 1), date(2024, 6, 1)])
def test_what_is_paid_before_the_start_and_after_is_the_price(ordered_on):
    at_the_start, before = of(date(2026, 1, 1)), of(ordered_on)
    whole = totals(at_the_start)
    parts = totals(before)
    assert parts["opening"] > whole.get("opening", 0.0)
    paid = [sum(table.get(kind, 0.0) for kind in ("opening", "capex")) for table in (parts, whole)]
    assert paid[0] == pytest.approx(paid[1])
    ordered = before.milestones[before.milestones["kind"] == "ordered"]
    assert ordered["date"].dt.date.tolist() == [ordered_on]
    served = [p.milestones.query("kind == 'in_service'")["date"].min() for p in (before, at_the_start)]
    assert served[0] < served[1]
