"""Random valid scenarios in which everything meets everything, and texts that are nearly valid."""

from __future__ import annotations

import math
import runpy
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

make = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "portfolios.py")))
LATEST = date(2026, 12, 31)
"""Last data date: half of the two years have happened by then."""

END = make.START.replace(year=make.START.year + 2)
"""First day after the horizon."""
ANY_DAY = st.sampled_from((date(1900, 1, 1), date(2200, 12, 31))) | st.builds(
    lambda edge, days: edge + timedelta(days=days),
    st.sampled_from((make.START, END)),
    st.sampled_from((-400, -31, -1, 0, 1, 14, 31, 400)),
)
"""Days before the start of a plan, at its ends, and after them."""

OF_A_SITE: Mapping[str, Any] = {
    "firm_power": {"unit_mw": 2.0, "units": 4, "redundant_units": 1, "derating": 0.9},
    "contracts": [{"id": "c", "share": 0.5, "block_mw": 0.05, "price_per_mwh": 60.0}],
    "grid_call": {"share": 0.6, "hours_per_y": 80},
    "flexibility": {"share": 0.4, "hours_per_day": 5, "mode": "shift"},
    "battery": {"power_mw": 2.0, "energy_mwh": 6.0},
    "generation": {"power_mw": 3.0, "fuel": "gas", "runs_on_price": True, "runs_when_short": True},
    "solar": {"peak_mw": 9.0, "latitude_deg": 48.9, "longitude_deg": 2.3, "full_load_h_per_y": 1102.0},
    "heat_reuse": {"share": 0.6},
    "extreme_heat_k": 6.0,
}
COSTS = (
    {},
    {"preset": "fr-greenfield-ai"},
    {"preset": "fr-greenfield-ai-detailed"},
    {"preset": "europe-colocation"},
)
DEMANDS = (
    {},
    {"h100e": 3000.0},
    {"h100e": 3000.0, "when_short": "queued"},
    {"h100e": 1.0, "growth_per_y": 9.0},
)
FAILURES = (None, {}, {"technicians": 1, "spares": 0}, {"technicians": 5, "spares": 30})
SOLD = {
    "prices": [{"id": "a", "on": date(2025, 7, 1), "amount": 3.0, "price_year": 2025}],
    "trend_per_y": -0.1,
}


@st.composite
def finances(draw: st.DrawFn) -> Mapping[str, Any]:
    """Debts, grants, tax and inflation."""
    return {
        "debts": draw(make.debts()),
        "tax_rate": draw(st.sampled_from((0.0, 0.25))),
        "inflation_per_y": draw(st.sampled_from((0.0, 0.02, 0.1))),
    }


@st.composite
def plans(draw: st.DrawFn) -> Mapping[str, Any]:
    """A portfolio with any of contracts, batteries, flexible load, failures, money, dates and actuals."""
    mapping, demand = draw(make.portfolios()), draw(st.sampled_from(DEMANDS))
    policies = ("just_in_time", "demand") if demand else ("just_in_time",)
    for place in mapping["sites"]:
        names = draw(st.sets(st.sampled_from(sorted(OF_A_SITE))))
        place.update({name: deepcopy(OF_A_SITE[name]) for name in names})  # a plan of any day changes its own
        for step in place["grid_connection"]:
            if "stages" in step and draw(st.booleans()):
                draw(st.sampled_from(step["stages"]))["cancel_probability"] = draw(
                    st.sampled_from((0.4, 1.0))
                )
        for phase in place["phases"]:
            _change_phase(draw, phase, policies)
    mapping = mapping | {"costs": draw(st.sampled_from(COSTS)), "demand": demand}
    mapping |= {"finance": draw(finances())}
    failures = draw(st.sampled_from(FAILURES))
    mapping |= {} if failures is None else {"reliability": failures}
    mapping |= {"revenue": SOLD} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        mapping |= _what_happened(draw, mapping)
    return mapping


@st.composite
def plans_of_any_day(draw: st.DrawFn) -> Mapping[str, Any]:
    """Such a portfolio with targets, and with dates before its start, at its ends and after them."""
    mapping = draw(plans())
    goals = {"h100e": 2000.0, "accelerators": 500.0, "facility_mw": 9.0, "budget": 1e8, "critical_it_mw": 3.0}
    asked = draw(st.lists(st.sets(st.sampled_from(sorted(goals)), min_size=1), min_size=1, max_size=2))
    mapping = mapping | {
        "targets": [
            {"id": f"t{i}", **{name: goals[name] for name in names}, "by": draw(st.just(END) | ANY_DAY)}
            for i, names in enumerate(asked)
        ]
    }
    for place in mapping["sites"]:
        for record in (*place.get("contracts", ()), *filter(None, (place.get("solar"),))):
            record["starts_on"] = draw(st.just(make.START) | ANY_DAY)
    return _with_days(draw, mapping)  # type: ignore[no-any-return]


def _with_days(draw: st.DrawFn, value: Any, key: str = "") -> Any:
    """A copy in which some dates are others; the plan keeps its start."""
    if isinstance(value, Mapping):
        return {name: _with_days(draw, inner, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_with_days(draw, inner) for inner in value]
    if isinstance(value, date) and key != "start" and draw(st.integers(0, 9)) == 0:
        return draw(ANY_DAY)
    return value


def _change_phase(draw: st.DrawFn, phase: dict[str, Any], policies: tuple[str, ...]) -> None:
    """Orders by policy, a kit that is needed, a hall with an announced date in place of its stages."""
    last = phase["stages"][-1]["id"]
    for order in phase["deployments"]:
        if "ordering" not in order and draw(st.booleans()):
            order["ordering"] = draw(st.sampled_from(policies))
    if draw(st.booleans()):
        ordering = draw(st.sampled_from(("fixed", "just_in_time")))
        phase["equipment"] = [{"id": "kit", "item": "lt-ups", "needed_at": last, "ordering": ordering}]
    if draw(st.integers(0, 5)) == 0:
        for key in ("stages", "equipment", "starts_on"):
            phase.pop(key, None)
        phase["ready_for_service_on"] = make.START + timedelta(days=draw(st.integers(0, 600)))


def _what_happened(draw: st.DrawFn, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A data date, and of some first stages when they started and ended."""
    as_of = make.START + timedelta(days=draw(st.integers(1, (LATEST - make.START).days)))
    actuals = []
    for place in mapping["sites"]:
        for phase in place["phases"]:
            if phase.get("stages") and not phase.get("after") and draw(st.booleans()):
                started = make.START + timedelta(days=draw(st.integers(0, (as_of - make.START).days)))
                line = {"site": place["id"], "item": f"{phase['id']}.{phase['stages'][0]['id']}"}
                actuals.append({**line, "on": started, "what": "started"})
    return {"as_of": as_of, "actuals": actuals}


WRONG = (
    """
1e300 | -1e300 | 1e-308 | -1 | 0 | .nan | .inf | 1e999 | 0.1.2 | 1,000 | 60 MW | 8 % | null | true | [] | {}
| [1, 2] | {a: 1} | x | '' | - | *a | &a 1 | << | "\\e[31m" | "\\u202e" | !!python/x 1 | ../../etc
| 2026-02-30 | 9999-12-31 | 0001-01-01 | 2026-13 | 2026-Q5 | {triangular: [3, 2, 1]} | {normal: [0, 1e300]}
| {p10: 5, p90: 1} | {file: nowhere.csv} | 1e12 | 1e-300 | 99999 | 1e17
| {dist: lognormal, median: 1e300, sigma: 5} | {dist: lognormal, median: 5, sigma: 1e3}
""".strip()
    .replace("\n", " ")
    .split(" | ")
)
"""What takes the place of a value: numbers too large, dates that are none, another kind, another language."""
EXTREME = ("1e300", "-1e300", "1e-300", "1e17", "-1e17", "99999", "1e-12", "1e12", "9999-12-31")
EXTREME += (
    "{dist: lognormal, median: 1e300, sigma: 5}",
    "{dist: triangular, low: 1e-300, mode: 1, high: 1e300}",
)
"""Numbers beyond all plans, and some that only a few fields may have."""
CHANGES = ("value", "value", "value", "drop", "double", "swap", "sign", "cut")
SIGNS = "\t:-#{}[]&*'\",;|>%@`\\ é\0\x1b"


@st.composite
def nearly(draw: st.DrawFn, text: str) -> str:
    """A text with up to four things changed: values, lines, characters."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        if lines:
            _change(draw, draw(st.sampled_from(CHANGES)), lines, draw(st.integers(0, len(lines) - 1)))
    return "\n".join(lines) + "\n"


def _change(draw: st.DrawFn, what: str, lines: list[str], at: int) -> None:
    """Change one thing at a line, in place."""
    line = lines[at]
    if what == "value":
        separator = ": " if ": " in line else ","
        head, found, _ = line.rpartition(separator)
        lines[at] = head + found + draw(st.sampled_from(WRONG))
    elif what == "drop":
        del lines[at]
    elif what == "double":
        lines.insert(at, line)
    elif what == "swap":
        other = draw(st.integers(0, len(lines) - 1))
        lines[at], lines[other] = lines[other], line
    elif what == "cut":
        del lines[max(at, 1) :]
    else:
        place = draw(st.integers(0, len(line)))
        lines[at] = line[:place] + draw(st.sampled_from(SIGNS)) + line[place:]


def is_finite(value: Any) -> bool:
    """Whether a number is one; what is left out (None, NaN) is."""
    return value is None or not isinstance(value, float) or not math.isinf(value)
