"""Rows of tables by kind, category and cause: those named, in their order, and none where there is none."""

import pandas as pd

from capsim.projection.rows import of_category, of_kind, waits_for


def test_milestones_of_kinds_keep_their_order():
    table = pd.DataFrame({"kind": ["started", "retired", "started", "energised"], "day": [1, 2, 3, 4]})
    assert list(of_kind(table, "started")["day"]) == [1, 3]
    assert list(of_kind(table, "retired", "started")["day"]) == [1, 2, 3]
    assert of_kind(table, "unbuilt").empty


def test_rows_of_the_ledger_of_categories():
    table = pd.DataFrame({"category": ["capex", "opex", "revenue"], "amount": [1.0, 2.0, 3.0]})
    assert of_category(table, "capex", "opex")["amount"].sum() == 3.0
    assert list(of_category(table, "capex", "opex").columns) == ["category", "amount"]


def test_waits_for_causes():
    table = pd.DataFrame({"cause": ["funding", "hall", "funding"], "days": [5.0, 7.0, 9.0]})
    assert waits_for(table, "funding")["days"].sum() == 14.0
    assert waits_for(table, "hall", "funding").equals(table)
