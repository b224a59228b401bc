"""A plan looked at every month: re-forecast, baselines, what own history says, and the back-test.

Tests `study.forecasts`, `study.date_trends`, `study.backtests`, `study.happenings`, `scenario.learning`,
`models.scores`, `report.plan_tables`, `cli_plans`.
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
from scipy import stats
from typer.testing import CliRunner

from capsim.buildout.simulate import build_out
from capsim.cli import app
from capsim.errors import CapsimError
from capsim.models.scores import crps
from capsim.pipeline import simulate
from capsim.report import backtest_tables, forecast_tables
from capsim.scenario import Actual, Sampler, learned, loads, with_history
from capsim.study import Vintage, backtest, forecast, load_baseline, save_baseline, trends, vintage
from capsim.study.forecasts import slips

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "portfolios.py")))
AS_OF = date(2026, 9, 1)
OVERRUN = {"dist": "lognormal", "median": 1.0, "sigma": 0.32}


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


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("h100e_8bit >= 3 by 2029-12", "a chance is asked for as"),
        ("critical_it_mw >= 3", "a chance is asked for as"),
        ("critical_it_mw <= 3 by 2029-12", "a chance is asked for as"),
        ("critical_it_mw >= 3 by 2099-12", "2099-12 is not inside the horizon"),
    ],
)
def test_a_chance_that_cannot_be_told_is_refused_before_anything_is_drawn(goal, said):
    told = []
    with pytest.raises(CapsimError, match=said):
        forecast(plan(*STARTED), goals=(goal,), n=2, progress=lambda *done: told.append(done))
    assert told == []


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
    mapped = load_baseline(file, "budget", {"a.north": "a.p2"})
    assert forecast(renamed, against=[mapped], n=2).slips["budget"] == []


def test_a_baseline_is_written_over_only_when_asked_and_has_the_names_asked_for(tmp_path):
    file = str(tmp_path / "plan.yaml")
    path = save_baseline(file, "budget", plan(*STARTED))
    kept = path.read_bytes()
    with pytest.raises(CapsimError, match=r"plan\.budget\.json: is there already; another name"):
        save_baseline(file, "budget", plan(*STARTED, halls=("p1", "north")))
    assert path.read_bytes() == kept
    with pytest.raises(CapsimError, match=r"has no phase or grid step a\.p22; did you mean a\.p2\?"):
        load_baseline(file, "budget", {"a.north": "a.p22"})
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
    scenario = plan(*lines, halls=(*halls, "next"), overrun=OVERRUN)
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


TEN_LATE = [
    one
    for n in range(10)
    for one in (
        line(date(2026, 1, 1), f"p{n}.construction", "started"),
        line(date(2026, 7, 2), f"p{n}.construction", "finished"),
    )
]
"""Ten constructions of 182 days, planned as 4 months."""


def days_of_works(scenario):
    """Length of the works of the hall that is under way. [d]"""
    found = build_out(scenario).of_phase("a", "next", "started", "finished")
    times = {m.kind: m.time_d for m in found if m.item == "construction"}
    return times["finished"] - times["started"]


@pytest.mark.parametrize("report", ["none", "remaining", "share"])
def test_what_runs_is_drawn_by_what_was_learned_given_that_it_is_not_over(report):
    """Five months into works of four: against the conditional lognormal of the posterior, worked by scipy."""
    as_of, begun = date(2026, 9, 1), date(2026, 4, 1)
    elapsed = (as_of - begun).days / (365.25 / 12)
    lines = [*TEN_LATE, line(begun, "next.construction", "started")]
    if report == "remaining":
        lines.append(line(as_of, "next.construction", "remaining_months", number=2.0, unit="months"))
    elif report == "share":
        lines.append(line(as_of, "next.construction", "percent_done", number=80.0, unit="%"))
    halls = (*(f"p{n}" for n in range(10)), "next")
    scenario = plan(*lines, as_of=as_of, halls=halls, overrun=OVERRUN)
    terms = learned(scenario)
    assert terms.running == 1
    for plain, factor, sigma in (
        (scenario, 1.0, 0.32),
        (with_history(scenario, terms), terms.posterior, terms.next_stage.sigma),
    ):
        whole = stats.lognorm(sigma, scale=4.0 * factor)

        def due(p, whole=whole, sigma=sigma, factor=factor):
            if report == "remaining":
                return elapsed + stats.lognorm(sigma, scale=2.0 * factor).ppf(p)
            total = whole.isf(whole.sf(elapsed) * (1.0 - p))
            return elapsed + 0.2 * total if report == "share" else total

        assert days_of_works(plain) / (365.25 / 12) == pytest.approx(due(0.5), abs=0.02)
        sampler = Sampler(plain)
        drawn = [days_of_works(sampler.sample(1, k, factors=False)) / (365.25 / 12) for k in range(150)]
        for p in (0.2, 0.5, 0.8):
            assert abs(np.mean(np.array(drawn) <= due(p)) - p) < 4.0 * math.sqrt(p * (1.0 - p) / 150)
    # the plan's own duration that happens to be as its overrun is no overrun
    stages = make.stages()
    stages[1]["duration_months"] = OVERRUN
    twice = plan(*lines, as_of=as_of, halls=halls, overrun=OVERRUN, stages=stages)
    before, after = (
        one.sites[0].phases[-1].stages[1].duration_months.distribution
        for one in (twice, with_history(twice, terms))
    )
    if report == "none":
        assert after.of.of == before.of.of
        assert after.of.factor == terms.next_stage


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
    scenario = plan(*lines, overrun=OVERRUN)
    for learn, said in ((False, "drawn so with --learn"), (True, "as drawn here")):
        console = Console(width=250, record=True, file=io.StringIO())
        console.print(forecast_tables(forecast(scenario, n=2, learn=learn)))
        text = console.export_text()
        assert "prior 1.00 (spread 0.23), 1 finished stage at 1.49, posterior 1.22 (spread 0.16)" in text
        assert f"of a stage to come 1.22 (spread 0.28), {said}" in text
    running = plan(*lines, line(date(2026, 8, 1), "p2.permit", "started"), overrun=OVERRUN)
    console = Console(width=250, record=True, file=io.StringIO())
    console.print(forecast_tables(forecast(running, n=2, learn=True)))
    assert "and of 1 stage under way, given that it is not over, as drawn here" in console.export_text()


def told(name, as_of, **days):
    """A vintage with the dates of some milestones."""
    return Vintage(
        name, as_of, {f"a.{key} ready_for_service": day for key, day in days.items() if day}, {}, {}
    )


def test_the_trend_of_a_forecast_over_vintages():
    """By hand: of a hall that slips two months in four, what is left takes twice as long at that pace."""
    seen = [
        told("may", "2026-05-01", p1="2027-03-02", p2="2027-01-01", p3="2026-08-01", p4="2026-04-01"),
        told("jan", "2026-01-01", p1="2027-01-01", p2="2026-09-01", p3="2026-08-01", p5="2027-01-01"),
        told("mar", "2026-03-02", p1="2027-01-31", p2="2026-11-01", p3="2026-08-01", p4="2026-04-01"),
    ]
    found = {one.milestone[2:4]: one for one in trends(seen)}
    assert list(found) == ["p2", "p1", "p3", "p4", "p5"]
    assert list(found["p1"].dates) == ["jan", "mar", "may"]
    # 30 and 60 days later after 60 and 120
    assert found["p1"].per_month == pytest.approx(0.5)
    # 305 days to go at half a day a day are 610
    assert found["p1"].comes == "2028-01-01"
    assert (found["p2"].per_month, found["p2"].comes) == (pytest.approx(122 / 120, abs=0.01), "")
    assert (found["p3"].per_month, found["p3"].comes) == (pytest.approx(0.0, abs=1e-9), "2026-08-01")
    # what had come by May slips no more, and has no day to come
    assert (found["p4"].per_month, found["p4"].comes) == (pytest.approx(0.0, abs=1e-9), "")
    assert math.isnan(found["p5"].per_month)
    # one that was taken to be there, and was not, is a forecast all the same
    wrong = [told("a", "2026-01-01", p1="2026-02-01"), told("b", "2026-03-02", p1="2026-02-01")]
    (one,) = trends([*wrong, told("c", "2026-05-01", p1="2026-08-01")])
    assert one.per_month == pytest.approx(181 / 120, abs=0.01)


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
    scores = test.scores["dates"]["ready for service"]
    assert scores["crps"] == scores["crps of the plan comes true"] == pytest.approx(months - 7.0)
    (mw,) = test.of("levels", "critical_it_mw of a site")
    assert (mw.actual, mw.central, mw.before) == (16.0, 32.0, 0.0)
    assert test.scores["levels"]["critical_it_mw of a site"]["crps of a constant"] == 16.0
    assert test.scores["figures"]["facility_mwh"]["bias"] >= 0.0
    assert test.named == {"known to the plans": ["2026-01-01 a.p1.permit started"]}
    assert sum(test.ranks("dates", "ready for service")) == 1
    assert repr(test) == f"<BackTest of {len(test.outcomes)} outcomes>"
    assert "Ready for service" in test._repr_html_()


def test_milestones_and_figures_are_scored_apart_each_in_its_unit():
    """Of a plan without spread each bias is its own error: dates in months, MW and MWh by themselves."""
    happened = [
        outcome(date(2026, 10, 1), "ready_for_service", "p1"),
        outcome(date(2026, 4, 1), "finished", "p1.permit"),
        outcome(date(2026, 5, 1), "finished", "p2.permit"),
        outcome(date(2026, 12, 31), "critical_it_mw", number=16.0, unit="MW"),
        outcome(date(2026, 12, 31), "grid_mw", number=20.0, unit="MW"),
        outcome(date(2026, 12, 31), "facility_mwh", number=100.0, unit="MWh"),
    ]
    test = backtest([plan(as_of=date(2026, 2, 1))], happened, n=4)
    assert list(test.scores["dates"]) == ["ready for service", "finished"]
    month = 365.25 / 12
    late = [
        (date(2026, 2, 1) + timedelta(2 * month) - day).days / month
        for day in (date(2026, 4, 1), date(2026, 5, 1))
    ]
    assert test.scores["dates"]["finished"]["bias"] == pytest.approx(np.mean(late), abs=0.05)
    levels = test.scores["levels"]
    assert levels["critical_it_mw of a site"]["bias"] == 16.0
    assert levels["grid_mw of a site"]["bias"] == pytest.approx(4.0)
    assert levels["grid_mw of a site"]["bias_share"] == pytest.approx(0.2)
    units = {one["of"]: one["unit"] for one in test.to_dict()["scores"]}
    assert units["ready for service"] == "months"
    assert (units["grid_mw of a site"], units["facility_mwh"]) == ("MW", "MWh")


def test_the_mw_of_all_sites_is_an_outcome_of_every_month():
    """Two halls of 16 MW and a connection of 24 MW: what the lines say came, month by month."""
    happened = [
        outcome(date(2026, 9, 10), "ready_for_service", "p1"),
        outcome(date(2026, 10, 5), "energised", "g1", number=10.0, unit="MW"),
        outcome(date(2026, 11, 20), "energised", "g1"),
        outcome(date(2027, 1, 3), "ready_for_service", "p2"),
    ]
    then = plan(as_of=date(2026, 8, 1), overrun={"dist": "lognormal", "median": 1.0, "sigma": 0.3})
    test = backtest([then], happened, n=16)
    halls = [one.actual for one in test.of("levels", "critical_it_mw of all sites by month")]
    assert halls == [0.0, 16.0, 16.0, 16.0, 16.0]
    has = test.of("levels", "grid_mw of all sites by month")
    came = [one.actual - one.before for one in has]
    assert [one.line.on for one in has][:2] == [date(2026, 8, 31), date(2026, 9, 30)]
    assert came == [0.0, 0.0, 10.0, 24.0, 24.0]
    told = test.scores["levels"]["critical_it_mw of all sites by month"]
    assert told["outcomes"] == 5.0
    assert 0.0 <= told["inside_80"] <= 1.0
    # a file that gives the total itself is taken at its word
    given = Actual(on=date(2026, 12, 31), what="critical_it_mw", number=20.0, unit="MW")
    (total,) = backtest([then], [*happened, given], n=2).of("levels", "critical_it_mw of all sites")
    assert total.actual == 20.0


def test_energy_and_pue_have_bias_mape_and_coverage():
    """Against what the plan itself says in two months: no error; and a fifth more than that."""
    order = make.racks(ordered_on=date(2026, 2, 1), lead_time_weeks=4.0)
    own = [make.hall(id="p1", deployments=[order])]
    then = loads(make.scenario(make.site(*own), horizon_years=3, as_of=date(2026, 2, 1)))
    said = simulate(then)
    months = [date(2027, month, 28) for month in (3, 4)]
    lines = [
        outcome(day, what, number=float(said.figure(f"{what} of a in {day:%Y-%m}")) * share, unit=unit)
        for share, what, unit in ((1.0 / 1.2, "facility_mwh", "MWh"), (1.0, "pue", ""))
        for day in months
    ]
    test = backtest([then], lines, n=2)
    energy, pue = (test.scores["figures"][name] for name in ("facility_mwh", "pue"))
    assert energy["mape"] == pytest.approx(0.2, abs=0.05)
    assert energy["bias_share"] == pytest.approx(0.2, abs=0.05)
    assert pue["mape"] == pytest.approx(0.0, abs=0.01)
    assert energy["crps of the plan comes true"] == pytest.approx(
        0.2 * np.mean([line.number for line in lines[:2]])
    )
    assert {"inside_50", "inside_80"} <= set(pue)


def test_lines_that_are_of_no_plan_are_named():
    happened = [
        outcome(date(2026, 10, 1), "ready_for_service", "p1"),
        Actual(on=date(2026, 10, 1), site="b", item="p1", what="ready_for_service"),
        outcome(date(2026, 10, 2), "ready_for_service", "p9"),
        outcome(date(2026, 10, 3), "announced", "g1", day=date(2027, 1, 1)),
    ]
    test = backtest([plan(as_of=date(2026, 2, 1))], happened, n=2)
    assert test.named == {
        "of no plan": ["2026-10-01 b.p1 ready_for_service", "2026-10-02 a.p9 ready_for_service"],
        "without anything that is scored": ["2026-10-03 a.g1 announced"],
    }
    console = Console(width=250, record=True, file=io.StringIO())
    console.print(backtest_tables(test))
    text = console.export_text()
    assert "2 lines of no plan: 2026-10-01 b.p1 ready_for_service, 2026-10-02 a.p9 ready_for_service" in text
    assert "1 line without anything that is scored: 2026-10-03 a.g1 announced" in text
    row = next(line for line in text.splitlines() if line.startswith("Ready for service"))
    assert row.split()[3:5] == ["months", "1"]


def test_crps_of_a_normal_is_that_of_its_formula():
    """CRPS of N(0, 1) at 0 is (sqrt 2 - 1) / sqrt pi."""
    draws = np.random.default_rng(0).standard_normal(20_000)
    assert crps(draws, 0.0) == pytest.approx((math.sqrt(2.0) - 1.0) / math.sqrt(math.pi), abs=0.01)
    with pytest.raises(ValueError, match="must not be empty"):
        crps([], 0.0)


def test_the_commands(tmp_path):
    """Status file, baseline, forecast and back-test, one after the other; wrong input ends in a message."""
    file, status = tmp_path / "plan.yaml", tmp_path / "status.csv"
    file.write_text(plan(as_of=None).resolved(), "utf-8")
    status.write_text(
        "date,site,item,what,value,unit,source\n"
        "2026-03-01,a,p1.permit,finished,,,\n"
        "2026-03-01,a,p1.construction,started,,,\n"
        "2026-10-01,a,p1,ready_for_service,,,\n",
        "utf-8",
    )
    run = CliRunner().invoke
    saved = run(app, ["baseline", "save", "start", str(file)])
    assert (saved.exit_code, (tmp_path / "baselines" / "plan.start.json").exists()) == (0, True)
    known = ["--actuals", str(status), "--as-of", "2026-05-01", "-n", "4"]
    shown = run(app, ["forecast", str(file), *known, "--baseline", "start"])
    assert shown.exit_code == 0
    assert "Against start" in shown.stdout
    assert f"{status}: 1 line after 2026-05-01 left out of {file} as of that day" in shown.stderr
    # three vintages: two data dates and an earlier plan, of which a hall had another name
    earlier = tmp_path / "plan-2026-02.yaml"
    earlier.write_text(plan(as_of=date(2026, 2, 1), halls=("p1", "north")).resolved(), "utf-8")
    before = ["--before", "2026-03-15", "--before", "2026-04-01", "--before", str(earlier)]
    seen = run(app, ["forecast", str(file), *known, *before, "--renamed", "a.north=a.p2", "--json"])
    rows = {row["milestone"]: row for row in json.loads(seen.stdout)["trends"]}
    assert list(rows["a.p2 ready_for_service"]["dates"]) == [
        "plan-2026-02",
        "2026-03-15",
        "2026-04-01",
        "now",
    ]
    assert rows["a.p2 ready_for_service"]["per_month"] == pytest.approx(1.0, abs=0.02)
    assert rows["a.p2 ready_for_service"]["comes"] == ""
    shown = run(app, ["forecast", str(file), *known, *before])
    assert "Over 4 vintages, in months a month (1: never nearer)" in shown.stdout
    shown = run(app, ["forecast", str(file), *known, *before, "--all"])
    assert "Trend of the forecast dates, by vintage" in shown.stdout
    record = json.loads(run(app, ["forecast", str(file), *known, "--json"]).stdout)
    assert record["vintage"]["as_of"] == "2026-05-01"
    test = run(app, ["backtest", str(file), "--actuals", str(status), "--as-of", "2026-05-01", "-n", "4"])
    assert "Back-test: " in test.stdout
    projected = run(app, ["run", str(file), "--actuals", str(status), "--no-relief", "--spread", "0"])
    assert projected.exit_code == 0
    for wrong, said in (
        (["baseline", "keep", "x", str(file)], "baseline does one thing"),
        (["forecast", str(file), "--baseline", "none", "-n", "2"], "be read: No such file"),
        (["forecast", str(file), "--as-of", "May"], "--as-of must be a date"),
        (["forecast", str(file), *known, "--before", "May"], "--before must be a date"),
        (["forecast", str(file), *known, "--before", "2026-06-01"], "--before must be before the data date"),
        (["backtest", str(file), "--actuals", str(tmp_path / "no.csv")], "no such file"),
    ):
        ended = run(app, wrong)
        assert ended.exit_code == 2
        assert said in ended.stderr
