"""Records that stand in the place of others are changed key by key, as far as scenarios stay valid.

Tests `study.swaps`.
"""

from __future__ import annotations

import pytest

from capsim.language.tree import plain
from capsim.scenario.loading import load, override
from capsim.study.changes import changes_between, children
from capsim.study.execution import Execution
from capsim.study.swaps import case_of, grouped, parts_of, shown_of
from capsim.study.waterfalls import waterfall

FIGURE = "lcoc_eur_per_h100e_h"


def test_a_new_record_takes_its_keys_one_by_one(shipped):
    base, other = (load(shipped / f"{name}.yaml") for name in ("aion-288k-h100e", "gigafactory-100k"))
    parts = parts_of(base, changes_between(base, other))
    keys = {part.key for part in parts if part.swap is not None}
    assert keys == {"cooling", "grid_connection", "phases"}
    (grid,) = [part for part in parts if part.swap is not None and part.key == "grid_connection"]
    case = case_of([grid])
    assert case["sites.aion"] is None
    new = case["sites.gigafactory-1"]
    assert new["id"] == "gigafactory-1"
    assert [step["id"] for step in new["grid_connection"]] == ["site"]
    assert len(new["phases"]) == 4, "the phases are still those of the old site"
    assert [part for part in parts if part.change.path in ("sites.aion", "sites.gigafactory-1")] == []


def test_what_cannot_be_changed_alone_is_one_driver_of_its_record(shipped):
    base, other = (load(shipped / f"{name}.yaml") for name in ("aion-288k-h100e", "gigafactory-100k"))
    parts = parts_of(base, changes_between(base, other))
    keys = ("cooling", "grid_connection", "phases")

    def is_valid(case):
        new = case.get("sites.gigafactory-1")
        return new is None or len({new[key] == parts[-1].swap.after[key] for key in keys}) == 1

    groups = grouped(parts, is_valid)
    together = groups["sites.gigafactory-1"]
    assert shown_of(together) == (
        "cooling, grid connection, phases of aion",
        "cooling, grid connection, phases of gigafactory-1",
    )
    assert len(groups) == len(parts) - 2
    assert len(grouped(parts, lambda _: True)) == len(parts)


def test_a_waterfall_of_another_site_says_what_of_it_makes_the_difference(small):
    site = plain(children(children(small._provenance.merged)["sites"])["dc5"])
    (phase,) = site["phases"]
    new = {**site, "id": "dc6", "climate": "madrid", "phases": [{**phase, "critical_it_mw": 9.0}]}
    other = override(small, {"sites.dc5": None, "sites.dc6": new, "finance.wacc_real": 0.09})
    parts = waterfall(small, changes_between(small, other), FIGURE, Execution(processes=1))
    assert {one.path for one in parts.drivers} == {
        "finance.wacc_real",
        "sites.dc6.climate",
        "sites.dc6.phases",
    }
    by_path = {one.path: one for one in parts.drivers}
    assert (by_path["sites.dc6.climate"].before, by_path["sites.dc6.climate"].after) == ("paris", "madrid")
    assert sum(one.effect for one in parts.drivers) == pytest.approx(parts.after - parts.before, abs=1e-12)
    assert all(one.effect for one in parts.drivers)
