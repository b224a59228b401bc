"""Common factors: why several values of a replication are late together (a Gaussian copula)."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from functools import lru_cache

import numpy as np

from capsim.scenario.draws.streams import stream
from capsim.scenario.records.buildout_records import Uncertainty

DEFAULT_VALUES = {
    "supply_chain": ("sites.*.lead_time_weeks",),
    "grid_operator": (
        "sites.*.grid_connection.*.lead_time_months",
        "sites.*.grid_connection.*.stages.*.duration_months",
    ),
    "labour": (
        "sites.*.stages.*.duration_months",
        "sites.*.overrun",
        "sites.*.cost_overrun",
    ),
}
"""Paths that each factor of the scenario format moves; the first that matches counts."""


@dataclass
class Factors:
    """The factors of one replication; each is drawn from a stream of its own name."""

    uncertainty: Uncertainty
    seed: int
    replication: int
    drawn: dict[str, float] = field(default_factory=dict)
    """Standard normal score of each factor asked for so far."""

    def probability(self, path: str, alone: float) -> float:
        r"""Probability at which the value of a path is drawn, uniform in [0, 1), from one of its own.

        With factor score :math:`F` and correlation :math:`\rho`, the value's score is
        :math:`\sqrt{\rho} F + \sqrt{1 - \rho}\, e`, so two values of one factor have correlation
        :math:`\rho` and each keeps its own distribution.
        """
        name, correlation = factor_of(path, self.uncertainty)
        # without a factor nothing is shared, and scipy need not be imported
        if not correlation > 0.0:
            return alone
        from scipy.special import ndtr, ndtri

        score = math.sqrt(correlation) * self._score(name) + math.sqrt(1.0 - correlation) * float(
            ndtri(alone)
        )
        return float(ndtr(score))

    def probabilities(self, paths: Sequence[str], alone: Sequence[float]) -> list[float]:
        """Probabilities at which the values of some paths are drawn, as `probability` gives each."""
        factors = [factor_of(path, self.uncertainty) for path in paths]
        at, moved = list(alone), [i for i, (_, correlation) in enumerate(factors) if correlation > 0.0]
        if moved:
            from scipy.special import ndtr, ndtri

            score = np.array([self._score(factors[i][0]) for i in moved])
            correlation = np.array([factors[i][1] for i in moved])
            own = np.sqrt(1.0 - correlation) * ndtri(np.array([alone[i] for i in moved]))
            for i, probability in zip(moved, ndtr(np.sqrt(correlation) * score + own).tolist(), strict=True):
                at[i] = probability
        return at

    def _score(self, name: str) -> float:
        """Score of a factor: a part common to all factors and one of its own."""
        if name not in self.drawn:
            shared = self.uncertainty.between_factors
            parts = (("factors", shared), (f"factor {name}", 1.0 - shared))
            self.drawn[name] = sum(
                math.sqrt(share) * stream(self.seed, self.replication, key).standard_normal()
                for key, share in parts
                if share > 0.0
            )
        return self.drawn[name]


def factor_of(path: str, uncertainty: Uncertainty) -> tuple[str, float]:
    """Name and correlation of the factor that moves a path; no name and 0 where none does."""
    for factor in uncertainty.factors:
        if matches(factor.values, path):
            return factor.id, factor.correlation
    name = _default_factor(path)
    return name, getattr(uncertainty, name) if name else 0.0


@lru_cache(maxsize=4096)
def _default_factor(path: str) -> str:
    """Name of the factor of the scenario format that moves a path; empty where none does."""
    return next((name for name, values in DEFAULT_VALUES.items() if matches(values, path)), "")


@lru_cache(maxsize=4096)
def matches(patterns: tuple[str, ...], path: str) -> bool:
    """Whether a path matches one of the patterns, in which `*` stands for anything."""
    return any(_compiled(pattern).match(path) for pattern in patterns)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern))
