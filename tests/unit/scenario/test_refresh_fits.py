"""As many successors as before must fit into their hall, however the first systems were counted.

Tests `scenario.rules.deployment_rules`, `quantities.sizes`.
"""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
LARGER = {"age_years": 1.0, "system": "vr200-nvl72", "lead_time_weeks": 1, "fill": "count"}


def load(*orders, **hall):
    return loads(make.scenario(make.site(make.hall(*orders, **hall))))


def racks(name="racks", **changes):
    return make.racks(id=name, ordered_on=date(2026, 1, 1), **({"refresh": LARGER} | changes))


def test_what_fits_is_not_refused():
    # 74 racks of 213.84 kW are 15.82 MW of 16; 100 are 21.38 MW, that is 1.34 times 16
    load(racks(systems=74))
    load(racks(systems=100), oversubscription=1.34)
    load(racks(systems=100, refresh=LARGER | {"fill": "power"}))
    load(racks(systems=100, refresh=LARGER | {"system": "gb300-nvl72"}))


@pytest.mark.parametrize(
    ("orders", "hall"),
    [
        ([racks(systems=75)], {}),
        ([racks(systems=None, fill_share=0.76)], {}),  # 76 racks
        ([racks("a", systems=40), racks("b", systems=40)], {}),
        ([racks(systems=100)], {"oversubscription": 1.33}),
    ],
)
def test_what_does_not_fit_is_refused_where_it_was_asked_for(orders, hall):
    with pytest.raises(ScenarioError) as raised:
        load(*orders, **hall)
    paths = {fault.path for fault in raised.value.faults}
    assert paths == {f"sites.a.phases.p1.deployments.{o['id']}.refresh.fill" for o in orders}
