"""Units of headline figures, read off their names."""

from __future__ import annotations

ENDINGS = (
    ("_l_per_kwh", "l/kWh"),
    ("_gwh", "GWh"),
    ("_mw", "MW"),
    ("_mw_end", "MW"),
    ("_m3", "m3"),
    ("_t", "tCO2e"),
    ("_kg_per_kwh", "kgCO2e/kWh"),
    ("_share", "1"),
    ("payback_y", "y"),
    ("irr_real", "1/y"),
    ("irr_equity_nominal", "1/y"),
    ("h100e_h", "H100e h"),
    ("accelerator_h", "h"),
    ("accelerators_peak", "accelerators"),
    ("_peak", "H100e"),
    ("_peak_h100e", "H100e"),
    ("erf", "1"),
    ("pue", "1"),
)
"""Ending of a name and its unit; the first that fits."""
PER = {
    "critical_it_mw": "MW",
    "h100e": "H100e",
    "accelerator_h": "h",
    "h100e_h": "(H100e h)",
    "it_mwh": "MWh",
    "it_mw_year": "(MW y)",
}
"""What a money figure may be per."""


def unit_of_result(name: str, currency: str, money_unit: str) -> str:
    """Unit of a headline figure.

    Examples
    --------
    >>> unit_of_result("lcoc_eur_per_h100e_h", "eur", "EUR2025"), unit_of_result("it_gwh", "eur", "EUR2025")
    ('EUR2025/(H100e h)', 'GWh')
    """
    stem, is_money, per = name.partition(f"_{currency}")
    if is_money and stem:
        if stem.endswith("_nominal"):
            return f"{currency.upper()} nominal"
        return f"{money_unit}/{PER[per.removeprefix('_per_')]}" if per else money_unit
    return next((unit for ending, unit in ENDINGS if name.endswith(ending)), "")
