"""Headline results and milestones of the shipped scenarios, pinned.

Snapshots: they say that a projection moved, not that it is right.
"""

import time
from pathlib import Path

import pytest
import yaml

import capsim

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
CORES, ALL_TOGETHER_S = 2, 180.0
"""What all scenarios together may take of processor time; they took some 5 s at first. [cores, s]"""
OF_THE_PLAN = ("energised", "ready_for_service")
"""Kinds of milestones pinned one by one; those of systems as first and last day and number."""


def rounded(days):
    return round(days, 6)


def build_out(projection):
    table = projection.milestones
    plan = table[table["kind"].isin(OF_THE_PLAN)]
    of_a_site = (f"energy_cost_{projection.currency}", "facility_mwh", "carbon_t")
    systems = table[~table["kind"].isin([*OF_THE_PLAN, "started", "finished"])]
    lives = systems.groupby(["site", "phase", "item", "unit", "kind"])
    return {
        "plan": {
            f"{m.site}/{m.phase or m.item} {m.kind}": [rounded(m.time_d), m.amount, m.unit]
            for m in plan.itertuples()
        },
        "systems": {
            "/".join(key): [*map(rounded, (rows["time_d"].min(), rows["time_d"].max())), rows["amount"].sum()]
            for key, rows in lives
        },
        "targets": {f"{t.target} {t.metric}": [t.reached, t.met, t.crossed] for t in projection.targets},
        "ready": {
            f"{m.site}.{m.phase}": projection.run.scenario.calendar.date_of(m.time_d).isoformat()
            for m in plan[plan["kind"] == "ready_for_service"].itertuples()
            if m.time_d > 0
        },
        "sites": {
            site: {name: float(projection.months.of(site, name).sum()) for name in of_a_site}
            for site in projection.months.sites
        },
        "binds": {str(year): cause for year, cause in projection.yearly["binds"].items()},
    }


def test_there_are_shipped_scenarios():
    assert {file.stem for file in SCENARIOS} >= {"aion-288k-h100e", "opcore-multi-gw", "scaleway-5000-gpus"}


@pytest.mark.parametrize("file", SCENARIOS, ids=[file.stem for file in SCENARIOS])
def test_projection_is_as_pinned_in_its_part_of_three_minutes(file, projection_regression):
    """All of them together take less than three minutes on two cores: each at most its part of that time."""
    before_s = time.process_time()
    projection = capsim.simulate(capsim.load(file), seed=0)
    taken_s = time.process_time() - before_s
    assert taken_s < CORES * ALL_TOGETHER_S / len(SCENARIOS)
    projection_regression(projection, name=file.stem, also=build_out(projection))


NAMED = [
    pytest.param(file, name, id=f"{file.stem}-{name}")
    for file in SCENARIOS
    for name in yaml.safe_load(file.read_text("utf-8")).get("overrides", {})
]


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_named_override_changes_the_projection(file, name):
    base, changed = capsim.load(file), capsim.load(file, overrides=[name])
    assert changed.digest != base.digest
    assert capsim.simulate(changed).headline != capsim.simulate(base).headline
