"""Readings of a claim about compute and power: chip, definition, which MW, mix, PUE, decoding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from capsim.catalog import Catalog, Entry, h100e_ratio
from capsim.models.compute import DEFINITIONS
from capsim.scenario.claim import Claim
from capsim.study.audit_terms import CONSISTENT, INCONSISTENT, ONLY_IF, Basis, Reading, Verdict
from capsim.units import KW_PER_MW, W_PER_MW

GENERATIONS = {
    "h100-sxm": "Hopper",
    "b200-sxm": "Blackwell",
    "gb200": "Blackwell",
    "b300-sxm": "Blackwell",
    "gb300": "Blackwell",
    "vr200": "Rubin",
}
"""Chips a claim that names none is read with, and their generation."""
DEFINITION_WORDS = {
    "bf16": "dense BF16",
    "8bit": "dense 8-bit",
    "best": "best dense precision (FP4 where there is one)",
}
DISTRIBUTED_TO, ON_RUBIN = "8bit", "vr200"
"""Definition and chip of the mixes."""
BY_CHIP, BY_MIX = "chip and definition", "mix with Rubin"
"""Dimensions of which the findings are told by generation."""
PERCENT = 100.0
ROUND_RATIO = 0.5
"""A stated H100e total often comes from a ratio rounded to this. [H100e per accelerator]"""
ROUND_DIGITS = 2
"""Digits of a number of racks, and of kW per rack to halves of ten, that count as round."""
ROUND_KW = 5.0
"""kW per rack that counts as round is a multiple of this. [kW]"""
SLACK = 1e-9


@dataclass(frozen=True)
class Chip:
    """What a reading needs of an accelerator."""

    name: str
    it_w: float
    """IT power with its share of host, network and storage. [W]"""
    it_w_low: float
    """The least of its range. [W]"""
    it_w_high: float
    """The most of its range. [W]"""
    h100e: dict[str, float]
    """H100-equivalents by definition; NaN where there is no figure."""


def chip_of(catalog: Catalog, name: str) -> Chip:
    """A chip of the catalogue."""
    entry = catalog.entry("accelerators", name)
    value, central = entry.values["it_w_per_accelerator"], entry.number("it_w_per_accelerator")
    low = central if value.low is None else value.low
    high = central if value.high is None else value.high
    return Chip(name, central, low, high, {d: h100e_ratio(entry, d) for d in DEFINITIONS})


def compute_readings(claim: Claim, catalog: Catalog, basis: Basis) -> list[Reading]:
    """Readings of compute and power, where the claim states both."""
    chips = _chips(claim, catalog)
    if claim.mw is None:
        return []
    readings: list[Reading] = []
    if claim.h100e is not None:
        readings += _by_chip(claim, chips, basis)
        readings += _by_mw(claim, chips, catalog, basis)
        readings += _by_mix(claim, chips, basis)
        readings += _by_pue(claim, chips, basis)
    if claim.accelerators is not None:
        readings += _by_count(claim, chips, basis)
    return readings


def _chips(claim: Claim, catalog: Catalog) -> list[Chip]:
    """The chip a claim names, or those it may mean."""
    names = [claim.accelerator] if claim.accelerator else list(GENERATIONS)
    return [chip_of(catalog, name) for name in names]


def _ends(claim: Claim) -> tuple[float, float]:
    """Most MW and fewest H100e the claim allows."""
    if claim.mw is None or claim.h100e is None:
        raise ValueError("the claim states no compute at a power")
    return claim.mw.high, claim.h100e.low


def _facility_w(chip: Chip, definition: str, pue: float) -> float:
    """Facility power per H100e. [W]"""
    return chip.it_w * pue / chip.h100e[definition]


def _by_chip(claim: Claim, chips: list[Chip], basis: Basis) -> Iterator[Reading]:
    """The claim's MW as facility power, with each chip under each definition."""
    mw, h100e = _ends(claim)
    for chip in chips:
        for definition in DEFINITIONS:
            watts = _facility_w(chip, definition, basis.pue.value)
            if np.isnan(watts):
                continue
            covered = mw * W_PER_MW / (h100e * watts)
            best = covered * basis.pue.value / basis.pue.low * chip.it_w / chip.it_w_low
            yield Reading(
                BY_CHIP,
                f"{chip.name} under {definition}",
                *_verdict(covered, best, f"{watts:,.0f} W per H100e at PUE {basis.pue.value:g}", basis),
                covered,
            )


def _verdict(covered: float, best: float, why: str, basis: Basis) -> tuple[Verdict, str]:
    if covered >= 1:
        return CONSISTENT, f"{why}; {1 / covered * PERCENT:.0f} % of the MW would do"
    short = f"{why}; {_short([covered], basis)}"
    if best >= 1:
        return ONLY_IF, f"{short} unless PUE and power per chip are at the low end of their ranges"
    return INCONSISTENT, short


def _short(covered: list[float], basis: Basis) -> str:
    """By how much claims are missed, at the central PUE and over its range."""
    pue = basis.pue
    least, most = 1 - max(covered), 1 - min(covered)
    at_low, at_high = 1 - max(covered) * pue.value / pue.low, 1 - min(covered) * pue.value / pue.high
    return (
        f"{_percents(least, most)} % short ({_percents(at_low, at_high)} % at PUE {pue.low:g}-{pue.high:g})"
    )


def _percents(low: float, high: float) -> str:
    """Two shares in percent, as one number where they are the same; not below 0."""
    ends = [f"{max(0.0, share) * PERCENT:.0f}" for share in (low, high)]
    return ends[0] if ends[0] == ends[1] else "-".join(ends)


def by_generation(readings: Sequence[Reading], basis: Basis) -> str:
    """What the readings by chip and definition come to, a clause per generation."""
    generations: dict[str, dict[str, list[Reading]]] = {}
    for one in readings:
        chip, definition = one.reading.split(" under ")
        by_definition = generations.setdefault(GENERATIONS.get(chip, chip), {})
        by_definition.setdefault(definition, []).append(one)
    clauses = [f"{name} {_clause(group, basis)}" for name, group in generations.items()]
    return f"{BY_CHIP}: {'; '.join(clauses)}"


def _clause(by_definition: dict[str, list[Reading]], basis: Basis) -> str:
    met = [d for d, group in by_definition.items() if all(one.covered >= 1 for one in group)]
    missed = [d for d, group in by_definition.items() if all(one.covered < 1 for one in group)]
    mixed = [d for d in by_definition if d not in met and d not in missed]
    covered = [one.covered for d in missed for one in by_definition[d]]
    parts = [f"{_short(covered, basis)} under {' and '.join(missed)}"] if missed else []
    parts += [f"met by some chips under {' and '.join(mixed)}"] if mixed else []
    parts += [f"met under {' and '.join(met)}"] if met else []
    return ", ".join(parts)


def _by_mw(claim: Claim, chips: list[Chip], catalog: Catalog, basis: Basis) -> Iterator[Reading]:
    """Which MW: what the claim takes as grid, facility, IT and rack power, with 8-bit counting."""
    mw, h100e = _ends(claim)
    best = min(chips, key=lambda c: _blackwell_first(c) + _facility_w(c, DISTRIBUTED_TO, 1.0))
    it_mw = h100e * best.it_w / best.h100e[DISTRIBUTED_TO] / W_PER_MW
    rack_w = _rack_w(catalog, best.name)
    takes = {
        "grid": it_mw * basis.pue.value * basis.grid_over_facility.value,
        "facility": it_mw * basis.pue.value,
        "it": it_mw,
        "rack": h100e * rack_w / best.h100e[DISTRIBUTED_TO] / W_PER_MW,
    }
    words = {"grid": "contracted grid power", "facility": "facility power", "it": "IT power"}
    words["rack"] = "nameplate of the racks alone, without network, storage and cooling"
    for name, needed in takes.items():
        covered = mw / needed
        verdict: Verdict = CONSISTENT if covered >= 1 else INCONSISTENT
        detail = f"{best.name} under {DISTRIBUTED_TO} takes {needed:,.0f} MW of it; {mw:,.0f} are stated"
        if claim.mw_basis not in (None, name):
            verdict, detail = INCONSISTENT, f"{detail}; the claim says {claim.mw_basis}"
        yield Reading("which MW", words[name], verdict, detail, covered)


def _blackwell_first(chip: Chip) -> float:
    """0 for the generation a claim of 2025 can mean, a large number for others."""
    return 0.0 if GENERATIONS.get(chip.name, "Blackwell") == "Blackwell" else W_PER_MW


def _rack_w(catalog: Catalog, accelerator: str) -> float:
    """Least nameplate power per accelerator of the systems that have it. [W]"""
    watts = []
    for name in catalog.names("systems"):
        entry = catalog.entry("systems", name)
        if "accelerator" in entry and entry.text("accelerator") == accelerator:
            value = entry.values["nameplate_kw"]
            kw = entry.number("nameplate_kw") if value.low is None else value.low
            watts.append(kw * W_PER_MW / KW_PER_MW / entry.number("accelerator_count"))
    return min(watts, default=float("nan"))


def _by_mix(claim: Claim, chips: list[Chip], basis: Basis) -> Iterator[Reading]:
    """The share of the MW on Rubin that closes the gap, with the rest on each other chip."""
    for chip, shares in _mixes(claim, chips, basis):
        detail = f"{_share_words([shares], basis)} on {ON_RUBIN}, the rest on {chip.name}, {DISTRIBUTED_TO}"
        yield Reading(BY_MIX, f"{chip.name} and {ON_RUBIN}", ONLY_IF, detail, 1.0)


def _mixes(
    claim: Claim, chips: list[Chip], basis: Basis
) -> Iterator[tuple[Chip, tuple[float, float, float]]]:
    """Chips Rubin can make good for, with its share at the central, the lowest and the highest PUE."""
    for chip in chips:
        at, low, high = (
            _rubin_share(claim, chips, chip, pue) for pue in (basis.pue.value, basis.pue.low, basis.pue.high)
        )
        if 0 < at <= 1:
            yield chip, (at, low, min(high, 1.0))


def _share_words(shares: list[tuple[float, float, float]], basis: Basis) -> str:
    """Shares of the MW at the central PUE and over its range."""
    at, low, high = zip(*shares, strict=True)
    pue = f"PUE {basis.pue.low:g}-{basis.pue.high:g}"
    return f"{_percents(min(at), max(at))} % of the MW ({_percents(min(low), max(high))} % at {pue})"


def mix_finding(claim: Claim, catalog: Catalog, basis: Basis) -> str:
    """The shares on Rubin that close the gap, by generation of the rest."""
    by_name: dict[str, list[tuple[float, float, float]]] = {}
    for chip, shares in _mixes(claim, _chips(claim, catalog), basis):
        by_name.setdefault(GENERATIONS.get(chip.name, chip.name), []).append(shares)
    clauses = [f"{_share_words(shares, basis)} with the rest on {name}" for name, shares in by_name.items()]
    return f"{BY_MIX}: true only if {ON_RUBIN} takes, under {DISTRIBUTED_TO}, {'; '.join(clauses)}"


def _rubin_share(claim: Claim, chips: list[Chip], chip: Chip, pue: float) -> float:
    """Share of the MW on Rubin at which it and another chip give the H100e claimed. [1]

    Above 1 where Rubin alone does not, 0 or less where the other chip alone does; NaN without Rubin.
    """
    rubin = next((c for c in chips if c.name == ON_RUBIN), None)
    if rubin is None or chip is rubin:
        return float("nan")
    mw, h100e = _ends(claim)
    wanted = h100e / (mw * W_PER_MW)
    new, old = (1 / _facility_w(c, DISTRIBUTED_TO, pue) for c in (rubin, chip))
    return (wanted - old) / (new - old)


def _by_pue(claim: Claim, chips: list[Chip], basis: Basis) -> Iterator[Reading]:
    """The PUE at which each chip would do it, with 8-bit counting."""
    mw, h100e = _ends(claim)
    for chip in chips:
        needed = mw * W_PER_MW * chip.h100e[DISTRIBUTED_TO] / (h100e * chip.it_w)
        name = f"{chip.name} under {DISTRIBUTED_TO}"
        covered = needed / basis.pue.value
        if needed < 1:
            detail = f"takes a PUE of {needed:.2f}, and none is below 1"
            yield Reading("which PUE", name, INCONSISTENT, detail, covered)
        elif needed < basis.pue.low:
            yield Reading("which PUE", name, INCONSISTENT, f"takes a PUE of {needed:.3f}", covered)
        elif needed < basis.pue.high:
            yield Reading("which PUE", name, ONLY_IF, f"PUE is at most {needed:.2f}", covered)
        else:
            yield Reading("which PUE", name, CONSISTENT, f"any PUE up to {needed:.2f}", covered)


def _by_count(claim: Claim, chips: list[Chip], basis: Basis) -> Iterator[Reading]:
    """The claim's MW as facility power, for its number of accelerators."""
    if claim.mw is None or claim.accelerators is None:
        return
    for chip in chips:
        needed = claim.accelerators.low * chip.it_w * basis.pue.value / W_PER_MW
        covered = claim.mw.high / needed
        best = covered * basis.pue.value / basis.pue.low * chip.it_w / chip.it_w_low
        why = f"{chip.it_w * basis.pue.value:,.0f} W per accelerator, {needed:,.0f} MW in all"
        yield Reading("power for the chips", chip.name, *_verdict(covered, best, why, basis), covered)


def decoding(claim: Claim, catalog: Catalog) -> Iterator[Reading]:
    """Whole, round numbers of racks that give the claim's figures exactly.

    Looked for are a ratio rounded to halves, a number of systems with few digits, and a round
    power per system near its nameplate. What it finds is an inference: nobody states it.
    """
    if claim.mw is None or claim.h100e is None:
        return
    if not (claim.mw.low == claim.mw.high and claim.h100e.low == claim.h100e.high):
        return
    for name in catalog.names("systems"):
        entry = catalog.entry("systems", name)
        if "accelerator" in entry:
            chip = catalog.entry("accelerators", entry.text("accelerator"))
            ratios = {_rounded(h100e_ratio(chip, d)) for d in DEFINITIONS}
            for ratio in sorted(r for r in ratios if r > 0):
                launched = chip.text("launch_date") if "launch_date" in chip else ""
                late = f"; {chip.name} is launched in {launched}, after the claim"
                is_late = launched > claim.announced_on.isoformat()
                yield from _decoded(claim.h100e.low, claim.mw.low, entry, ratio, late if is_late else "")


def _decoded(h100e: float, mw: float, entry: Entry, ratio: float, late: str) -> Iterator[Reading]:
    """The reading in which whole, round numbers of a system give the figures exactly, if there is one."""
    count = entry.number("accelerator_count")
    systems = h100e / (count * ratio)
    kw = mw * KW_PER_MW / systems
    is_round_kw = abs(kw / ROUND_KW - round(kw / ROUND_KW)) < SLACK
    if _is_round(systems) and is_round_kw and _is_nameplate(entry, kw):
        detail = (
            f"{systems:,.0f} systems x {count:.0f} accelerators x {ratio:g} = {h100e:,.0f} H100e, "
            f"and {systems:,.0f} x {kw:g} kW = {mw:,.0f} MW: rack power only, no network, no PUE "
            f"(an inference; nobody states it){late}"
        )
        verdict: Verdict = ONLY_IF if late else CONSISTENT
        yield Reading("exact decoding", f"{entry.name} racks of {kw:g} kW", verdict, detail, 1.0)


def _rounded(ratio: float) -> float:
    return 0.0 if np.isnan(ratio) else round(ratio / ROUND_RATIO) * ROUND_RATIO


def _is_round(systems: float) -> bool:
    """Whether a number is whole and has few digits that are not 0."""
    whole = round(systems)
    return whole > 0 and abs(systems - whole) < SLACK * whole and len(str(whole).rstrip("0")) <= ROUND_DIGITS


def _is_nameplate(entry: Entry, kw: float) -> bool:
    """Whether a power lies in the range of a system's nameplate."""
    value = entry.values["nameplate_kw"]
    low = value.value if value.low is None else value.low
    high = value.value if value.high is None else value.high
    return low <= kw <= high if isinstance(low, float) and isinstance(high, float) else False
