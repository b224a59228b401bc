"""The worked example of data of one's own: what a planner would check by hand of each file beside it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import capsim

FOLDER = Path(__file__).parents[2] / "scenarios" / "own-data"
RACKS, PER_RACK = 2 * 258, 64
"""24 MW of a hall over 93 kW of a rack, in whole racks; and the chips of one."""


@pytest.fixture(scope="module")
def projection():
    return capsim.simulate(capsim.load(FOLDER / "conversion-48mw.yaml"), hourly=True)


def read(name, **options):
    return pd.read_csv(FOLDER / name, sep=";", decimal=",", **options)


def test_the_chip_and_its_rack_are_those_of_the_offer(projection):
    chip, rack = read("chips.csv").iloc[0], read("systems.csv").iloc[0]
    headline = projection.headline
    assert headline["accelerators_peak"] == RACKS * PER_RACK
    # H100-equivalents are of 8-bit operations, 1,979 TFLOP/s of an H100 SXM
    by_hand = RACKS * PER_RACK * chip["fp8_dense_tflops"] / 1979.0
    assert headline["h100e_8bit_peak"] == pytest.approx(by_hand, rel=1e-3)
    systems = projection.flows.query("item == 'systems'")
    (dollar,) = projection.run.scenario.currency.fx
    # the price holds to the middle of the year of the launch, and falls by 8 % a year to the orders of 2028
    years = np.array([2028.29, 2028.75]) - 2027.5
    by_hand = (RACKS / 2 * rack["price_usd"] * dollar.per_unit * 0.92**years).sum()
    assert systems["amount_eur"].sum() == pytest.approx(by_hand, rel=1e-3)


def test_the_hours_of_each_month_cost_what_the_curve_says(projection):
    """Before what the meter adds; the zone's hours move about the mean of the month."""
    curve = read("forward-curve.csv").set_index("mois").iloc[:, 0]
    hours = projection.hourly["price_eur_per_mwh"].isel(site=0).to_series()
    by_month = hours.groupby(hours.index.strftime("%Y-%m")).agg(["mean", "std"])
    tariff = projection.run.scenario.sites[0].tariff
    added = tariff.excise_per_mwh + tariff.network_per_mwh
    got = by_month.loc[curve.index, "mean"] - added
    assert np.allclose(got, curve, rtol=0.02), (got / curve).round(3).tolist()
    assert (by_month["std"] > 5.0).all()


def test_quotes_are_what_is_paid_per_mw(projection):
    quotes = read("quotes.csv").set_index("item")["amount"]
    flows = projection.flows.groupby("item")["amount_eur"].sum()
    assert flows["grid-connection"] == pytest.approx(quotes["grid-connection"] * 60.0)
    # works of 2027 and 2028 cost more than the quote of 2026, by what construction outruns prices
    assert flows["renewal"] / (quotes["renewal"] * 48.0) == pytest.approx(1.0, abs=0.08)
    assert flows["renewal"] > quotes["renewal"] * 48.0


def test_demand_is_that_of_the_quarters_and_holds(projection):
    asked = projection.monthly["demand_h100e_h"].sum("site").to_series()
    quarters = pd.read_csv(FOLDER / "demand.csv").set_index("quarter")["h100e"]
    assert asked[:"2028-06"].sum() == 0.0
    per_h = asked / (asked.index.days_in_month * 24)
    last = per_h["2036-12-01"]
    assert per_h["2032-01-01"] == pytest.approx(last)
    assert per_h["2028-07-01"] / last == pytest.approx(quarters["2028-Q3"] / quarters["2031-Q4"])
    said = [finding.text for finding in projection.findings if finding.kind == "own_series"]
    assert len(said) == 2
