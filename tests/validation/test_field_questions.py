"""What planners of neighbouring tools reported: each kind with several inputs, right or refused in words.

The kinds are those of public reports: numbers in another unit, money that is relabelled, contracts that
follow inflation unasked, depreciation beyond the life, racks in halls that cannot carry them, horizons that
move the first year, misspelt tables. Series, weather files and prices by the hour have tests of their own.
"""

from datetime import date

import pytest

from capsim import simulate
from capsim.errors import ScenarioError
from capsim.models.depreciation import written_off
from capsim.pipeline import run
from capsim.scenario.loading import loads

SITE = "sites.north"
HALL = f"{SITE}.phases.p1"
RACKS = f"{HALL}.deployments.racks"


def plan(system="gb300-nvl72", **changes):
    """A hall of 16 MW that is there, with as many racks as fill it."""
    racks = {"id": "racks", "system": system, "fill_share": 0.9, "in_service_on": date(2026, 1, 1)}
    hall = {"id": "p1", "critical_it_mw": 16.0, "energization": "g", "ready_for_service_on": date(2026, 1, 1)}
    site = {"id": "north", "country": "fra", "climate": "paris", "tariff": {"preset": "fr-datacenter"}}
    site |= {"cooling": {"preset": "dlc-dry-cooler"}, "phases": [hall | {"deployments": [racks]}]}
    site["grid_connection"] = [{"id": "g", "grid_mw": 24.0, "energised_on": date(2025, 1, 1)}]
    whole = {"schema": 1, "name": "asked", "start": date(2026, 1, 1), "horizon_years": 2, "sites": [site]}
    whole |= {"currency": {"code": "EUR", "price_year": 2025}, "workload": {"preset": "large-training"}}
    return loads(whole | changes)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("demand.growth_per_y", 30, "per cent"),
        ("demand.growth_per_y", 12, "per cent"),
        (f"{RACKS}.system_price_usd", 4_000, "is it in thousands"),
        (f"{RACKS}.system_price_usd", 4, "far from the catalogue"),
        (f"{HALL}.critical_it_mw", 16_000, "is it in kW"),
        (f"{SITE}.tariff.trend_per_y", 2, "per cent"),
        (f"{SITE}.tariff.trend_per_y", 1.5, "far from the catalogue"),
        (f"{SITE}.tariff.level_per_mwh", 0.08, "far from the catalogue"),
    ],
)
def test_numbers_in_another_unit_are_questioned(path, value, words):
    scenario = plan(demand={"h100e": 1000}).override({path: value})
    told = [str(question) for question in scenario.questions if path in str(question)]
    assert any(words in text for text in told), told


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("finance.wacc_real", 8, "per cent"),
        ("finance.tax_rate", 25, "per cent"),
        ("workload.allocation", 95, "per cent"),
        (f"{HALL}.critical_it_mw", "60 kW", "write 0.06"),
        (f"{RACKS}.system_price_usd", "270 k$", "write 270000"),
        (f"{SITE}.tariff.level_per_mwh", "8 ct/kWh", "write 80"),
        (f"{SITE}.tariff.level_per_mwh", "prices.csv", "write {file: prices.csv}"),
        (RACKS, {"fill_share": None, "systems": 0.5}, "whole number"),
        (RACKS, {"fill_share": None, "systems": 1.25}, "whole number"),
        ("workload.jobs", {"classes": [{"id": "a", "accelerators": 0.5, "share": 1}]}, "slices of one"),
        ("workload.jobs", {"classes": [{"id": "a", "accelerators": 0.25, "share": 1}]}, "slices of one"),
    ],
)
def test_what_no_value_can_be_is_refused_with_the_number_to_write(path, value, words):
    with pytest.raises(ScenarioError) as refused:
        plan().override({path: value})
    assert words in str(refused.value)


@pytest.mark.parametrize("code", ["USD", "EUR"])
def test_an_amount_without_a_currency_is_the_scenarios(code):
    lump = {"id": "x", "category": "capex", "basis": "lump", "amount": 1e6, "price_year": 2025}
    items = {"items": [lump]}
    still = {"construction_inflation_per_y": 0.0, "inflation_per_y": 0.0}
    flows = simulate(plan(currency={"code": code, "price_year": 2025}, costs=items, finance=still)).flows
    amount = flows.loc[flows["item"] == "x", f"amount_{code.lower()}"].sum()
    assert amount == pytest.approx(1e6)


@pytest.mark.parametrize(
    "change", [{"currency": "USD"}, {"price_year": 2020}, {"currency": "USD", "price_year": 2022}]
)
def test_money_of_a_preset_is_converted_and_never_relabelled(change):
    before = run(plan()).operations.monthly["energy_cost"].sum()
    changes = {f"{SITE}.tariff.{key}": value for key, value in change.items()}
    after = run(plan().override(changes)).operations.monthly["energy_cost"].sum()
    assert after == pytest.approx(before, rel=1e-6)


@pytest.mark.parametrize("inflation", [0.01, 0.03, 0.05])
def test_a_fixed_price_is_fixed_in_money_of_the_day(inflation):
    deal = {"id": "k", "share": 1.0, "price_per_mwh": 40.0, "currency": "EUR", "price_year": 2026}
    changes = {f"{SITE}.contracts": [deal], "finance.inflation_per_y": inflation, "horizon_years": 5}
    kept = run(plan().override(changes)).operations.monthly
    by_year = {
        name: kept[name].sum(axis=0).reshape(5, 12).sum(axis=1) for name in ("energy_cost", "facility_mwh")
    }
    price = by_year["energy_cost"] / by_year["facility_mwh"]
    # network charges stay as they are in real terms
    fell = price[0] - price[-1]
    assert fell == pytest.approx(40.0 * ((1 + inflation) ** -1 - (1 + inflation) ** -5), rel=0.05)


@pytest.mark.parametrize(("life_y", "factor"), [(2.0, 2.0), (5.0, 5.0), (5.0, 6.0), (1.0, 2.0)])
def test_a_factor_of_the_life_or_more_writes_all_off_in_the_first_year(life_y, factor):
    assert float(written_off(1.0, life_y=life_y, factor=factor)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "preset", ["airside-adiabatic-chillerless", "airside-adiabatic-open", "air-cooled-chiller"]
)
def test_liquid_racks_have_no_place_in_halls_of_air(preset):
    with pytest.raises(
        ScenarioError, match=r"is made for liquid, and the halls .* take systems made for air"
    ):
        plan().override({f"{SITE}.cooling.preset": preset})


def test_a_longer_horizon_moves_nothing_of_the_first_year():
    first = {years: simulate(plan(horizon_years=years)).yearly.iloc[0] for years in (1, 2, 5)}
    for figure in ("facility_peak_mw", "facility_gwh", "carbon_t"):
        assert len({round(float(year[figure]), 9) for year in first.values()}) == 1, figure


@pytest.mark.parametrize("years", [8, 10, 15])
def test_systems_beyond_their_life_are_told(years):
    kinds = {finding.kind for finding in simulate(plan(horizon_years=years)).findings}
    assert "aged_systems" in kinds


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        ("dgx-h100,price_us,1", "did you mean price_usd"),
        ("dgx-h100,all_in_kw,1", "did you mean all_in_it_kw"),
        ("dgx-h10,price_usd,1", "dgx-h10"),
        ("dgx-h100,racks_count,1", "did you mean rack_count"),
    ],
)
def test_misspelt_tables_are_refused_with_the_nearest_name(tmp_path, row, hint):
    head = "name,field,value,unit,low,high,kind,source,retrieved,confidence,note\n"
    (tmp_path / "mine.csv").write_text(head + row + ",1,,,assumed,assumed: a try,2026,,\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        plan(catalog={"systems": str(tmp_path / "mine.csv")})
    assert hint in str(refused.value)
    assert "mine.csv:2" in str(refused.value)
