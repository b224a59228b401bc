"""What a projection says in plain words of grids: steps refused or dropped, and how their carbon is known."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from capsim.operations.surroundings import FLAT, OF_THE_SUN
from capsim.projection import Projection
from capsim.projection.rows import of_kind
from capsim.report.wording import listed, megawatts


def hours_of_carbon_stated(projection: Projection) -> Iterator[str]:
    """A sentence where the hours of a grid's carbon intensity are by rule, or not known."""
    hours: dict[str, str] = projection.manifest.get("carbon_hours", {})
    made = [country for country, kind in hours.items() if kind == OF_THE_SUN]
    flat = [country for country, kind in hours.items() if kind == FLAT]
    said = []
    if made:
        said.append(f"fall with the sun in {listed(made)} (assumed, from the share of solar power)")
    if flat:
        said.append(f"are all alike in {listed(flat)}")
    if said:
        yield f"hours of carbon intensity were measured in France only; they {' and '.join(said)}"


def dropped_steps(projection: Projection) -> Iterator[str]:
    """A sentence per dropped grid step: its MW, after which stage, and the phases given up with it."""
    events = projection.milestones
    cancelled = of_kind(events, "cancelled")
    steps = cancelled[cancelled["phase"] == ""]
    columns = (steps[name].to_list() for name in ("site", "item", "amount", "date"))
    applied = set(of_kind(events, "applied")[["site", "item"]].itertuples(index=False, name=None))
    for site, step, mw, when in zip(*columns, strict=True):
        if (site, step) not in applied:
            yield (
                f"grid step {site}.{step} ({megawatts(mw)} MW) is not applied for: in {when:%Y-%m} the last "
                "phase it was to power is given up"
            )
            continue
        own = of_kind(events[(events["site"] == site) & (events["phase"] == "")], "finished")
        stages = own[own["item"].str.startswith(f"{step}.")].sort_values("time_d", kind="stable")["item"]
        after = f" after its stage {stages.iloc[-1].partition('.')[2]}" if len(stages) else ""
        yield (
            f"grid step {site}.{step} ({megawatts(mw)} MW) is refused or dropped{after} in {when:%Y-%m}: its "
            f"MW never come, what was spent stays spent{_with_it(cancelled, site, step)}"
        )


def _with_it(cancelled: pd.DataFrame, site: str, step: str) -> str:
    """The phases that were given up with a step."""
    rows = cancelled[(cancelled["site"] == site) & (cancelled["phase"] != "") & (cancelled["item"] == step)]
    names = [f"{site}.{phase}" for phase in rows["phase"]]
    return f"; given up with it: {listed(names)}" if names else ""


def of_own_stage(cancelled: pd.DataFrame) -> pd.DataFrame:
    """Cancelled phases that one of their own stages ended, and not their grid step."""
    steps = cancelled[cancelled["phase"] == ""]
    lost = set(zip(steps["site"], steps["item"], strict=True))
    own = [pair not in lost for pair in zip(cancelled["site"], cancelled["item"], strict=True)]
    return cancelled[pd.Series(own, index=cancelled.index, dtype=bool)]
