"""AION's twins: the same build in the Gulf and in the north differs as climate, grid and tariff say."""

from functools import lru_cache
from pathlib import Path

import pytest

import capsim
from capsim.pipeline import run
from capsim.projection.hour_views import SiteHours
from capsim.quantities.money import in_scenario_money
from capsim.scenario.loading import override

FILE = Path(__file__).parents[2] / "scenarios" / "aion-288k-h100e.yaml"
DOCS = Path(__file__).parents[2] / "docs" / "operations.md"
GULF_TARIFF = {
    "preset": "fr-datacenter",
    "spread": "none",
    "level_per_mwh": 75.0,
    "excise_per_mwh": 0.0,
    "network_per_mwh": 0.0,
    "trend_per_y": 0.0,
    "currency": "USD",
    "price_year": 2025,
}
"""That of the override `gulf`: a user's own, assumed. A flat price needs no zone."""
AT_THE_GULFS_TARIFF = {f"sites.aion.tariff.{name}": value for name, value in GULF_TARIFF.items()}
OF_2025 = {"sites.aion.tariff.trend_per_y": 0.0}
"""Prices stay those of 2025."""
RACKS = "gb300-as-announced"
"""Racks whose power is known best."""
PLACES = {
    "france": ((RACKS,), OF_2025),
    "gulf": ((RACKS, "gulf"), {}),
    "nordic": ((RACKS, "nordic"), OF_2025),
    "nordic at the gulf's tariff": ((RACKS, "nordic"), AT_THE_GULFS_TARIFF),
}
"""Named overrides of the scenario, and changes on top."""


@lru_cache
def figures(place, years=1):
    """Of the last years, whole ones in which all halls run: carbon and prices differ by season.

    A year's hours of a price are a draw, whose mean needs more of them.
    """
    names, changes = PLACES[place]
    scenario = override(capsim.load(FILE, overrides=names), {"horizon_years": 5 + years, **changes})
    month = run(scenario).operations.monthly
    total = {name: series[:, -12 * years :].sum() for name, series in month.items()}
    return {
        "pue": total["facility_mwh"] / total["it_mwh"],
        "wue": total["water_m3"] / total["it_mwh"],
        "cue": total["carbon_t"] / total["it_mwh"],
        "market_cue": total["carbon_market_t"] / total["it_mwh"],
        "h100e_h": total["h100e_h"],
        "eur_per_mwh": total["energy_cost"] / total["facility_mwh"],
        "eur_per_h100e_h": total["energy_cost"] / total["h100e_h"],
        "mwh_per_h100e_h": total["facility_mwh"] / total["h100e_h"],
    }


def test_the_gulf_needs_more_power_water_and_carbon_than_the_north():
    gulf, nordic = figures("gulf"), figures("nordic")
    assert gulf["pue"] > nordic["pue"] + 0.05
    assert gulf["wue"] > 5 * nordic["wue"]
    assert gulf["cue"] > 5 * nordic["cue"]
    assert gulf["h100e_h"] <= nordic["h100e_h"]


def test_carbon_follows_the_grids_of_the_countries():
    """Life-cycle intensity: Emirates 492.7 (2023), France 44 g/kWh (2024); Sweden is below France.

    The last of six years from 2026: France's grid is cleaner by 4 % a year, seven times since 2024.
    """
    assert figures("gulf")["cue"] == pytest.approx(0.4927 * figures("gulf")["pue"], rel=0.01)
    assert figures("france")["cue"] == pytest.approx(0.0442 * 0.96**7 * figures("france")["pue"], rel=0.02)
    assert figures("nordic")["cue"] < figures("france")["cue"]
    # the Emirates publish no residual mix; Sweden's is above the French one, since it sells its guarantees
    assert figures("gulf")["market_cue"] == figures("gulf")["cue"]
    assert figures("nordic")["market_cue"] > 2 * figures("france")["market_cue"]


def test_a_mwh_costs_what_the_tariff_of_the_place_says():
    """Day-ahead mean of 2025 plus excise and network: Sweden 43.2 + 1 + 6, France 61.07 + 10 + 6 EUR/MWh."""
    usd = in_scenario_money(capsim.load(FILE), 1.0, "USD", 2025)
    assert figures("nordic", years=6)["eur_per_mwh"] == pytest.approx(50.2, rel=0.02)
    assert figures("france", years=6)["eur_per_mwh"] == pytest.approx(77.07, rel=0.02)
    assert figures("gulf")["eur_per_mwh"] == pytest.approx(75.0 * usd, rel=1e-9)


def test_compute_costs_the_energy_it_takes_times_its_price():
    """A rack of 72 GB300 idles at 39.3 and trains at 126.4 kW; 95 % of racks work 90 % of the time.

    Idle (72 x 200 + 12,000 + 54) W, training (72 x 1,256 + 19,040 + 1,508) W, through supplies of 0.97, with
    12 kW of the cluster: 113.8 kW in the mean, for 72 x 5,000 / 1,979 x 0.95 x 0.9 = 155.5 H100e, 0.732 kW
    each, times PUE and the tariff's price.
    """
    idle_kw, training_kw = ((72 * 200 + 12e3 + 54), (72 * 1256 + 19_040 + 1_508))
    rack_kw = (idle_kw + 0.95 * 0.9 * (training_kw - idle_kw)) / 0.97 / 1e3 + 12
    it_mwh = rack_kw / (72 * 5_000 / 1_979 * 0.95 * 0.9) / 1_000
    assert it_mwh == pytest.approx(0.732e-3, rel=1e-3)
    gulf, nordic, france = figures("gulf"), figures("nordic"), figures("france")
    for place, pue in ((gulf, 1.19), (nordic, 1.14), (france, 1.14)):
        assert place["mwh_per_h100e_h"] == pytest.approx(it_mwh * place["pue"], rel=1e-3)
        assert place["eur_per_h100e_h"] == pytest.approx(it_mwh * pue * place["eur_per_mwh"], rel=0.03)
    assert nordic["eur_per_h100e_h"] < france["eur_per_h100e_h"]
    assert nordic["eur_per_h100e_h"] < gulf["eur_per_h100e_h"]


def test_at_one_price_the_gulf_pays_for_its_heat():
    """The same tariff in both: what is left is PUE, since an H100e-hour takes the same IT energy."""
    gulf, nordic = figures("gulf"), figures("nordic at the gulf's tariff")
    assert gulf["eur_per_mwh"] == pytest.approx(nordic["eur_per_mwh"], rel=1e-9)
    dearer = gulf["eur_per_h100e_h"] / nordic["eur_per_h100e_h"]
    assert dearer == pytest.approx(gulf["pue"] / nordic["pue"], rel=0.01)
    assert dearer > 1.05


def test_the_hardest_hour_and_the_design_day_are_as_the_docs_have_them():
    """The hour at 37 degC takes more chilling than the design day of 30.9, at the same IT load."""
    kept = SiteHours("aion")
    scenario = capsim.load(FILE)
    projection = capsim.simulate(scenario, hourly=kept).with_views(hourly=kept.dataset(scenario))
    design, hardest = projection.hour("aion", "design"), projection.hour("aion")
    assert design["it_mw"] == pytest.approx(hardest["it_mw"], rel=1e-3)
    said = (
        f"{design['design_dry_bulb_c']:.4g} degC: {design['facility_mw']:.0f} MW at PUE {design['pue']:.2f}, "
    )
    said += f"against {hardest['facility_mw']:.0f} MW at PUE {hardest['pue']:.2f} and "
    said += f"{hardest['dry_bulb_c']:.0f} degC in its hardest hour"
    assert said in DOCS.read_text(encoding="utf-8")
