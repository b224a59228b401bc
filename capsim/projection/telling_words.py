"""Words and numbers by which a text tells what is marked as confidential."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from capsim.units import GIGA, KILO, MEGA

LEAST_LETTERS, LEAST_DIGITS, LARGE = 3, 3, 10.0 * KILO
"""Letters of a name, digits of a number and size from which on they tell of one thing only."""
YEARS = range(1900, 2101)
"""Whole numbers that are read as years."""
NUMBER = re.compile(r"(\d[\d,]*\.?\d*)(?: (bn|billion|m|million|k)\b)?")
WORD = re.compile(r"[^\W_]+")
SIZES = {"": 1.0, "k": KILO, "m": MEGA, "million": MEGA, "bn": GIGA, "billion": GIGA}
SCALES = (1.0, 1.0 / KILO, 1.0 / MEGA, 1.0 / GIGA, 100.0)
"""Sizes in which sentences tell a value: as it is, in thousands, millions and billions, in percent."""
_NO_ACCENT = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th"})


def folded(text: str) -> str:
    """A text as words between blanks, without capitals, accents and other signs.

    Examples
    --------
    >>> folded("Borlänge, Sweden"), folded("targets.eu-chips")
    (' borlange sweden ', ' targets eu chips ')
    """
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_NO_ACCENT))
    kept = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return f" {' '.join(WORD.findall(kept))} "


class TellingWords:
    """Names, and numbers that are distinctive, of what is marked.

    Parameters
    ----------
    names : iterable of str
        Names; those of less than three letters are left out, for they are found anywhere.
    numbers : iterable of float
        Values. A sentence tells one that it states in three digits or more, or that is ten thousand or more;
        years tell nothing.
    """

    def __init__(self, names: Iterable[str], numbers: Iterable[float]) -> None:
        self._names = {folded(name) for name in names}
        self._names = {name for name in self._names if len(name.strip()) >= LEAST_LETTERS}
        values = {value for value in numbers if value not in YEARS}
        self._large = {value for value in values if value >= LARGE}
        self._scaled = [value * scale for value in values if _digits(f"{value:.12g}") for scale in SCALES]

    def are_named_in(self, text: str) -> bool:
        """Whether a text has one of the names."""
        words = folded(text)
        return any(name in words for name in self._names)

    def are_in(self, text: str) -> bool:
        """Whether a text has one of the names, or states one of the numbers."""
        return self.are_named_in(text) or any(self._is_one(*found) for found in NUMBER.findall(text))

    def _is_one(self, number: str, size: str) -> bool:
        """Whether a number in a text is one of them, rounded, in whatever size it is told."""
        digits = number.replace(",", "").rstrip(".")
        value = float(digits)
        if value in YEARS and "," not in number and not size:
            return False
        if value * SIZES[size] in self._large:
            return True
        half = 0.5000001 * 10.0 ** -len(digits.partition(".")[2])
        return _digits(digits) and any(abs(value - one) <= half for one in self._scaled)


def _digits(number: str) -> bool:
    """Whether a number that is written has as many significant digits as tell of one thing only."""
    whole = number.partition("e")[0].replace(".", "").lstrip("0")
    return len(whole if "." in number else whole.rstrip("0")) >= LEAST_DIGITS


def names_of_site(about: Mapping[str, str], countries: Iterable[str]) -> set[str]:
    """What a site is called: its title, the first word of it, and its country where no other site is there.

    Parameters
    ----------
    about : mapping of str to str
        Its `title` and `country`.
    countries : iterable of str
        Those of the sites that are shown.

    Examples
    --------
    >>> sorted(names_of_site({"title": "Borlange works, Sweden", "country": "swe"}, ["fra"]))
    ['Borlange', 'Borlange works', 'Borlange works, Sweden', 'Sweden', 'swe']
    """
    title, country = about.get("title", ""), about.get("country", "")
    first, *rest = [part.strip() for part in title.split(",")]
    names = {title, first, *title.replace(",", " ").split()[:1]}
    return names if country in countries else {*names, *rest, country}
