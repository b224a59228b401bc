"""Announced dates against what was announced of them later: 23 milestones of eight sites, seen twice.

Epoch AI, Frontier Data Centers Hub (CC-BY 4.0): vintages of 2025-12-14 and 2026-04-03 against 2026-07.
Tests `scenario.draws.slips`.
"""

import csv
import runpy
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from capsim.buildout.simulate import build_out
from capsim.scenario import Sampler, loads
from capsim.scenario.draws.slips import NEVER, Announcements
from capsim.scenario.records.buildout_records import Uncertainty
from capsim.units import DAYS_PER_MONTH

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
ROWS = list(
    csv.DictReader((Path(__file__).parent / "announced_milestones.csv").read_text("utf-8").splitlines())
)
N = 150


def announced(known_until, *days, **changes):
    """A site whose blocks are announced for some days: hall, power and systems of each."""
    halls = [
        {"id": f"p{i}", "critical_it_mw": 16.0, "energization": f"g{i}", "ready_for_service_on": day}
        | {"deployments": [make.racks(ordered_on=None, in_service_on=day, lead_time_weeks=1)]}
        for i, day in enumerate(days)
    ]
    for hall in halls:
        hall["deployments"] = [{k: v for k, v in d.items() if v is not None} for d in hall["deployments"]]
    steps = [{"id": f"g{i}", "grid_mw": 24.0, "energised_on": day} for i, day in enumerate(days)]
    place = make.site(*halls, grid_connection=steps, **changes)
    return loads(make.scenario(place, horizon_years=12, as_of=known_until))


def came_true(scenario, n=N):
    """Days that the announced dates of halls come true, by draw and hall."""
    sampler = Sampler(scenario)
    return [[phase.ready_for_service_on for phase in sampler.sample(0, k).sites[0].phases] for k in range(n)]


def block_days(plan, n):
    """Days that the one block of a plan comes, at `n` probabilities evenly spread."""
    announcements, terms = Announcements(plan), plan.uncertainty
    (block,) = announcements.paths
    return [announcements.comes_on(block, (k + 0.5) / n, terms.never_probability, terms) for k in range(n)]


def crps(draws, outcome):
    draws = np.sort(draws)
    weights = 2.0 * np.arange(1, len(draws) + 1) - len(draws) - 1.0
    return np.abs(draws - outcome).mean() - (weights * draws).sum() / len(draws) ** 2


def fitted(rows):
    """Terms of slips from blocks: shares, and the mean of slips at a growth of 0.05 a month.

    A block that is seen in both comparisons, which leads to the same date of one site, counts once.
    """
    looks = Counter((row["site"], row["new_date"]) for row in rows)
    late = kept = gone = slips = 0.0
    for row in rows:
        weight = 1.0 / looks[row["site"], row["new_date"]]
        slip, ahead = float(row["slip_months"] or "nan"), float(row["horizon_months"])
        gone += weight * (not row["new_date"])
        kept += weight * (slip <= 0.25)
        late += weight * (slip > 0.25)
        slips += weight * slip / (1.0 + 0.05 * ahead) if slip > 0.25 else 0.0
    return {
        "on_time_share": kept / (kept + late),
        "never_probability": gone / (gone + kept + late),
        "mean_slip_months": slips / late,
        "slip_growth_per_month": 0.05,
    }


def test_the_catalogue_has_what_all_blocks_say():
    terms = fitted(ROWS)
    shipped = announced(date(2026, 1, 1), date(2027, 1, 1)).uncertainty
    assert shipped.on_time_share == pytest.approx(terms["on_time_share"], abs=0.005)
    assert shipped.never_probability == pytest.approx(terms["never_probability"], abs=0.005)
    assert shipped.mean_slip_months == pytest.approx(terms["mean_slip_months"], abs=0.05)
    assert shipped.slip_growth_per_month == terms["slip_growth_per_month"]


def test_announced_dates_score_as_they_came_true():
    """Each site by the terms of the others: CRPS at most 1.1 times that of the dates, coverage 72 to 88 %."""
    scores, plain, inside, gone = [], [], [], []
    for row in ROWS:
        seen = date.fromisoformat(row["comparison"].split()[0])
        old = date.fromisoformat(row["old_date"])
        terms = fitted([other for other in ROWS if other["site"] != row["site"]])
        plan = announced(seen, old).override({"uncertainty": terms})
        days = block_days(plan, 2000)
        gone.append((np.mean([day == NEVER for day in days]), not row["new_date"]))
        if not row["new_date"]:
            continue
        slips = np.array([(day - old).days / DAYS_PER_MONTH for day in days if day < NEVER])
        slip = (date.fromisoformat(row["new_date"]) - old).days / DAYS_PER_MONTH
        scores.append(crps(slips, slip))
        plain.append(abs(slip))
        low, high = np.quantile(slips, [0.1, 0.9])
        inside.append(low <= slip <= high)
    assert np.mean(scores) <= 1.1 * np.mean(plain)
    assert 0.72 <= np.mean(inside) <= 0.88
    # the chance given to never is better than saying that all comes, and than saying nothing
    brier = np.mean([(chance - was) ** 2 for chance, was in gone])
    assert brier < np.mean([was for _, was in gone])
    assert brier < 0.25


def test_one_announcement_slips_once():
    """Hall, power and systems announced for one day come on one day, whatever it is."""
    scenario = announced(date(2026, 1, 1), date(2027, 3, 15))
    for k in range(50):
        site = Sampler(scenario).sample(0, k).sites[0]
        days = {site.phases[0].ready_for_service_on, site.grid_connection[0].energised_on}
        days.add(site.phases[0].deployments[0].in_service_on)
        assert len(days) == 1


def test_a_date_that_is_moved_keeps_its_luck():
    """What is announced comes by the same draw for whatever day it is announced."""
    known = date(2026, 1, 1)
    for day in (date(2027, 3, 15), date(2027, 4, 30)):
        first, later = (came_true(announced(known, d), 60) for d in (day, day + timedelta(days=1)))
        moved = [(b - a).days for (a,), (b,) in zip(first, later, strict=True)]
        # what is farther ahead slips farther: by days in those that are years late
        assert 0 <= min(moved) <= max(moved) <= 5
        assert 1 in moved
        assert [a for (a,), m in zip(first, moved, strict=True) if not m] == [NEVER] * moved.count(0)


def test_no_block_overtakes_one_announced_before_it():
    days = [date(2026, 9, 1) + timedelta(days=90 * i) for i in range(4)]
    for drawn in came_true(announced(date(2026, 1, 1), *days)):
        coming = [day for day in drawn if day < NEVER]
        assert coming == sorted(coming)


def test_what_is_farther_ahead_slips_farther():
    near, far = (
        np.mean([(d - day).days for (d,) in came_true(announced(date(2026, 1, 1), day)) if d < NEVER])
        for day in (date(2026, 2, 1), date(2029, 1, 1))
    )
    # 1 + 0.05 x 1 against 1 + 0.05 x 36
    assert far / near == pytest.approx(2.8 / 1.05, rel=0.35)


def test_blocks_of_a_site_are_late_together():
    """Rank correlation of two blocks far apart: that of normal scores of 0.5, and none where that is 0."""

    def late(correlation):
        days = [date(2026, 6, 1), date(2030, 6, 1)]
        scenario = announced(date(2026, 1, 1), *days)
        terms = scenario.uncertainty.model_copy(
            update={"slips_of_a_site": correlation, "never_probability": 0.0, "on_time_share": 0.0}
        )
        announcements = Announcements(scenario)
        drawn = [sorted(set(announcements.drawn(terms, 0, k, factors(terms, k)).values())) for k in range(N)]
        slips = np.array([[(d - day).days for d, day in zip(row, days, strict=True)] for row in drawn])
        return np.corrcoef(slips.argsort(axis=0).argsort(axis=0).T)[0, 1]

    assert isinstance(announced(date(2026, 1, 1), date(2027, 1, 1)).uncertainty, Uncertainty)
    assert late(0.5) == pytest.approx(6.0 / np.pi * np.arcsin(0.25), abs=4.0 / np.sqrt(N))
    assert late(0.0) == pytest.approx(0.0, abs=4.0 / np.sqrt(N))


def factors(terms, k):
    from capsim.scenario.draws.factors import Factors

    return Factors(terms, 0, k)


def test_a_hall_has_its_own_slip_and_chance():
    """An uncertain slip is all the slip there is; a chance to never come; `after` beside a date."""
    plan = announced(date(2026, 1, 1), date(2027, 3, 15), date(2027, 3, 20))
    own = {"dist": "uniform", "low": -2.0, "high": -1.0}
    plan = plan.override(
        {
            "sites.a.phases.p0.slip_months": own,
            "sites.a.phases.p0.deployments": [],
            "sites.a.phases.p1.after": ["p0"],
        }
        | {f"sites.a.grid_connection.g{i}.energised_on": date(2025, 12, 1) for i in (0, 1)}
        | {"sites.a.phases.p1.never_probability": 0.9}
    )
    draws = [build_out(Sampler(plan).sample(0, k), 0, k).ready_for_service_d() for k in range(100)]
    there = np.array([drawn["a", "p0"] for drawn in draws])
    due = plan.calendar.day_of(date(2027, 3, 15))
    assert np.all((there >= due - 2.0 * DAYS_PER_MONTH - 1) & (there <= due - DAYS_PER_MONTH + 1))
    never = np.mean([not drawn.get(("a", "p1"), np.inf) < plan.calendar.n_days for drawn in draws])
    assert never == pytest.approx(0.9, abs=4.0 * np.sqrt(0.09 / 100))


CAMPUSES = {
    "Amazon Madison Mega Site": (341.0, 341.0, [], 0.0),
    "Google New Albany": (543.0, 407.0, [(date(2026, 4, 1), 136.0)], 0.0),
    "Meta Hyperion": (0.0, 0.0, [], 0.0),
    "Meta Prometheus": (
        691.0,
        99.0,
        [(date(2026, 2, 12), 200.0), (date(2026, 2, 27), 90.0), (date(2026, 5, 28), 89.0)],
        721.0,
    ),
    "Microsoft Fairwater Atlanta": (615.0, 433.0, [(date(2026, 3, 26), 450.0)], 426.0),
    "OpenAI Stargate UAE": (0.0, 0.0, [], 0.0),
    "Colossus 1": (498.0, 442.0, [], -17.0),
}
"""MW said to be there on 2025-12-14 by the vintage of that month and by that of 2026-08, the blocks that the
former announced until 2026-08-22, and what came between those days by the latter."""
SEEN, EIGHT_MONTHS_ON = date(2025, 12, 14), date(2026, 8, 22)


def followed(stated, there, blocks, **changes):
    """A campus with the power it is said to have, what it has, and what is announced for it."""
    announced_for = [(SEEN, stated), *blocks] if stated else blocks
    steps = [{"id": f"g{i}", "grid_mw": mw, "energised_on": day} for i, (day, mw) in enumerate(announced_for)]
    there_now = {"on": SEEN, "site": "a", "item": "g0", "what": "energised", "number": there, "unit": "MW"}
    actuals = [there_now] if there < stated else []
    hall = {"id": "p0", "critical_it_mw": 16.0, "energization": "g0", "ready_for_service_on": SEEN}
    place = make.site(hall, grid_connection=steps, **changes)
    return loads(make.scenario(place, horizon_years=12, as_of=SEEN, actuals=actuals))


def energised(scenario, until, n=200):
    """MW that carry power until a day, by draw."""
    sampler, levels = Sampler(scenario), []
    for k in range(n):
        steps = sampler.sample(0, k).sites[0].grid_connection
        levels.append(
            sum(s.grid_mw if s.energised_on <= until else sum(part.mw for part in s.energised) for s in steps)
        )
    return np.array(levels)


def test_mw_eight_months_ahead_are_nearer_than_the_plan():
    """Increments on what was there: what is announced, and what was said to be there and was overdue."""
    scores, plain = [], []
    for name, (stated, there, blocks, came) in CAMPUSES.items():
        levels = np.zeros(1)
        if stated:
            terms = {"uncertainty": fitted([row for row in ROWS if row["site"] != name])}
            plan = followed(stated, there, blocks).override(terms)
            levels = energised(plan, EIGHT_MONTHS_ON) - there
        scores.append(crps(levels, came))
        plain.append(abs(stated + sum(mw for _, mw in blocks) - there - came))
    assert np.mean(scores) < 0.6 * np.mean(plain)


def test_a_present_seen_from_outside_is_nearer_than_its_statement():
    scores, plain = [], []
    for stated, there, _, _ in CAMPUSES.values():
        if stated:
            levels = energised(followed(stated, stated, [], is_seen_from_outside=True), SEEN)
            scores.append(crps(levels, there))
            plain.append(abs(stated - there))
    assert np.mean(scores) < 0.75 * np.mean(plain)


def test_the_law_of_restated_presents_holds_for_campuses_left_out():
    """Of the laws x^k the triangle is k = 2; the k of the others scores better than what was stated."""
    shares = np.array([there / stated for stated, there, _, _ in CAMPUSES.values() if stated])
    assert -len(shares) / np.log(shares).sum() == pytest.approx(1.85, abs=0.005)
    probability = (np.arange(400) + 0.5) / 400
    scores = []
    for i, share in enumerate(shares):
        others = np.delete(shares, i)
        scores.append(crps(probability ** (np.log(others).sum() / -len(others)), share))
    assert np.mean(scores) < np.mean(1.0 - shares)
