"""Figures of results: by month, by hall and month, by hour, of an hour, of the portfolio; dates of phases.

They are declared in ``figures.csv``, one row for each place where a figure is found, in the order shown.
A row with only a name and a place stands for the figure that is declared above under that name.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, get_args

from capsim.vocabulary.measures import Better, Fold, Form, Measure

Place = Literal["headline", "monthly", "hall", "hourly", "hour", "heat", "yearly", "date"]
"""Where a figure is found: among the headline figures, by month and site (money: of the portfolio), by month
and hall, by hour and site, of one hour, of a site's full halls in the heat, by calendar year, as a date of a
phase."""
FILE: Final = Path(__file__).with_name("figures.csv")
"""Where the figures are declared."""
ALLOWED: Final = {"fold": get_args(Fold), "better": get_args(Better), "form": (*get_args(Form), None)}
"""What the columns hold that are no text of their own."""


def read_figures(file: Path) -> dict[str, dict[str, Measure]]:
    """Figures of a table by place and name, in its order; ValueError for one declared twice or wrongly."""
    first: dict[str, Measure] = {}
    by_place: dict[str, dict[str, Measure]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            name, in_place = row["name"], by_place.setdefault(row["place"], {})
            if name in in_place:
                raise ValueError(f"{file.name}: {name} is declared twice for {row['place']}")
            # nothing but name and place: what the name stands for already
            in_place[name] = _declared(row, file.name) if row["meaning"] else first[name]
            first.setdefault(name, in_place[name])
    return by_place


def _declared(row: dict[str, str], file: str) -> Measure:
    """The figure that a row declares."""
    words = {"fold": row["fold"], "better": row["better"] or "neither", "form": row["form"] or None}
    for column, word in words.items():
        if word not in ALLOWED[column]:
            raise ValueError(f"{file}: {row['name']} has an unknown {column} (got {word})")
    form = *words.values(), row.get("title", "")
    return Measure(row["name"], row["unit"], row["meaning"], *form)  # type: ignore[arg-type]


_FIGURES: Final = read_figures(FILE)
DECLARED: Final[dict[Place, Mapping[str, Measure]]] = {
    **{place: _FIGURES[place] for place in get_args(Place)},
    "monthly": _FIGURES["monthly"] | _FIGURES["waiting"] | _FIGURES["ledger"],
}
"""Every figure, by where it is found and by name."""
MONTHLY: Final = tuple(_FIGURES["monthly"].values())
"""All monthly series of a site, in the order they are shown."""
(WAITING,) = _FIGURES["waiting"].values()
"""Monthly, by site and by what is not ready."""
HALLS: Final = tuple(_FIGURES["hall"].values())
"""Monthly series of each hall."""
HOURLY: Final = tuple(_FIGURES["hourly"].values())
"""Hourly series of a site, kept on request."""
OF_AN_HOUR: Final = tuple(_FIGURES["hour"].values())
"""What is stated of one hour beside the hourly series."""
HEADLINE: Final = tuple(_FIGURES["headline"].values())
"""Headline figures: of the whole portfolio over the whole horizon."""
LEDGER: Final = tuple(_FIGURES["ledger"].values())
"""Sums over the ledger that studies keep by month beside the monthly series."""
YEARLY: Final = tuple(_FIGURES["yearly"].values())
"""Columns of the yearly table; of H100-equivalents those of the definition in force."""
DATES: Final = tuple(_FIGURES["date"].values())
"""Dates of a phase that studies keep."""
