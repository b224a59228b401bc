"""Starters: small scenarios with comments, for a country, a power and a chip, to write into."""

from __future__ import annotations

import math
from pathlib import Path
from string import Template

from capsim.catalog import Catalog, Entry, load_catalog, tariffs_of, worth_of
from capsim.errors import Fault, ScenarioError
from capsim.magnitudes import magnitude_of
from capsim.registry import did_you_mean

STARTERS = Path(__file__).with_name("starters")
"""Folder of the texts, one for each entry of the catalogue's starters."""
PRESETS = ("climate", "grid", "hall", "conversion", "costs", "currency")
"""What a country gives a starter."""
COUNTED_BY = "8bit"
"""Definition of an H100-equivalent that a starter leaves as it is."""
WORKS = "durations of permits, works and commissioning"
"""What a preset of works is, where the catalogue has nothing to say of it."""


def started(
    name: str, starter: str = "greenfield-training", *, country: str = "fra", mw: float = 0.0, chip: str = ""
) -> str:
    """The text of a new scenario, which is valid and runs where its name is one.

    Parameters
    ----------
    name : str
        Name of the scenario.
    starter : str, optional
        Entry of the catalogue's starters.
    country : str, optional
        Entry of its countries, an ISO 3166 alpha-3 code.
    mw : float, optional
        Critical IT power of all of it; the starter's where 0. [MW]
    chip : str, optional
        Accelerator, or system where one comes in several; the starter's where empty.

    Raises
    ------
    ScenarioError
        If the catalogue has no such entry.

    Examples
    --------
    >>> print(started("mine", "colocation-retrofit", country="SWE", mw=6).splitlines()[6])
    title: Retrofit of a colocation hall, 6 MW in Sweden
    """
    catalog = load_catalog()
    begun = _entry(catalog, "starters", starter, "--from")
    place = _entry(catalog, "countries", country.lower(), "--country")
    power = mw or begun.number("critical_it_mw")
    if not power > 0.0:
        raise _refused("--mw", "must be greater than 0", f"{mw:g}")
    hall, share = power / begun.number("halls"), begun.number("grid_mw_per_it_mw")
    if too_far := magnitude_of("MW").fault(power):
        raise _refused("--mw", too_far, f"{mw:g}")
    if too_far := magnitude_of("MW").fault(power * share):
        raise _refused("--mw", f"its grid connection {too_far}", f"{power * share:g}")
    system = catalog.entry("systems", _chosen(catalog, chip) if chip else begun.text("system"))
    plant = begun.values[f"cooling_{system.text('cooling_medium')}"]
    tariff = _tariff_of(catalog, place, power * share / begun.number("sites"))
    values = {
        "question": begun.text("title"),
        "name": name,
        "country": place.name,
        "country_title": place.text("title"),
        "system": system.name,
        "cooling": plant.value,
        "cooling_note": f" # {plant.note}" if plant.note else "",
        "mw": f"{power:g}",
        "hall_mw": f"{hall:.6g}",
        "grid_mw": f"{power * share:.6g}",
        "hall_grid_mw": f"{hall * share:.6g}",
        **{preset: place.text(preset) for preset in PRESETS},
        "tariff": tariff,
        **{f"{preset}_note": place.values[preset].note or WORKS for preset in ("hall", "conversion")},
    }
    return Template((STARTERS / f"{begun.name}.yaml").read_text("utf-8")).substitute(values)


def _entry(catalog: Catalog, table: str, name: str, option: str) -> Entry:
    """An entry that an option names."""
    names = catalog.names(table)
    if name not in names:
        near = did_you_mean(name, names) or f"; there are {', '.join(names)}"
        raise _refused(option, f"is none of the catalogue's {table}{near}", name)
    return catalog.entry(table, name)


def _tariff_of(catalog: Catalog, place: Entry, grid_mw: float) -> str:
    """A country's usual tariff, or the first of the country for loads of this size."""
    usual, fitting = place.text("tariff"), tariffs_of(catalog, place.name, grid_mw)
    return usual if usual in fitting or not fitting else fitting[0]


def _chosen(catalog: Catalog, chip: str) -> str:
    """The system of a chip; refused where what is begun with it would have no price or no compute."""
    system = catalog.entry("systems", _system_of(catalog, chip))
    if "price_usd" not in system:
        rule = f"has no price in the catalogue (price_usd of systems/{system.name}); begin with another,"
        raise _refused("--chip", f"{rule} and write it into the file with its system_price_usd", chip)
    if math.isnan(worth_of(catalog, system, COUNTED_BY).h100e):
        rule = f"has no {COUNTED_BY} FLOP/s in the catalogue, so it would count as no H100-equivalent"
        raise _refused("--chip", f"{rule}; begin with another, and write it into the file", chip)
    return system.name


def _system_of(catalog: Catalog, chip: str) -> str:
    """The system of that name, or the one an accelerator comes in."""
    names = catalog.names("systems")
    if chip in names:
        return chip
    entries = [catalog.entry("systems", name) for name in names]
    alike = [e.name for e in entries if "accelerator" in e and e.text("accelerator") == chip]
    if len(alike) > 1:
        raise _refused("--chip", f"comes in several systems; name one of {', '.join(alike)}", chip)
    if not alike:
        known = {*names, *(e.text("accelerator") for e in entries if "accelerator" in e)}
        near = did_you_mean(chip, sorted(known)) or f"; there are {', '.join(names)}"
        raise _refused("--chip", f"is no system of the catalogue, and no accelerator in one{near}", chip)
    return alike[0]


def _refused(option: str, rule: str, got: str) -> ScenarioError:
    return ScenarioError(option, [Fault(option, 0, "", rule, got)])
