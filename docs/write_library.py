"""Write scenarios/README.md: what each shipped scenario asks and answers, and when that was last looked at.

The question is the first line of the scenario; the answer is that of ``library.csv`` with the figures that
the golden of the scenario pins. So neither can be out of date without a test that says so.
Run as ``python docs/write_library.py``.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ROOT / "scenarios"
GOLDEN = ROOT / "tests" / "regression" / "golden"
SUBSCRIBER_MONTHS = 15.5e6 * 12
"""Of the offer that le-chat-15m-subscribers is about."""
HEAD = """# Scenarios

Builds that the press of 2025 and 2026 named, each with the question it answers as its first line, the sources
of what is stated, and all else from the catalogue or `assumed`. Run one: `capsim run scenarios/NAME.yaml`;
copy the one most like yours and change it, or write `extends: NAME.yaml` and only what differs. `bases/` has
what several share, `claims/` the announcements themselves for `capsim audit`, `plans/` choices for
`capsim plan`, `living/` a plan with its status file, `own-data/` a build on files of one's own.

Figures are of the central case, in money of 2025; how sure they are, `capsim ensemble` says. H100e are dense
8-bit operations. This page is written by `docs/write_library.py` from the scenarios and what tests pin.

| scenario | question | answer | last looked at |
|---|---|---|---|
"""


def answers() -> dict[str, dict[str, str]]:
    """Rows of ``library.csv`` by scenario: an answer with names of figures, and when it was looked at."""
    with (ROOT / "docs" / "library.csv").open(encoding="utf-8", newline="") as stream:
        return {row["scenario"]: row for row in csv.DictReader(stream)}


def question_of(name: str) -> str:
    """The first line of a scenario."""
    first = (SCENARIOS / f"{name}.yaml").read_text("utf-8").splitlines()[0]
    return first.removeprefix("# ")


def figures_of(name: str) -> dict[str, Any]:
    """What a golden pins, in the words of the answers: money in billions, dates as months."""
    golden = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    headline, beside = golden["figures"], golden["also"]
    targets, sites = beside["targets"], beside["sites"]
    currency = next(key for key in headline if key in ("capex_eur", "capex_usd"))[-3:]
    of_money = {target for target in targets if target.endswith(" capex")}
    reached = {t: values[0] / (1e9 if t in of_money else 1.0) for t, values in targets.items()}
    in_use = {site: sums for site, sums in sites.items() if sums["facility_mwh"]}
    return {
        **headline,
        "capex": headline[f"capex_{currency}"] / 1e9,
        "spent": reached.get("envelope-spent capex"),
        "reached": reached,
        "crossed": {target: _month(values[2], golden["inputs"]) for target, values in targets.items()},
        "ready": {place: day[:7] for place, day in beside["ready"].items()},
        "eur": {s: sums[f"energy_cost_{currency}"] / sums["facility_mwh"] for s, sums in in_use.items()},
        "kg": {s: sums["carbon_t"] / sums["facility_mwh"] * 1e3 for s, sums in in_use.items()},
        "racks": _in_service(beside["systems"]),
        "times": headline["h100e_8bit_peak"] / max(headline["accelerators_peak"], 1.0),
    }


def _month(day: str, inputs: dict[str, str]) -> str:
    """Month of a day on which a goal is crossed; that it is not inside the horizon where there is none."""
    last = int(inputs["start"][:4]) + int(inputs["horizon_years"])
    # a horizon of whole years ends the day before that of its start
    end = f"{last - 1}-12" if inputs["start"][5:7] == "01" else f"{last}-{int(inputs['start'][5:7]) - 1:02d}"
    return day[:7] or f"(not reached by {end})"


def _in_service(systems: dict[str, list[float]]) -> dict[str, float]:
    """Systems that went into service, by site."""
    counts: dict[str, float] = {}
    for place, (_, _, number) in systems.items():
        if place.endswith("/in_service"):
            site = place.split("/")[0]
            counts[site] = counts.get(site, 0.0) + number
    return counts


def answer_of(name: str) -> str:
    """The answer of a scenario with its figures."""
    figures = figures_of(name)
    if name == "le-chat-15m-subscribers":
        full = figures_of("scaleway-5000-gpus")["lcoc_eur_per_h100e_h"]
        hours = figures["h100e_h"] / SUBSCRIBER_MONTHS
        alone = hours * figures["lcoc_eur_per_h100e_h"]
        figures |= {"million_h": figures["h100e_h"] / 1e6, "hours": hours, "full": full}
        figures |= {"cents": hours * full * 1e2, "whole": alone * 1e2}
    return answers()[name]["answer"].format(**figures)


def page() -> str:
    """The whole page."""
    rows = [
        f"| [{name}]({name}.yaml) | {question_of(name)} | {answer_of(name)} | {row['last_looked_at']} |\n"
        for name, row in answers().items()
    ]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    (SCENARIOS / "README.md").write_text(page(), "utf-8")
