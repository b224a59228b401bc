"""Tables of an audit: the claim, its ratios among reference builds, and its readings."""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.text import Text

from capsim.projection import plural
from capsim.report.audit_words import in_words, ratio_words, verdict_words
from capsim.report.study_grids import study_table, study_title
from capsim.report.study_values import number
from capsim.study import Audit, Ratio, Term


def audit_summary(result: Audit) -> RenderableType:
    """The claim, its ratios among reference builds, and its readings."""
    claim, basis = result.claim, result.basis
    said = f"{claim.source.publisher}, {claim.announced_on}: {claim.statement}"
    parts: list[RenderableType] = [
        study_title(claim.title or claim.claim, f"{verdict_words(result)}.\n{said}")
    ]
    parts += [Text(f"- {in_words(result, finding)}") for finding in result.findings] + [Text()]
    if result.ratios:
        title = "Ratios, and the builds at or below them on one basis, without the claim's own"
        headings = ["ratio", "value", "unit", "builds by", "at or below", "nearest build (date; basis)"]
        parts.append(study_table(title, headings, [_placed(ratio) for ratio in result.ratios], left=6))
    for dimension in dict.fromkeys(reading.dimension for reading in result.readings):
        title, headings = dimension[0].upper() + dimension[1:], ["reading", "verdict", "why"]
        rows = [
            [in_words(result, r.reading), r.verdict, in_words(result, r.detail)] for r in result.of(dimension)
        ]
        parts.append(study_table(title, headings, rows, left=3))
    rate = f"{basis.usd_per_eur:g} USD/EUR ({basis.usd_per_eur_of})"
    facility, all_in = _ends(basis.facility_m_per_mw), _ends(basis.all_in_m_per_mw)
    read = f"Read with PUE {basis.pue.value:g} ({basis.pue.low:g}-{basis.pue.high:g}), {rate}, per MW of IT "
    read += f"{facility} m {claim.currency} facility only and {all_in} m all-in with GB200."
    return Group(*parts, Text(read), *(Text(in_words(result, note)) for note in result.notes))


def _ends(term: Term) -> str:
    return f"{term.low:.1f}-{term.high:.1f}"


def _placed(ratio: Ratio) -> list[str]:
    """A ratio with its percentile among builds, or how many builds are too few for one."""
    value = number(ratio.low) + (f" to {number(ratio.high)}" if ratio.high != ratio.low else "")
    n = len(ratio.references)
    place = f"{plural(n, 'build')}, too few" if n else "no build"
    if ratio.percentile is not None:
        place = f"{ratio.percentile:.0f} % of {n}"
    return [ratio_words(ratio.name), value, ratio.unit, ratio.basis, place, _nearest(ratio)]


def _nearest(ratio: Ratio) -> str:
    """The reference build nearest to a ratio."""
    if not ratio.references:
        return "-"
    middle = (ratio.low * ratio.high) ** 0.5
    near = min(ratio.references, key=lambda reference: abs(math.log(reference.value / middle)))
    return f"{near.title}: {number(near.value)} ({near.built}; {near.basis})"
