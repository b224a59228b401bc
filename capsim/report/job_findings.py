"""What a projection says of its whole jobs: allocation, goodput, and halls whose limit cuts their swing."""

from __future__ import annotations

from collections.abc import Iterator

from capsim.projection import Projection
from capsim.report.halls import by_hall

PERCENT = 100.0
WORTH_SAYING = 0.001
"""Share of the time from which the capping of a hall is reported."""


def job_findings(projection: Projection) -> Iterator[str]:
    """What jobs hold and achieve, where a workload has a job mix, and a sentence for each capped hall."""
    if not projection.assumptions["path"].str.contains("workload.jobs.", regex=False).any():
        return
    names = ("in_service_h", "held_h", "accelerator_h")
    total = {name: float(projection.monthly[name].sum()) for name in names}
    if total["held_h"] > 0.0:
        held = PERCENT * total["held_h"] / total["in_service_h"]
        kept = PERCENT * total["accelerator_h"] / total["held_h"]
        yield (
            f"whole jobs hold {held:.0f} % of the accelerators in service and make lasting progress in "
            f"{kept:.0f} % of that time, limits included"
        )
    for hall in by_hall(projection).to_dict("records"):
        if hall["capped_share"] >= WORTH_SAYING:
            yield (
                f"the hall {hall['site']}.{hall['phase']} caps its systems for "
                f"{PERCENT * hall['capped_share']:.1f} % of the time: its jobs swing above its "
                f"{hall['critical_it_mw']:.1f} MW"
            )
