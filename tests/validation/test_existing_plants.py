"""PUE of halls in operation and water of evaporative plants, against the ranges of their class.

The cases stand in `published/plants.csv` with their sources. How full a hall is, is published of none: each
class of halls has one load with a range (`published/load_factors.csv`), which every draw takes anew.
"""

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.catalog import climate_table
from capsim.models.cooling import coefficient_names, plant_of
from capsim.models.weather import weather_hours
from capsim.scenario import checked
from capsim.units import calendar

page = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "docs" / "write_validation.py")))
ROWS = page.rows("plants")


MISSED = {
    "aws-california": "0.054 for 0.51 L/kWh, ten times the class in San Jose: a plant of another kind",
    "dc5-pue": "its fans draw more than the midpoints of the published ranges: 3.5 % low",
    "azure-arizona": "the class chills humid hours that the site does not: 5.2 % high",
    "azure-poland": "4.3 % low; how full the young region is, is not known",
}
"""New plants, and waters, that their class misses."""
FEW = 64
"""Draws of a campus where a count over all of them is asked for: 28 of 36 were inside, and 29 with the 200 of
the page."""
BEYOND_THREE = ("aws-california",)
"""Of these the one whose central water is off by more than a factor of three."""


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


@pytest.mark.parametrize("row", [row for row in ROWS if row["bound"]], ids=lambda row: row["case"])
def test_what_is_published_as_a_bound_holds_and_has_no_error(row):
    """Below 1.1 is no 1.1: it is in no median and in no family of values."""
    case = page.plant_case(row, 16)
    assert case.is_inside
    assert case.central < case.published
    assert f"| {row['bound']} {case.published:g} |" in "".join(page._table([case]))
    assert " | – | " in "".join(page._table([case]))
    values = [other for other in ROWS if other["family"] == row["family"] and not other["bound"]]
    assert values == []
    of_it = page._row_of(case.family, [case])
    assert of_it == f"| {case.family} | 1 | 0 | – | – | – | 1 of 1 | 1 of 1 |"


@pytest.mark.parametrize("file", ["plants", "systems"])
def test_a_figure_that_its_source_gives_as_a_bound_is_marked_as_one(file):
    figure = "published" if file == "plants" else "published_kw"
    for row in page.rows(file):
        words = rf"(below|under|up to|at most|at least|less than|over) {float(row[figure]):g}\b"
        said = re.search(words, f"{row['source']}; {row['note']}; {row['basis']}")
        assert bool(said) <= bool(row["bound"]), row["case"]
        assert row["bound"] in ("", "below", "at most")


def test_a_site_has_one_published_figure():
    """What the table of cases has is what the catalogue has of the same site."""
    sites = page.load_catalog().tables["efficiency_bands"]
    alike = {"microsoft": "azure", "-county": "", "northern-": ""}
    found = {}
    for name, entry in sites.items():
        if name.startswith("site-"):
            case = name.removeprefix("site-")
            for of, to in alike.items():
                case = case.replace(of, to)
            found[case] = entry
    cases = {row["case"]: row for row in ROWS if row["case"] in found}
    assert len(cases) == len(found) == 18
    for case, row in cases.items():
        field = "pue" if row["figure"] == "pue" else "wue_l_per_kwh"
        assert float(row["published"]) == found[case].number(field), case
        assert row["climate"] == found[case].text("climate"), case


@pytest.mark.parametrize(
    ("climate", "says"),
    [
        ("warsaw", "warsaw (weather of munich, 778 km off)"),
        ("the-dalles", "the-dalles (weather of moses-lake, 226 km off)"),
        ("paris", "paris"),
    ],
)
def test_the_page_says_whose_weather_a_place_has(climate, says):
    assert page.weather_in_words(page.plant_scenario("sea-water", "central-ups", climate)) == says
    row = next((row for row in ROWS if row["climate"] == climate), ROWS[0])
    assert f", {says}, {row['hall']}" in page.plant_case(row, 16).name


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
    assert page.water_between(page.plant_draws(row), float(row["published"])).is_inside


@pytest.mark.parametrize("kind", page.WATER_KINDS)
def test_the_spread_of_water_is_what_published_plants_of_the_kind_give(kind):
    """Regions of site water set nothing; every plant of the kind has the same spread."""
    ratios = page.water_ratios(kind)
    sets = {name for name, over in ratios.items() if np.isfinite(over)}
    rows = page.water_rows(kind)
    assert sets == {row["case"] for row in rows if row["calibrates"] == "range of water_factor"}
    for preset in page.WATER_KINDS[kind]:
        shipped = page.load_catalog().entry("cooling", preset).number("water_factor_sigma")
        assert shipped == pytest.approx(page.water.sigma_of(ratios), abs=0.006)


def test_the_water_of_sites_is_what_those_with_little_for_their_plant_publish():
    sites = page.site_waters()
    assert set(sites) == {row["case"] for row in ROWS if row["calibrates"] == "site water"}
    median, sigma = page.water.site_water(sites.values())
    entry = page.load_catalog().entry("cooling", "airside-adiabatic-open")
    assert entry.number("site_water_m3_per_mw_y") == pytest.approx(median, rel=0.05)
    assert entry.number("site_water_m3_per_mw_y_sigma") == pytest.approx(sigma, abs=0.05)


def test_nine_in_ten_plants_left_out_are_inside_p5_to_p95():
    """All of 17 but Northern California."""
    found = page.waters_left_out()
    assert len(found) == 17
    assert [case for case, water in found.items() if not water.is_inside] == ["aws-california"]


def test_a_water_beyond_an_end_by_the_error_of_the_draws_is_inside():
    """Of 200 draws the share below P5 has a standard error of 0.0154: 7 of 200 are as good as 10, 6 not."""
    drawn = np.arange(200.0)
    assert page.water_between(drawn, 6.5).is_inside
    assert not page.water_between(drawn, 5.5).is_inside
    assert page.water_between(drawn, 192.5).is_inside
    assert not page.water_between(drawn, 193.5).is_inside


def test_the_ratio_of_water_to_that_of_its_class():
    """Of 0.5 L/kWh the plant takes 0.4; where it takes 0.2, the ratio says nothing."""
    assert page.water.ratio(0.9, 0.5, 0.9) == pytest.approx(1.8)
    assert page.water.ratio(0.05, 0.5, 0.9) == pytest.approx(0.1)
    assert np.isnan(page.water.ratio(0.9, 0.5, 0.7))


def test_the_spread_of_a_few_ratios_is_wider_than_they_are_apart():
    """Logarithms of -1, 1 and none: root mean square 1, times t of two at 0.95, 2.920, over 1.645."""
    ratios = {"a": np.exp(-1.0), "b": np.exp(1.0), "none": np.nan, "c": 9.0}
    assert page.water.sigma_of(ratios, "c") == pytest.approx(2.920 / 1.645, rel=1e-3)
    assert page.water.site_water([1.0, 100.0]) == pytest.approx((10.0, np.log(100.0) / np.sqrt(2.0)))


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
    by_wet_bulb = {"spray_trigger_c": -10.0, "spray_wet_bulb_c": 17.0}
    (site,) = scenario.sites
    cooling = site.cooling.model_copy(update={"arguments": site.cooling.arguments | by_wet_bulb})
    other = scenario.model_copy(update={"sites": (site.model_copy(update={"cooling": cooling}),)})
    assert f"then takes {page.plant_figures(checked(other))['wue']:.3f} L/kWh" in operations


def test_the_documents_say_the_water_of_hours_that_the_plant_without_chillers_takes():
    """Of a full hall of 20 MW, on both sides of its supply limit and of the air that sprays cannot cool."""
    entry = page.load_catalog().entry("cooling", "airside-adiabatic-chillerless")
    names = coefficient_names(entry.text("model"))
    plant = plant_of(entry.text("model"), {name: entry.number(name) for name in names})
    air = page.Weather(np.array([26.0, 25.0, 25.0, 32.0, 33.0]), np.array([18.0, 22.0, 23.0, 28.5, 31.0]))
    cool, mild, humid, warm, close = (
        f"{value:.1f}" for value in plant.power(20.0, air, rated_heat_mw=20.0).water_m3_per_h
    )
    assert (humid, close) == ("0.0", "0.0")
    operations = (page.ROOT / "docs" / "operations.md").read_text("utf-8")
    assert f"takes {cool} m3/h at 26 degC with a wet-bulb of 18, {mild} at 25 and 22, none" in operations
    assert f"none at 25 and 23, {warm} at 32 and 28.5 and none at 33 and 31; 8 of each" in operations


def test_the_documents_say_where_sea_water_and_tropical_plants_are_what_they_are():
    """Full halls: cold water knows no weather, and chillers of the tropics hardly run in Paris."""

    def pue(preset, climate):
        return page.plant_figures(page.plant_scenario(preset, "central-ups", climate))["pue"]

    operations = (page.ROOT / "docs" / "operations.md").read_text("utf-8")
    by_sea = {f"{pue('sea-water', climate):.3f}" for climate in ("hamina-kotka", "paris", "singapore")}
    assert [f"has a PUE of {one} in Hamina, Paris and Singapore" in operations for one in by_sea] == [True]
    entry = page.load_catalog().entry("cooling", "tropical-water-cooled")
    model = entry.text("model")
    plant = plant_of(model, {name: entry.number(name) for name in coefficient_names(model)})
    for climate, says in (
        ("singapore", "take {:.0f} % of the year's heat (PUE of a full hall of 10 MW {:.3f})"),
        ("mumbai", "in Mumbai {:.0f} % ({:.3f})"),
        ("paris", "in Paris {:.1f} % ({:.3f})"),
    ):
        table = climate_table(page.load_catalog(), climate)
        hours = calendar(np.datetime64("2027-01-01").item(), 12).month_hour_index
        years = [weather_hours(table, hours, np.random.default_rng([3, year])) for year in range(5)]
        wet_c = np.concatenate([year.wet_bulb_c for year in years])
        chilled = 1.0 - plant._free_share(wet_c)
        assert says.format(100.0 * chilled.mean(), pue("tropical-water-cooled", climate)) in operations
        assert np.all(chilled > 0.0) == (climate == "singapore")


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
