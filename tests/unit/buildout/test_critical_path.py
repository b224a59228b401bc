"""Critical paths of phases that have started and are never ready: what was done, then what they wait for."""

import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.buildout.simulate import build_out
from capsim.scenario.loading import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
MONTH_D = 365.25 / 12
NONE_OF_IT = {
    "supply": [
        {
            "id": "works",
            "systems": ["lt-power-transformer"],
            "allocation": [{"id": "q", "from_on": date(2026, 1, 1), "systems_per_quarter": 0}],
        }
    ]
}
NO_MONEY = {
    "costs": {
        "items": [{"id": "line", "category": "capex", "basis": "per_grid_mw", "amount": 1e6}],
    },
    "funding": {
        "covers": ["grid"],
        "tranches": [{"id": "t", "amount": 10e6, "available_on": date(2026, 1, 1)}],
    },
}


def transformer(**changes):
    """Four weeks from order to delivery, and none is ever allotted."""
    item = {"id": "transformer", "item": "lt-power-transformer", "needed_at": "commissioning"}
    return item | {"lead_time_weeks": 4.0} | changes


def path(*equipment, place=None, **changes):
    """Critical path of a hall of 2 + 4 + 1 months whose power comes after 3, over two years of 730 days."""
    hall = make.hall(deployments=[], equipment=list(equipment))
    timeline = build_out(loads(make.scenario(make.site(hall, **(place or {})), **changes)))
    assert [m.phase for m in timeline.of_kind("unbuilt")] == ["p1"]
    return [(w.cause, w.start_d, w.end_d) for w in timeline.waits if w.phase == "p1" and not w.item]


def near(*rows):
    return [(cause, pytest.approx(start), pytest.approx(end)) for cause, start, end in rows]


def test_equipment_ordered_after_a_stage_follows_what_was_done():
    due_d = 6 * MONTH_D + 28
    assert path(transformer(ordered_after="construction"), **NONE_OF_IT) == near(
        ("permit", 0, 2 * MONTH_D),
        ("construction", 2 * MONTH_D, 6 * MONTH_D),
        ("transformer", 6 * MONTH_D, due_d),
        ("allocation", due_d, 730),
    )


def test_equipment_ordered_on_a_date_follows_that_date():
    found = path(transformer(ordered_on=date(2026, 2, 1)), **NONE_OF_IT)
    assert found == near(("planned start", 0, 31), ("transformer", 31, 59), ("allocation", 59, 730))


def test_equipment_just_in_time_follows_the_stages_its_own_comes_after():
    # aimed at the end of construction: on time, and from then on only the allocation is missing
    found = path(transformer(ordering="just_in_time", margin_weeks=0.0), **NONE_OF_IT)
    assert found == near(
        ("permit", 0, 2 * MONTH_D),
        ("construction", 2 * MONTH_D, 6 * MONTH_D),
        ("allocation", 6 * MONTH_D, 730),
    )


def test_equipment_just_in_time_follows_the_power_it_was_timed_for():
    # power comes in month 18; the transformer is asked for on day 519.9, four weeks before, and on that
    # day only the allotment is missing: 18 months of the grid connection and 182.1 days of the allocation
    late = {"grid_connection": [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 18.0}]}
    kit = transformer(ordering="just_in_time", margin_weeks=0.0)
    rows = near(("grid connection", 0, 18 * MONTH_D), ("allocation", 18 * MONTH_D, 730))
    assert path(kit, place=late, **NONE_OF_IT) == rows
    # so with a margin of two weeks, in which the hall lacks power as well
    assert path(kit | {"margin_weeks": 2.0}, place=late, **NONE_OF_IT) == rows
    # and with fixed equipment of 40 weeks in place of power, ordered on 1 September
    other = {"id": "ups", "item": "lt-ups", "needed_at": "commissioning", "lead_time_weeks": 40.0}
    found = path(kit, other | {"ordered_on": date(2026, 9, 1)}, **NONE_OF_IT)
    assert found == near(("planned start", 0, 243), ("ups", 243, 523), ("allocation", 523, 730))


def test_equipment_just_in_time_that_is_ordered_at_once_follows_its_order():
    # 100 weeks (700 days) with power in month 18 are ordered at once, as with fixed ordering
    late = {"grid_connection": [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 18.0}]}
    kit = transformer(ordering="just_in_time", margin_weeks=0.0, lead_time_weeks=100.0)
    rows = near(("transformer", 0, 700), ("allocation", 700, 730))
    assert path(kit, place=late, **NONE_OF_IT) == rows
    assert path(kit | {"ordering": "fixed"}, place=late, **NONE_OF_IT) == rows


def test_of_two_pieces_just_in_time_each_holds_its_stage_until_it_is_delivered():
    # ordered at once, for ten and fourteen weeks, and needed after the permit's two months
    both = [
        transformer(id=name, needed_at="construction", ordering="just_in_time", lead_time_weeks=weeks)
        for name, weeks in (("first", 10.0), ("second", 14.0))
    ]
    hall = make.hall(deployments=[], equipment=both)
    timeline = build_out(loads(make.scenario(make.site(hall))))
    held = [(w.cause, w.start_d, w.end_d) for w in timeline.waits if w.item == "construction"]
    assert held == near(("first", 2 * MONTH_D, 70.0), ("second", 70.0, 98.0))


def test_a_grid_step_without_money_holds_its_phase_for_want_of_money():
    applied = [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 3.0, "applied_on": date(2026, 2, 1)}]
    assert path(place={"grid_connection": applied}, **NO_MONEY) == near(
        ("planned start", 0, 31), ("funding", 31, 730)
    )


def test_of_two_things_that_never_come_the_one_waited_for_first_counts():
    found = path(transformer(ordered_after="construction"), **NO_MONEY, **NONE_OF_IT)
    assert found == near(("funding", 0, 730))
