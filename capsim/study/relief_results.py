"""Results of a relief: what each limit gains, the ladder, and float; as they are saved and read back."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from capsim.projection import Hidden
from capsim.shown import Pictured
from capsim.study.folder import read_results
from capsim.study.gains import Gain, Ranking

OF_DEMAND = "demand"
"""Name of the limit that is nobody's to lift."""


@dataclass(frozen=True)
class Lifted:
    """A limit of the plan, and what lifting or easing it gains."""

    limit: str
    what: str
    """What lifting it means."""
    step: str
    """What easing it means."""
    gain: Gain
    """Lifted, with orders that follow their halls."""
    as_dated: Gain | None = None
    """Lifted, with orders on their dates; None where not asked for."""
    eased: Gain | None = None
    """Eased by its step; None where not asked for."""

    @property
    def is_of_demand(self) -> bool:
        """Whether it is nobody's to lift."""
        return self.limit == OF_DEMAND

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Lifted:
        """The record that `asdict` wrote."""
        gains = {name: row[name] and Gain.from_dict(row[name]) for name in ("gain", "as_dated", "eased")}
        return cls(**row | gains)


class Slack(NamedTuple):
    """An activity on the way to a phase, and its float."""

    site: str
    phase: str
    activity: str
    start: str
    """ISO date."""
    end: str
    total_months: float
    """Total float: how long it may slip before the phase is ready later; infinite where own generation
    carries the phase without it. [months]"""
    free_months: float
    """Free float: how long it may slip before anything that comes after it does. [months]"""

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> Slack:
        """The record that `_asdict` wrote, None where a float is infinite."""
        floats = {name: math.inf if row[name] is None else row[name] for name in cls._fields[-2:]}
        return cls(**row | floats)


@dataclass(frozen=True, eq=False)
class Relief(Pictured):
    """Labelled results of a relief.

    Attributes
    ----------
    lifted : tuple of Lifted
        Limits the plan has, the one that gains most first.
    left_out : dict of str
        Limits the plan does not have, and why.
    ladder : tuple of Gain
        The best relief, the best next one given the first, and so on, each over the one before.
    end : str
        What binds at the end of the ladder.
    slack : tuple of Slack
        Total and free float of what leads to each phase.
    plan : dict of float
        The plan's own figures.
    units : dict of str
        Unit of each figure.
    manifest : dict
        What the study was: scenario, seed, `by` (the figure that ranks), `band_months`.
    """

    lifted: tuple[Lifted, ...]
    left_out: dict[str, str]
    ladder: tuple[Gain, ...]
    end: str
    slack: tuple[Slack, ...]
    plan: dict[str, float]
    units: dict[str, str]
    manifest: dict[str, Any]

    def __repr__(self) -> str:
        limits = ", ".join(row.limit for row in self.lifted[:1]) or "nothing"
        return f"<Relief of {self.manifest['scenario']} by {self.manifest['by']}: {limits} gains most>"

    @property
    def ranking(self) -> Ranking:
        """How its gains are ranked."""
        by = self.manifest["by"]
        return Ranking(by, 1 if self.manifest["better"] == "higher" else -1, self.plan[by])

    def to_dict(self) -> dict[str, Any]:
        """The results as plain data."""
        return {
            "manifest": self.manifest,
            "plan": self.plan,
            "units": self.units,
            "lifted": [asdict(row) for row in self.lifted],
            "left_out": self.left_out,
            "ladder": [asdict(gain) for gain in self.ladder],
            "end": self.end,
            "slack": [row._asdict() for row in self.slack],
        }

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Relief:
        """The results that `to_dict` gave, None where a number is none."""
        return cls(
            lifted=tuple(map(Lifted.from_dict, record["lifted"])),
            left_out=record["left_out"],
            ladder=tuple(map(Gain.from_dict, record["ladder"])),
            end=record["end"],
            slack=tuple(map(Slack.from_dict, record["slack"])),
            plan={name: math.nan if v is None else v for name, v in record["plan"].items()},
            units=record["units"],
            manifest=record["manifest"],
        )

    def without(self, hidden: Hidden) -> Relief:
        """The same without limits and floats that name what is hidden."""
        return replace(
            self,
            lifted=tuple(row for row in self.lifted if not hidden.is_told_in(f"{row.limit} {row.what}")),
            ladder=tuple(gain for gain in self.ladder if not hidden.is_told_in(" ".join(gain.limits))),
            slack=tuple(one for one in self.slack if not hidden.is_phase(one.site, one.phase)),
        )

    @classmethod
    def load(cls, folder: str | Path) -> Relief:
        """Results of a finished study from its folder; StudyError where there are none."""
        return cls.from_dict(read_results(Path(folder)))
