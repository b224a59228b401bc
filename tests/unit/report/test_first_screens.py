"""Rules that the first screen of every command keeps, at every width: as tall as a screen, in words, exact.

Tests `report.first_screen`, `report.sentences`, `report.answer_openings`, `report.backtest_screen`,
`study.headings`, `vocabulary.input_titles`.
"""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from capsim.pipeline import simulate
from capsim.report.answer_openings import input_cell
from capsim.report.first_screen import LINES, NARROW_LINES, Fitting, fitting_grid
from capsim.report.opening import projection_opening
from capsim.report.plan_tables import group_title
from capsim.report.sentences import shortened
from capsim.report.study_openings import study_opening
from capsim.scenario.draws.sample import drawn_together
from capsim.scenario.loading import load, override
from capsim.scenario.outcome_lines import status_lines
from capsim.study.audits import audit
from capsim.study.backtests import backtest
from capsim.study.comparisons import compare
from capsim.study.ensembles import ensemble
from capsim.study.forecasts import forecast, vintage
from capsim.study.goalseek import solve
from capsim.study.planning import plan
from capsim.study.reliefs import relief
from capsim.study.scenario_grids import ensemble_grid
from capsim.study.sensitivities import sensitivity
from capsim.study.sweeps import sweep
from capsim.vocabulary.input_titles import input_title, input_unit, with_unit

SCENARIOS = Path(__file__).parents[3] / "scenarios"
CODE = re.compile(
    r"\b[a-z0-9]+_[a-z0-9_]+\b|\b(sites|phases|costs|finance|workload|crews|uncertainty|systems)\.[a-z]"
)
"""A word that only code has: with an underscore, or a path."""
WACC = "finance.wacc_real"
TWO_AXES = {WACC: (0.06, 0.08), "workload.allocation": (0.7, 0.8, 0.9)}
RATES = tuple(0.05 + 0.001 * n for n in range(30))
LIVING, STATUS = SCENARIOS / "living" / "us-campuses.yaml", SCENARIOS / "living" / "status.csv"


def scaleway():
    return override(load(SCENARIOS / "scaleway-5000-gpus.yaml"), {"horizon_years": 2})


def aion():
    return load(SCENARIOS / "aion-288k-h100e.yaml")


def of_other_years():
    longer = override(load(SCENARIOS / "scaleway-5000-gpus.yaml"), {"horizon_years": 3})
    return compare({"short": scaleway(), "long": longer}, 2, by="capex", processes=1)


def re_forecast():
    then = vintage(load(LIVING), "the plan")
    return forecast(
        load(LIVING, actuals=str(STATUS)), against=[then], goals=["critical_it_mw >= 100 by 2027-12"], n=8
    )


def back_tested():
    lines = status_lines(str(STATUS))
    then = load(LIVING, actuals=str(STATUS), as_of=load(LIVING).known_until)
    return backtest([then], lines, 4, 0)


RESULTS = {
    "run": lambda: simulate(aion()),
    "run of a portfolio": lambda: simulate(load(SCENARIOS / "opcore-multi-gw.yaml")),
    "ensemble": lambda: ensemble(scaleway(), 8, processes=1),
    "grid": lambda: ensemble_grid({"wacc_real=0.05": scaleway(), "b": scaleway()}, 8, on="lcoc"),
    "compare": lambda: compare({"a": scaleway(), "b": override(scaleway(), {WACC: 0.12})}, 2, processes=1),
    "compare of other years": of_other_years,
    "sensitivity": lambda: sensitivity(scaleway(), "lcoc", processes=1),
    "sensitivity of a date": lambda: sensitivity(aion(), "ready_for_service of aion.p1", processes=1),
    "sobol": lambda: sensitivity(scaleway(), "h100e_h", sobol=2, top=2, processes=1),
    "sweep": lambda: sweep(scaleway(), {WACC: (0.06, 0.08)}, "lcoc", processes=1),
    "sweep of two": lambda: sweep(
        scaleway(), {WACC: (0.06, 0.08), "workload.allocation": (0.7, 0.8, 0.9)}, "capex", processes=1
    ),
    "long sweep": lambda: sweep(
        scaleway(), {WACC: tuple(0.05 + 0.001 * n for n in range(30))}, "lcoc", processes=1
    ),
    "solve": lambda: solve(aion(), "sites.aion.phases.p1.critical_it_mw", "h100e_8bit=288000 at 2030-01"),
    "solve of a rate": lambda: solve(scaleway(), WACC, "lcoc = 3"),
    "plan": lambda: plan(SCENARIOS / "plans" / "aion-least-cost.yaml", processes=1),
    "relief": lambda: relief(aion()),
    "audit": lambda: audit(SCENARIOS / "claims" / "aion.yaml"),
    "audit of money": lambda: audit(SCENARIOS / "claims" / "stargate.yaml"),
    "forecast": re_forecast,
    "backtest": back_tested,
}
"""A small result of every command."""


@cache
def made(name):
    return RESULTS[name]()


def shown(renderable, width=80):
    console = Console(
        file=io.StringIO(), width=width, markup=False, emoji=False, highlight=False, _environ={}
    )
    console.print(renderable)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.fixture(scope="module", params=RESULTS)
def named(request):
    opening = projection_opening if request.param.startswith("run") else study_opening
    return request.param, opening(made(request.param))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_first_screen_keeps_the_rules(named, width):
    _, opening = named
    lines = shown(opening, width)
    assert len(lines) <= (LINES if width >= 80 else NARROW_LINES)
    assert not any(line.endswith(("\N{HORIZONTAL ELLIPSIS}", "...")) for line in lines)
    assert max(map(len, lines)) <= width
    assert [found[0] for found in map(CODE.search, lines) if found] == []
    assert any(line.startswith("More: --") for line in lines[-2:])


def test_what_costs_says_what_the_money_leaves_out(named):
    name, opening = named
    told = any(line.startswith("Not in the money: ") for line in shown(opening))
    assert told == name.startswith(("run", "ensemble", "sweep", "long", "solve", "plan", "relief"))


def test_units_stand_with_numbers(named):
    name, opening = named
    text = " ".join(shown(opening, 120))
    units = {
        "sensitivity": "Cost of capital, real, %/y",
        "sensitivity of a date": " d ",
        "sweep": "Cost of capital, real, %/y",
        "solve": "Critical IT power, aion.p1, MW",
        "plan": "aion.p3 NVIDIA Rubin Ultra Kyber rack (NVL576 by dies) Critical IT power 60 MW    2030-04",
        "relief": "Cost of an",
        "backtest": "Critical IT power ready of all sites by month, MW",
    }
    assert units.get(name, "") in text


def test_a_sentence_that_gives_way_keeps_whole_parts_and_says_where_the_rest_is():
    said = "money runs out: 19 phases with 1,980 MW stay unbuilt, a.p1, a.p2; 2 bn EUR2025 is committed"
    assert shortened(said, lambda text: len(text) < 90) == f"{said.partition(';')[0]} (--all)"
    assert shortened(said, lambda text: len(text) < 30) == "money runs out (--all)"
    assert shortened("of a, b and c", lambda text: len(text) < 1) == "of a, b and c"


def test_a_screen_of_many_doubts_keeps_what_is_reached_and_taken():
    projection = simulate(load(SCENARIOS / "iliad-3bn.yaml"))
    lines = shown(projection_opening(projection))
    text = " ".join(lines)
    assert len(lines) <= LINES
    assert "! money runs out on 2030-10-10: 19 phases with 1,980 MW stay unbuilt" in text
    for title in ("Peak load, MW", "Energy at the meter", "Carbon, ", "Water taken in", "Capex, bn EUR"):
        assert any(line.startswith(title) for line in lines), title


def test_years_stand_with_what_is_summed_over_them(named):
    name, opening = named
    heads = [line for line in shown(opening) if line.startswith("Reached and taken")]
    assert all(re.match(r"Reached and taken, 20\d\d( to 20\d\d)?( |$)", head) for head in heads)
    is_of_many = name in ("sweep of two", "long sweep")
    assert bool(heads) == (name.startswith(("run", "ensemble", "sweep", "solve", "plan")) and not is_of_many)


def test_a_figure_that_no_axis_moves_has_no_best_point():
    lines = shown(study_opening(sweep(scaleway(), {WACC: (0.06, 0.08)}, "facility_peak_mw", processes=1)))
    assert "The same at all points: Cost of capital, real does not move it" in lines
    assert not [line for line in lines if line.startswith("Best")]
    axes = {WACC: (0.06, 0.08), "workload.allocation": (0.7, 0.9)}
    told = " ".join(shown(study_opening(sweep(scaleway(), axes, "facility_gwh", processes=1))))
    assert re.search(r"Best: \S+ GWh at Share of [^;]*; Cost of capital, real does not move it", told)


def test_a_goal_between_two_steps_is_told_as_one():
    solution = made("solve")
    told = f"288,000 lies between two steps, since systems are whole: {solution.reached:,.0f} is the first"
    assert solution.reached != 288_000.0
    assert told in " ".join(shown(study_opening(solution)))
    assert "two steps" not in " ".join(shown(study_opening(made("solve of a rate"))))


def test_counts_are_exact():
    solution = made("solve")
    text = " ".join(shown(study_opening(solution)))
    for value in (solution.reached, solution.reached_at_present):
        assert f"{value:,.0f}" in text
    planned = made("plan")
    assert f"{planned.simulated.goal:,.0f}" in " ".join(shown(study_opening(planned)))


def test_beyond_is_explained_where_it_stands():
    lines = shown(study_opening(made("forecast")))
    assert any(line.endswith(" beyond") for line in lines)
    assert "beyond: after the horizon of the plan, or never" in lines


def test_totals_of_other_years_rank_nothing():
    opening = study_opening(made("compare of other years"))
    text = " ".join(shown(opening, 120))
    assert "Not ranked by Capex: a total, of options of different years." in text
    row = next(
        line
        for line in shown(study_opening(made("compare of other years")))
        if line.startswith("Dominated by")
    )
    assert row.split() == ["Dominated", "by", "-", "-"]


def test_a_variant_that_leaves_out_a_part_is_named():
    whole = scaleway()
    without = override(whole, {"costs.items.network.amount": 0})
    lines = shown(study_opening(ensemble_grid({"whole": whole, "cheap": without}, 8, on="lcoc")))
    assert "cheap leaves out of its money: cluster network" in lines


def test_a_narrow_screen_keeps_the_heading_of_targets():
    (head,) = [line for line in shown(projection_opening(made("run")), 50) if line.startswith("Target")]
    assert head.split()[:2] == ["Target,", "by"]


def test_a_table_gives_way_and_counts_what_it_left():
    table = fitting_grid("x", ("n",), [[str(n), str(n)] for n in range(9)], 5, "row")
    assert [line.split()[0] for line in shown(table)] == ["x", "0", "1", "2", "and"]
    assert shown(table)[-1] == "and 6 rows more"
    assert shown(Fitting(lambda n: Text("one"), 1, 1, "row")) == ["one"]


def test_inputs_have_titles_and_units():
    assert with_unit("sites.a.tariff.trend_per_y", "1/y", "EUR2025") == "Trend of the wholesale price, a, %/y"
    assert with_unit("sites.a.carbon.trend_per_y", "1/y", "EUR2025") == "Trend of grid carbon, a, %/y"
    assert input_title("costs.items.staff-per-mw.amount") == "Cost of staff per mw"
    assert input_title("construction-cost:fra") == "Cost of building, fra"
    assert input_title("weather, price and event streams") == "weather, price and event streams"
    assert input_unit("currency/MWh", "EUR2025") == "EUR2025/MWh"
    assert (input_cell(0.065, "1/y"), input_cell(25.0507, "MW", exact=True)) == ("6.500", "25.0507")
    assert (
        group_title("critical_it_mw of all sites by month") == "Critical IT power ready of all sites by month"
    )


def test_every_uncertain_value_that_ships_has_a_title_in_words():
    for file in sorted(SCENARIOS.glob("*.yaml")):
        titles = {name: input_title(name) for name in drawn_together(load(file))}
        assert [name for name, title in titles.items() if CODE.search(title)] == []


def test_a_plan_crowns_no_option_that_pays_for_less(tmp_path):
    head, _, _ = (SCENARIOS / "plans" / "aion-least-cost.yaml").read_text("utf-8").partition("slots:")
    head = head.replace("../aion-288k-h100e.yaml", str(SCENARIOS / "aion-288k-h100e.yaml"))
    slot = "sites.aion.phases.p1"
    system = f"{slot}.deployments.racks.system: vr200-nvl72"
    tail = (
        f"slots:\n  - {{id: p1, path: {slot}}}\noptions:\n"
        f"  - {{id: paid, slot: p1, set: {{{system}}}}}\n"
        f"  - {{id: unpaid, slot: p1, set: {{{system}, costs.items.network.amount: 0}}}}\n"
    )
    file = tmp_path / "plan.yaml"
    file.write_text(head.replace("500000", "1000") + tail, encoding="utf-8")
    nothing = plan(file, processes=1)
    assert nothing.choices == ()
    file.write_text(head.replace("500000", f"{nothing.simulated.goal + 1000:.0f}") + tail, encoding="utf-8")
    result = plan(file, processes=1)
    assert [choice.option for choice in result.choices] == ["paid"]
    assert result.manifest["pay_less"] == {"unpaid": ["cluster network"]}
    told = "! Not chosen: unpaid, since it does not pay for cluster network, which others do"
    assert told in " ".join(shown(study_opening(result)))
