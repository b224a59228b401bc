"""The checks let pass what ships, and each sees what it is there to see.

Tests `testing.check_cooling`, `testing.check_models`, `testing.check_catalog`, `testing.check_projection`,
`testing.holding`.
"""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

import capsim
from capsim.catalog import load_catalog
from capsim.catalog.loader import DATA
from capsim.models.cooling import COOLING, Cooling, coefficient_names
from capsim.models.cost_bases import CAPEX_BASES, CAPEX_THINGS, OPEX_BASES, OPEX_THINGS, CostBasis, Hall
from capsim.models.stages import STAGE_KINDS
from capsim.testing import (
    check_catalog,
    check_cooling_model,
    check_cost_basis,
    check_models,
    check_projection,
    check_stage_kind,
)
from capsim.testing.holding import in_time

CATALOG = load_catalog()
ARGUMENTS = {"attempts": {"refusal_probability": 0.3}}


@pytest.mark.parametrize("preset", CATALOG.names("cooling"))
def test_every_shipped_plant_passes(preset):
    entry = CATALOG.entry("cooling", preset)
    model = entry.text("model")
    check_cooling_model(model, **{name: entry.number(name) for name in coefficient_names(model)})


@pytest.mark.parametrize("kind", STAGE_KINDS.names)
def test_every_shipped_kind_of_stage_passes(kind):
    check_stage_kind(kind, **ARGUMENTS.get(kind, {}))


@pytest.mark.parametrize("basis", [*CAPEX_BASES.names, *OPEX_BASES.names])
def test_every_shipped_basis_passes(basis):
    check_cost_basis(basis)


def test_there_is_a_thing_for_every_kind():
    assert set(check_models.THINGS) == {*CAPEX_THINGS, *OPEX_THINGS}


def plant(power, water=lambda heat, dry: np.asarray(heat) * 0.0):
    def draws(heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw):
        if np.isnan(heat_mw).any():
            raise ValueError("heat_mw must be a number")
        return Cooling(power(np.asarray(heat_mw), dry_bulb_c, rated_heat_mw), water(heat_mw, dry_bulb_c))

    return draws


def proportional(heat, dry, rated):
    return 0.1 * heat + 0.01 * np.asarray(rated)


WRONG_PLANTS = {
    "PUE at least 1": plant(lambda heat, dry, rated: 0.1 * heat - 0.05 * np.asarray(rated)),
    "water must be at least 0": plant(proportional, lambda heat, dry: -np.asarray(heat)),
    "an array and a single hour": plant(
        lambda heat, dry, rated: 0.1 * heat * (2.0 if np.ndim(heat) else 1.0)
    ),
    "times larger must give the same power": plant(lambda heat, dry, rated: 0.1 * heat + 1.0),
    "a heat that is NaN must be refused": lambda heat_mw, dry_bulb_c, wet_bulb_c, *, rated_heat_mw: Cooling(
        np.nan_to_num(heat_mw) * 0.1, np.nan_to_num(heat_mw) * 0.0
    ),
    r"power must be at least 0, so PUE at least 1 \(got nan\)": plant(
        lambda heat, dry, rated: np.where(np.asarray(dry) > 40.0, np.nan, 0.1 * heat)
    ),
}


@pytest.mark.parametrize("said", WRONG_PLANTS)
def test_a_wrong_plant_is_seen(said, monkeypatch):
    monkeypatch.setitem(COOLING._entries, "river", WRONG_PLANTS[said])
    with pytest.raises(AssertionError, match=f"cooling model river.*{said}"):
        check_cooling_model("river")
    monkeypatch.setitem(COOLING._entries, "river", plant(proportional))
    check_cooling_model("river")


WRONG_STAGES = {
    "must take at least 0 days": lambda duration_d, rng: duration_d - 10.0,
    r"not for ever \(got inf\)": lambda duration_d, rng: math.inf,
    "by the stream it is given": lambda duration_d, rng: duration_d + np.random.default_rng().random(),
    "that is NaN must not become a number": lambda duration_d, rng: max(0.0, np.nan_to_num(duration_d)) + 1.0,
    "has not ended after": lambda duration_d, rng: time.sleep(30.0),
}


@pytest.mark.parametrize("said", WRONG_STAGES)
def test_a_wrong_stage_is_seen(said, monkeypatch):
    monkeypatch.setattr(check_models, "PATIENCE_S", 0.3 if "ended" in said else 20.0)
    monkeypatch.setitem(STAGE_KINDS._entries, "strike", WRONG_STAGES[said])
    with pytest.raises(AssertionError, match=f"stage kind strike.*{said}"):
        check_stage_kind("strike")


WRONG_BASES = {
    "an amount of 0 must cost nothing": lambda amount, hall: amount * hall.critical_it_mw + 5.0,
    "twice the amount must cost twice": lambda amount, hall: amount**2,
    "must give finite numbers": lambda amount, hall: math.inf,
    r"must give an array of shape \(\)": lambda amount, hall: np.full(3, amount),
    "an amount that is NaN must not become a number": lambda amount, hall: (
        2.0 * (1.0 if math.isnan(amount) else amount)
    ),
}


@pytest.mark.parametrize("said", WRONG_BASES)
def test_a_wrong_basis_is_seen(said, monkeypatch):
    wrong = CostBasis(WRONG_BASES[said], Hall, "currency/door")
    monkeypatch.setitem(CAPEX_BASES._entries, "per_door", wrong)
    with pytest.raises(AssertionError, match=f"cost basis per_door, counted per Hall.*{said}"):
        check_cost_basis("per_door")


@pytest.mark.parametrize("table", ["accelerators", "systems", "cost_items", "tariffs"])
def test_the_shipped_tables_pass(table):
    check_catalog(DATA / f"{table}.csv")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "x1,nameplate_kw,10,kW,11,12,assumed,assumed: a guess,2026-11,C,",
            "low must be at most the value 10",
        ),
        ("x1,nameplate_kw,10,kW,,,guessed,assumed: a guess,2026-11,C,", "kind"),
        ("x1,nameplate_kw,10,kW,,,assumed,,2026-11,C,", "source"),
        ("x1,nameplate_kw,10,kW,,,assumed,assumed: a guess,,C,", "retrieved"),
        ("x1,nameplate_kwh,10,kW,,,assumed,assumed: a guess,2026-11,C,", "nameplate_kw"),
    ],
)
def test_a_wrong_table_is_seen(row, said, tmp_path):
    header = (DATA / "systems.csv").read_text("utf-8").splitlines()[0]
    file = tmp_path / "systems.csv"
    file.write_text(f"{header}\n{row}\n", "utf-8")
    with pytest.raises(AssertionError, match=said):
        check_catalog(file)


def test_a_projection_is_checked_and_returned():
    scenario = capsim.load("scenarios/scaleway-5000-gpus.yaml").override({"horizon_years": 2})
    projection = check_projection(scenario)
    monthly = projection.monthly.assign(losses_mwh=projection.monthly["losses_mwh"] * 1.01)
    with pytest.raises(
        AssertionError, match="scaleway-5000-gpus, dc5 in 2025-07: IT, cooling and losses must be"
    ):
        check_projection(projection.with_views(monthly=monthly))
    it = projection.monthly["facility_mwh"] * 1.1
    monthly = projection.monthly.assign(it_mwh=it, cooling_mwh=it * 0.0, losses_mwh=it / -11.0)
    with pytest.raises(AssertionError, match="PUE must be at least 1"):
        check_projection(projection.with_views(monthly=monthly))
    headline = projection.headline | {"capex_eur": 1e9}
    with pytest.raises(AssertionError, match="items come to a capex of"):
        check_projection(projection.with_views(headline=headline))


def test_what_fails_in_time_fails_as_itself():
    with pytest.raises(ZeroDivisionError):
        in_time("dividing", lambda: 1 / 0, 5.0)
