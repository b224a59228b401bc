"""AION's twins: the same build in the Gulf and in the north differs as climate, grid and water say."""

from functools import lru_cache
from pathlib import Path

import pytest

import capsim
from capsim.pipeline import run

FILE = Path(__file__).parents[2] / "scenarios" / "aion-288k-h100e.yaml"
PLACES = {
    "france": {},
    "gulf": {
        "sites.aion.country": "are",
        "sites.aion.climate": "abu-dhabi",
        "sites.aion.cooling.preset": "dlc-adiabatic",
    },
    "nordic": {
        "sites.aion.country": "swe",
        "sites.aion.climate": "stockholm",
        "sites.aion.cooling.preset": "dlc-adiabatic",
    },
}


@lru_cache
def figures(place):
    scenario = capsim.load(FILE).override({"horizon_years": 6, **PLACES[place]})
    month = run(scenario).operations.monthly
    total = {name: series.sum() for name, series in month.items()}
    return {
        "pue": total["facility_mwh"] / total["it_mwh"],
        "wue": total["water_m3"] / total["it_mwh"],
        "cue": total["carbon_t"] / total["it_mwh"],
        "h100e_h": total["h100e_h"],
    }


def test_the_gulf_needs_more_power_water_and_carbon_than_the_north():
    gulf, nordic = figures("gulf"), figures("nordic")
    assert gulf["pue"] > nordic["pue"] + 0.05
    assert gulf["wue"] > 5 * nordic["wue"]
    assert gulf["cue"] > 5 * nordic["cue"]
    assert gulf["h100e_h"] <= nordic["h100e_h"]


def test_carbon_follows_the_grids_of_the_countries():
    """Life-cycle intensity: Emirates 492.7 (2023), France 44 g/kWh (2024); Sweden is below France."""
    assert figures("gulf")["cue"] == pytest.approx(0.4927 * figures("gulf")["pue"], rel=0.01)
    assert figures("france")["cue"] == pytest.approx(0.044 * figures("france")["pue"], rel=0.02)
    assert figures("nordic")["cue"] < figures("france")["cue"]
