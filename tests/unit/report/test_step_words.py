"""A waterfall says from what to what, with units, and effects in one resolution.

Tests `report.input_cells`, `report.step_words`.
"""

from __future__ import annotations

import pytest

from capsim.report.input_cells import input_cells
from capsim.report.step_words import changed_values, effect_words
from capsim.study import NOTHING, Driver, Waterfall

WACC = "0.065 {dist: double_triangular, low: 0.05, median: 0.065, high: 0.09}"


@pytest.mark.parametrize(
    ("path", "ends", "said"),
    [
        ("finance.wacc_real", (WACC, "0.09"), ("%/y", ["6.5 (5 to 9)", "9"])),
        ("finance.wacc_real", (NOTHING, "0.09"), ("%/y", ["unset", "9"])),
        ("finance.wacc_real", ("2 values", "2 values"), ("", ["2 values", "2 values"])),
        ("costs.preset", ("us", "eu"), ("", ["us", "eu"])),
        ("sites.a.phases.p1.starts_on", ("2026-01-01", "2027-01-01"), ("", ["2026-01-01", "2027-01-01"])),
    ],
)
def test_values_before_and_after_are_in_the_unit_that_is_shown(path, ends, said):
    assert changed_values(Driver(path, *ends, 0.1), "EUR2025")[1:] == said


def test_a_range_of_another_form_keeps_its_unit():
    shown = input_cells("finance.wacc_real", ["{dist: normal, mean: 0.05, sd: 0.01}"], "EUR2025")
    assert (shown.unit, shown.cells) == ("1/y", ["{dist: normal, mean: 0.05, sd: 0.01}"])


@pytest.mark.parametrize(
    ("figure", "ends", "effects", "said"),
    [
        (
            "lcoc_eur_per_h100e_h",
            (0.32178, 0.33819),
            (0.01621, 0.0002),
            ["0.3218", "+0.0162", "+0.0002", "0.3382"],
        ),
        ("capex_eur", (13.29e9, 13.30e9), (1e7, 1e3), ["13.29 bn", "+0.01 bn", "under 0.01 bn", "13.30 bn"]),
    ],
)
def test_effects_have_the_resolution_of_what_they_add_up_to(figure, ends, effects, said):
    drivers = tuple(Driver(f"finance.x{k}", "1", "2", effect) for k, effect in enumerate(effects))
    assert effect_words(Waterfall(figure, *ends, drivers, True), drivers) == said
