"""A plan looked at every month: re-forecast, baselines, what own history says, and the back-test.

Tests `study.forecasts`, `study.backtests`, `study.happenings`, `scenario.learning`, `models.scores`,
`report.plan_tables`, `cli_plans`.
"""

import io
import json
import math
import runpy
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from capsim.cli import app
from capsim.errors import CapsimError
from capsim.models.scores import crps
from capsim.report import forecast_tables
from capsim.scenario import Actual, learned, loads, with_history
from capsim.study import backtest, forecast, load_baseline, save_baseline, vintage
from capsim.study.forecasts import slips

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
AS_OF = date(2026, 9, 1)


def line(on, item, what, **more):
    return {"on": on, "site": "a", "item": item, "what": what} | more


def plan(*lines, as_of=AS_OF, halls=("p1", "p2"), **changes):
    """Two halls of 16 MW: a permit of 2 months, a construction of 4 and a commissioning of 1."""
    own = [make.hall(id=name, deployments=[], **changes) for name in halls]
    place = make.site(
        *own, grid_connection=[make.site()["grid_connection"][0] | {"applied_on": date(2026, 1, 1)}]
    )
    return loads(make.scenario(place, horizon_years=4, as_of=as_of, actuals=list(lines)))


STARTED = (
    line(date(2026, 3, 1), "p1.permit", "finished"),
    line(date(2026, 3, 1), "p1.construction", "started"),
)


def test_a_forecast_says_what_slipped_and_why():
    """The first construction is to take twice as long as last month: 4 months later, by itself."""
    before = vintage(plan(*STARTED, as_of=date(2026, 4, 1)), "april")
    late = line(date(2026, 5, 1), "p1.construction", "remaining_months", number=6.0, unit="months")
    goals = ("critical_it_mw >= 32 by 2029-12", "critical_it_mw >= 33 by 2029-12")
    paid = line(date(2026, 4, 30), "", "paid", number=5.0e6, unit="EUR")
    now = plan(*STARTED, late, paid, as_of=date(2026, 5, 1))
    made = forecast(now, against=[before], goals=goals, n=8, money=True)
    (ready,) = [slip for slip in made.slips["april"] if slip.milestone == "a.p1 ready_for_service"]
    assert ready.months == pytest.approx(4.0, abs=0.1)
    assert ready.cause == "construction"
    assert made.spread["a.p1 ready_for_service"][1] == ready.now
    assert made.curves["critical_it_mw"]["2029-12"] == (32.0, 32.0, 32.0)
    assert list(made.chances.values()) == [1.0, 0.0]
    assert made.paid == {"2026-04-30": 5.0e6}
    assert list(made.money) == ["2026-12", "2027-12", "2028-12", "2029-12"]
    capex = [central for central, *_ in made.money.values()]
    assert capex == sorted(capex)
    with pytest.raises(CapsimError, match="a chance is asked for as"):
        forecast(now, goals=["pue <= 1.2 by 2029-12"], n=1)


def test_a_month_in_which_nothing_changed_changes_only_what_waits():
    """Rolled forward by a month, a hall under way keeps its date; one that did not begin begins later."""
    before, now = (vintage(plan(*STARTED, as_of=day), "x") for day in (date(2026, 4, 1), date(2026, 5, 1)))
    assert before.dates["a.p1 ready_for_service"] == now.dates["a.p1 ready_for_service"]
    assert before.dates["a.p2 ready_for_service"] < now.dates["a.p2 ready_for_service"]


def test_a_baseline_survives_a_renamed_hall(tmp_path):
    file = str(tmp_path / "plan.yaml")
    save_baseline(file, "budget", plan(*STARTED))
    renamed = plan(*STARTED, halls=("p1", "north"))
    blind = forecast(renamed, against=[load_baseline(file, "budget")], n=2).slips["budget"]
    assert {slip.milestone for slip in blind} == {"a.p2 ready_for_service", "a.north ready_for_service"}
    assert all(math.isnan(slip.months) for slip in blind)
    mapped = load_baseline(file, "budget", {"a.p2": "a.north"})
    assert forecast(renamed, against=[mapped], n=2).slips["budget"] == []


def test_a_baseline_is_written_over_only_when_asked_and_has_the_names_asked_for(tmp_path):
    file = str(tmp_path / "plan.yaml")
    path = save_baseline(file, "budget", plan(*STARTED))
    kept = path.read_bytes()
    with pytest.raises(CapsimError, match=r"plan\.budget\.json: is there already; another name"):
        save_baseline(file, "budget", plan(*STARTED, halls=("p1", "north")))
    assert path.read_bytes() == kept
    with pytest.raises(CapsimError, match=r"has no phase or grid step a\.p22; did you mean a\.p2\?"):
        load_baseline(file, "budget", {"a.p22": "a.north"})
    save_baseline(file, "budget", plan(*STARTED, halls=("p1", "north")), replace=True)
    assert path.read_bytes() != kept


def test_a_date_announced_anew_is_the_cause_of_its_slip():
    """Of a hall and a grid step that have dates nothing on a path grows: the date is another."""
    hall = {
        "id": "p1",
        "critical_it_mw": 16.0,
        "energization": "g1",
        "ready_for_service_on": date(2027, 1, 1),
    }
    step = {"id": "g1", "grid_mw": 24.0, "energised_on": date(2027, 1, 1)}
    later = [line(date(2026, 3, 5), name, "announced") | {"day": date(2027, 6, 1)} for name in ("g1", "p1")]
    place = make.site(hall, grid_connection=[step])
    before, now = (
        vintage(loads(make.scenario(place, horizon_years=4, as_of=day, actuals=lines)), "x")
        for day, lines in ((date(2026, 3, 1), []), (date(2026, 4, 1), later))
    )
    moved = {slip.milestone: (round(slip.months), slip.cause) for slip in slips(before, now)}
    assert moved == {
        "a.g1 energised": (5, "announced date"),
        "a.p1 ready_for_service": (5, "announced date"),
    }


def test_ten_stages_of_ones_own_count():
    """All at 1.5 of the plan: with a prior that weighs as one stage, the posterior is 1.5 ** (10 / 11)."""
    halls = [f"p{i}" for i in range(10)]
    lines = []
    for name in halls:
        lines.append(line(date(2026, 1, 1), f"{name}.construction", "started"))
        lines.append(line(date(2026, 7, 2), f"{name}.construction", "finished"))  # 182 days of 121.75
    scenario = plan(
        *lines, halls=(*halls, "next"), overrun={"dist": "lognormal", "median": 1.0, "sigma": 0.32}
    )
    terms = learned(scenario)
    ratio = 182 / (4 * 365.25 / 12)
    assert terms.stages == 10
    assert terms.data == pytest.approx(ratio)
    assert terms.posterior == pytest.approx(ratio ** (10 / 11))
    # half of the class's variance is the planner's own: 0.226
    own = 0.32 / math.sqrt(2.0)
    assert (terms.prior_sigma, terms.spread) == pytest.approx((own, own))
    assert terms.posterior_sigma == pytest.approx(own / math.sqrt(11))
    assert terms.next_stage.sigma == pytest.approx(own * math.sqrt(12 / 11))
    after = with_history(scenario, terms)
    assert after.sites[0].phases[-1].overrun == pytest.approx(terms.posterior)
    assert forecast(scenario, n=2).learned == terms
    # without any history a stage is drawn from its class: 1, with a spread of 0.32
    none = learned(plan())
    assert (none.stages, none.posterior) == (0, 1.0)
    assert none.next_stage.sigma == pytest.approx(0.32)


def test_the_posterior_is_that_of_bayes_rule_on_a_grid():
    """Three stages at 1.2, 1.5 and 0.9: prior times likelihood, summed numerically."""
    lines = []
    for name, days in (("p0", 146), ("p1", 183), ("p2", 110)):
        lines.append(line(date(2026, 1, 1), f"{name}.construction", "started"))
        lines.append(line(date(2026, 1, 1) + timedelta(days), f"{name}.construction", "finished"))
    terms = learned(plan(*lines, halls=("p0", "p1", "p2")))
    logs = np.log(np.array([146, 183, 110]) / (4 * 365.25 / 12))
    mean, own = np.linspace(-2.0, 2.0, 8001), 0.32 / math.sqrt(2.0)
    weight = np.exp(-(mean**2 + ((logs[:, None] - mean) ** 2).sum(axis=0)) / (2.0 * own**2))
    weight /= weight.sum()
    assert terms.data == pytest.approx(math.exp(logs.mean()))
    assert math.log(terms.posterior) == pytest.approx(weight @ mean, abs=1e-6)
    assert terms.posterior_sigma == pytest.approx(
        math.sqrt(weight @ mean**2 - (weight @ mean) ** 2), rel=1e-4
    )


def test_the_output_shows_prior_data_and_posterior():
    lines = [line(date(2026, 1, 1), "p1.construction", "started")]
    lines.append(line(date(2026, 7, 2), "p1.construction", "finished"))
    scenario = plan(*lines, overrun={"dist": "lognormal", "median": 1.0, "sigma": 0.32})
    for learn, said in ((False, "drawn so with --learn"), (True, "as drawn here")):
        console = Console(width=250, record=True, file=io.StringIO())
        console.print(forecast_tables(forecast(scenario, n=2, learn=learn)))
        text = console.export_text()
        assert "prior 1.00 (spread 0.23), 1 finished stages at 1.49, posterior 1.22 (spread 0.16)" in text
        assert f"of a stage to come 1.22 (spread 0.28), {said}" in text


def outcome(on, what, item="", **more):
    return Actual(on=on, site="a", item=item, what=what, **more)


def test_a_back_test_scores_plans_against_what_happened():
    """Of a plan without spread the CRPS is the error; dates and MW apart; what is known is no outcome."""
    happened = [
        outcome(date(2026, 1, 1), "started", "p1.permit"),
        outcome(date(2026, 10, 1), "ready_for_service", "p1"),
        outcome(date(2026, 12, 31), "critical_it_mw", number=16.0, unit="MW"),
        outcome(date(2026, 12, 31), "facility_mwh", number=0.0, unit="MWh"),
    ]
    test = backtest([plan(as_of=date(2026, 2, 1))], happened, n=8)
    (ready,) = test.of("dates")
    months = (date(2026, 10, 1) - date(2026, 2, 1)).days / (365.25 / 12)
    assert ready.actual == pytest.approx(months)
    assert ready.central == pytest.approx(7.0)
    assert test.scores["dates"]["crps"] == pytest.approx(months - 7.0)
    assert test.scores["dates"]["crps of the plan comes true"] == pytest.approx(months - 7.0)
    (mw,) = test.of("levels")
    assert (mw.actual, mw.central, mw.before) == (16.0, 32.0, 0.0)
    assert test.scores["levels"]["crps of a constant"] == 16.0
    assert test.scores["figures"]["bias"] >= 0.0
    assert test.left_out == 1
    assert sum(test.to_dict()["ranks"]["dates"]) == 1
    assert repr(test) == "<BackTest of 3 outcomes>"
    assert "crps of the plan comes true" in test._repr_html_()


def test_crps_of_a_normal_is_that_of_its_formula():
    """CRPS of N(0, 1) at 0 is (sqrt 2 - 1) / sqrt pi."""
    draws = np.random.default_rng(0).standard_normal(20_000)
    assert crps(draws, 0.0) == pytest.approx((math.sqrt(2.0) - 1.0) / math.sqrt(math.pi), abs=0.01)
    with pytest.raises(ValueError, match="must not be empty"):
        crps([], 0.0)


def test_the_commands(tmp_path):
    """Status file, baseline, forecast and back-test, one after the other; wrong input ends in a message."""
    file, status = tmp_path / "plan.yaml", tmp_path / "status.csv"
    file.write_text(plan(as_of=None).resolved())
    status.write_text(
        "date,site,item,what,value,unit,source\n"
        "2026-03-01,a,p1.permit,finished,,,\n"
        "2026-03-01,a,p1.construction,started,,,\n"
        "2026-10-01,a,p1,ready_for_service,,,\n"
    )
    run = CliRunner().invoke
    saved = run(app, ["baseline", "save", "start", str(file)])
    assert (saved.exit_code, (tmp_path / "baselines" / "plan.start.json").exists()) == (0, True)
    known = ["--actuals", str(status), "--as-of", "2026-05-01", "-n", "4"]
    shown = run(app, ["forecast", str(file), *known, "--baseline", "start"])
    assert shown.exit_code == 0
    assert "Against start" in shown.stdout
    assert "1 lines after 2026-05-01, which are not known yet, left out" in shown.stderr
    record = json.loads(run(app, ["forecast", str(file), *known, "--json"]).stdout)
    assert record["vintage"]["as_of"] == "2026-05-01"
    test = run(app, ["backtest", str(file), "--actuals", str(status), "--as-of", "2026-05-01", "-n", "4"])
    assert "Back-test of dates" in test.stdout
    projected = run(app, ["run", str(file), "--actuals", str(status), "--no-relief", "--spread", "0"])
    assert projected.exit_code == 0
    for wrong, said in (
        (["baseline", "keep", "x", str(file)], "baseline does one thing"),
        (["forecast", str(file), "--baseline", "none", "-n", "2"], "no baseline that can be read"),
        (["forecast", str(file), "--as-of", "May"], "--as-of must be a date"),
        (["backtest", str(file), "--actuals", str(tmp_path / "no.csv")], "cannot be read"),
    ):
        ended = run(app, wrong)
        assert ended.exit_code == 2
        assert said in ended.stderr
