"""Cards say what most draws come to on the side that is the worse one.

Tests `report.one_page`.
"""

import numpy as np
import pytest

from capsim.report.one_page import card

DRAWS = np.linspace(0.0, 100.0, 101)
"""Draws of which the percentile is the value."""


def percentiles(*ends, size=1.0):
    return {f"p{end}": size * float(np.percentile(DRAWS, end)) for end in ends}


def spread_of(key, draws, plan=1.0):
    (shown,) = card(key, plan, draws, "EUR2025")
    return shown["spread"].replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("h100e_8bit_peak", "P50 50; 8 in 10 draws reach at least 20"),
        ("critical_it_mw_end", "P50 50.0; 8 in 10 draws reach at least 20.0"),
        ("facility_peak_mw", "P50 50.0; 8 in 10 draws stay within 80.0"),
        ("grid_mw_end", "P50 50.0, P10 to P90 10.0 to 90.0"),
    ],
)
def test_the_safe_side_is_that_of_the_figure(key, said):
    assert spread_of(key, percentiles(10, 20, 50, 80, 90)) == said


def test_what_has_no_p20_and_p80_is_told_by_p10_and_p90():
    assert (
        spread_of("h100e_8bit_peak", percentiles(5, 10, 50, 90, 95))
        == "P50 50; 9 in 10 draws reach at least 10"
    )
    assert spread_of("capex_eur", percentiles(10, 50, 90)) == "P50 50.00; 9 in 10 draws stay within 90.00"


def test_money_has_one_size_in_a_card():
    (shown,) = card("capex_eur", 9.0e8, percentiles(10, 20, 50, 80, 90, size=2e7), "EUR2025")
    assert (shown["title"], shown["plan"]) == ("Capex, bn EUR2025", "0.9000")
    assert shown["spread"].endswith("stay within\N{NO-BREAK SPACE}1.600")


def test_without_draws_nothing_is_said_of_them():
    assert spread_of("capex_eur", {}) == ""
    assert spread_of("capex_eur", {name: float("nan") for name in percentiles(10, 20, 50, 80, 90)}) == ""
    assert list(card("npv_eur", float("nan"), {}, "EUR2025")) == []
