"""Small scenarios as mappings, and hypothesis strategies of random ones.

Loaded by path (``runpy.run_path``), since tests are no package.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

START = date(2026, 1, 1)
Mapping = dict[str, Any]

FULL_LOAD = {"allocation": 1.0, "busy_share": 1.0, "power_utilisation": 1.0}
"""Workload under which a fleet draws its all-in power, where that is taken for what is drawn."""
MODULES_SHARE = 72 * 1400 / (72 * 1400 + 20_000 + 2_000)
"""Of what gb300-nvl72 has behind its supplies, all that a power cap holds: the rest is host and fans. [1]"""
STAGES = (("permit", 2.0), ("construction", 4.0), ("commissioning", 1.0))
GRID_STAGES = ("queue", "study", "works")
COOLING_PRESETS = (
    "airside-adiabatic-hyperscale",
    "airside-adiabatic-open",
    "airside-adiabatic-chillerless",
    "waterside-tower",
    "air-cooled-chiller",
    "dlc-dry-cooler",
    "dlc-adiabatic",
    "immersion-dry-cooler",
    "existing-hall-2010s",
    "sea-water",
)
CLIMATES = ("helsinki", "paris", "granada", "tucson", "abu-dhabi")
SYSTEM_MW = {"dgx-h100": 0.0112, "gb300-nvl72": 0.159552, "hosted-it-100kw": 0.1}
"""All-in IT power of the systems the strategies draw, as in the catalogue. [MW]"""
IDLE_SHARE = 0.210784
"""Idle over all-in power of the systems above. [1]"""
SUCCESSOR_MW = {"gb300-nvl72": 0.159552, "vr200-nvl72": 0.21384}
"""The same of what follows them. [MW]"""

ALL_IN_MW = {**SYSTEM_MW, **SUCCESSOR_MW, "gb200-nvl72": 0.15012}
"""The same of all systems that `drawing_all_in` knows. [MW]"""


def stages(*durations: tuple[str, float]) -> list[Mapping]:
    """Stages in a row; the last needs power."""
    rows = [{"id": name, "duration_months": months} for name, months in durations or STAGES]
    rows[-1]["needs_energization"] = True
    return rows


def chain_losses_mw(place: Any, it_mw: Any, critical_mw: Any, cooling_mw: Any) -> Any:
    """Losses from the meter to the racks, written out step by step and not as the models do. [MW]"""
    e = place.electrical
    critical = np.asarray(critical_mw, dtype=float)
    load = np.divide(it_mw, critical, out=np.zeros(np.shape(it_mw)), where=critical > 0.0)
    ups = critical * e.ups_loss_a + it_mw * (e.ups_loss_b + e.ups_loss_c * load)
    distribution = it_mw / e.distribution_efficiency - it_mw
    hall = ups + distribution + critical * e.lighting_share
    backup = critical * e.backup_self_use_share
    behind = it_mw + hall + cooling_mw + backup
    upstream = behind / (e.transformer_efficiency * e.switchgear_efficiency) - behind
    return hall + backup + upstream


def racks(**changes: Any) -> Mapping:
    """Deployment of 100 GB300 racks, 15.96 MW, ordered in March."""
    order = {
        "id": "racks",
        "system": "gb300-nvl72",
        "systems": 100,
        "ordered_on": date(2026, 3, 1),
        "lead_time_weeks": 10,
    }
    return order | changes


def hall(*deployments: Mapping, **changes: Any) -> Mapping:
    """Phase of 16 MW that is built from January on."""
    plan = {"id": "p1", "critical_it_mw": 16.0, "energization": "g1", "stages": stages()}
    return plan | {"deployments": list(deployments or (racks(),))} | changes


def standing_hall(**changes: Any) -> Mapping:
    """Phase of 16 MW that is there, with 100 GB300 racks in service."""
    there = {"id": "racks", "system": "gb300-nvl72", "systems": 100, "in_service_on": date(2025, 7, 1)}
    plan = {
        "id": "p1",
        "critical_it_mw": 16.0,
        "energization": "g1",
        "ready_for_service_on": date(2025, 1, 1),
        "deployments": [there],
    }
    return plan | changes


def site(*phases: Mapping, **changes: Any) -> Mapping:
    """Site near Paris with 24 MW of grid power after three months."""
    place = {
        "id": "a",
        "country": "fra",
        "climate": "paris",
        "warming_k_per_decade": 0.0,
        "tariff": {"preset": "fr-datacenter", "trend_per_y": 0.0},
        "cooling": {"preset": "dlc-dry-cooler"},
        "grid_connection": [{"id": "g1", "grid_mw": 24.0, "lead_time_months": 3.0}],
    }
    return place | {"phases": list(phases or (hall(),))} | changes


def standing_site(**changes: Any) -> Mapping:
    """Site whose only hall is there, on an ample grid connection."""
    there = [{"id": "g1", "grid_mw": 40.0, "energised_on": date(2024, 1, 1)}]
    return site(standing_hall(), grid_connection=there) | changes


def scenario(*sites: Mapping, **changes: Any) -> Mapping:
    """Scenario of two years, one crew of two racks a day, no costs but systems and energy."""
    whole = {
        "schema": 1,
        "name": "small",
        "start": START,
        "horizon_years": 2,
        "crews": {"installer_crews": 1, "racks_per_crew_day": 2, "burn_in_days": 7},
        "workload": FULL_LOAD,
        "currency": {
            "code": "EUR",
            "price_year": 2025,
            "fx": [{"id": "usd", "currency": "USD", "per_unit": 0.8, "dated": START}],
        },
        "finance": {
            "wacc_real": 0.065,
            "inflation_per_y": 0.02,
            "construction_inflation_per_y": 0.02,
            "system_price_trend_per_y": 0.0,
        },
    }
    places = [_taking_any_rack(place) for place in sites or (site(),)]
    return whole | {"sites": places, "systems": drawing_all_in(places)} | changes


def drawing_all_in(places: list[Mapping]) -> list[Mapping]:
    """The systems of some sites, drawing what halls are filled by: so powers are worked out by hand."""
    orders = [order for place in places for plan in place["phases"] for order in plan.get("deployments", ())]
    names = {record.get("system") for order in orders for record in (order, order.get("refresh") or {})}
    return [
        {
            "id": name,
            "basis": "nameplate",
            "nameplate_kw": ALL_IN_MW[name] * 1000.0,
            "label_share": 1.0,
            "idle_share": 0.5 if name == "hosted-it-100kw" else IDLE_SHARE,
            "shared_w": 0.0,
            "departure": 1.0,
        }
        for name in sorted(names & {*ALL_IN_MW})
    ]


def _taking_any_rack(place: Mapping) -> Mapping:
    """A site whose halls carry air and liquid: here every plant is tried with every system."""
    return {**place, "cooling": {"media": "air and liquid", "rack_kw": 250.0} | place["cooling"]}


months = st.integers(0, 12).map(lambda quarter: quarter * 0.75)
days = st.integers(0, 500).map(lambda day: START + timedelta(days=day))


@st.composite
def refreshes(draw: st.DrawFn) -> Mapping | None:
    """What follows a deployment, if anything."""
    if draw(st.booleans()):
        return None
    successor = {
        "system": draw(st.sampled_from(sorted(SUCCESSOR_MW))),
        "fill": draw(st.sampled_from(("power", "count"))),
        "lead_time_weeks": draw(st.integers(0, 30)),
    }
    age = {"age_years": draw(st.sampled_from((0.3, 0.6, 1.0)))}
    return age | (successor if draw(st.booleans()) else {})


@st.composite
def deployments(draw: st.DrawFn, name: str, most_mw: float) -> Mapping:
    """An order that fits into its part of the hall."""
    system = draw(st.sampled_from(sorted(SYSTEM_MW)))
    order = {
        "id": name,
        "system": system,
        "systems": draw(st.integers(1, max(1, int(most_mw / SYSTEM_MW[system])))),
        "ordered_on": draw(days),
        "lead_time_weeks": draw(st.integers(0, 40)),
        "delivery_weeks": draw(st.sampled_from((0.0, 0.5, 9.0))),
    }
    refresh = draw(refreshes())
    if refresh is not None and refresh.get("fill") == "count":
        followers_mw = order["systems"] * SUCCESSOR_MW[refresh["system"]]
        refresh["fill"] = "count" if followers_mw <= most_mw else "power"
    return order if refresh is None else order | {"refresh": refresh}


@st.composite
def phases(draw: st.DrawFn, name: str, steps: list[str], earlier: list[str]) -> Mapping:
    """A phase of 4 to 20 MW with up to three stages, in a row or side by side, and up to two orders."""
    critical_mw = draw(st.integers(4, 20))
    chain = [(stage, draw(months)) for stage, _ in STAGES[: draw(st.integers(1, 3))]]
    plan = stages(*chain)
    for stage in plan[1:]:
        if draw(st.booleans()):
            stage["after"] = []
    orders = draw(st.integers(0, 2))
    parts = [draw(deployments(f"d{i}", critical_mw / 2)) for i in range(orders)]
    after = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=1)) if earlier else []
    return {
        "id": name,
        "critical_it_mw": float(critical_mw),
        "energization": draw(st.sampled_from(steps)),
        "starts_on": draw(days),
        "after": after,
        "stages": plan,
        "deployments": parts,
    }


@st.composite
def grid_steps(draw: st.DrawFn, name: str) -> Mapping:
    """A grid step with one lead time, or in stages."""
    step: Mapping = {
        "id": name,
        "grid_mw": draw(st.sampled_from((0.05, 1.0, 7.5, 30.0))),
        "applied_on": draw(days),
    }
    if draw(st.booleans()):
        return step | {"lead_time_months": draw(months)}
    chain: list[Mapping] = [{"id": stage, "duration_months": draw(months)} for stage in GRID_STAGES]
    if draw(st.booleans()):
        chain[-1]["after"] = []
    return step | {"stages": chain, "slip_months": draw(st.sampled_from((0.0, 3.0)))}


@st.composite
def sites(draw: st.DrawFn, name: str) -> Mapping:
    """A site with one or two grid steps, from far too small to ample, in any climate."""
    steps = [draw(grid_steps(f"g{i}")) for i in range(draw(st.integers(1, 2)))]
    names = [str(step["id"]) for step in steps]
    halls: list[Mapping] = []
    for i in range(draw(st.integers(1, 3))):
        halls.append(draw(phases(f"p{i}", names, [str(h["id"]) for h in halls])))
    place = site(
        *halls,
        id=name,
        grid_connection=steps,
        climate=draw(st.sampled_from(CLIMATES)),
        cooling={"preset": draw(st.sampled_from(COOLING_PRESETS))},
    )
    return _taking_any_rack(place)


@st.composite
def portfolios(draw: st.DrawFn, ample_crews: bool = False) -> Mapping:
    """One or two random sites over two years."""
    crews = 1000 if ample_crews else draw(st.integers(1, 3))
    places = [draw(sites(name)) for name in ("a", "b")[: draw(st.integers(1, 2))]]
    pace = {"installer_crews": crews, "racks_per_crew_day": draw(st.sampled_from((1, 8))), "burn_in_days": 5}
    use = {
        "allocation": draw(st.sampled_from((0.6, 1.0))),
        "busy_share": draw(st.sampled_from((0.5, 1.0))),
        "power_utilisation": draw(st.sampled_from((0.7, 1.0))),
    }
    return scenario(*places, crews=pace, workload=use)


@st.composite
def debts(draw: st.DrawFn) -> list[Mapping]:
    """Up to two loans of any kind."""
    return [
        {
            "id": f"loan{i}",
            "of": of,
            "share": draw(st.sampled_from((0.1, 0.4))),
            "rate_nominal_per_y": round(draw(st.floats(0.0, 0.2)), 6),
            "term_years": draw(st.sampled_from((0.05, 1.0, 15.0))),
            "repayment": draw(st.sampled_from(("annuity", "linear", "bullet"))),
        }
        for i, of in enumerate(draw(st.lists(st.sampled_from(("all", "it", "facility")), max_size=2)))
    ]
