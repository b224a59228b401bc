"""How a figure is worked: the parts come to the figure, whatever it is.

Tests `report.worked_figure`.
"""

import math
import runpy
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from capsim.errors import FigureError
from capsim.pipeline import simulate
from capsim.projection import meaning_of, worked
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


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("facility_mwh in 2026", ["2026"]),
        ("facility_mwh in 2027-07", ["2027-07"]),
        ("facility_mwh by 2027-03", ["2026", "2027-01 to 2027-03"]),
        ("facility_mwh by 2026-01", ["2026-01"]),
    ],
)
def test_parts_are_called_by_the_months_they_are_of(made, text, labels):
    _, (*parts, figure) = worked(made, text)
    assert [step.words for step in parts] == labels
    assert math.fsum(step.value for step in parts) == pytest.approx(figure.value)


def test_a_cost_of_ownership_is_annuities_and_opex_over_mw_years(made):
    """16 MW from the day they are ready to the end of the horizon; and no refresh, so all capex is new."""
    _, (annuities, opex, years, figure) = worked(made, "tco_per_it_mw_year")
    ready = made.milestones[made.milestones["kind"] == "ready_for_service"]
    assert years.value == pytest.approx(16.0 * (731 - ready["time_d"].item() - 1) / 365.25, rel=1e-9)
    assert (annuities.value + opex.value) / years.value == pytest.approx(figure.value)
    _, (price, mw, _) = worked(made, "build_cost_per_critical_it_mw")
    assert (price.value, mw.value) == (pytest.approx(made.headline["capex_eur"]), 16.0)


@pytest.mark.parametrize("text", ["capex", "lcoc", "build_cost_per_critical_it_mw", "pue in 2027"])
def test_the_title_says_what_it_is(made, text):
    asked, _ = worked(made, text)
    assert meaning_of(made, asked)
    assert meaning_of(made, asked).split()[0] in shown(made, text)


def shown(made, text):
    console = Console(width=120, record=True, file=StringIO())
    console.print(working(made, text))
    return console.export_text()


@pytest.mark.parametrize("text", ["pue", "pue in 2027", "capex_per_critical_it_mw", "capex_per_h100e"])
def test_a_ratio_is_what_is_over_what(made, text):
    _, (part, whole, figure) = worked(made, text)
    assert whole.words.startswith("over: ")
    assert part.value / whole.value == pytest.approx(figure.value)


def test_a_peak_is_of_a_month_and_its_sites(made):
    _, (step, figure) = worked(made, "accelerators_peak")
    assert step.words.startswith("accelerators of a at 20")
    assert step.value == figure.value == made.headline["accelerators_peak"]


@pytest.mark.parametrize(
    "text",
    [
        "accelerators at 2026-12",
        "grid_mw of a at 2026-12",
        "facility_peak_mw in 2026",
        "grid_headroom_mw of a by 2027-06",
        "stranded_mw in 2027",
    ],
)
def test_a_level_is_that_of_each_site_in_its_month(made, text):
    _, (step, figure) = worked(made, text)
    assert " of a at 202" in step.words
    assert step.value == figure.value == made.figure(text)


def test_a_terminal_of_80_columns_shows_it_whole(made):
    console = Console(width=80)
    with console.capture() as capture:
        console.print(working(made, "pue"))
    text = capture.get()
    assert text.startswith("pue: Power usage effectiveness")
    assert "over: IT energy" in text
    assert max(map(len, text.splitlines())) <= 80


@pytest.fixture(scope="module")
def sold():
    """Bought and sold for; and the same with what is there at the start."""
    price = {"id": "a", "on": make.START, "amount": 2.5, "currency": "EUR", "price_year": 2025}
    revenue = {"prices": [price], "trend_per_y": 0.0}
    sites = make.site(make.hall()), make.standing_site(phases=[make.standing_hall(critical_it_mw=16)])
    return [simulate(loads(make.scenario(site, horizon_years=4, revenue=revenue))) for site in sites]


def test_present_value_is_the_cash_of_years_at_the_cost_of_capital(sold):
    for projection in sold:
        _, (*years, total, figure) = worked(projection, "npv")
        assert math.fsum(step.value for step in years) == pytest.approx(total.value)
        assert total.value == pytest.approx(figure.value) == pytest.approx(projection.headline["npv_eur"])
    # by hand: a month of the first year is discounted from its middle, at 6.5 %
    assert f"its months times {1.065 ** -(0.5 / 12):.4f} to {1.065 ** -(11.5 / 12):.4f}" in years[0].words
    assert len(years) == 4


@pytest.mark.parametrize("text", ["irr_real", "irr_equity_nominal"])
def test_at_the_rate_of_return_cash_comes_to_nothing(sold, text):
    for projection in sold:
        _, (*years, total, figure) = worked(projection, text)
        assert figure.value == projection.headline[text]
        assert total.words == f"at {figure.value:.2%} a year, in all"
        assert abs(total.value) < 1e-6 * max(abs(step.value) for step in years)


@pytest.mark.parametrize("text", ["peak_funding", "peak_equity_nominal"])
def test_most_that_is_paid_in_is_where_cash_so_far_is_least(sold, text):
    _, (*_, least, figure) = worked(sold[0], text)
    assert least.words.startswith("least, at the end of 20")
    assert -least.value == pytest.approx(figure.value)
    assert figure.value > 0


def test_payback_lies_in_the_year_in_which_cash_so_far_turns(sold):
    _, (*years, figure) = worked(sold[0], "payback_y")
    first = next(i for i, step in enumerate(years) if step.value >= 0)
    assert first <= figure.value <= first + 1


PAYMENT_BY_PAYMENT = {
    "budget_buys_mw",
    "budget_buys_plant_only_mw",
}


def test_every_headline_figure_is_worked_or_refused_in_words(sold):
    for name in sold[0].headline:
        if name in PAYMENT_BY_PAYMENT:
            with pytest.raises(FigureError, match=r"payment by payment, .* capsim explain --ledger lists"):
                worked(sold[0], name)
        else:
            _, steps = worked(sold[0], name)
            assert len(steps) > 1 or steps[-1].value == 0


def test_a_return_that_there_is_none_of_is_said(made):
    with pytest.raises(FigureError, match="npv: there is none; it needs revenue"):
        worked(made, "npv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("budget_buys_mw", "payment by payment"),
        ("ready_for_service of a.p1", "is a date"),
        ("date of critical_it_mw >= 10", "is a date"),
        ("capx", "did you mean capex_eur"),
        ("facility_mwh", "needs a month"),
    ],
)
def test_what_is_not_worked_is_said(made, text, said):
    with pytest.raises(FigureError, match=said):
        worked(made, text)
