"""What an audit says, in the words of the catalogue: the verdict in a sentence, chips by their titles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from capsim.projection import plural
from capsim.study import CONSISTENT, INCONSISTENT, ONLY_IF, UNDECIDED, Audit

DEFINITIONS: Final = {"bf16": "BF16", "8bit": "8-bit"}
"""Definitions of H100e by their format."""
FORMATS: Final = {**DEFINITIONS, "best": "best format"}
"""All definitions of H100e, behind a comma."""
BEST: Final = re.compile(r"\b(under|and) best\b")
"""The definition that is named by no format."""
DECIDED: Final[Mapping[str, str]] = {
    CONSISTENT: "Can be true",
    ONLY_IF: "Can be true only under a condition",
    INCONSISTENT: "Cannot be true as stated",
}
"""Verdicts on the whole, for people."""
NOTHING_DECIDED: Final = "Not decidable: too little is stated to hold the claim against anything"
"""The verdict where no reading decides."""


def verdict_words(result: Audit) -> str:
    """The verdict on the whole, and the reading that decides it, in a sentence."""
    by = result.decided_by
    if by is None:
        return NOTHING_DECIDED
    reading, why = in_words(result, by.reading), in_words(result, by.detail)
    decisive = [one for one in result.readings if one.verdict != UNDECIDED]
    hold = sum(one.verdict == CONSISTENT for one in decisive)
    told = f"{in_words(result, by.dimension)}, {reading} ({why})"
    return f"{DECIDED[result.verdict]}, by {told}; {hold} of {plural(len(decisive), 'reading')} hold it"


def in_words(result: Audit, text: str) -> str:
    """A text of an audit with the titles of the chips and systems that it names, and formats as written."""
    names = {name: short_title(title) for name, title in result.titles.items()} | DEFINITIONS
    # the longest first: gb200-nvl72 is no gb200
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    told = re.sub(rf"(?<![\w.-])({known})(?![\w-])", lambda found: names[found[1]], text)
    return BEST.sub(r"\1 the best format", told)


def ratio_words(name: str) -> str:
    """A ratio as people call it, with its definition of H100e by the format that it counts.

    Examples
    --------
    >>> [ratio_words(name) for name in ("power per H100e, bf16", "power per H100e, best", "money per MW")]
    ['Power per H100e, BF16', 'Power per H100e, best format', 'Money per MW']
    """
    what, comma, definition = name.partition(", ")
    return f"{what[:1].upper()}{what[1:]}{comma}{FORMATS.get(definition, definition)}"


def short_title(title: str) -> str:
    """A title inside a sentence: without what stands in brackets, and without what follows a comma.

    Examples
    --------
    >>> short_title("VR200 Rubin (per GPU package)"), short_title("NVIDIA GB300 NVL72 rack")
    ('VR200 Rubin', 'NVIDIA GB300 NVL72')
    """
    return title.partition(" (")[0].partition(",")[0].removesuffix(" rack")
