"""A plan with twice the phases takes twice the work: counted in calls, which are the same on any machine."""

from __future__ import annotations

import sys
import tracemalloc
from datetime import date

import pytest

from capsim.buildout import build_out
from capsim.ledger import book
from capsim.operations import operate
from capsim.pipeline import run
from capsim.scenario.loading import loads

PHASES = 100
MOST = 2.25
"""Calls that twice as many phases add, over what half of them added: 2 where they are in proportion, up to 4
where each phase looks at all others."""
MOST_BOOKED_KIB = 40.0
"""What booking holds at most of a phase, beside what it holds of any plan: 33 when last measured. [KiB]"""
PLACE = {"country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
PLACE |= {"cooling": {"preset": "dlc-dry-cooler"}}
ITEM = {"category": "capex", "price_year": 2025, "currency": "EUR", "works": "renewal"}
COSTS = {
    "preset": "fr-greenfield-ai",
    "items": [
        ITEM | {"id": "strip", "basis": "per_critical_it_mw", "amount": 1e6},
        ITEM | {"id": "move", "basis": "per_accelerator", "amount": 10.0},
    ],
}


def plan(phases, *, renewed=0):
    """One site whose last phases are renewals, with the costs of a preset and some for renewals alone."""
    racks = {"id": "racks", "system": "gb300-nvl72", "ordered_on": date(2026, 6, 1), "fill_share": 0.9}
    hall = {
        "critical_it_mw": 20.0,
        "energization": "g",
        "deployments": [racks],
        "preset": "fr-greenfield-full",
    }
    works = ["new"] * (phases - renewed) + ["renewal"] * renewed
    halls = [hall | {"id": f"p{n}", "works": kind} for n, kind in enumerate(works)]
    grid = [{"id": "g", "grid_mw": 40.0 * phases, "preset": "fr-grid-fast-track"}]
    site = PLACE | {"id": "s", "grid_connection": grid, "phases": halls}
    head = {"schema": 1, "name": "large", "start": date(2026, 1, 1), "horizon_years": 6, "costs": COSTS}
    return loads(head | {"sites": [site]})


def calls_of(compute):
    """Functions that are entered while something is computed."""
    count = 0

    def counted(_frame, event, _arg):
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        compute()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("renewed", [0.0, 0.5], ids=["all new", "half renewed"])
def test_a_run_grows_in_proportion_to_its_phases(renewed):
    plans = [plan(n, renewed=int(n * renewed)) for n in (PHASES, 2 * PHASES, 4 * PHASES)]
    run(plans[0])
    few, more, most = (calls_of(lambda one=one: run(one)) for one in plans)
    assert (most - more) / (more - few) < MOST


def test_items_for_works_are_paid_where_those_are_built():
    for renewed in (0, 3):
        ledger = run(plan(4, renewed=renewed)).ledger
        paid = {line.phase for line in ledger.lines if line.item == "strip" and line.category == "capex"}
        assert paid == {f"p{n}" for n in range(4 - renewed, 4)}


def kib_of_book(phases):
    """Most that booking a plan holds at a time. [KiB]"""
    scenario = plan(phases)
    timeline = build_out(scenario, 0, 0)
    operations = operate(scenario, timeline, 0, 0)
    book(scenario, timeline, operations)
    tracemalloc.start()
    try:
        book(scenario, timeline, operations)
        return tracemalloc.get_traced_memory()[1] / 1024
    finally:
        tracemalloc.stop()


def test_booking_holds_little_of_a_phase():
    # from where a block of places is full
    phases = 128
    assert (kib_of_book(3 * phases) - kib_of_book(2 * phases)) / phases < MOST_BOOKED_KIB
