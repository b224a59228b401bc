"""How a figure is worked: the parts come to the figure, whatever it is.

Tests `report.worked_figure`.
"""

import math
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from capsim.errors import FigureError
from capsim.pipeline import simulate
from capsim.projection import worked
from capsim.report import working
from capsim.scenario import loads

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))


@pytest.fixture(scope="module")
def made():
    return simulate(loads(make.scenario(make.site(make.hall()))))


@pytest.mark.parametrize(
    "text", ["capex", "opex", "capex by 2026-12", "lcoc", "carbon_t", "facility_mwh in 2026"]
)
def test_parts_add_up_to_the_figure(made, text):
    _, (*parts, figure) = worked(made, text)
    assert len(parts) >= 1
    assert math.fsum(step.value for step in parts) == pytest.approx(figure.value)
    assert figure.value == pytest.approx(made.figure(text))


@pytest.mark.parametrize("text", ["pue", "pue in 2027", "capex_per_critical_it_mw", "capex_per_h100e"])
def test_a_ratio_is_what_is_over_what(made, text):
    _, (part, whole, figure) = worked(made, text)
    assert whole.words.startswith("over: ")
    assert part.value / whole.value == pytest.approx(figure.value)


def test_a_peak_is_of_a_month_and_its_sites(made):
    _, (step, figure) = worked(made, "accelerators_peak")
    assert step.words.startswith("accelerators of a at 20")
    assert step.value == figure.value == made.headline["accelerators_peak"]


def test_a_terminal_of_80_columns_shows_it_whole(made):
    console = Console(width=80)
    with console.capture() as capture:
        console.print(working(made, "pue"))
    text = capture.get()
    assert text.startswith("pue: Power usage effectiveness")
    assert "over: IT energy" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("npv", "worked month by month"),
        ("ready_for_service of a.p1", "is a date"),
        ("capx", "did you mean capex_eur"),
        ("facility_mwh", "needs a month"),
    ],
)
def test_what_is_not_worked_is_said(made, text, said):
    with pytest.raises(FigureError, match=said):
        worked(made, text)
