"""The grammar of figures and goals: what is read, how it is written again, and what is refused."""

from datetime import date

import pytest

from capsim.errors import FigureError, StudyError
from capsim.vocabulary import parse_figure, parse_goal


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("npv", "npv"),
        ("h100e_8bit at 2030-12", "h100e_8bit at 2030-12"),
        ("  capex   by  2028-12-31 ", "capex by 2028-12"),
        ("pue in 2031", "pue in 2031"),
        ("grid_mw of aion at 2030", "grid_mw of aion at 2030"),
        ("ready_for_service of aion.p1", "ready_for_service of aion.p1"),
        ("date of critical_it_mw >= 1,000", "date of critical_it_mw>=1000"),
        ("date of pue of aion<=1.2", "date of pue of aion<=1.2"),
    ],
)
def test_figures_are_read_and_written_again(text, again):
    assert str(parse_figure(text)) == again
    assert parse_figure(again) == parse_figure(text)


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("h100e_8bit>=288000 by 2029-12", "h100e_8bit>=288000 by 2029-12"),
        ("h100e_8bit at 2029-12 >= 288,000", "h100e_8bit>=288000 at 2029-12"),
        ("lcoc<=0.6", "lcoc<=0.6"),
        ("h100e_8bit = 2.88e5 at 2030-01", "h100e_8bit=288000 at 2030-01"),
        ("date of critical_it_mw>=100<=2029-02", "date of critical_it_mw>=100<=2029-02-28"),
        ("energised of a.b >= 2028", "energised of a.b>=2028-12-31"),
    ],
)
def test_goals_are_read_and_written_again(text, again):
    assert str(parse_goal(text)) == again


def test_a_year_is_its_twelve_months():
    when = parse_figure("facility_mwh in 2031").when
    assert (when.first, when.last) == (date(2031, 1, 1), date(2031, 12, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a figure is written"),
        ("h100e_8bit 2030-12", "a figure is written"),
        ("h100e_8bit by", "a figure is written"),
        ("h100e_8bit bye 2030-12", "at, by or in; did you mean by?"),
        ("h100e_8bit at 2030-13", "2030-13 is no month: write YYYY-MM"),
        ("h100e_8bit at 2030-1", "2030-1 is no month"),
        ("h100e_8bit at 12/2030", "12/2030 is no month"),
        ("capex at 2030-12", "capex adds up: write capex by 2030-12"),
        ("ready_for_service", "a date of a phase is written ready_for_service of SITE.PHASE"),
        ("ready_for_service of aion", "a date of a phase is written"),
        ("ready_for_service of aion.p1 by 2030-12", "a date of a phase is written"),
        ("date of capex >= much", "much is no number"),
        ("date of capex >= nan", "nan is no number"),
        ("date of critical_it_mw", "the date of a level is written date of critical_it_mw>=NUMBER, also <="),
        ("date of critical_it_mw by 2030", "the date of a level is written date of critical_it_mw>=NUMBER"),
    ],
)
def test_what_is_no_figure_is_refused_in_words(text, said):
    with pytest.raises(FigureError, match=said.replace("?", r"\?")):
        parse_figure(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("h100e_8bit > 5", "a goal is written"),
        ("h100e_8bit", "a goal is written"),
        ("h100e_8bit>=lots by 2030-12", "lots is no number"),
        ("h100e_8bit>=288_000 by 2030-12", "288_000 is no number"),
        ("h100e_8bit>=1,0,0 by 2030-12", "1,0,0 is no number"),
        ("capex<=１０００", "１０００ is no number"),
        ("capex<=1e300", "a value must be at most 1e.20, which no plan exceeds"),
        ("capex<=1e-300", "a value must be 0 or at least 1e-12"),
        ("ready_for_service of a.b<=9999-12", "9999-12 is not from 1900 to 2200"),
        ("ready_for_service of a.b<=5", "5 is no month"),
        ("h100e_8bit>=5 by 2030-12 or so", "a figure is written"),
        ("h100e_8bit>=5 bye 2030-12", "at, by or in; did you mean by"),
        (
            "date of critical_it_mw <= 2029-06",
            "the date of a level is written date of critical_it_mw>=NUMBER",
        ),
        ("capex <= 700e6 EUR", "not EUR: capex_eur <= 700e6 names the currency .got 'capex <= 700e6 EUR'"),
        ("capex of a.p1<=5e6 EUR by 2030-01", "not EUR: capex_eur of a.p1 <= 5e6 names the currency"),
        ("lcoc <= 0.5 USD", "not USD: lcoc_usd_per_h100e_h <= 0.5 names the currency"),
        ("capex <= 700 m EUR", "a value is in the unit of its figure, .* not m EUR .got"),
        ("facility_peak_mw >= 5 MW by 2030", "a value is in the unit of its figure, .* not MW .got"),
    ],
)
def test_what_is_no_goal_is_refused_in_words(text, said):
    with pytest.raises(StudyError, match=said):
        parse_goal(text)


@pytest.mark.parametrize("read", [parse_figure, parse_goal])
def test_what_is_far_too_long_is_not_repeated(read):
    with pytest.raises(FigureError, match="at most 500 characters") as refusal:
        read("x" * 5000)
    assert len(str(refusal.value)) < 150
