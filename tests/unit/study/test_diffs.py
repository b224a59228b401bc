"""What moved between two results is found and named, what did not is not, and inputs say why.

Tests `study.diffs`, `study.held_results`, `study.diff_files`, `study.inputs`.
"""

from __future__ import annotations

import json
import math
import shutil

import pytest

import capsim
from capsim.catalog.loader import DATA
from capsim.errors import FigureError, StudyError
from capsim.scenario.loading import override
from capsim.study import difference, ensemble, held_projection, parse_axes, sweep, tolerance
from capsim.study.diff_files import diff
from capsim.study.held_results import Held, held_ensemble, only
from capsim.study.inputs import inputs_in, scenario_inputs

NETWORK = 0.247148
"""Share of the price of systems that their network costs, of the catalogue. [1]"""


def between(old, new, **bounds):
    return difference(Held("old", **old), Held("new", **new), tolerance(**bounds))


@pytest.fixture(scope="module")
def planted(small):
    """The small scenario over ten years, and one whose network is 0.1 % dearer, as projections."""
    small = override(small, {"horizon_years": 10})
    dearer = override(small, {"costs.items.network.amount": NETWORK * 1.001})
    return capsim.simulate(small), capsim.simulate(dearer)


def test_a_planted_change_of_a_thousandth_in_one_item_is_found_and_named(planted):
    found = difference(*map(held_projection, planted), tolerance())
    of_items = {row.name: row.share for row in found.beyond if " of item " in row.name}
    assert of_items["capex of item network"] == pytest.approx(0.001)
    assert {name for name, share in of_items.items() if name.startswith("capex")} == {"capex of item network"}
    assert "capex_eur" in {row.name for row in found.beyond}
    changed = {row.name: (row.before, row.after) for row in found.inputs}
    assert changed["costs.items.network.amount"] == (None, repr(NETWORK * 1.001))
    assert changed["cost_items/network.amount"] == ("0.247148 (0.185361 .. 0.308935) 1", None)


def test_it_is_found_between_folders_too(planted, tmp_path):
    old, new = (projection.save(tmp_path / f"{i}") for i, projection in enumerate(planted))
    found = diff(old, new)
    assert "capex of item network" in {row.name for row in found.beyond}
    (changed,) = found.inputs
    assert (changed.name, changed.share) == ("costs.items.network.amount", pytest.approx(0.001))
    asked = diff(old, new, tolerance(rel=1e-3), figures=["capex", "ready_for_service of dc5.gpu-halls"])
    assert [(row.name, row.is_beyond) for row in asked.moved] == [("capex", False)]
    assert diff(old, old).moved == ()
    json.dumps(found.to_dict(), allow_nan=False)


def test_studies_name_the_inputs_that_changed(small, tmp_path):
    """A line of the scenario, beside what it moved; of several variants with the name of theirs."""
    short = override(small, {"horizon_years": 1})
    sides = {"old": short, "new": override(short, {"finance.wacc_real": 0.12})}
    studies = {
        "ensemble": lambda plan, folder: ensemble(plan, 2, folder=folder, processes=1),
        "sensitivity": lambda plan, folder: capsim.sensitivity(plan, folder=folder, processes=1),
        "compare": lambda plan, folder: capsim.compare(
            {"base": short, "other": override(plan, {"horizon_years": 1})}, 2, folder=folder, processes=1
        ),
    }
    for kind, study in studies.items():
        folders = [tmp_path / kind / name for name in sides]
        for folder, plan in zip(folders, sides.values(), strict=True):
            study(plan, folder)
        found = diff(*folders)
        prefix = "other: " if kind == "compare" else ""
        changed = {row.name: row.after for row in found.inputs}
        assert changed.pop(f"{prefix}finance.wacc_real") == "0.12", kind
        assert all("wacc" in name for name in changed), kind
        assert found.n_inputs > 100
        assert not [row for row in found.moved if row.name in ("study", "checksum")], kind
        assert diff(folders[0], folders[0]).inputs == ()


def test_a_study_of_format_4_has_no_inputs(tmp_path):
    assert inputs_in(tmp_path) == {}


def test_the_same_projection_has_not_moved(planted):
    held = held_projection(planted[0])
    found = difference(held, held, tolerance(rel=0.0))
    assert (found.moved, found.inputs) == ((), ())
    assert found.n_compared > 60
    back = Held.from_dict(json.loads(json.dumps(held.to_dict(), allow_nan=False)))
    assert difference(back, held, tolerance(rel=0.0)).moved == ()


def test_inputs_are_lines_of_the_scenario_and_rows_of_the_catalogue(small):
    inputs = scenario_inputs(small)
    assert inputs["horizon_years"] == "2"
    assert inputs["sites.dc5.phases.gpu-halls.critical_it_mw"] == "8"
    assert inputs["cost_items/network.amount"] == "0.247148 (0.185361 .. 0.308935) 1"
    assert "crews.installer_crews" not in inputs


def test_figures_within_tolerance_are_told_from_those_beyond():
    found = between({"figures": {"a": 100.0, "b": 100.0}}, {"figures": {"a": 100.5, "b": 102.0}}, rel=0.01)
    assert [(row.name, row.change, row.is_beyond) for row in found.moved] == [
        ("a", 0.5, False),
        ("b", 2.0, True),
    ]


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (math.nan, math.nan, 0),
        (math.nan, 1.0, 1),
        (1.0, math.nan, 1),
        (0.0, 1e-300, 1),
        (math.inf, math.inf, 0),
    ],
)
def test_what_is_no_number_in_both_has_not_moved(before, after, moved):
    assert len(between({"figures": {"a": before}}, {"figures": {"a": after}}).beyond) == moved


def test_dates_move_by_days_and_never_is_far_from_all():
    old = {"dates": {"x": "2030-01-31", "y": "2030-01-31", "z": None}}
    new = {"dates": {"x": "2030-02-07", "y": None, "z": None}}
    found = between(old, new, days=7)
    assert [(row.name, row.change, row.is_beyond) for row in found.moved] == [
        ("x", 7.0, False),
        ("y", math.inf, True),
    ]


@pytest.mark.parametrize(
    ("after", "moved"), [(10.0, None), (11.9, False), (12.1, True), (7.9, True), (None, True)]
)
def test_a_percentile_has_moved_where_it_leaves_its_interval(after, moved):
    found = between(
        {"percentiles": {"a P50": (10.0, 8.0, 12.0)}}, {"percentiles": {"a P50": (after, 1.0, 99.0)}}
    )
    assert [row.is_beyond for row in found.moved] == ([] if moved is None else [moved])


def test_percentiles_of_dates_count_never_as_after_all_others():
    pinned = {"percentiles": {"d P90": ("2030-06-01", "2030-01-01", None)}}
    assert between(pinned, {"percentiles": {"d P90": (None, None, None)}}).beyond == ()
    assert len(between(pinned, {"percentiles": {"d P90": ("2029-12-31", None, None)}}).beyond) == 1


def test_what_only_one_has_and_other_texts_have_moved():
    old = {"figures": {"a": 1.0}, "texts": {"binds": "grid"}, "percentiles": {"p": (1.0, 0.0, 2.0)}}
    found = between(old, {"dates": {"d": "2030-01-01"}, "texts": {"binds": "nothing"}})
    assert [(row.name, row.before, row.after) for row in found.beyond] == [
        ("a", 1.0, None),
        ("d", None, "2030-01-01"),
        ("p", 1.0, None),
        ("binds", "grid", "nothing"),
    ]


def test_inputs_that_are_new_or_gone_are_named():
    found = between({"inputs": {"a": "2 MW", "b": "x"}}, {"inputs": {"a": "3 MW", "c": "y"}})
    assert [(row.name, row.before, row.after) for row in found.inputs] == [
        ("a", "2 MW", "3 MW"),
        ("b", "x", None),
        ("c", None, "y"),
    ]
    assert found.inputs[0].share == 0.5
    assert math.isnan(found.inputs[1].share)


def test_a_figure_that_a_result_lacks_is_refused(planted):
    with pytest.raises(FigureError, match="no result is called capexx"):
        held_projection(planted[0], ["capexx"])
    with pytest.raises(StudyError, match="rel: no figure is called lcocc"):
        difference(held_projection(planted[0]), held_projection(planted[1]), tolerance(rel={"lcocc": 1.0}))


def test_ensembles_are_held_by_their_percentiles(small, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    result, _ = (ensemble(small, 4, seed=seed, folder=f, processes=1) for seed, f in enumerate(folders))
    held = held_ensemble(result)
    p50 = result.figures.loc["pue"]
    assert held.percentiles["pue P50"] == (p50["p50"], p50["p50_low"], p50["p50_high"])
    assert set(only(held, ["capex", "pue"]).percentiles) == {
        f"{name} P{p}" for name in ("capex_eur", "pue") for p in (5, 10, 50, 90, 95)
    }
    with pytest.raises(StudyError, match="no result is called capexx"):
        only(held, ["capexx"])
    assert diff(folders[0], folders[0]).moved == ()
    moved = diff(*folders, figures=["opex"]).moved
    assert {row.name for row in moved} <= {"opex_eur", *(f"opex_eur P{p}" for p in (5, 10, 50, 90, 95))}
    assert moved


def test_any_other_study_is_held_whole(small, tmp_path):
    axes = parse_axes(["sites.dc5.phases.gpu-halls.critical_it_mw=8,9"])
    for folder, on in (("one", "opex"), ("two", "facility_gwh")):
        sweep(small, axes, on, folder=tmp_path / folder, processes=1)
    assert diff(tmp_path / "one", tmp_path / "one").moved == ()
    assert diff(tmp_path / "one", tmp_path / "two").beyond
    with pytest.raises(StudyError, match="a study of kind sweep is held whole; leave out figures"):
        diff(tmp_path / "one", tmp_path / "one", figures=["lcoc"])


def test_catalogues_are_held_row_by_row(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        for table in ("tariffs", "price_shape"):
            shutil.copy(DATA / f"{table}.csv", tmp_path / name)
    table = tmp_path / "new" / "tariffs.csv"
    table.write_text(
        table.read_text("utf-8").replace("level_per_mwh,61.07,", "level_per_mwh,61.2,", 1), "utf-8"
    )
    whole = tmp_path / "new" / "price_shape.csv"
    whole.write_text(whole.read_text("utf-8") + "\n", "utf-8")
    found = diff(tmp_path / "old", tmp_path / "new")
    assert [row.name for row in found.moved] == ["tariffs/fr-datacenter.level_per_mwh", "price_shape (whole)"]
    assert diff(tmp_path / "old" / "tariffs.csv", table).moved[0].share == pytest.approx(0.13 / 61.07)
    with pytest.raises(StudyError, match="figures are of projections and studies"):
        diff(table, table, figures=["lcoc"])


def test_two_different_tables_are_refused(tmp_path):
    with pytest.raises(
        StudyError, match=r"is the table cost_items and .* is the table systems; give two of one"
    ):
        diff(DATA / "cost_items.csv", DATA / "systems.csv")
    with pytest.raises(
        StudyError, match=r"is a folder of tables and .* is the table systems; give two of one"
    ):
        diff(DATA, DATA / "systems.csv")
    for name in ("tariffs", "systems"):
        (tmp_path / name).mkdir()
        shutil.copy(DATA / f"{name}.csv", tmp_path / name)
    with pytest.raises(StudyError, match="or two folders that share some"):
        diff(tmp_path / "tariffs", tmp_path / "systems")
    shutil.copy(DATA / "systems.csv", tmp_path / "tariffs")
    assert all(
        row.name.startswith("tariffs/") for row in diff(*map(tmp_path.joinpath, ("tariffs", "systems"))).moved
    )


def test_two_of_different_kinds_and_what_is_none_are_refused(planted, tmp_path):
    folder = planted[0].save(tmp_path / "p")
    with pytest.raises(StudyError, match=r"p is a projection and .*tariffs\.csv a catalogue"):
        diff(folder, DATA / "tariffs.csv")
    with pytest.raises(StudyError, match="nowhere: there is no such file or folder"):
        diff(tmp_path / "nowhere", folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(StudyError, match="empty: is no saved projection, no finished study and no table"):
        diff(tmp_path / "empty", folder)
