"""Operating costs item by item against published totals.

Epoch AI (2026-05-14): USD 0.9 m per MW and year, of which 0.6 energy, for 11.77 m of plant and 26.11 m of IT.
The split of what is left after staff is assumed, so this holds the sum and the bookkeeping, not the split.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from capsim.catalog import load_catalog
from capsim.pipeline import run
from capsim.scenario.loading import loads
from capsim.units import HOURS_PER_YEAR

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
MW = 1000.0
FAST = {"installer_crews": 50, "racks_per_crew_day": 10, "burn_in_days": 7}
OF_A_MW_YEAR = ("staff-floor", "staff-per-mw", "maintenance-facility", "insurance", "property-tax")


def opex_of_the_second_year(preset, country="fra"):
    """Opex by item per MW of 1 GW that fills in its first year, at flat prices."""
    site = make.site(
        make.hall(make.racks(systems=None, fill_share=1.0), critical_it_mw=MW),
        grid_connection=[{"id": "g1", "grid_mw": 1250.0, "lead_time_months": 3.0}],
        country=country,
    )
    money = {"code": "USD", "price_year": 2026}
    result = run(
        loads(make.scenario(site, costs={"preset": preset}, currency=money, crews=FAST, horizon_years=3))
    )
    last = slice(-12, None)
    items = {line.item for line in result.ledger.lines if line.category == "opex"}
    return {item: result.ledger.total("opex", item=item)[last].sum() / MW for item in items}


def test_items_sum_to_the_published_total_without_energy():
    by_item = opex_of_the_second_year("us-greenfield-ai")
    total = sum(by_item[item] for item in OF_A_MW_YEAR)
    assert total == pytest.approx(0.3e6, rel=0.15)
    # by hand: one floor of 0.875 m for 1,000 MW, 14,583 a MW, carried from 2025
    assert by_item["staff-floor"] + by_item["staff-per-mw"] == pytest.approx(1.02 * (875 + 14_583), rel=3e-3)


@pytest.mark.parametrize(
    "preset", ["fr-greenfield-ai", "fr-air-cooled-ai", "fr-colocation", "europe-colocation"]
)
def test_default_presets_have_every_kind_of_operating_cost(preset):
    assert {*OF_A_MW_YEAR, "grid-capacity-charge", "energy"} <= set(opex_of_the_second_year(preset))


HOURS_OF_CLASSES = (308, 1763, 1553, 2935, 2201)
"""Peak, full and slack hours of winter, then full and slack hours of summer: assumed from the calendar."""
LONG_USE = {
    "HTB 2": (11.64, (0.69, 0.66, 0.61, 0.54, 0.50)),
    "HTB 1": (43.08, (0.75, 0.72, 0.65, 0.59, 0.54)),
    "HTB 3": (0.0, (0.42,) * 5),
}
"""TURPE 7 from 2026-08-01 (CRE 2026-104): EUR/kW/y and c/kWh by class of hours."""


def flat_load(voltage):
    """What a flat load pays by energy and by power. [EUR/MWh], [EUR/MW/y]"""
    per_kw, per_kwh = LONG_USE[voltage]
    by_energy = 10 * sum(h * c for h, c in zip(HOURS_OF_CLASSES, per_kwh, strict=True)) / 8760
    return by_energy, 1000 * per_kw


def test_french_network_charges_of_a_flat_load_are_those_of_turpe_7():
    """About 7.1 EUR/MWh at 225 kV in money of 2026, of which 1.3 are billed per MW; 4.2 at 400 kV."""
    catalog = load_catalog()
    energy, power = zip(*(flat_load(voltage) for voltage in ("HTB 3", "HTB 2", "HTB 1")), strict=True)
    assert energy[1] + power[1] / HOURS_PER_YEAR == pytest.approx(7.05, abs=0.05)
    assert catalog.entry("cost_items", "grid-capacity-charge").number("amount") == power[1]
    for name in ("fr-datacenter", "fr-industry", "fra-wholesale-plus"):
        entry = catalog.entry("tariffs", name)
        value = entry.values["network_per_mwh"]
        assert entry.number("price_year") == 2025
        assert [value.low, value.value, value.high] == pytest.approx([e / 1.02 for e in energy], abs=0.05)


def test_the_charge_is_not_paid_where_the_tariff_contains_it():
    assert "grid-capacity-charge" not in opex_of_the_second_year("europe-colocation", country="pol")
