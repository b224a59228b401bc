"""What the money of a plan leaves out, by part: at all of its sites, or at some of them; and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from capsim.projection.wording import plural

Scopes = Mapping[str, Mapping[str, Sequence[str]]]
"""By site and part, the items it is in; none where it is out."""


class LeftOut(NamedTuple):
    """Parts that no item contains."""

    everywhere: list[str]
    somewhere: dict[str, list[str]]
    """By part the sites whose money leaves it out."""


def money_left_out(scopes: Scopes) -> LeftOut:
    """Parts that the money leaves out, in the order in which they are listed.

    Examples
    --------
    >>> money_left_out({"a": {"land": [], "shell": []}, "b": {"land": [], "shell": ["hall"]}})
    LeftOut(everywhere=['land'], somewhere={'shell': ['a']})
    """
    parts = dict.fromkeys(part for of_site in scopes.values() for part in of_site)
    known = {part: {site: of[part] for site, of in scopes.items() if part in of} for part in parts}
    without = {part: [site for site, of in by_site.items() if not of] for part, by_site in known.items()}
    everywhere = [part for part, sites in without.items() if len(sites) == len(scopes)]
    return LeftOut(everywhere, {p: s for p, s in without.items() if 0 < len(s) < len(scopes)})


def left_out_words(scopes: Scopes) -> list[str]:
    """Parts that the money leaves out in words, with the number of sites where it is not of all.

    Examples
    --------
    >>> left_out_words({"a": {"land": [], "shell": []}, "b": {"land": [], "shell": ["hall"]}})
    ['land', 'shell of 1 site']
    """
    out = money_left_out(scopes)
    return [*out.everywhere, *(f"{part} of {plural(len(of), 'site')}" for part, of in out.somewhere.items())]
