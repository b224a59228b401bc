"""Rows of tables by kind and category: those named, in their order, and none where there is none."""

import pandas as pd

from capsim.projection.rows import of_category, of_kind


def test_milestones_of_kinds_keep_their_order():
    table = pd.DataFrame({"kind": ["started", "retired", "started", "energised"], "day": [1, 2, 3, 4]})
    assert list(of_kind(table, "started")["day"]) == [1, 3]
    assert list(of_kind(table, "retired", "started")["day"]) == [1, 2, 3]
    assert of_kind(table, "unbuilt").empty


def test_rows_of_the_ledger_of_categories():
    table = pd.DataFrame({"category": ["capex", "opex", "revenue"], "amount": [1.0, 2.0, 3.0]})
    assert of_category(table, "capex", "opex")["amount"].sum() == 3.0
    assert list(of_category(table, "capex", "opex").columns) == ["category", "amount"]
