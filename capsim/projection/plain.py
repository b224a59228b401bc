"""Results as plain data, without the libraries that label them."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any


def finite(value: Any) -> Any:
    """The value with dates as text and every float that is not a number as None, at any depth."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def from_json(text: str) -> Any:
    """What JSON says; ValueError where it is none, or nested more deeply than anything that is written here.

    Examples
    --------
    >>> from_json('{"pue": 1.1}')
    {'pue': 1.1}
    >>> from_json("[" * 100_000)
    Traceback (most recent call last):
    ValueError: nested too deeply
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def as_json(record: dict[str, Any]) -> str:
    """JSON in a fixed layout.

    Examples
    --------
    >>> print(as_json({"pue": 1.1, "wue": None}))
    {
     "pue": 1.1,
     "wue": null
    }
    """
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False)
