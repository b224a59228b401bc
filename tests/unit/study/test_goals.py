"""Goals and figures in words, read from rows of a run.

Tests `study.figures_of_rows`.
"""

from datetime import date

import numpy as np
import pytest

from capsim.errors import FigureError
from capsim.study.figures_of_rows import Answers, OneRow, headline_of, values_in, values_of
from capsim.study.goals import goals_of, is_met
from capsim.study.observe import layout_of, observe, play
from capsim.vocabulary import parse_figure, parse_goal


@pytest.fixture(scope="module")
def run(small):
    return play(small, 0, 0)


def test_a_row_answers_what_the_run_does(run):
    row = OneRow(layout_of(run, "sites"), observe(run, "sites"))
    month = run.scenario.calendar.months[-1]
    asked = parse_figure(f"accelerators at {month:%Y-%m}")
    assert values_of(asked, row, run.scenario)[0] == run.operations.monthly["accelerators"][:, -1].sum()
    assert set(Answers(run.scenario, row).sites) == {site.id for site in run.scenario.sites}


def test_a_row_has_the_money_of_each_place(run):
    row, scenario = OneRow(layout_of(run, "sites"), observe(run, "sites")), run.scenario
    last = f"{scenario.calendar.months[-1]:%Y-%m}"
    phases = [f"{site.id}.{phase.id}" for site in scenario.sites for phase in site.phases]
    for place in [*(site.id for site in scenario.sites), *phases]:
        asked = parse_figure(f"capex of {place} by {last}")
        assert values_of(asked, row, scenario)[0] == float(values_in(run, [asked])[0])


def test_a_row_without_sites_has_none(run):
    row = OneRow(layout_of(run), observe(run))
    site = run.scenario.sites[0].id
    with pytest.raises(FigureError, match=f"accelerators is not known of {site}"):
        values_of(parse_figure(f"accelerators of {site} by {run.scenario.start:%Y-%m}"), row, run.scenario)


def test_a_headline_figure_takes_no_month(run):
    layout = layout_of(run, "figures")
    assert headline_of("capex", layout, run.scenario) == "capex_eur"
    with pytest.raises(FigureError, match="over the whole horizon"):
        headline_of("capex by 2026-12", layout, run.scenario)


def test_never_is_not_met():
    goal = parse_goal("ready_for_service of a.b<=2029-06")
    days = np.array([date(2029, 6, 30).toordinal(), date(2029, 7, 1).toordinal(), np.nan])
    assert is_met(goal, days).tolist() == [True, False, False]


def test_goals_of_a_scenario_are_by_the_date_of_their_target(run):
    assert all(goal.month in run.scenario.calendar.months for goal in goals_of(run.scenario))
