"""Numbers, dates and texts of a study are named by the records that they stand in."""

from __future__ import annotations

import math

from capsim.study.study_leaves import leaves_of

RESULTS = {
    "figures": [
        {"scenario": "a", "figure": "pue", "mean": 1.2, "differs": True},
        {"scenario": "b", "figure": "pue", "mean": 1.3, "differs": False},
    ],
    "dates": [{"site": "x", "phase": "p1", "ready_on": "2030-01-31", "note": "2030"}],
    "ladder": [{"limits": ["permit", "funding"], "gain": None}, {"limits": [], "gain": 2}],
}


def test_records_go_by_what_they_are_of_and_others_by_their_place():
    found = leaves_of(RESULTS)
    assert found.figures["figures / a, pue / mean"] == 1.2
    assert found.figures["ladder / 2 / gain"] == 2.0
    assert math.isnan(found.figures["ladder / 1 / gain"])
    assert found.dates == {"dates / x, p1 / ready_on": "2030-01-31"}
    assert found.texts["dates / x, p1 / note"] == "2030"
    assert found.texts["ladder / 1 / limits"] == "permit, funding"
    assert found.texts["figures / b, pue / differs"] == "no"


def test_one_record_more_renames_no_other():
    more = {"figures": [{"scenario": "0", "figure": "pue", "mean": 1.0}, *RESULTS["figures"]]}
    before, after = (leaves_of(results).figures for results in (RESULTS, more))
    assert all(after[name] == value for name, value in before.items() if name.startswith("figures"))


def test_records_of_one_name_go_by_their_places():
    twice = {"rows": [{"site": "x", "mw": 1.0}, {"site": "x", "mw": 2.0}]}
    assert leaves_of(twice).figures == {"rows / 1 / mw": 1.0, "rows / 2 / mw": 2.0}
