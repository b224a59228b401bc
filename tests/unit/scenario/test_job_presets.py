"""Job mixes in scenario files: presets, what follows from them, and files that load again.

Tests `quantities.jobs`, `scenario.fill.presets`, `scenario.rules.job_rules`.
"""

from pathlib import Path

import pytest

from capsim.errors import ScenarioError
from capsim.quantities.jobs import mix_of, planned_working_share
from capsim.scenario.loading import load, loads

AION = Path(__file__).parents[3] / "scenarios" / "aion-288k-h100e.yaml"
RSC = "{preset: rsc-1}"


def test_a_preset_gives_classes_and_its_own_values():
    jobs = load(AION, sets=[f"workload.jobs={RSC}"]).workload.jobs
    assert [of.accelerators for of in jobs.classes] == [4096, 512, 64, 8]
    assert sum(of.share for of in jobs.classes) == pytest.approx(1.0)
    assert jobs.spare_share == 0.17
    assert load(AION, overrides=["whole-jobs"]).workload.jobs.spare_share == 0.05


def test_a_class_of_a_preset_is_changed_by_its_id():
    sets = ["workload.jobs={preset: llama-3, classes: [{id: research, accelerators: 64}]}"]
    mix = mix_of(load(AION, sets=sets).workload.jobs)
    assert dict(zip(mix.ids, mix.sizes.tolist(), strict=True)) == {"pretraining": 16_384, "research": 64}


def test_a_job_that_gets_nowhere_at_p90_of_a_rate_without_an_upper_end_is_refused():
    job = "classes: [{{id: pretraining, accelerators: {}}}]"
    sets = f"workload.jobs={{{{preset: llama-3, checkpoint_minutes: 60, {job}}}}}"
    assert load(AION, sets=[sets.format(65_536)]).workload.jobs.classes[0].accelerators == 65_536
    with pytest.raises(ScenarioError, match="fails before it gets anywhere"):
        load(AION, sets=[sets.format(250_000)])


def test_null_leaves_the_classes_of_a_preset_out():
    own = "classes: [{id: own, accelerators: 9000, share: 1.0}]"
    preset = "workload.jobs={preset: llama-3}"
    with pytest.raises(ScenarioError, match=r"sum to 2, with pretraining 0.667, research 0.333 of preset"):
        load(AION, sets=[preset, f"workload.jobs={{{own}}}"])
    mix = mix_of(load(AION, sets=[preset, f"workload.jobs={{preset: null, {own}}}"]).workload.jobs)
    assert (mix.ids, mix.shares.tolist()) == (("own",), [1.0])


@pytest.mark.parametrize(
    "sets",
    [
        ["workload.jobs={preset: llama-3}"],
        ["sites.aion.workload={jobs: {preset: rsc-1}}", "workload.allocation=0.8"],
        ["workload.jobs={preset: rsc-1}", "sites.aion.workload={power_cap: 0.8}"],
    ],
)
def test_a_resolved_scenario_with_jobs_loads_again(sets):
    scenario = load(AION, sets=sets)
    again = loads(scenario.resolved())
    assert again == scenario
    assert again.digest == scenario.digest
    own = scenario.sites[0].workload or scenario.workload
    assert (own.allocation, own.busy_share) == (1.0, 1.0)
    assert own.jobs is not None


def test_a_site_with_a_preset_of_its_own_has_its_own_jobs_or_none():
    own = load(AION, sets=[f"workload.jobs={RSC}", "sites.aion.workload={preset: inference}"])
    assert own.sites[0].workload.jobs is None
    assert own.sites[0].workload.allocation == 0.85


def test_what_planners_expect_of_a_fleet():
    """llama-3: 0.95 of the fleet; 0.667 runs 54 of 61 days at 0.930 goodput, 0.333 always at 0.998."""
    workload = load(AION, overrides=["whole-jobs"]).workload
    expected = 0.95 * (0.667 * 54 / 61 * 0.930 + 0.333 * 0.9977)
    assert planned_working_share(workload) == pytest.approx(expected, abs=0.001)
    plain = load(AION).workload
    assert planned_working_share(plain) == plain.allocation * plain.busy_share
