from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.loading import load
from capsim.scenario.resolved_values import explain, values_set

GOOD = Path(__file__).parent / "good.yaml"


@pytest.fixture(scope="module")
def good():
    return load(GOOD, overrides=["slow-grid"], sets=["finance.life_it_years=4"])


def only(scenario, path):
    (row,) = explain(scenario, path)
    return row


def line_of(text):
    return next(n for n, line in enumerate(GOOD.read_text("utf-8").splitlines(), 1) if text in line)


def test_a_value_of_the_file(good):
    row = only(good, "sites.paris.phases.p1.critical_it_mw")
    assert (row.value, row.unit, row.layer) == ("5", "MW", "file")
    assert row.place == f"{GOOD}:{line_of('critical_it_mw: {value: 5')}"
    assert (row.source, row.kind, row.confidence) == ("press-2025-02", "published", "high")


def test_a_value_of_the_catalogue(good):
    row = only(good, "sites.paris.tariff.network_per_mwh")
    assert row.value == "{dist: double_triangular, low: 4.1, median: 5.6, high: 6.1}"
    assert (row.layer, row.kind) == ("catalog", "derived")
    value = good.catalog.entry("tariffs", "fr-datacenter").get("network_per_mwh")
    assert (row.place, row.source) == (value.origin, value.source)


def test_values_of_an_override_of_the_command_line_and_of_the_format(good):
    override = only(good, "sites.north.grid_connection.g1.lead_time_months")
    assert (override.layer, override.place) == (
        "override slow-grid",
        f"{GOOD}:{line_of('lead_time_months: 48')}",
    )
    given = only(good, "finance.life_it_years")
    assert (given.value, given.unit, given.layer, given.place) == ("4", "y", "--set", "--set")
    default = only(good, "sites.paris.phases.p1.deployments.d1.priority")
    assert (default.value, default.layer, default.kind) == ("50", "default", "assumed")


def test_an_argument_of_cooling_has_the_catalogues_unit(good):
    assert only(good, "sites.paris.cooling.arguments.fan_pressure_pa").unit == "Pa"


def test_a_record_and_the_whole_scenario(good):
    rows = explain(good, "sites.north.phases.p1.stages")
    assert [row.path.split(".")[5] for row in rows if row.path.endswith("duration_months")] == [
        "permit",
        "construction",
        "commissioning",
    ]
    whole = explain(good)
    assert {row.path for row in rows} < {row.path for row in whole}
    assert len({row.path for row in whole}) == len(whole)
    assert all(row.place for row in whole)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("sites.paris.tarif", "sites.paris.tarif: no such value; did you mean tariff?"),
        ("sites.pari", "sites.pari: no such value; did you mean paris?"),
        ("start.year", "start.year: no such value"),
    ],
)
def test_a_path_that_leads_nowhere(good, path, message):
    with pytest.raises(ScenarioError) as caught:
        explain(good, path)
    assert str(caught.value.faults[0]) == f"{GOOD}  {message}"


def test_rows_tell_the_numbers_without_a_source(good):
    missing = {row.path for row in explain(good) if row.unit and not row.source}
    assert "sites.north.phases.p2.critical_it_mw" in missing
    assert "finance.life_it_years" in missing
    assert "sites.paris.phases.p1.critical_it_mw" not in missing
    assert not any(path.startswith(("sites.paris", "horizon_years", "start")) for path in missing)


def test_a_series_says_what_was_read_repaired_and_replaced_and_how_it_goes_on(good, tmp_path):
    hours = [
        f"2026-{m:02}-{d:02}T{h:02}:00,{50 + h}" for m in (1, 2) for d in range(1, 29) for h in range(24)
    ]
    days = [f"2026-01-{d}T{h:02}:00,60" for d in (29, 30, 31) for h in range(24)]
    # an hour is missing, and another stands twice
    rows = sorted([*hours[:5], *hours[6:], *days, hours[40]])
    (tmp_path / "p.csv").write_text("\n".join(["time,price [EUR/MWh]", *rows]), "utf-8")
    price = {"file": str(tmp_path / "p.csv"), "time_zone": "UTC", "beyond": "weekday"}
    row = only(good.override({"sites.paris.tariff.level_per_mwh": price}), "sites.paris.tariff.level_per_mwh")
    for words in (
        "2026-01-01 to 2026-02-28",
        "1 gap",
        "given twice",
        "; mean 61.",
        "in place of the tariff's level and the hours of its zone",
        "hours it does not have are those of the same weekday of its nearest year",
    ):
        assert words in row.series, (words, row.series)
    assert only(good, "sites.paris.tariff.level_per_mwh").series == ""


def test_values_by_date_and_weather_are_told_too_and_nothing_else(good, tmp_path):
    hour = [
        f"2025-{1 + m:02}-{1 + d:02} {h:02}:00" for m in range(12) for d in range(DAYS[m]) for h in range(24)
    ]
    (tmp_path / "w.csv").write_text(
        "\n".join(["time,dry_bulb,wet_bulb", *(f"{text},12,9" for text in hour)]), "utf-8"
    )
    changed = good.override(
        {
            "demand.h100e": [{"on": "2027-01", "value": 1000}, {"on": "2027-Q3", "value": 3000}],
            "sites.paris.weather_file": str(tmp_path / "w.csv"),
        }
    )
    told = {row.path: row.series for row in explain(changed) if row.series}
    assert list(told) == ["demand.h100e", "sites.paris.weather_file"]
    assert "in place of a demand that grows from its start" in told["demand.h100e"]
    assert "in place of the weather of its climate" in told["sites.paris.weather_file"]
    assert told["sites.paris.weather_file"].endswith("; mean 12 degC")


DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def test_values_set_by_layers_are_those_that_explain_says_they_set(good):
    layers = ("--set", "override")
    wanted = {row.path: row.value for row in explain(good) if row.layer.startswith(layers)}
    assert values_set(good, layers) == wanted
    assert wanted["finance.life_it_years"] == "4"
