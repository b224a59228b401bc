"""Figures are declared once, and results state what is declared and nothing else.

Tests `vocabulary.measures`, `vocabulary.names`, `vocabulary.figures`,
`report.figure_listing`, `study.goals`.
"""

import re
from pathlib import Path

import pytest

from capsim import load, simulate
from capsim.pipeline import run
from capsim.projection.hour_views import hour_of
from capsim.projection.run import money_unit
from capsim.projection.wording import FORMS, stated
from capsim.report.figure_listing import figures_found, figures_record
from capsim.report.tables import DECIMALS
from capsim.study.goals import goals_of
from capsim.study.observe import layout_of
from capsim.vocabulary import (
    DATED,
    DECLARED,
    HEADLINE,
    LEDGER,
    MONTHLY,
    WAITING,
    declared,
    in_results,
    no_result,
    unit_of,
)
from capsim.vocabulary.figures import read_figures
from capsim.vocabulary.measures import FORM_OF_UNIT, Measure

SCENARIOS = Path(__file__).parents[3] / "scenarios"
OF_OTHER_DEFINITIONS = {"h100e_bf16", "h100e_best"}
"""By year and in no shipped projection: the table has the definition in force, which is 8bit there."""


@pytest.fixture(scope="module", params=["aion-288k-h100e", "le-chat-15m-subscribers"])
def projection(request):
    return simulate(load(SCENARIOS / f"{request.param}.yaml"))


def named(place, projection):
    return {measure.named(projection.currency): measure for measure in DECLARED[place].values()}


def test_headline_figures_are_those_declared(projection):
    assert set(projection.headline) == set(named("headline", projection))


def test_series_by_month_are_those_declared_with_their_units(projection):
    measures = named("monthly", projection)
    of_studies = {measure.named(projection.currency) for measure in LEDGER}
    assert set(projection.monthly.data_vars) == set(measures) - of_studies
    for name, series in projection.monthly.data_vars.items():
        unit = measures[name].unit_in(projection.facts.money_unit)
        assert series.attrs == {"units": unit, "long_name": measures[name].meaning}


def test_series_of_halls_are_those_declared_with_their_units(projection):
    columns = [name for name in projection.halls if name not in ("month", "site", "phase")]
    assert columns == list(DECLARED["hall"])
    assert projection.halls.attrs["units"] == {n: m.unit for n, m in DECLARED["hall"].items()}


def test_columns_of_a_year_are_those_declared(projection):
    assert set(projection.yearly.columns) == set(named("yearly", projection)) - OF_OTHER_DEFINITIONS


def test_series_by_hour_and_figures_of_an_hour_are_those_declared():
    projection = simulate(load(SCENARIOS / "le-chat-15m-subscribers.yaml"), hourly=True)
    measures, unit = named("hourly", projection), projection.facts.money_unit
    assert list(projection.hourly.data_vars) == list(measures)
    for name, series in projection.hourly.data_vars.items():
        assert series.attrs == {"units": measures[name].unit_in(unit), "long_name": measures[name].meaning}
    hour = hour_of(projection.hourly, str(projection.hourly["site"].to_numpy()[0]), "hardest")
    assert list(hour.index) == [*measures, *DECLARED["hour"]]
    assert {name: hour.attrs["units"][name] for name in DECLARED["hour"]} == {
        name: measure.unit for name, measure in DECLARED["hour"].items()
    }


def test_what_studies_keep_is_declared():
    made = run(load(SCENARIOS / "aion-288k-h100e.yaml"))
    layout = layout_of(made, "dates")
    for name in layout.figures:
        assert declared(name, "headline") is not None
    for series in layout.series:
        measure = declared(series.name, "monthly")
        assert (series.unit, series.fold) == (measure.unit_in(money_unit(made.scenario)), measure.fold)
    assert {date.milestone for date in layout.dates} == set(DECLARED["date"])
    assert all(declared(goal.figure.name, "monthly") for goal in goals_of(made.scenario))


def test_a_figure_in_several_places_is_one_unless_it_means_something_else():
    by_name: dict[str, set[Measure]] = {}
    for measures in DECLARED.values():
        for name, measure in measures.items():
            by_name.setdefault(name, set()).add(measure)
    several = {name for name, measures in by_name.items() if len(measures) > 1}
    assert several == {"stranded_mw", "grid_headroom_mw", "hall_headroom_mw", "pue"}


def test_every_declaration_says_something():
    for place, measures in DECLARED.items():
        for measure in measures.values():
            assert measure.meaning[0].isupper() or measure.meaning.startswith("H100e"), measure
            assert not measure.meaning.endswith("."), measure
            assert measure.unit or measure.form == "text", (place, measure)
            assert measure.form in FORMS or measure.form in ("date", "text")


def test_no_name_is_declared_twice_in_a_place():
    assert len(DECLARED["headline"]) == len(HEADLINE)
    assert len(DECLARED["monthly"]) == len(MONTHLY) + len(LEDGER) + 1
    assert WAITING.name not in {measure.name for measure in MONTHLY}


def test_the_dates_declared_are_those_that_studies_keep():
    assert tuple(DECLARED["date"]) == DATED


@pytest.mark.parametrize(
    ("second_row", "fault"),
    [
        ("pue,hour,1,whole,,,PUE", "pue is declared twice for hour"),
        ("wue,hour,1,total,,,WUE", "wue has an unknown fold (got total)"),
        ("wue,hour,1,whole,less,,WUE", "wue has an unknown better (got less)"),
        ("wue,hour,1,whole,,promille,WUE", "wue has an unknown form (got promille)"),
    ],
)
def test_a_table_with_a_wrong_declaration_is_refused(tmp_path, second_row, fault):
    file = tmp_path / "figures.csv"
    file.write_text(
        f"name,place,unit,fold,better,form,meaning\npue,hour,1,whole,,,PUE\n{second_row}\n", "utf-8"
    )
    with pytest.raises(ValueError, match=re.escape(fault)):
        read_figures(file)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("capex_usd", "USD2024"),
        ("capex", "USD2024"),
        ("capex_usd_per_critical_it_mw", "USD2024/MW"),
        ("peak_equity_nominal_usd", "USD nominal"),
        ("tco_usd_per_it_mw_year", "USD2024/(MW y)"),
        ("pue", "1"),
        ("pue_usd", ""),
        ("nothing", ""),
    ],
)
def test_unit_of_a_name_with_its_currency_or_without(name, unit):
    assert unit_of(name, "headline", "USD2024") == unit


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("lcoc", "lcoc_eur_per_h100e_h"),
        ("lcoc_per_accelerator_h", "lcoc_eur_per_accelerator_h"),
        ("capex", "capex_eur"),
        ("capex_eur", "capex_eur"),
        ("capex_usd", None),
        ("energy_cost_eur", "energy_cost"),
        ("pue", "pue"),
        ("lcoz", None),
    ],
)
def test_results_are_found_with_the_currency_or_without(name, result):
    offered = ["pue", "capex_eur", "lcoc_eur_per_h100e_h", "lcoc_eur_per_accelerator_h", "energy_cost"]
    assert in_results(name, offered, "EUR") == result


def test_the_nearest_names_are_offered():
    offered = ["capex_eur", "opex_eur", "opex_last_year_eur", "lcoc_eur_per_h100e_h", "pue"]
    assert no_result("capexx", offered) == "no result is called capexx; did you mean capex_eur or opex_eur?"
    assert no_result("lcoz", offered) == "no result is called lcoz; did you mean lcoc?"
    assert no_result("PUE", offered) == "no result is called PUE; did you mean pue?"
    assert no_result("xyz", offered) == "no result is called xyz; capsim figures lists them"


@pytest.mark.parametrize(
    ("name", "value", "unit", "text"),
    [
        ("accelerators_peak", 81_792.0, "accelerators", "81,792 accelerators"),
        ("facility_peak_mw", 171.9, "MW", "171.9 MW"),
        ("pue", 1.1364, "1", "1.136"),
        ("curtailed_share", 0.0214, "1", "2.1%"),
        ("carbon_t", 463_238.0, "tCO2e", "463 ktCO2e"),
        ("h100e_h", 2.1e10, "H100e h", "21,000 m H100e h"),
        ("wue_l_per_kwh", 0.4567, "l/kWh", "0.46 l/kWh"),
        ("payback_y", 6.24, "y", "6.2 y"),
        ("capex", 1.36e10, "EUR2025", "13.6 bn EUR2025"),
        ("npv", float("nan"), "EUR2025", "-"),
    ],
)
def test_a_figure_is_written_as_it_is_declared(name, value, unit, text):
    assert stated(DECLARED["headline"][name], value, unit) == text


def test_forms_are_of_units_that_there_are():
    units = {measure.unit for measures in DECLARED.values() for measure in measures.values()}
    assert set(FORM_OF_UNIT) <= units
    assert set(DECIMALS) <= set(FORMS)


def test_the_listing_has_every_figure_once_with_all_its_places():
    assert {(m, p) for m, places in figures_found().items() for p in places} == {
        (measure, place) for place, measures in DECLARED.items() for measure in measures.values()
    }
    assert [figure["name"] for figure in figures_record("curtail*mwh")["figures"]] == [
        "curtailed_mwh",
        "cooling_curtailed_mwh",
    ]


def test_the_glossary_has_the_units_of_the_figures():
    page = (Path(__file__).parents[3] / "docs" / "glossary.md").read_text("utf-8")
    units = dict(re.findall(r"^\| `(\w+)`[^|]*\| ([^|]+) \|", page, re.MULTILINE))
    figures = [(name, one.unit) for named in DECLARED.values() for name, one in named.items()]
    listed = [(name, unit, units[name].strip().split(", ")) for name, unit in figures if name in units]
    assert len(listed) > 20
    assert [each for each in listed if each[1] not in each[2]] == []
