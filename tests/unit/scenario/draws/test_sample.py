"""Draws of a scenario: keyed by id, and the same whatever else is drawn.

Tests `scenario.draws.sample`, `scenario.draws.streams`, `scenario.draws.factors`.
"""

from pathlib import Path

import pytest

from capsim.models.uncertain import Uncertain
from capsim.scenario.draws.factors import Factors
from capsim.scenario.draws.sample import Sampler, assigned, sample, uncertain_paths
from capsim.scenario.draws.streams import stream
from capsim.scenario.loading import load, override

GOOD = Path(__file__).parents[1] / "good.yaml"


@pytest.fixture(scope="module")
def good():
    return load(GOOD)


def test_paths_of_uncertain_values(good):
    paths = uncertain_paths(good)
    assert "demand.growth_per_y" in paths
    assert "sites.north.phases.p2.stages.construction.duration_months" in paths
    assert "sites.paris.cooling.arguments.humidifier_efficiency" in paths
    assert "sites.paris.cooling.arguments.fixed_share" not in paths
    assert len(set(paths)) == len(paths)


def test_every_path_is_one_that_explains(good):
    for path in uncertain_paths(good):
        assert good.origin(path).value["dist"] in ("triangular", "double_triangular", "lognormal")


def test_a_draw_is_the_quantile_of_the_streams_probability(good):
    sampled = sample(good, seed=7, replication=3)
    probability = stream(7, 3, "value", "demand.growth_per_y").random()
    assert sampled.demand.growth_per_y == good.demand.growth_per_y.distribution.ppf(probability)
    assert not isinstance(sampled.demand.growth_per_y, Uncertain)
    assert uncertain_paths(sampled) == ()


def test_what_is_certain_stays_the_same_object(good):
    sampled = sample(good, seed=7, replication=0)
    assert sampled.sources is good.sources
    assert sampled.targets is good.targets
    assert sampled.catalog is good.catalog
    assert sampled.origin("start") == good.origin("start")
    assert (sampled.name, sampled.horizon_years) == (good.name, good.horizon_years)


def test_same_seed_and_replication_same_draw(good):
    assert sample(good, 7, 1) == sample(good, 7, 1)
    assert sample(good, 7, 1) != sample(good, 7, 2)
    assert sample(good, 7, 1) != sample(good, 8, 1)


def test_another_value_changes_no_other_draw(good):
    more = override(
        good, {"sites.north.phases.p1.critical_it_mw": {"dist": "uniform", "low": 14, "high": 15}}
    )
    one, other = sample(good, 7, 1), sample(more, 7, 1)
    assert one.sites[0] == other.sites[0]
    assert one.sites[1].phases[0].stages == other.sites[1].phases[0].stages
    assert other.sites[1].phases[0].critical_it_mw != 15


def test_nothing_uncertain_gives_the_scenario_itself(good):
    certain = sample(good, 7, 1)
    assert sample(certain, 7, 1) is certain


def test_draws_follow_the_distribution(good):
    distribution = good.demand.growth_per_y.distribution
    draws = [sample_of(good, k) for k in range(400)]
    mean = (distribution.low + distribution.mode + distribution.high) / 3
    low, mode, high = distribution.low, distribution.mode, distribution.high
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    assert abs(sum(draws) / len(draws) - mean) <= 4 * (variance / len(draws)) ** 0.5


def sample_of(scenario, replication):
    """The draw of one value alone, by the rule the sampled scenario follows."""
    probability = stream(11, replication, "value", "demand.growth_per_y").random()
    return float(scenario.demand.growth_per_y.distribution.ppf(probability))


def test_a_sampler_draws_what_a_single_draw_draws(good):
    sampler = Sampler(good)
    for replication in (0, 5, 0):
        assert sampler.sample(7, replication) == sample(good, 7, replication)
    assert sampler.sample(7, 0).plan is good


def test_probabilities_of_many_values_are_those_of_each_bit_for_bit(good):
    factors, paths = Factors(good.uncertainty, 3, 4), uncertain_paths(good)
    alone = [stream(3, 4, "value", path).random() for path in paths]
    together = factors.probabilities(paths, alone)
    assert together == [factors.probability(path, one) for path, one in zip(paths, alone, strict=True)]
    moved = [path for path, at, one in zip(paths, together, alone, strict=True) if at != one]
    assert "sites.north.phases.p2.stages.construction.duration_months" in moved
    assert "demand.growth_per_y" not in moved


def test_values_are_assigned_by_path_and_all_else_stays(good):
    changed = assigned(good, {"demand.growth_per_y": 0.25, "no.such.path": 1.0})
    assert changed.demand.growth_per_y == 0.25
    assert changed.sites is good.sites
    assert assigned(good, {}) is good
