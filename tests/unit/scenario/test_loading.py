"""Loading: overrides, files that extend others, and a scenario that is frozen.

Tests `scenario.loading`, `scenario.setting`, `scenario.provenance`.
"""

import pickle
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.errors import ScenarioError
from capsim.models.uncertain import Uncertain, triangular, uniform
from capsim.scenario.loading import load, loads, override

HERE = Path(__file__).parent
GOOD = HERE / "good.yaml"
make = SimpleNamespace(**runpy.run_path(str(HERE.parents[1] / "portfolios.py")))


@pytest.fixture(scope="module")
def good():
    return load(GOOD)


def site(scenario, name):
    return next(site for site in scenario.sites if site.id == name)


def test_values_of_the_file(good):
    assert (good.name, good.start, good.horizon_years) == ("two-sites", date(2026, 1, 1), 5)
    paris = site(good, "paris")
    assert paris.phases[0].critical_it_mw == 5
    assert paris.cooling.arguments["fixed_share"] == 0.25
    assert good.finance.wacc_real == 0.07


def test_catalogue_defaults_are_the_catalogues(good):
    catalog = good.catalog
    step = site(good, "north").grid_connection[0]
    assert step.lead_time_months is None
    assert [stage.duration_months.distribution.support for stage in step.stages] == [(4.6, 8.4), (18.4, 33.6)]
    tariff = site(good, "paris").tariff
    assert tariff.level_per_mwh == catalog.entry("tariffs", "fr-datacenter").number("level_per_mwh")
    assert site(good, "north").carbon.intensity_gco2e_per_kwh == 35.8
    deployment = site(good, "paris").phases[0].deployments[0]
    assert deployment.system_price_year == catalog.entry("systems", "dgx-h100").number("price_year")
    likeliest = catalog.entry("systems", "dgx-b300").number("lead_time_weeks")
    assert deployment.refresh.lead_time_weeks.distribution.mode == likeliest


def test_stages_of_a_preset_lie_beneath_the_phases_own(good):
    first, second = site(good, "north").phases
    assert [stage.id for stage in first.stages] == ["permit", "construction", "commissioning"]
    assert float(first.stages[0].duration_months) == 6.0
    # the likeliest of the preset, of which the plan takes the median
    assert [stage.duration_months.distribution.mode for stage in first.stages[1:]] == [18.0, 2.3]
    assert [stage.needs_energization for stage in first.stages] == [False, False, True]
    assert [stage.id for stage in second.stages] == ["construction"]


def test_cost_items_of_a_preset_lie_beneath_the_scenarios_own(good):
    items = {item.id: item for item in good.costs.items}
    assert (items["water"].amount, items["water"].basis) == (3, "per_m3_water")
    assert items["facility-fr"].amount.distribution.support == (8_940_000, 11_920_000)


def test_a_sites_workload_is_completed_by_the_scenarios(good):
    scenario = override(good, {"workload.busy_share": 0.5})
    workload = site(scenario, "north").workload
    assert (workload.allocation, workload.busy_share) == (0.7, 0.5)
    other = override(good, {"sites.north.workload.preset": "research-cluster", "workload.busy_share": 0.8})
    assert site(other, "north").workload.busy_share == 0.75
    assert site(good, "paris").workload is None


def test_origin_of_each_layer(good):
    own = good.origin("sites.paris.phases.p1.critical_it_mw")
    assert (own.value, own.file, own.layer) == (5, str(GOOD), "file")
    assert GOOD.read_text("utf-8").splitlines()[own.line - 1].strip().startswith("critical_it_mw")
    assert (own.source, own.confidence, own.kind) == ("press-2025-02", "high", "published")
    shipped = good.origin("sites.paris.tariff.price_year")
    assert (shipped.file, shipped.layer, shipped.kind) == ("tariffs.csv", "catalog", "published")
    assert good.origin("sites.paris.tariff.excise_per_mwh").kind == "assumed"  # a bill, not the law
    assert good.origin("demand.growth_per_y").kind == "assumed"
    assert good.origin("h100e").source == ""
    with pytest.raises(
        ScenarioError, match=r"p1\.critical_it_mv: no such value; did you mean critical_it_mw"
    ):
        good.origin("sites.paris.phases.p1.critical_it_mv")


def test_a_records_source_covers_what_has_none(good):
    assert good.origin("sites.paris.grid_connection.g1.grid_mw").source == "assumed"
    assert good.origin("sites.north.phases.p1.critical_it_mw").source == "press-2025-02"
    assert good.origin("sites.north.phases.p2.critical_it_mw").source == ""


def test_the_nearest_record_gives_the_source_and_only_in_its_file(tmp_path):
    (tmp_path / "top.yaml").write_text(
        f"extends: {GOOD}\nsites:\n  - id: north\n    source: 'assumed: outer'\n"
        "    phases:\n      - {id: p1, critical_it_mw: 14, source: 'assumed: inner'}\n"
        "      - {id: p2, critical_it_mw: {value: 19, confidence: low}}\n",
        "utf-8",
    )
    scenario = load(tmp_path / "top.yaml")
    assert scenario.origin("sites.north.phases.p1.critical_it_mw").source == "assumed: inner"
    outer = scenario.origin("sites.north.phases.p2.critical_it_mw")
    assert (outer.source, outer.confidence) == ("assumed: outer", "low")
    assert scenario.origin("sites.north.grid_connection.g2.grid_mw").source == ""


def test_sources_may_name_the_catalogue_or_cite(good):
    scenario = override(
        good,
        {
            "demand.h100e": {"value": 3, "source": "catalog:assumptions/carbon"},
            "demand.growth_per_y": {"value": 0.1, "source": "A. Author, A title (2025)"},
        },
    )
    assert scenario.origin("demand.h100e").kind == "assumed"
    assert scenario.origin("demand.growth_per_y").kind == "published"


def test_resolved_text_loads_to_the_same(good):
    again = loads(good.resolved())
    assert again == good
    assert again.digest == good.digest
    assert again.resolved() == good.resolved()
    path = "sites.paris.tariff.excise_per_mwh"
    assert again.origin(path).kind == good.origin(path).kind
    assert again.sites[1].phases[0].stages[1].duration_months.distribution == triangular(
        low=14, mode=18, high=24
    )


def test_resolved_text_of_awkward_text(good):
    titles = ["no", "1e6", "2026-01-01", "a: b", "- x", "", "010", "é # ~", "two\nlines", "null", "'\"", "  "]
    for title in titles:
        changed = override(good, {"title": title, "description": title})
        assert loads(changed.resolved()).title == title


@pytest.mark.parametrize("number", [10**20, 1e20, 1e-7, 1.5e-7, 2.5e19, 1e16, 123456789.125])
def test_resolved_text_of_long_and_small_numbers(good, number):
    changed = override(good, {"targets": [{"id": "most", "budget": number}]})
    assert loads(changed.resolved()).targets[-1].budget == float(number)
    assert loads(changed.resolved()).digest == changed.digest


def test_digest_is_of_the_values_only(good, tmp_path):
    other = tmp_path / "other.yaml"
    text = GOOD.read_text("utf-8")
    other.write_text("# a comment\n" + text.replace("critical_it_mw: 15", "critical_it_mw:   15.0"), "utf-8")
    assert load(other).digest == good.digest
    other.write_text(
        text.replace("source: press-2025-02\n        critical", "source: assumed\n        critical"), "utf-8"
    )
    assert load(other).digest == good.digest
    other.write_text(text.replace("critical_it_mw: 15", "critical_it_mw: 15.1"), "utf-8")
    assert load(other).digest != good.digest


def test_digest_is_of_what_stands_in_files_of_hours(tmp_path):
    """A study is not to go on with other hours than it was begun with."""
    weather, prices = tmp_path / "weather.csv", tmp_path / "prices.csv"
    weather.write_text("dry_bulb_c,wet_bulb_c\n" + "30.0,20.0\n" * 8760, "utf-8")
    prices.write_text("month,EUR/MWh\n2026-01,50\n2026-02,60\n", "utf-8")
    place = make.standing_site(weather_file=str(weather))
    place["tariff"] = {"preset": "fr-datacenter", "level_per_mwh": {"file": str(prices), "beyond": "hold"}}
    mapping = make.scenario(place)
    before = loads(mapping).digest
    assert loads(mapping).digest == before
    prices.write_text("month,EUR/MWh\n2026-01,50\n2026-02,61\n", "utf-8")
    between = loads(mapping).digest
    weather.write_text("dry_bulb_c,wet_bulb_c\n" + "29.0,20.0\n" * 8760, "utf-8")
    assert len({before, between, loads(mapping).digest}) == 3


def test_override_gives_another_scenario(good):
    changed = override(
        good,
        {
            "sites.north.phases.p1.stages.permit.duration_months": 3,
            "sites.north.phases.p1.stages.construction.duration_months": None,
            "finance.life_it_years": Uncertain(uniform(low=3, high=6)),
            "targets.second": {"h100e": 3},
            "horizon_years": 4,
        },
    )
    assert good.horizon_years == 5
    assert changed.horizon_years == 4
    assert site(changed, "north").phases[0].stages[0].duration_months == 3
    assert changed.finance.life_it_years.distribution.support == (3, 6)
    assert [target.id for target in changed.targets] == ["announced", "second"]
    assert changed.origin("horizon_years").layer == "override()"
    assert override(changed, {"horizon_years": 5}).horizon_years == 5


def test_override_takes_defaults_anew(good):
    changed = override(good, {"sites.paris.tariff.preset": "fr-industry"})
    assert site(changed, "paris").tariff.excise_per_mwh == 26.58


def test_set_writes_any_yaml_and_removes_with_null():
    path = "sites.north.phases.p2.critical_it_mw"
    scenario = load(GOOD, sets=[f"{path}={{dist: uniform, low: 18, high: 20}}", "targets.announced=null"])
    assert site(scenario, "north").phases[1].critical_it_mw.distribution.support == (18, 20)
    assert scenario.targets == ()
    assert scenario.origin(path).file == "--set"
    assert load(GOOD, sets=["title=a=b"]).title == "a=b"


def test_named_override_keeps_its_file_and_line():
    origin = load(GOOD, overrides=["slow-grid"]).origin("sites.north.grid_connection.g1.lead_time_months")
    assert (origin.value, origin.layer) == (48, "override slow-grid")
    assert "lead_time_months: 48" in GOOD.read_text("utf-8").splitlines()[origin.line - 1]


def test_users_catalogue_file_is_relative_to_the_file_that_names_it(tmp_path):
    rows = (HERE / "wrong" / "own-systems.csv").read_text(
        "utf-8"
    ) + "mine,price_usd,1000,USD,,,assumed,,2026-11,,\n"
    (tmp_path / "own.csv").write_text(rows, "utf-8")
    (tmp_path / "x.yaml").write_text(
        f"extends: {GOOD}\ncatalog: {{systems: own.csv}}\n"
        "sites: [{id: north, phases: [{id: p1, deployments: [{id: d1, system: mine}]}]}]\n",
        "utf-8",
    )
    scenario = load(tmp_path / "x.yaml")
    assert site(scenario, "north").phases[0].deployments[0].system_price_usd == 1000
    assert scenario.catalog_files == {"systems": str(tmp_path / "own.csv")}
    assert loads(scenario.resolved()) == scenario


def test_a_mapping_is_as_good_as_text(good):
    from capsim.language.reader import parse_tree
    from capsim.language.tree import Faults, plain

    mapping = plain(parse_tree(GOOD.read_text("utf-8"), "x", "file", Faults()))
    scenario = loads(mapping)
    assert scenario == good
    assert scenario.origin("start").file == "<mapping>"


def test_scenarios_compare_by_value_and_travel(good):
    again = load(GOOD)
    assert again == good
    assert hash(again) == hash(good)
    assert good != override(good, {"horizon_years": 4})
    assert good != "two-sites"
    copy = pickle.loads(pickle.dumps(good))
    assert copy == good
    assert copy.digest == good.digest


@pytest.mark.parametrize("path", ["sites.north.phases.p1", "sites.none.phases.never"])
def test_an_override_that_nobody_asks_for_is_checked_too(path):
    layered = {"extends": str(GOOD), "overrides": {"wrong": {path: 5}, "right": {f"{path}.priority": 5}}}
    with pytest.raises(ScenarioError, match="a record is a mapping") as caught:
        loads(layered)
    assert [fault.path for fault in caught.value.faults] == [path]
