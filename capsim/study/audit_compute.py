"""Readings of a claim about compute and power: chip, definition, which MW, mix, PUE, decoding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

import numpy as np

from capsim.catalog import Catalog, Entry, h100e_ratio
from capsim.models.compute import DEFINITIONS
from capsim.scenario import Claim
from capsim.study.audit_chips import DISTRIBUTED_TO, GENERATIONS, Chip, End, Measure, chips_of, counted
from capsim.study.audit_terms import (
    CONSISTENT,
    INCONSISTENT,
    ONLY_IF,
    Basis,
    Reading,
    Verdict,
    term,
    verdict_of,
)
from capsim.study.statistics import PERCENT
from capsim.units import KW_PER_MW, W_PER_MW

MW_WORDS = {
    "grid": "contracted grid power",
    "facility": "facility power",
    "it": "IT power",
    "rack": "nameplate of the racks alone, without network, storage and cooling",
}
ON_RUBIN = "vr200"
"""Chip of the mixes."""
WHICH_MW = "which MW"
"""Dimension: what is measured in MW."""
BY_CHIP, BY_MIX = "chip and definition", "mix with Rubin"
"""Dimensions of which the findings are told by generation."""
ROUND_RATIO = 0.5
"""A stated H100e total often comes from a ratio rounded to this. [H100e per accelerator]"""
ROUND_DIGITS = 2
"""Digits of a number of racks, and of kW per rack to halves of ten, that count as round."""
ROUND_KW = 5.0
"""kW per rack that counts as round is a multiple of this. [kW]"""
SLACK = 1e-9


def compute_readings(claim: Claim, catalog: Catalog, basis: Basis) -> list[Reading]:
    """Readings of compute and power, where the claim states both and the catalogue knows the chips."""
    chips, measure = chips_of(claim, catalog), Measure.of(claim, basis)
    readings: list[Reading] = []
    if claim.mw is not None and claim.h100e is not None:
        readings += _by_chip(claim, chips, measure)
        readings += _by_mw(claim, counted(chips), basis)
        readings += _by_mix(claim, chips, measure)
        readings += _by_pue(claim, counted(chips), measure)
    return [*readings, *_by_count(claim, chips, measure)]


def _ends(claim: Claim) -> tuple[float, float]:
    """Most MW and fewest H100e the claim allows."""
    if claim.mw is None or claim.h100e is None:
        raise ValueError("the claim states no compute at a power")
    return claim.mw.high, claim.h100e.low


def _per_h100e(chip: Chip, definition: str, measure: Measure, end: End = "value") -> float:
    """Power per H100e on the basis of the claim's MW; NaN where it is not known. [W]"""
    return measure.watts(chip, end) / chip.h100e[definition]


def _by_chip(claim: Claim, chips: list[Chip], measure: Measure) -> Iterator[Reading]:
    """The claim's MW with each chip under each definition."""
    mw, h100e = _ends(claim)
    for chip in chips:
        for definition in DEFINITIONS:
            watts = _per_h100e(chip, definition, measure)
            if np.isnan(watts):
                continue
            covered = mw * W_PER_MW / (h100e * watts)
            best = covered * measure.watts(chip) / measure.least_w(chip)
            why = f"{watts:,.0f} W per H100e {measure.words}"
            name = f"{chip.name} under {definition}"
            yield Reading(BY_CHIP, name, *_verdict(covered, best, why, measure), covered)


def _verdict(covered: float, best: float, why: str, measure: Measure) -> tuple[Verdict, str]:
    verdict = verdict_of(covered, best)
    if verdict == CONSISTENT:
        return verdict, f"{why}; {1 / covered * PERCENT:.0f} % of the MW would do"
    unless = f" unless {measure.low_words}" if verdict == ONLY_IF else ""
    return verdict, f"{why}; {_short([covered], measure)}{unless}"


def _short(covered: list[float], measure: Measure) -> str:
    """By how much claims are missed, and over the range of what lies between IT power and the MW."""
    text = f"{_percents(1 - max(covered), 1 - min(covered))} % short"
    # Between IT power and itself lies nothing that has a range.
    if not measure.has_pue:
        return text
    at = measure.over_it()
    least, most = max(covered) * at / measure.over_it("low"), min(covered) * at / measure.over_it("high")
    return f"{text} ({_percents(1 - least, 1 - most)} % at {measure.range_words})"


def _percents(low: float, high: float) -> str:
    """Two shares in percent, as one number where they are the same; not below 0."""
    ends = [f"{max(0.0, share) * PERCENT:.0f}" for share in (low, high)]
    return ends[0] if ends[0] == ends[1] else "-".join(ends)


def by_generation(readings: Sequence[Reading], measure: Measure) -> str:
    """What the readings by chip and definition come to, a clause per generation."""
    generations: dict[str, dict[str, list[Reading]]] = {}
    for one in readings:
        chip, definition = one.reading.split(" under ")
        by_definition = generations.setdefault(GENERATIONS.get(chip, chip), {})
        by_definition.setdefault(definition, []).append(one)
    clauses = [f"{name} {_clause(group, measure)}" for name, group in generations.items()]
    return f"{BY_CHIP}: {'; '.join(clauses)}"


def _clause(by_definition: dict[str, list[Reading]], measure: Measure) -> str:
    met = [d for d, group in by_definition.items() if all(one.covered >= 1 for one in group)]
    missed = [d for d, group in by_definition.items() if all(one.covered < 1 for one in group)]
    mixed = [d for d in by_definition if d not in met and d not in missed]
    covered = [one.covered for d in missed for one in by_definition[d]]
    parts = [f"{_short(covered, measure)} under {' and '.join(missed)}"] if missed else []
    parts += [f"met by some chips under {' and '.join(mixed)}"] if mixed else []
    parts += [f"met under {' and '.join(met)}"] if met else []
    return ", ".join(parts)


def _by_mw(claim: Claim, chips: list[Chip], basis: Basis) -> Iterator[Reading]:
    """Which MW: what the claim takes as grid, facility, IT and rack power, with 8-bit counting."""
    if not chips:
        return
    mw, h100e = _ends(claim)
    it = Measure("it", basis)
    best = min(chips, key=lambda c: _blackwell_first(c) + _per_h100e(c, DISTRIBUTED_TO, it))
    for kind, words in MW_WORDS.items():
        needed = h100e * _per_h100e(best, DISTRIBUTED_TO, Measure(kind, basis)) / W_PER_MW
        if np.isnan(needed):
            continue
        verdict = verdict_of(mw / needed)
        detail = f"{best.name} under {DISTRIBUTED_TO} takes {needed:,.0f} MW of it; {mw:,.0f} are stated"
        if claim.mw_basis not in (None, kind):
            verdict, detail = INCONSISTENT, f"{detail}; the claim says {claim.mw_basis}"
        yield Reading(WHICH_MW, words, verdict, detail, mw / needed)


def _blackwell_first(chip: Chip) -> float:
    """0 for the generation a claim of 2025 can mean, a large number for others."""
    return 0.0 if GENERATIONS.get(chip.name, "Blackwell") == "Blackwell" else W_PER_MW


def _by_mix(claim: Claim, chips: list[Chip], measure: Measure) -> Iterator[Reading]:
    """The share of the MW on Rubin that closes the gap, with the rest on each other chip."""
    for chip, shares in _mixes(claim, chips, measure):
        detail = f"{_share_words([shares], measure)} on {ON_RUBIN}, the rest on {chip.name}, {DISTRIBUTED_TO}"
        yield Reading(BY_MIX, f"{chip.name} and {ON_RUBIN}", ONLY_IF, detail, 1.0)


Shares = tuple[float, float, float]
"""Shares of the MW on Rubin at the central, the lowest and the highest PUE. [1]"""


def _mixes(claim: Claim, chips: list[Chip], measure: Measure) -> Iterator[tuple[Chip, Shares]]:
    """Chips Rubin can make good for, with its share at the central, the lowest and the highest PUE."""
    for chip in chips:
        at, low, high = (_rubin_share(claim, chips, chip, measure, end) for end in get_args(End))
        if 0 < at <= 1:
            yield chip, (at, low, min(high, 1.0))


def _share_words(shares: list[Shares], measure: Measure) -> str:
    """Shares of the MW, and over the range of what lies between IT power and the MW."""
    at, low, high = zip(*shares, strict=True)
    text = f"{_percents(min(at), max(at))} % of the MW"
    ranged = f" ({_percents(min(low), max(high))} % at {measure.range_words})"
    return text + (ranged if measure.has_pue else "")


def mix_finding(claim: Claim, catalog: Catalog, measure: Measure) -> str:
    """The shares on Rubin that close the gap, by generation of the rest."""
    by_name: dict[str, list[Shares]] = {}
    for chip, shares in _mixes(claim, chips_of(claim, catalog), measure):
        by_name.setdefault(GENERATIONS.get(chip.name, chip.name), []).append(shares)
    clauses = [f"{_share_words(shares, measure)} with the rest on {name}" for name, shares in by_name.items()]
    return f"{BY_MIX}: true only if {ON_RUBIN} takes, under {DISTRIBUTED_TO}, {'; '.join(clauses)}"


def _rubin_share(claim: Claim, chips: list[Chip], chip: Chip, measure: Measure, end: End) -> float:
    """Share of the MW on Rubin at which it and another chip give the H100e claimed. [1]

    Above 1 where Rubin alone does not, 0 or less where the other chip alone does; NaN without Rubin.
    """
    rubin = next((c for c in chips if c.name == ON_RUBIN), None)
    # A claim that names another chip has no Rubin to mix in.
    if rubin is None or chip is rubin:
        return float("nan")
    mw, h100e = _ends(claim)
    h100e_per_w = h100e / (mw * W_PER_MW)
    new, old = (1 / _per_h100e(c, DISTRIBUTED_TO, measure, end) for c in (rubin, chip))
    return (h100e_per_w - old) / (new - old)


def _by_pue(claim: Claim, chips: list[Chip], measure: Measure) -> Iterator[Reading]:
    """The PUE at which each chip would do it, with 8-bit counting; IT and rack power have none."""
    if not measure.has_pue:
        return
    mw, h100e = _ends(claim)
    pue = measure.basis.pue
    for chip in chips:
        watts = _per_h100e(chip, DISTRIBUTED_TO, measure) / pue.value
        needed = mw * W_PER_MW / (h100e * watts)
        verdict = verdict_of(needed / pue.high, best=needed / pue.low)
        if needed < 1:
            detail = f"takes a PUE of {needed:.2f}, and none is below 1"
        elif needed < pue.low:
            detail = f"takes a PUE of {needed:.3f}"
        elif needed < pue.high:
            detail = f"PUE is at most {needed:.2f}"
        else:
            detail = f"any PUE up to {needed:.2f}"
        yield Reading("which PUE", f"{chip.name} under {DISTRIBUTED_TO}", verdict, detail, needed / pue.value)


def _by_count(claim: Claim, chips: list[Chip], measure: Measure) -> Iterator[Reading]:
    """The claim's MW for its number of accelerators."""
    # What a claim does not state cannot be held against anything.
    if claim.mw is None or claim.accelerators is None:
        return
    for chip in chips:
        watts = measure.watts(chip)
        if np.isnan(watts):
            continue
        needed = claim.accelerators.low * watts / W_PER_MW
        covered = claim.mw.high / needed
        best = covered * watts / measure.least_w(chip)
        why = f"{watts:,.0f} W per accelerator {measure.words}, {needed:,.0f} MW in all"
        yield Reading("power for the chips", chip.name, *_verdict(covered, best, why, measure), covered)


def decoding(claim: Claim, catalog: Catalog) -> Iterator[Reading]:
    """Whole, round numbers of racks that give the claim's figures exactly.

    Looked for are a ratio rounded to halves, a number of systems with few digits, and a round
    power per system near its nameplate. What it finds is an inference: nobody states it.
    """
    if claim.mw is None or claim.h100e is None:
        return
    # A range can be hit by whole numbers of almost anything.
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
    """Whether a power lies in the range of a system's nameplate; not where the catalogue states none."""
    if "nameplate_kw" not in entry:
        return False
    nameplate_kw = term(entry, "nameplate_kw")
    return nameplate_kw.low <= kw <= nameplate_kw.high
