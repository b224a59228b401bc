"""What the manifest says of the systems of a run, so that a saved projection needs no catalogue."""

from __future__ import annotations

from typing import Any

from capsim.models.compute import DEFINITIONS
from capsim.operations.fleet import ratio
from capsim.projection.run import Run
from capsim.units import W_PER_KW
from capsim.vocabulary.events import SYSTEM_KINDS


def systems_of(run: Run) -> dict[str, dict[str, Any]]:
    """Accelerators, power and H100-equivalents of each system of the run, by its name.

    Systems without accelerators (hosted IT) have an `accelerator_count` of 0 and their power.
    """
    names = sorted({milestone.unit for milestone in run.timeline.of_kind(*SYSTEM_KINDS)})
    return {name: _system(run, name) for name in names}


def _system(run: Run, name: str) -> dict[str, Any]:
    catalog = run.scenario.catalog
    system = catalog.entry("systems", name)
    count, all_in_kw = system.number("accelerator_count"), system.number("all_in_it_kw")
    if not count:
        return {"accelerator_count": 0.0, "all_in_it_kw": all_in_kw}
    chip = catalog.entry("accelerators", system.text("accelerator"))
    return {
        "accelerator_count": count,
        "all_in_it_kw": all_in_kw,
        "accelerator": chip.name,
        "all_in_it_w_per_accelerator": all_in_kw * W_PER_KW / count,
        "h100e": {definition: ratio(chip, definition) for definition in DEFINITIONS},
    }
