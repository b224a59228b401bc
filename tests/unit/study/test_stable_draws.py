"""What is changed in a scenario moves what hangs on it and nothing else: all else keeps its luck.

Tests `study.draws`.
"""

from __future__ import annotations

import pytest
import yaml

from capsim.scenario import drawn_together, load, override, uncertain_values
from capsim.study import compare, ensemble
from capsim.study.draws import DESIGNS, design_of

N = 16
PRICE = "costs.items.network.amount"


@pytest.fixture(scope="module")
def aion(shipped):
    """AION's 288,000 H100e: some 100 draws."""
    return load(shipped / "aion-288k-h100e.yaml")


def columns(scenarios, kind="sobol", n=64):
    design = design_of(scenarios, 0, n, kind)
    return dict(zip(design.paths, design.rows(0, n).T.tolist(), strict=True))


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_value_that_is_set_leaves_all_other_draws(aion, kind):
    """Set in turn are some of AION's; those of a system of the catalogue are set with its record."""
    before = columns([aion], kind)
    own = {path: value for path, value in uncertain_values(aion).items() if not path.startswith("systems.")}
    draw_of = {path: name for name, paths in drawn_together(aion).items() for path in paths}
    for path, value in list(own.items())[::9]:
        after = columns([override(aion, {path: float(value)})], kind)
        assert {*before} - {*after} <= {draw_of[path]}
        assert all(after[name] == before[name] for name in after)


@pytest.mark.parametrize("kind", DESIGNS)
def test_a_site_more_leaves_all_draws_of_those_there(aion, shipped, kind):
    file = shipped / "scaleway-5000-gpus.yaml"
    written = yaml.safe_load(file.read_text(encoding="utf-8"))
    more = override(aion, {key: written[key] for key in ("sites", "sources")})
    before, after = columns([aion], kind), columns([more], kind)
    assert any(name.startswith("sites.dc5.") for name in after)
    assert all(after[name] == before[name] for name in before)


def test_a_cost_that_is_set_moves_no_date_no_chance_and_no_physical_figure(aion):
    """To the last digit: what is built, what it draws and when, and how often the goals are met."""
    fixed = override(aion, {PRICE: float(uncertain_values(aion)[PRICE])})
    goals = ["h100e_8bit>=288000 by 2031-06", "accelerators>=50000 by 2030-01"]
    plan, known = (ensemble(one, N, targets=goals, processes=1) for one in (aion, fixed))
    assert known.dates.equals(plan.dates)
    assert any(0.0 < chance.probability < 1.0 for chance in known.chances)
    before, after = ([one for one in of.chances if "capex" not in one.goal] for of in (plan, known))
    assert after == before
    moved = {name for name, row in known.figures.iterrows() if not row.equals(plan.figures.loc[name])}
    assert {"capex_eur", "lcoc_eur_per_h100e_h"} <= moved
    assert all(is_money(name) for name in moved)


def is_money(name: str) -> bool:
    return "_eur" in name or name.startswith(("irr", "payback", "budget_buys"))


def test_both_sides_of_a_comparison_are_as_each_is_alone(small):
    fixed = override(small, {PRICE: float(uncertain_values(small)[PRICE])})
    both = compare({"plan": small, "known": fixed}, N, processes=1)
    for name, scenario in (("plan", small), ("known", fixed)):
        alone = ensemble(scenario, N, processes=1).figures["mean"].to_dict()
        means = both.figures.xs(name)["mean"].to_dict()
        assert len(means) > 20
        assert all(means[figure] == pytest.approx(alone[figure], rel=1e-12, nan_ok=True) for figure in means)
