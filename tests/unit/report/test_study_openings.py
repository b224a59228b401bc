"""The first screens of studies: the conclusion in at most 24 lines at 80 columns, without code names.

Tests `report.study_openings`, `report.study_grids`, `report.audit_tables`.
"""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import capsim.report
from capsim.cli import app
from capsim.report.first_screen import LINES
from capsim.report.opening import MORE as RUN_MORE
from capsim.report.studies import comparison_details
from capsim.report.study_openings import study_opening
from capsim.scenario.loading import load, override
from capsim.study.audits import audit
from capsim.study.comparisons import compare
from capsim.study.ensembles import ensemble
from capsim.study.forecasts import forecast, vintage
from capsim.study.reliefs import relief
from capsim.study.scenario_grids import ensemble_grid
from capsim.study.sensitivities import sensitivity
from capsim.vocabulary import parse_goal

SCENARIOS = Path(__file__).parents[3] / "scenarios"
CODE_NAMES = re.compile(
    r"h100e_\w+|facility_(peak_mw|gwh)|lcoc_\w+|critical_it_mw|ready_for_service|capex_eur"
)


def shown(result, width=80):
    console = Console(file=io.StringIO(), width=width, _environ={})
    console.print(study_opening(result))
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert max(map(len, lines)) <= width
    assert not CODE_NAMES.search("\n".join(lines))
    assert len(lines) <= LINES or width < 80
    return lines


@pytest.fixture(scope="module")
def scaleway():
    return override(load(SCENARIOS / "scaleway-5000-gpus.yaml"), {"horizon_years": 2})


@pytest.fixture(scope="module")
def aion():
    return load(SCENARIOS / "aion-288k-h100e.yaml")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_of_an_ensemble(aion, width):
    result = ensemble(aion, 8, processes=1)
    lines = shown(result, width)
    text = " ".join(" ".join(lines).split())
    assert "42,624" not in text  # what is shown of compute is H100e, exactly:
    assert "747,374" in text
    assert f"{result.chances[0].probability:.0%}".replace("%", " %") in text
    assert lines[-1] == "More: --all"


def test_of_variants(scaleway):
    lines = shown(
        ensemble_grid({"a": scaleway, "b": override(scaleway, {"finance.wacc_real": 0.09})}, 8, on="lcoc")
    )
    assert lines[0] == "Cost of an H100e-hour, EUR2025: 2 variants against a"
    assert any(line.startswith("goal 1: Accelerators >= 4,900 by 2025-12, met in") for line in lines)
    assert [line.split()[0] for line in lines[3:5]] == ["a", "b"]


def test_of_a_comparison(scaleway):
    others = {f"b{i}": override(scaleway, {"finance.wacc_real": 0.12 + 0.01 * i}) for i in range(5)}
    lines = shown(compare({"a": scaleway, **others}, 2, processes=1))
    assert any(line.startswith("Best by Cost of an H100e-hour: a, the base") for line in lines)
    assert "and 1 table of other scenarios" in lines


def test_differences_of_two_stand_with_their_interval(scaleway):
    result = compare({"a": scaleway, "b": override(scaleway, {"finance.wacc_real": 0.12})}, 4, processes=1)
    row = result.figures.loc["b"].T["lcoc_eur_per_h100e_h"]
    ends = [f"{row[end]:+.4g}" for end in ("difference_p10", "difference_p90")]
    lines = shown(result)
    assert any(line.split()[-4:] == ["a", "b", "P10", "P90"] for line in lines)
    (cost,) = [line.split() for line in lines if re.match(r"Cost of an H100e-hour.*\+", line)]
    assert [f"{float(cell):+.4g}" for cell in cost[-2:]] == ends
    # the same in all that is shown, where percentiles of the variant itself had stood for them
    console = Console(file=io.StringIO(), width=160, _environ={})
    console.print(comparison_details(result))
    text = console.file.getvalue().splitlines()
    *_, cost = (line.split() for line in text if line.startswith("Cost of an H100e-hour"))
    assert [f"{float(cell):+.4g}" for cell in (cost[-3], cost[-1])] == ends


def test_an_ensemble_says_what_is_strange_and_what_would_help():
    lines = shown(ensemble(load(SCENARIOS / "iliad-3bn.yaml"), 2, processes=1, told=True))
    assert any(line.startswith("! money runs out on 2030-10-10: 19 phases") for line in lines)
    assert any(line.startswith("Helps most: deliveries lifted, ") for line in lines)


def test_of_a_sensitivity(scaleway):
    lines = shown(sensitivity(scaleway, "lcoc", processes=1))
    assert re.match(r"Cost of an H100e-hour: [\d.]+ EUR2025/\(H100e h\) with central estimates", lines[0])
    assert lines[2].split()[-5:] == ["P10", "then", "P90", "then", "swing"]


def test_of_a_relief(aion):
    result = relief(aion)
    lines = shown(result)
    assert lines[1].startswith(f"Helps most: {result.lifted[0].limit} lifted")
    assert [line.split()[0] for line in lines if line[:1].isdigit()] == [
        str(n + 1) for n in range(len(result.ladder))
    ]


def test_of_an_audit():
    result = audit(SCENARIOS / "claims" / "aion.yaml")
    lines = shown(result)
    assert lines[0] == result.claim.title
    # the verdict comes first, and by the worst question's best reading: B200 at 4-bit takes 506 of 694 W
    assert " ".join(lines[1:3]) == (
        "Can be true, by chip and definition, B200 SXM under the best format (506 W per H100e at PUE 1.1; "
        "73 % of the MW would do); 15 of 47 readings hold it."
    )
    assert lines[-1] == "More: --all"
    assert not any(re.search(r"gb200|vr200|bf16|8bit", line) for line in lines)


def test_of_a_forecast():
    plan = load(SCENARIOS / "living" / "us-campuses.yaml", actuals=str(SCENARIOS / "living" / "status.csv"))
    then = vintage(load(SCENARIOS / "living" / "us-campuses.yaml"), "the plan")
    made = forecast(plan, against=[then], goals=["critical_it_mw >= 100 by 2027-12"], n=8)
    lines = shown(made)
    assert lines[0] == plan.title
    of_draws = r"As of 20[^!]* to come inside the horizon; 8 draws, seed 0\b"
    assert re.match(of_draws, " ".join(lines[1:3]))
    assert any(line.startswith("Against the plan: ") for line in lines)
    assert any("of the draws" in line for line in lines)
    assert not any(line.startswith("! ") for line in lines)
    # capacity on the data date and at the end, with what the draws have then
    low, middle, high = made.curves["grid_mw"]["2030-11"]
    ends = (made.present["grid_mw"], made.vintage.curves["grid_mw"]["2030-11"], low, middle, high)
    (grid,) = [line for line in lines if line.startswith("Grid power energised, MW")]
    assert grid.split()[4:] == [f"{mw:,.1f}" for mw in ends]


def test_days_gone_by_that_nothing_reports_are_told(tmp_path):
    plan = load(SCENARIOS / "living" / "us-campuses.yaml", as_of="2026-03-01")
    made = forecast(plan, n=4)
    # of four blocks with a date by then, one site has one: 2026-02-12, and its grid step of the same day
    assert made.unreported == {
        "meta-prometheus.grid-1 energised": "2026-02-12",
        "meta-prometheus.block-1 ready_for_service": "2026-02-12",
    }
    told = (
        "! 2 milestones, first Meta Prometheus, grid-1 energised (planned 2026-02-12), count as kept by the "
        "data date, 2026-03-01: no line of a status file (--actuals) says so"
    )
    assert told in " ".join(shown(made))
    status = tmp_path / "status.csv"
    status.write_text(
        "date,site,item,what,value,unit,source\n"
        "2026-02-20,meta-prometheus,block-1,ready_for_service,,,a letter\n",
        "utf-8",
    )
    reported = load(SCENARIOS / "living" / "us-campuses.yaml", actuals=str(status), as_of=date(2026, 3, 1))
    assert list(forecast(reported, n=2).unreported) == ["meta-prometheus.grid-1 energised"]


def test_what_was_due_and_is_told_by_nothing_is_still_to_come_and_said_so():
    plan = load(SCENARIOS / "aion-288k-h100e.yaml", as_of=date(2037, 12, 31))
    made = forecast(plan, n=2)
    # two grid steps and four halls of the plan are due by 2030; none has a line
    assert len(made.overdue) == 6
    assert min(made.overdue.values()) == made.overdue["aion.block-1 energised"] == "2028-08-11"
    assert (
        "! 6 milestones, first AION campus, block-1 energised (planned 2028-08-11), were due by 2037-12-31 "
        "and count as still to come: no line of a status file (--actuals) tells of them"
    ) in " ".join(shown(made))
    assert forecast(load(SCENARIOS / "aion-288k-h100e.yaml", as_of=date(2026, 6, 1)), n=2).overdue == {}


def test_a_forecast_without_a_data_date_says_what_is_drawn_before_its_start():
    plan = load(SCENARIOS / "living" / "us-campuses.yaml")
    made = forecast(plan, n=16)
    early = [
        name for name, day in made.vintage.dates.items() if day >= "2025-12-01" > made.spread[name][0] > ""
    ]
    assert early
    told = f"on; {len(early)} of these may be drawn before that day"
    assert f"! No --as-of: all is open from the plan's start, 2025-12-01, {told}" in " ".join(shown(made))
    dated = forecast(load(SCENARIOS / "living" / "us-campuses.yaml", as_of="2025-12-01"), n=16)
    assert not any(line.startswith("! No --as-of") for line in shown(dated))


def test_goals_of_the_command_come_first_and_the_pointer_is_an_option_of_it():
    asked = [f"capex <= {number}e9 by 2030-12" for number in range(11, 20)]
    result = ensemble(load(SCENARIOS / "aion-288k-h100e.yaml"), 2, targets=asked, processes=1)
    assert [chance.goal for chance in result.chances][:9] == [str(parse_goal(goal)) for goal in asked]
    console = Console(file=io.StringIO(), width=80)
    console.print(study_opening(result))
    text = console.file.getvalue()
    assert "Capex over 11 bn" in text
    assert re.search(r"and \d+ goals more: --all", text)
    offered = CliRunner().invoke(app, ["ensemble", "--help"]).stdout
    assert "--all" in offered
    assert "--findings" not in offered


def test_every_pointer_to_more_of_a_run_is_an_option_of_it():
    sources = Path(capsim.report.__file__).parent.glob("*.py")
    named = {
        name
        for file in sources
        for name in re.findall(r"more[^\n]{0,12}: (--[a-z]+)", file.read_text("utf-8"))
    }
    offered = CliRunner().invoke(app, ["run", "--help"]).stdout
    assert named >= {"--sure", "--halls"}
    assert all(re.search(rf"{name}\b", offered) for name in named | set(re.findall(r"--[a-z]+", RUN_MORE)))
