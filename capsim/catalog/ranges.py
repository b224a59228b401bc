"""What the numbers of a user's file must satisfy, where a run could not do with just any number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from capsim.catalog.reading import Rows
from capsim.catalog.records import Value
from capsim.errors import Fault


class Range(NamedTuple):
    """Numbers that are allowed."""

    words: str
    """The rule, as in ``must be greater than 0``."""
    low: float
    holds_low: bool
    """Whether `low` itself is allowed."""
    high: float = float("inf")

    def holds(self, number: float) -> bool:
        """Whether a number is allowed."""
        above = number >= self.low if self.holds_low else number > self.low
        return above and number <= self.high


_POSITIVE = Range("must be greater than 0", 0.0, holds_low=False)
_NOT_NEGATIVE = Range("must be at least 0", 0.0, holds_low=True)
_SHARE = Range("must be in [0, 1]", 0.0, holds_low=True, high=1.0)

RANGES: Mapping[str, Mapping[str, Range]] = MappingProxyType(
    {
        "accelerators": {
            "bf16_dense_tflops": _POSITIVE,
            "fp8_dense_tflops": _POSITIVE,
            "int8_dense_tops": _POSITIVE,
            "fp4_dense_tflops": _POSITIVE,
            "it_w_per_accelerator": _POSITIVE,
        },
        "systems": {
            "accelerator_count": _NOT_NEGATIVE,
            "nameplate_kw": _POSITIVE,
            "all_in_it_kw": _POSITIVE,
            "price_usd": _NOT_NEGATIVE,
            "rack_count": _NOT_NEGATIVE,
            "lead_time_weeks": _NOT_NEGATIVE,
            "idle_share": _SHARE,
        },
        "fx": {"usd_per_eur": _POSITIVE},
        "carbon": {
            "solar_share": _SHARE,
            "latitude_deg": Range("must be in [-90, 90]", -90.0, holds_low=True, high=90.0),
            "longitude_deg": Range("must be in [-180, 180]", -180.0, holds_low=True, high=180.0),
        },
        "assumptions": {
            "solar_dip": _SHARE,
            "tilt_deg": Range("must be in [0, 90]", 0.0, holds_low=True, high=90.0),
        },
    }
)
"""Ranges by table and field. Values that become fields of a scenario are checked there."""
_FX_NAME = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?\Z")


def out_of_range(table: str, rows: Rows) -> list[Fault]:
    """Faults of values, and of the ends of their ranges, that no run can use."""
    faults = []
    for (name, field), value in rows.items():
        path, allowed = f"{table}.{name}.{field}", RANGES.get(table, {}).get(field)
        if allowed is not None:
            numbers = (n for n in (value.value, value.low, value.high) if isinstance(n, float))
            wrong = (number for number in numbers if not allowed.holds(number))
            faults += [fault_at(value, path, allowed.words, f"{number:g}") for number in wrong]
        if table == "fx" and not _FX_NAME.match(name):
            faults.append(fault_at(value, path, "name must be a year or a month, as in 2025-07", name))
    return faults


def fault_at(value: Value, path: str, rule: str, got: str) -> Fault:
    """A fault at the place a value was read from."""
    file, _, line = value.origin.rpartition(":")
    return Fault(file, int(line), path, rule, got)
