"""Presets of the build-out against published durations and plans.

Greenfield: land clearing to first IT power of 16 sites in Epoch AI's Frontier Data Centers Hub has a
median of 26 months and P10-P90 of 16.7-40.5. Campus Fouju's published plan (contract January 2026,
240 MW end 2027, 700 MW before end 2029) is a plan and no outcome: where it falls is stated, not met.
"""

import csv
import runpy
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import optimize, stats

from capsim.buildout.simulate import build_out
from capsim.catalog import load_catalog
from capsim.scenario.draws.sample import Sampler, sample
from capsim.scenario.loading import loads
from capsim.units import DAYS_PER_MONTH

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
N = 600


def milestones(mapping, kind):
    """Months from the start to a milestone over many draws."""
    scenario = loads(mapping)
    found = []
    for k in range(N):
        timeline = build_out(sample(scenario, 1, k), 1, k)
        found.append(next(timeline.of_kind(kind)).time_d / DAYS_PER_MONTH)
    return np.array(found)


def test_greenfield_preset_takes_as_long_as_published():
    there = [{"id": "g1", "grid_mw": 24.0, "energised_on": date(2024, 1, 1)}]
    phase = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "preset": "us-greenfield-ai-site"}
    months = milestones(make.scenario(make.site(phase, grid_connection=there)), "ready_for_service")
    p10, median, p90 = np.quantile(months, [0.1, 0.5, 0.9])
    assert 22 <= median <= 30
    assert 1.8 <= p90 / p10 <= 3.2


SITES = list(
    csv.DictReader((Path(__file__).parent / "first_power_sites.csv").read_text("utf-8").splitlines())
)
"""Epoch AI, Frontier Data Centers Hub (CC-BY 4.0), as of 2026-07: land clearing to first IT power. Those of
which the date is announced are under way, and count as longer than they have lasted."""
AS_OF = date(2026, 7, 1)


def of_type(row):
    return "us-conversion" if "conversion" in row["type"] else "us-greenfield-ai-site"


REALISED = [
    row for row in SITES if row["first_power_already_happened"] == "True" and "hiatus" not in row["type"]
]
UNDER_WAY = [row for row in SITES if row["first_power_already_happened"] == "False"]


def lasted(row):
    return float(row["months_to_first_power"])


def waited(row):
    return (AS_OF - date.fromisoformat(row["construction_start"])).days / DAYS_PER_MONTH


def fitted(done, waiting):
    """Median and sigma of the next site: a censored lognormal, with the spread of two sites of 0.4 more."""
    logs, bounds = np.log(done), np.log(waiting)

    def loss(at):
        mu, sigma = at[0], np.exp(at[1])
        lost = -stats.norm.logpdf(logs, mu, sigma).sum() - stats.norm.logsf(bounds, mu, sigma).sum()
        return lost + 2.0 * (at[1] + 0.4**2 / (2.0 * sigma**2))

    mu, log_sigma = optimize.minimize(loss, [logs.mean(), -1.0], method="Nelder-Mead").x
    # few sites know their own spread badly: a t distribution is that much wider at its P90
    wider = stats.t.ppf(0.9, len(done) + 1) / stats.norm.ppf(0.9)
    return float(np.exp(mu)), float(np.exp(log_sigma) * np.sqrt(1.0 + 1.0 / len(done)) * wider)


def crps(draws, outcome):
    """Continuous ranked probability score of draws. [months]"""
    draws = np.sort(draws)
    n = len(draws)
    weights = 2.0 * np.arange(1, n + 1) - n - 1.0
    return np.abs(draws - outcome).mean() - (weights * draws).sum() / n**2


@pytest.mark.parametrize(
    ("preset", "durations", "overrun"),
    [
        ("us-greenfield-ai-site", "first-power-greenfield", "overrun-ai-site"),
        ("us-conversion", "first-power-conversion", "overrun-ai-conversion"),
    ],
)
def test_the_catalogue_has_the_censored_fit(preset, durations, overrun):
    done = [lasted(row) for row in REALISED if of_type(row) == preset]
    waiting = [waited(row) for row in UNDER_WAY if of_type(row) == preset]
    median, sigma = fitted(done, waiting)
    shelf = load_catalog().tables["lead_times"]
    assert shelf[durations].number("duration") == pytest.approx(median, rel=0.02)
    assert shelf[overrun].number("sigma") == pytest.approx(sigma, rel=0.02)


def first_power_draws(preset, median, sigma, full, n=96):
    """Months to the first systems in service, or to the hall where there are none, of a fitted preset."""
    racks = make.racks(ordering="just_in_time")
    del racks["ordered_on"]
    transformer = {"id": "transformer", "item": "lt-power-transformer", "needed_at": "first_power"}
    more = {"deployments": [racks], "equipment": [transformer]} if full else {}
    step = {"preset": "us-grid-average"} if full else {"energised_on": date(2024, 1, 1)}
    phase = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "preset": preset} | more
    place = make.site(phase, grid_connection=[{"id": "g1", "grid_mw": 24.0} | step])
    scenario = loads(make.scenario(place, horizon_years=20))
    stages = scenario.sites[0].phases[0].stages
    whole = sum(stage.duration_months for stage in stages)
    hall = "sites.a.phases.p1."
    scenario = scenario.override(
        {f"{hall}stages.{s.id}.duration_months": s.duration_months * median / whole for s in stages}
        | {f"{hall}overrun": {"dist": "lognormal", "median": 1.0, "sigma": sigma}}
    )
    sampler, kind = Sampler(scenario), "in_service" if full else "ready_for_service"
    timelines = (build_out(sampler.sample(0, k), 0, k) for k in range(n))
    return np.array([min(m.time_d for m in t.of_kind(kind)) / DAYS_PER_MONTH for t in timelines])


def test_sites_left_out_one_by_one():
    """CRPS of first power, and the same once equipment, grid and systems are added: within 5 % of it.

    A plain lognormal by type, fitted to the realised sites alone, has 5.7 months here; owner, owner's class
    and size make it worse when a site is left out, so they are in no preset. Coverage of 80 % in 72 to 88 %.
    """
    scores, inside = {False: [], True: []}, []
    for left_out in REALISED:
        same = [row for row in REALISED if row is not left_out and of_type(row) == of_type(left_out)]
        waiting = [waited(row) for row in UNDER_WAY if of_type(row) == of_type(left_out)]
        terms = fitted([lasted(row) for row in same], waiting)
        for full, kept in scores.items():
            draws = first_power_draws(of_type(left_out), *terms, full)
            kept.append(crps(draws, lasted(left_out)))
            if not full:
                low, high = np.quantile(draws, [0.1, 0.9])
                inside.append(low <= lasted(left_out) <= high)
    alone, with_all = (float(np.mean(scores[full])) for full in (False, True))
    assert alone <= 5.9
    assert with_all <= 1.05 * alone
    assert 0.72 <= np.mean(inside) <= 0.88


def fouju(preset, grid_mw):
    step = {"id": "g1", "grid_mw": grid_mw, "applied_on": date(2026, 1, 1), "preset": preset}
    return milestones(
        make.scenario(make.site(make.hall(deployments=[]), grid_connection=[step])), "energised"
    )


@pytest.mark.parametrize(
    ("preset", "grid_mw", "plan_months", "low", "high"),
    [
        # end 2027: 24 months after January 2026, near the very low end of 23-30-42
        ("fr-grid-fast-track", 240.0, 24.0, 0.0, 0.03),
        # before the end of 2029: 48 months, a little after the mode of 42-47-60
        ("fr-grid-fast-track-full", 700.0, 48.0, 0.28, 0.48),
    ],
)
def test_where_the_plan_of_fouju_falls_in_the_fast_track_distribution(
    preset, grid_mw, plan_months, low, high
):
    # a finding: the first block is planned below the first percentile, the whole near the 40th
    percentile = (fouju(preset, grid_mw) <= plan_months).mean()
    assert low <= percentile <= high


def test_a_hall_behind_the_full_power_of_fouju_is_later_than_the_power():
    # site and permits at hand: power by the end of 2029 in 39 % of draws, a hall that is ready in 15 %
    step = {"id": "g1", "grid_mw": 700.0, "applied_on": date(2026, 1, 1), "preset": "fr-grid-fast-track-full"}
    there = [{"id": name, "duration_months": 0.0} for name in ("site-control", "permit")]
    phase = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "preset": "fr-greenfield-full"}
    place = make.site(phase | {"stages": there}, grid_connection=[step])
    share = (milestones(make.scenario(place), "ready_for_service") <= 48.0).mean()
    assert 0.09 <= share <= 0.21  # 0.15 within four standard errors of 600 draws


PLANS = [
    # EDF and OpCore, 2025-11-17: the first phase of Montereau works in 2027
    ("fr-grid-fast-track", 240.0, date(2025, 11, 1), date(2027, 12, 31), 0.035, 0.002, 0.002),
    # Brookfield, 2026-06-02: Data4 builds 700 MW at Escaudain by 2030
    ("fr-grid-fast-track-full", 700.0, date(2026, 6, 1), date(2030, 12, 31), 0.92, 0.80, 0.62),
    # SoftBank, 2026-05-30: 3.1 GW by 2031, of which Bosquel has 1 GW
    ("fr-grid-fast-track-full", 1000.0, date(2026, 6, 1), date(2031, 12, 31), 1.0, 1.0, 0.83),
]
"""French plans: where the last day they name falls among draws of power, of a hall with site and permits at
hand that waits for it, and of one without, all from the announcement on. No date of them sets a preset."""


@pytest.mark.parametrize(
    ("preset", "grid_mw", "start", "by", "power", "hall", "from_nothing"),
    PLANS,
    ids=["montereau", "escaudain", "bosquel"],
)
def test_where_other_french_plans_fall(preset, grid_mw, start, by, power, hall, from_nothing):
    """A finding and no fit: stated as it is, within four standard errors of 600 draws."""
    there = [{"id": name, "duration_months": 0.0} for name in ("site-control", "permit")]
    phase = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "preset": "fr-greenfield-full"}
    step = {"id": "g1", "grid_mw": grid_mw, "applied_on": start, "preset": preset}
    months = (by - start).days / DAYS_PER_MONTH
    phases = [phase | {"id": "p1", "stages": there}, phase | {"id": "p2"}]
    scenario = loads(make.scenario(make.site(*phases, grid_connection=[step]), start=start, horizon_years=12))
    sampler, days_d = Sampler(scenario), []
    for k in range(N):
        timeline = build_out(sampler.sample(1, k), 1, k)
        ready_d = timeline.ready_for_service_d()
        days_d.append((next(timeline.of_kind("energised")).time_d, ready_d["a", "p1"], ready_d["a", "p2"]))
    found = (np.array(days_d) / DAYS_PER_MONTH <= months).mean(axis=0)
    for share, expected in zip(found, (power, hall, from_nothing), strict=True):
        assert share == pytest.approx(expected, abs=max(0.01, 4.0 * np.sqrt(expected * (1.0 - expected) / N)))
