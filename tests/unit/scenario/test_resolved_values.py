from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.scenario.loading import load
from capsim.scenario.resolved_values import explain

GOOD = Path(__file__).parent / "good.yaml"


@pytest.fixture(scope="module")
def good():
    return load(GOOD, overrides=["slow-grid"], sets=["finance.life_it_years=4"])


def only(scenario, path):
    (row,) = explain(scenario, path)
    return row


def line_of(text):
    return next(n for n, line in enumerate(GOOD.read_text().splitlines(), 1) if text in line)


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
