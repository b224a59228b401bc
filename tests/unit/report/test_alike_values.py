"""What is alike at many places is one row that names them, and nothing is left out.

Tests `report.alike_values`.
"""

from __future__ import annotations

import re

import pandas as pd
import pytest

from capsim.report import alike_values
from capsim.report.alike_values import alike_together
from capsim.report.one_page import assumptions_sheet

COLUMNS = ["path", "value", "unit", "distribution", "kind", "confidence", "source", "retrieved"]


def table(values):
    return pd.DataFrame([(path, value, "1", "", "", "", "x", "") for path, value in values], columns=COLUMNS)


SITES = table(
    [
        ("horizon_years", "10"),
        *((f"sites.{s}.tariff.level", "60") for s in "abc"),
        *((f"sites.{s}.battery.power_mw", "5") for s in "ac"),
        ("sites.a.pue", "1.1"),
        *((f"sites.{s}.pue", "1.2") for s in "bc"),
        *((f"sites.{s}.phases.p{n}.critical_it_mw", "20") for s in "abc" for n in (1, 2)),
        *((f"sites.a.phases.p{n}.fill", "0.9") for n in (1, 2)),
        ("costs.items.phases.amount", "3"),
    ]
)


@pytest.fixture(autouse=True)
def _no_single(monkeypatch):
    monkeypatch.setattr(alike_values, "MOST_SINGLE", 3)


def test_a_row_says_at_which_places_it_is():
    assert alike_together(SITES)["path"].tolist() == [
        "horizon_years",
        "sites.*.tariff.level, at all 3 sites",
        "sites.*.battery.power_mw, at 2 of 3 sites: a, c",
        "sites.a.pue",
        "sites.*.pue, at 2 of 3 sites: b, c",
        "sites.*.phases.*.critical_it_mw, at all 6 phases",
        "sites.*.phases.*.fill, at 2 of 6 phases: a.p1, a.p2",
        "costs.items.phases.amount",
    ]
    assert alike_together(SITES)["value"].tolist() == ["10", "60", "5", "1.1", "1.2", "20", "0.9", "3"]


def test_what_is_not_alike_in_all_stays_apart():
    for column in COLUMNS[1:]:
        rows = table((f"sites.{s}.pue", "1.2") for s in "abcd")
        rows[column] = ["1", "1", "2", "1"]
        assert alike_together(rows)["path"].tolist() == [
            "sites.*.pue, at 3 of 4 sites: a, b, d",
            "sites.c.pue",
        ]


def test_every_value_can_be_read_again():
    read = []
    everywhere = {"sites": ["a", "b", "c"], "phases": [f"{s}.p{n}" for s in "abc" for n in (1, 2)]}
    for path, value in alike_together(SITES)[["path", "value"]].itertuples(index=False):
        pattern, _, told = path.partition(", at ")
        whole = re.match(r"all \d+ (\w+)", told)
        places = everywhere[whole[1]] if whole else told.partition(": ")[2].split(", ")
        for place in places if told else [""]:
            ids = iter(place.split("."))
            read.append((re.sub(r"\*", lambda _, ids=ids: next(ids), pattern), value))
    assert sorted(read) == sorted(SITES[["path", "value"]].itertuples(index=False, name=None))


def test_a_page_says_that_rows_stand_for_many_and_one_of_few_values_is_as_it_was(monkeypatch):
    sheet = assumptions_sheet(SITES)
    assert sheet.note.startswith("18 values in 8 rows: what is alike at several sites or phases is one row")
    monkeypatch.setattr(alike_values, "MOST_SINGLE", len(SITES))
    single = assumptions_sheet(SITES)
    assert single.note == ""
    assert assumptions_sheet(pd.concat([table([("name", "x")]), SITES])).note == ""
    assert [row[0] for row in single.rows] == SITES["path"].tolist()
