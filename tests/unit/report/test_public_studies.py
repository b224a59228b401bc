"""Nothing that a scenario marks as confidential is anywhere in the report of a study, or there is none.

Tests `report.public_studies`, `report.public_answers`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from capsim.errors import CapsimError
from capsim.pipeline import simulate
from capsim.projection.public import Hidden
from capsim.report.html_report import projection_report
from capsim.report.public_studies import _waterfall, public_study
from capsim.report.study_reports import study_report
from capsim.scenario.loading import load
from capsim.study.audits import audit
from capsim.study.comparisons import compare
from capsim.study.ensembles import ensemble
from capsim.study.forecasts import forecast, vintage
from capsim.study.goalseek import Solution, solve
from capsim.study.planning import plan as plan_for_least_cost
from capsim.study.reliefs import first_reliefs
from capsim.study.reliefs import relief as lifted
from capsim.study.scenario_grids import ensemble_grid
from capsim.study.sensitivities import Sensitivity, sensitivity
from capsim.study.spreads import with_spread
from capsim.study.sweeps import sweep
from capsim.study.waterfalls import Driver, Waterfall

SCENARIOS = Path(__file__).parents[3] / "scenarios"
MARKS = ["costs.items.network.amount", "sites.aion.phases.p2", "targets.announced"]
AMOUNT, POWER_MW = "0.311713", "44.1717"
NAMED = (
    "aion.p2",
    "phases.p2",
    "network.amount",
    "288,000",
    "288000",
    "targets.announced",
    "costs.items.network",
)
"""Names and values of what is marked: of the phase, the price and the target."""
OF_P2 = "ready_for_service of aion.p2 <= 2029-06"


@pytest.fixture(scope="module")
def plan():
    return load(SCENARIOS / "aion-288k-h100e.yaml").override({"confidential": MARKS})


@pytest.fixture(scope="module")
def other(plan):
    changed = {
        "costs.items.network.amount": float(AMOUNT),
        "sites.aion.phases.p2.critical_it_mw": float(POWER_MW),
    }
    return plan.override({**changed, "finance.wacc_real": 0.0715})


def told(page, secrets=NAMED):
    """What of some secrets a page tells, anywhere in it."""
    return [secret for secret in (*secrets, AMOUNT, POWER_MW) if secret in page]


def test_a_comparison_tells_what_is_marked_as_one_change_without_its_values(plan, other):
    made = compare({"plan": plan, "other": other}, 2, processes=1)
    # a driver is told in four digits
    rounded = f">{float(POWER_MW):.4g}<"
    open_page, page = study_report(made), study_report(made, is_public=True)
    assert {"aion.p2", "phases.p2", AMOUNT} <= set(told(open_page))
    assert rounded in open_page
    assert told(page) == []
    assert rounded not in page
    assert "Cost of capital, real" in page
    public = public_study(made)
    (shown,) = public.waterfalls.values()
    assert [one.path for one in shown.drivers] == ["finance.wacc_real", "confidential"]
    assert shown.before + sum(one.effect for one in shown.drivers) == pytest.approx(shown.after, rel=1e-12)
    assert {row.phase for row in public.dates} == {"p1", "p3", "p4"}


def test_marks_of_any_scenario_count(plan, other):
    bare = load(SCENARIOS / "aion-288k-h100e.yaml")
    for named in ({"bare": bare, "other": other}, {"plan": plan, "bare": bare}):
        assert set(MARKS) <= set(compare(named, 2, processes=1).manifest["confidential"])


def test_variants_are_numbered_where_their_names_have_a_marked_value(plan, other):
    named = {"amount=0.247": plan, f"amount={AMOUNT}": other, "rubin": plan.override("rubin")}
    made = ensemble_grid(named, 2, processes=1, targets=[OF_P2])
    assert {"aion.p2", AMOUNT} <= set(told(study_report(made)))
    page = study_report(made, is_public=True)
    assert told(page, (*NAMED, "amount=0.247")) == []
    assert public_study(made).names == ("variant 1", "variant 2", "rubin")
    open_to_all = {"wacc=0.06": plan, "wacc=0.07": plan.override({"finance.wacc_real": 0.07})}
    assert public_study(ensemble_grid(open_to_all, 2, processes=1)).names == tuple(open_to_all)


def test_an_ensemble_has_no_dates_or_goals_of_what_is_marked(plan):
    made = ensemble(plan, 2, processes=1, targets=[OF_P2])
    assert {"aion.p2", "288,000", "288000"} <= set(told(study_report(made)))
    assert told(study_report(made, is_public=True)) == []
    public = public_study(made)
    assert set(public.dates.reset_index()["phase"]) == {"p1", "p3", "p4"}
    assert {chance.target for chance in public.chances} == {"eu-chips"}


def test_a_sensitivity_has_no_bar_of_what_is_marked_or_is_drawn_with_it(plan):
    made = sensitivity(plan, processes=1)
    shared = "system-price:rubin-ultra-kyber"
    assert shared in made.tornado.index
    assert shared not in public_study(made).tornado.index
    assert told(study_report(made, is_public=True)) == []
    table = pd.DataFrame(
        {"first": [1.0, 2.0, 3.0]},
        ["costs.items.network.amount and 2 correlated", "finance.wacc_real", "all other uncertain values"],
    )
    of_marks = Sensitivity("capex", 1.0, table, table, {"confidential": MARKS})
    assert list(public_study(of_marks).indices.index) == ["finance.wacc_real", "all other uncertain values"]


def test_a_sweep_of_what_is_marked_is_refused(plan):
    made = sweep(plan, {"finance.wacc_real": (0.05, 0.06)}, processes=1)
    assert told(study_report(made, is_public=True)) == []
    marked = sweep(plan, {"costs.items.network.amount": (0.2, 0.3)}, processes=1)
    with pytest.raises(CapsimError, match="told by its values"):
        study_report(marked, is_public=True)


def test_a_figure_of_a_marked_phase_is_refused(plan, other):
    figure = "ready_for_service of aion.p2"
    named = {"plan": plan, "other": other}
    for made in (
        compare(named, 2, figures=[figure], processes=1),
        compare(named, 2, by=figure, processes=1),
        ensemble_grid(named, 2, on=figure, processes=1),
        sensitivity(plan, figure, processes=1),
    ):
        with pytest.raises(CapsimError, match="a figure that was asked for is of a site or phase"):
            study_report(made, is_public=True)


def test_what_has_no_public_form_is_refused_marks_or_not(plan):
    claim = audit(SCENARIOS / "claims" / "aion.yaml")
    with pytest.raises(CapsimError, match="--public: an audit is of what was announced"):
        study_report(claim, is_public=True)
    # what is told in sentences takes the plan, which a saved result does not have
    for made in (first_reliefs(simulate(plan).run), Solution.__new__(Solution)):
        with pytest.raises(CapsimError, match="--public: a saved "):
            study_report(made, is_public=True)
    bare = simulate(load(SCENARIOS / "aion-288k-h100e.yaml"))
    with pytest.raises(CapsimError, match="nothing is"):
        study_report(first_reliefs(bare.run), is_public=True, plan=bare)
    with pytest.raises(CapsimError, match="nothing is"):
        public_study(ensemble(load(SCENARIOS / "aion-288k-h100e.yaml"), 2, processes=1))


RECORDS = ["costs.items.network", "sites.aion.phases.p2", "targets.eu-chips"]
WORDS = ("eu-chips", "aion.p2", "phases.p2", "items.network", ">network<", "= 100,000", "aion.phases.p2,")


def secrets_of(scenario):
    """Names of marked records, and numbers of theirs that no other value has."""
    projection = simulate(scenario)
    table, hidden = projection.assumptions, Hidden(projection)
    is_marked = table["path"].isin(hidden.paths)
    of_marked, of_others = ({*map(str, table["value"][which])} for which in (is_marked, ~is_marked))
    # 100000 is a bound of another value, too
    numbers = of_marked - of_others - {"100000"}
    return [*WORDS, *(number for number in numbers if re.fullmatch(r"\d[\d.]{4,}", number))]


def test_no_report_of_any_kind_names_a_record_that_is_marked(tmp_path):
    bare = load(SCENARIOS / "aion-288k-h100e.yaml")
    marked = bare.override({"confidential": RECORDS})
    other = marked.override({"costs.items.network.amount": 0.31, "finance.wacc_real": 0.0715})
    secrets = secrets_of(marked)
    assert len(secrets) > len(WORDS)
    projection = with_spread(simulate(marked), 2, processes=1)
    relief = first_reliefs(projection.run)
    whole, public = (
        projection_report(projection, relief, is_public=is_public) for is_public in (False, True)
    )
    assert {"eu-chips", "phases.p2", "= 100,000"} <= {secret for secret in secrets if secret in whole}
    pages = {"run": public}
    for made in (
        ensemble(marked, 2, processes=1, told=True),
        compare({"plan": marked, "other": other}, 2, processes=1, told=True),
        ensemble_grid({"plan": marked, "other": other}, 2, processes=1),
        sensitivity(marked, processes=1),
        sweep(marked, {"finance.wacc_real": (0.05, 0.06)}, processes=1),
    ):
        pages[type(made).__name__] = study_report(made, is_public=True)
    for answer in (
        lifted(marked),
        solve(marked, "finance.wacc_real", "lcoc = 0.33"),
        plan_for_least_cost(SCENARIOS / "plans" / "aion-least-cost.yaml", processes=1),
        forecast(marked, against=[vintage(bare, "before")], n=2),
    ):
        pages[type(answer).__name__] = study_report(answer, is_public=True, plan=projection)
    told = {(kind, secret) for kind, page in pages.items() for secret in secrets if secret in page}
    assert told == set()
    assert "What would help" in pages["Comparison"]


def test_a_marked_name_and_title_are_in_no_report():
    bare = load(SCENARIOS / "aion-288k-h100e.yaml")
    named = {"name": "deal-of-acme", "title": "Acme's deal", "confidential": ["name", "title"]}
    marked = bare.override(named)
    whole = simulate(marked)
    assert "deal-of-acme" in projection_report(whole)
    pages = {"run": projection_report(whole, is_public=True)}
    variants = {"deal-of-acme": marked, "--set": marked.override({"finance.wacc_real": 0.08})}
    for made in (
        ensemble(marked, 2, processes=1, told=True),
        compare(variants, 2, processes=1, told=True),
        sensitivity(marked, processes=1),
        lifted(marked),
        solve(marked, "finance.wacc_real", "lcoc = 0.33"),
        forecast(marked, n=2),
    ):
        pages[type(made).__name__] = study_report(made, is_public=True, plan=whole)
    assert [kind for kind, page in pages.items() if re.search("acme", page, re.IGNORECASE)] == []


def test_a_variant_called_by_a_value_that_is_marked_is_numbered():
    marked = load(SCENARIOS / "aion-288k-h100e.yaml").override({"confidential": ["finance.wacc_real"]})
    named = "Cost of capital, real = 8 %/y"
    made = compare({"aion": marked, named: marked.override({"finance.wacc_real": 0.08})}, 2, processes=1)
    assert named in study_report(made)
    page = study_report(made, is_public=True, plan=simulate(marked))
    assert (named in page, "8 %/y" in page, "option 2" in page) == (False, False, True)


def test_an_answer_about_what_is_marked_is_refused():
    marked = load(SCENARIOS / "aion-288k-h100e.yaml").override({"confidential": ["finance.wacc_real"]})
    whole = simulate(marked)
    asked = solve(marked, "finance.wacc_real", "lcoc = 0.33")
    with pytest.raises(CapsimError, match="names what is confidential"):
        study_report(asked, is_public=True, plan=whole)


def test_a_driver_in_the_place_of_what_is_marked_is_not_told():
    marks = ["sites.aion.climate", "sites.secret"]
    drivers = (
        Driver("sites.other.climate", "paris", "madrid", 1.0),
        Driver("sites.other.cooling", "2 values", "3 values", 2.0),
        Driver("sites.first", "phases of secret", "phases of first", 4.0),
    )
    shown = _waterfall(Waterfall("capex_eur", 0.0, 7.0, drivers, exact=True), marks).drivers
    assert [(one.path, one.effect) for one in shown] == [("sites.other.cooling", 2.0), ("confidential", 5.0)]


def test_a_title_and_a_name_that_are_marked_are_not_in_the_manifest():
    about = {"title": "The secret plan", "scenario": "secret", "titles": {"a": "The secret plan"}}
    table = pd.DataFrame({"at_p10": [1.0], "at_p90": [2.0], "swing": [1.0]}, index=["finance.wacc_real"])
    of_both = Sensitivity("capex", 1.0, table, None, about | {"confidential": ["title", "name"]})
    assert public_study(of_both).manifest == {
        "title": "confidential",
        "scenario": "confidential",
        "titles": {"a": "confidential"},
    }
    of_another = Sensitivity("capex", 1.0, table, None, about | {"confidential": ["finance.debt_share"]})
    assert public_study(of_another).manifest == about
