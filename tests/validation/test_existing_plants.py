"""PUE of halls in operation and water of evaporative plants, against the ranges of their class.

The cases stand in `published/plants.csv` with their sources. How full a hall is, is published of none: each
class of halls has one load with a range (`published/load_factors.csv`), which every draw takes anew.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

page = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "docs" / "write_validation.py")))
ROWS = page.rows("plants")


MISSED = {
    "aws-frankfurt": "0.021 for 0.01 L/kWh, under a P5 of 0.011: half of what its class evaporates",
    "aws-melbourne-2024": "0.051 for 0.02 L/kWh, under a P5 of 0.025; the next year took three times it",
    "aws-ireland": "0.006 for 0.03 L/kWh: no hour of Dublin starts the sprays; what takes it is not known",
    "aws-california": "0.048 for 0.51 L/kWh, ten times the class in San Jose: a plant of another kind",
    "dc5-pue": "its fans draw more than the midpoints of the published ranges: 3.5 % low",
    "azure-arizona": "the class chills humid hours that the site does not: 5.2 % high",
    "azure-poland": "4.3 % low; how full the young region is, is not known",
    "nrel-towers": "part of its heat warms the campus and evaporates nothing: 1.7 times",
}
"""New plants, and waters, that their class misses."""
FEW = 64
"""Draws of a case where a count over many cases is asked for: with the 200 of the page, 29 of 36 campuses are
inside and 9 of 14 regions, with these 28 and 8."""
BEYOND_THREE = ("aws-ireland", "aws-california")
"""Of these the ones whose central water is off by more than a factor of three."""


def of(family):
    rows = [row for row in ROWS if row["family"] == family]
    return pytest.mark.parametrize("row", rows, ids=[row["case"] for row in rows])


def test_a_case_has_the_load_of_its_class_and_none_of_its_own():
    assert not {"load", "load_factor"} & set(ROWS[0])
    classes = {row["hall"] for row in page.rows("load_factors")}
    assert {row["hall"] for row in ROWS} == classes
    # one plant is one class of halls, whichever site it is tried on
    by_plant = {row["preset"]: set() for row in ROWS}
    for row in ROWS:
        by_plant[row["preset"]].add(row["hall"])
    assert all(len(halls) == 1 for halls in by_plant.values())


def test_what_is_published_and_not_simulated_says_why():
    rows = page.rows("not_simulated")
    assert len(rows) >= 5
    assert all(row["published"] and row["source"] and len(row["because"]) > 30 for row in rows)


@of("PUE of existing halls")
def test_existing_halls_are_inside_p10_to_p90(row):
    low, high = np.percentile(page.plant_draws(row), [10, 90])
    assert low <= float(row["published"]) <= high


@of("means of many halls")
def test_means_of_many_halls_are_inside_and_no_existing_hall(row):
    """Of a nation and of a survey: another kind, in no count of halls."""
    low, high = np.percentile(page.plant_draws(row), [10, 90])
    assert low <= float(row["published"]) <= high


@of("PUE of new plants")
def test_new_plants_are_met_within_three_per_cent(row, request):
    if row["case"] in MISSED:
        request.applymarker(pytest.mark.xfail(strict=True, reason=MISSED[row["case"]]))
    scenario = page.plant_scenario(*page.place_of(row))
    assert page.plant_figures(scenario)["pue"] == pytest.approx(float(row["published"]), rel=0.03)


def test_campuses_are_met_within_three_per_cent_in_the_median_and_half_of_them_inside():
    """27 of Google, nine of Microsoft, each by the plant of its operator: towers and older halls miss."""
    cases = [page.plant_case(row, FEW) for row in ROWS if row["family"] == "PUE of campuses"]
    assert len(cases) == 36
    assert np.median([abs(case.error) for case in cases]) < 0.03
    assert np.mean([case.is_inside for case in cases]) >= 0.5


@of("WUE of evaporative plants")
def test_water_of_evaporative_plants_is_within_a_factor_of_three(row, request):
    if row["case"] in BEYOND_THREE:
        request.applymarker(pytest.mark.xfail(strict=True, reason=MISSED[row["case"]]))
    published = float(row["published"])
    scenario = page.plant_scenario(*page.place_of(row))
    assert published / 3 <= page.plant_figures(scenario)["wue"] <= 3 * published


@of("WUE of evaporative plants")
def test_water_of_evaporative_plants_is_inside_p5_to_p95(row, request):
    if row["case"] in MISSED:
        request.applymarker(pytest.mark.xfail(strict=True, reason=MISSED[row["case"]]))
    published = float(row["published"])
    low, high = np.percentile(page.plant_draws(row), [5, 95])
    assert low <= published <= high


def test_the_range_of_water_is_what_the_regions_of_the_operator_give():
    """P10 and P90 of what eleven take over their class; another kind and dry regions set nothing."""
    ratios = page.water_ratios()
    sets = {name for name, factor in ratios.items() if np.isfinite(factor)}
    assert sets == {row["case"] for row in page.water_rows() if row["calibrates"] == "range of water_factor"}
    found = page.load_catalog().entry("cooling", "airside-adiabatic-open").values["water_factor"]
    assert (found.low, found.high) == pytest.approx(page.water.range_of(ratios), abs=0.02)


@pytest.mark.xfail(strict=True, reason="9 of 14: Tokyo, by the others, too")
def test_nine_in_ten_regions_left_out_are_inside_p5_to_p95():
    ends = page.waters_left_out(FEW)
    inside = [
        ends[row["case"]][0] <= float(row["published"]) <= ends[row["case"]][1] for row in page.water_rows()
    ]
    assert np.mean(inside) >= 0.9


def test_the_factor_on_water_that_meets_a_published_one():
    """Of 0.5 L/kWh the plant takes 0.4: 0.9 is twice its water, 0.1 none; too dry or too wet says nothing."""
    assert page.water.ratio(0.9, 0.5, 0.9) == pytest.approx(2.0)
    assert page.water.ratio(0.1, 0.5, 0.9) == pytest.approx(0.0)
    assert np.isnan(page.water.ratio(0.9, 0.5, 0.7))
    assert np.isnan(page.water.ratio(5.0, 0.5, 0.9))
    # P90 of factors of 0 and 2 is 1.8; a half of the range has 1 - sqrt(0.2) of its width before P90
    low, high = page.water.range_of({"a": 0.0, "b": 2.0, "c": 9.0, "none": np.nan}, "c")
    assert (low, high) == pytest.approx((0.01, 1.0 + 0.8 / (1.0 - np.sqrt(0.2))))


def test_a_liquid_hall_on_a_hot_day_is_inside_what_designers_take():
    """Peak at the meter over IT: 1.2 to 1.4 in a full hall, trim chillers and losses included."""
    scenario = page.plant_scenario("dlc-dry-cooler", "central-ups", "paris")
    months = page.run(scenario).operations.monthly
    assert 1.2 <= months["facility_peak_mw"].max() / months["it_peak_mw"].max() <= 1.4


def test_the_documents_say_the_figures_of_halls_without_chillers_that_are_computed():
    (row,) = [row for row in ROWS if row["case"] == "dc5-wue"]
    scenario = page.plant_scenario(*page.place_of(row))
    figures = page.plant_figures(scenario)
    pue, wue = (f"{figures[name]:.3f}" for name in ("pue", "wue"))
    docs = page.ROOT / "docs"
    operations = (docs / "operations.md").read_text("utf-8")
    assert f"DC5 in Paris: PUE; WUE, L/kWh | 1.15-1.17; {row['published']} | **{pue}**; {wue}: " in operations
    assert f"{wue} with its trigger of 18 degC dry-bulb" in operations


@pytest.mark.parametrize(
    ("value", "unsure", "shown"),
    [
        (1.1371, 0.004, "1.14"),
        (0.0895, 0.013, "0.1"),
        (0.0895, 0.01, "0.09"),
        (1234.5, 40.0, "1200"),
        (0.2, 0.0, "0.2"),
    ],
)
def test_ends_of_draws_are_printed_to_the_digits_that_hold(value, unsure, shown):
    assert page.as_sure(value, unsure) == shown
