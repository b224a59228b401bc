"""A golden pins what a projection came to, and says what moved since.

Tests `testing.goldens`, `testing.plugin`.
"""

from __future__ import annotations

import json
import math

import pytest

import capsim
from capsim.errors import StudyError
from capsim.study import Held, tolerance
from capsim.testing.goldens import held_scenario, pin

pytest_plugins = ["pytester"]
WITHIN = tolerance()


@pytest.fixture(scope="module")
def scenario():
    return capsim.load("scenarios/scaleway-5000-gpus.yaml").override({"horizon_years": 3})


def test_nothing_is_pinned_by_the_way(tmp_path):
    golden = pin(tmp_path / "x.json", Held("x", figures={"a": 1.0}), WITHIN)
    assert golden.moved
    assert "x.json is not there" in golden.message()
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_is_what_is_read(tmp_path):
    held = Held(
        "x",
        {"seed": 0},
        {"a": 0.1 + 0.2, "b": math.nan, "c": -math.inf},
        {"d": None},
        {"a P50": (1.0, None, 2.0)},
        {"t": "é"},
        {"i": "2 MW"},
    )
    file = tmp_path / "golden" / "x.json"
    assert pin(file, held, WITHIN).write() == "golden x is new"
    assert json.loads(file.read_text("utf-8"))["figures"] == {
        "a": 0.30000000000000004,
        "b": None,
        "c": "-inf",
    }
    assert not pin(file, held, tolerance(rel=0.0)).moved


def test_a_file_is_written_where_it_moved_and_only_then(tmp_path):
    file = tmp_path / "x.json"
    pin(file, Held("x", {"catalogue": "old"}, {"a": 1.0}, inputs={"i": "1"}), WITHIN).write()
    written = file.read_text("utf-8")
    other_catalogue = Held("x", {"catalogue": "new"}, {"a": 1.0 + 1e-13}, inputs={"i": "1"})
    assert pin(file, other_catalogue, WITHIN).write() == ""
    assert file.read_text("utf-8") == written
    moved = pin(file, Held("x", {}, {"a": 1.1}, inputs={"i": "1"}), WITHIN)
    assert moved.write().splitlines() == [
        "golden x moved:",
        "  a: 1 -> 1.1 (+0.1, +10 %)",
        "  no input changed: what computes the results did",
    ]
    written = file.read_text("utf-8")
    assert pin(file, Held("x", {}, {"a": 1.1}, inputs={"i": "3"}), WITHIN).write() == ""
    assert file.read_text("utf-8") == written
    assert "i: 1 -> 2 (+100 %)" in pin(file, Held("x", {}, {"a": 1.2}, inputs={"i": "2"}), WITHIN).write()


def test_what_is_within_its_tolerance_is_not_written_anew(tmp_path):
    file, within = tmp_path / "x.json", tolerance(rel={"lcoc": 0.01, "mine[1].b": 0.01}, days=3)
    was = Held(
        "x",
        figures={"capex": 100.0, "lcoc": 1.0},
        dates={"ready": "2027-01-01"},
        percentiles={"lcoc P50": (1.0, 0.9, 1.1)},
        also={"mine": [1, {"b": 2.0}]},
        inputs={"i": "1"},
    )
    pin(file, was, within).write()
    for step in (1, 2, 3):
        share = 1 + 0.004 * step
        came = Held(
            "x",
            figures={"capex": 100.0 + step, "lcoc": share},
            dates={"ready": f"2027-01-0{1 + step}"},
            percentiles={"lcoc P50": (share, 0.9, 1.2)},
            also={"mine": [1, {"b": 2.0 * share}]},
            inputs={"i": str(1 + step)},
        )
        said = pin(file, came, within).write()
        pinned = json.loads(file.read_text("utf-8"))
        assert pinned["figures"]["capex"] == 100.0 + step
        assert "capex" in said
        # three steps of 0.4 % are beyond 1 % together, and told then
        has_moved = step == 3
        assert ("lcoc" in said, "mine[1].b" in said) == (has_moved, has_moved)
        assert pinned["figures"]["lcoc"] == (share if has_moved else 1.0)
        assert pinned["also"] == {"mine": [1, {"b": 2.0 * share if has_moved else 2.0}]}
        assert pinned["dates"]["ready"] == "2027-01-01"
        assert pinned["percentiles"]["lcoc P50"] == [1.0, 0.9, 1.1]


def test_a_message_is_short(tmp_path):
    file = tmp_path / "x.json"
    pin(file, Held("x", figures={f"a{i}": 1.0 for i in range(100)}), WITHIN).write()
    message = pin(file, Held("x", figures={f"a{i}": 2.0 for i in range(100)}), WITHIN).message()
    assert message.splitlines()[-2:] == ["  ... and 80 more lines", message.splitlines()[-1]]
    assert "pytest --update-golden" in message


@pytest.mark.parametrize("text", ["", "[]", '{"figure": {}}', '{"name": "x", "figures": {"a": "b"}}'])
def test_what_is_no_golden_is_refused(tmp_path, text):
    (tmp_path / "x.json").write_text(text, "utf-8")
    with pytest.raises(StudyError, match=r"x\.json: is no golden"):
        pin(tmp_path / "x.json", Held("x"), WITHIN)


def test_a_tolerance_of_nothing_is_refused_before_anything_is_pinned(tmp_path):
    with pytest.raises(StudyError, match="no figure is called b"):
        pin(tmp_path / "x.json", Held("x", figures={"a": 1.0}), tolerance(rel={"b": 1.0}))


def test_figures_and_dates_in_words_draws_and_data_of_ones_own(scenario):
    words = ["pue", "facility_mwh in 2026", "ready_for_service of dc5.gpu-halls"]
    held = held_scenario(scenario, words, also={"mine": [1, {"b": True}]})
    assert list(held.leaves().figures) == ["pue", "facility_mwh in 2026", "mine[0]"]
    assert list(held.dates) == ["ready_for_service of dc5.gpu-halls"]
    assert (held.leaves().texts, held.percentiles) == ({"mine[1].b": "true"}, {})
    assert held.to_dict()["also"] == {"mine": [1, {"b": True}]}
    drawn = held_scenario(scenario, ["pue"], draws=4)
    assert set(drawn.percentiles) == {f"pue P{p}" for p in (5, 10, 50, 90, 95)}
    assert drawn.made_of["draws"] == 4
    with pytest.raises(StudyError, match="draws are of a scenario"):
        held_scenario(capsim.simulate(scenario), draws=4)


def test_all_that_a_projection_states_is_pinned_where_nothing_is_asked_for(scenario):
    projection = capsim.simulate(scenario)
    held = held_scenario(projection)
    assert set(projection.headline) < set(held.figures)
    assert "opex of item insurance" in held.figures
    assert "ready_for_service of dc5.gpu-halls" in held.dates


def test_a_test_fails_writes_and_passes(pytester, monkeypatch):
    pytester.makepyfile(
        test_mine="""
        import numpy as np
        from capsim.study import Held
        import capsim.testing.goldens as goldens

        def test_mine(projection_regression, monkeypatch):
            came = Held("mine", figures={"pue": 1.2, "none": float("nan")})
            monkeypatch.setattr(goldens, "held_scenario", lambda scenario, figures: came)
            projection_regression(None, name="mine", rel={"pue": 0.01})
        """
    )
    options = ["-p", "capsim.testing.plugin", "-p", "no:cacheprovider"]
    failed = pytester.runpytest_inprocess(*options)
    failed.assert_outcomes(failed=1)
    failed.stdout.fnmatch_lines(["*mine.json is not there*", "*pytest --update-golden*"])
    written = pytester.runpytest_inprocess(*options, "--update-golden")
    written.assert_outcomes(passed=1)
    written.stdout.fnmatch_lines(["*goldens written*", "golden mine is new"])
    pytester.runpytest_inprocess(*options).assert_outcomes(passed=1)
    file = pytester.path / "golden" / "mine.json"
    file.write_text(file.read_text("utf-8").replace("1.2", "1.5"), "utf-8")
    failed = pytester.runpytest_inprocess(*options)
    failed.stdout.fnmatch_lines(["golden mine moved:", "  pue: 1.5 -> 1.2 (-0.3, -20 %)"])
    written = pytester.runpytest_inprocess(*options, "--update-golden")
    written.stdout.fnmatch_lines(["golden mine moved:", "  pue: 1.5 -> 1.2 (-0.3, -20 %)"])
