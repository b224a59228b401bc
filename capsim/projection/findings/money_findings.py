"""What a projection says of its money: delay, foreign prices, funding that runs out, tranches that wait."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from capsim.buildout import FUNDING
from capsim.projection.findings.finding import Finding, Kind, finding, only
from capsim.projection.wording import listed, megawatts, money, plural
from capsim.vocabulary import MilestoneKind

if TYPE_CHECKING:
    from capsim.projection.projection import Projection

DELAY_PARTS = {
    "idle_systems": "value that idle systems lose",
    "interest_on_systems": "interest on them",
    "stranded_plant": "stranded plant",
    "rent": "rent",
}
"""Parts of the cost of a delay."""
NOTHING = 1e-9
"""Share of the funding up to which an amount is rounding. [1]"""


def dearest_delay(projection: Projection) -> Iterator[Finding]:
    """The phase whose delay costs most."""
    table, ending = projection.delay, f"_{projection.currency}_per_month"
    total = f"total{ending}"
    if len(table) and table[total].max() > 0:
        worst, unit = table.iloc[int(table[total].argmax())], projection.facts.money_unit
        costs = {words: worst.get(f"{name}{ending}", 0.0) for name, words in DELAY_PARTS.items()}
        parts = [f"{money(cost, unit)} of {words}" for words, cost in costs.items() if cost > 0]
        site, phase = worst["site"], worst["phase"]
        text = (
            f"a month's delay costs most at {site}.{phase}, {money(worst[total], unit)}, once it is built "
            f"and its systems are there: {', '.join(parts)}"
        )
        yield finding("delay", text, (site, phase), **{total: worst[total]})


def priced_elsewhere(projection: Projection) -> Iterator[Finding]:
    """Prices of one country used in another; none from a projection saved before they were noted."""
    for item, prices in projection.facts.priced_elsewhere.items():
        priced, sites = prices["priced_in"], prices["sites"]
        text = (
            f"the cost item {item} was priced in {listed([c.upper() for c in priced])}, and is used for "
            f"{listed(sites)} elsewhere: give items with countries, or a preset that has them"
        )
        yield finding("priced_elsewhere", text, only([(site, "") for site in sites]), sites=len(sites))


def funding(projection: Projection) -> Iterator[Finding]:
    """Money that arrived and was committed by the horizon, when it runs out, and what is left unbuilt."""
    kinds: tuple[MilestoneKind, ...] = ("funded", "committed", "released", "reserved")
    arrived, paid, released, reserved = (_in_horizon(projection, kind)["amount"].sum() for kind in kinds)
    # a scenario without funding has no limit on its money
    if not arrived > 0.0:
        return
    unit, committed = projection.facts.money_unit, paid - released
    text = f"of {money(arrived, unit)} of funding, {money(committed, unit)} is committed"
    if reserved > NOTHING * arrived:
        text += f" and {money(reserved, unit)} is reserved"
    waits = projection.waits[projection.waits["cause"] == FUNDING]
    if len(waits):
        since = projection.start + pd.Timedelta(days=float(waits["start_d"].min()))
        text += f"; from {since:%Y-%m} on something waits for money"
    left = arrived - committed - reserved
    unfunded = projection.of_kind("unfunded")
    # what stays unbuilt matters most, and a screen may have room for the beginning alone
    unbuilt = _unbuilt(projection)
    if len(unfunded):
        first = f"{_last_day(projection)}: {unbuilt}" if unbuilt else _last_day(projection)
        text = f"{first}; {text}; {_too_little(projection, unfunded, left)}"
        unbuilt = "unbuilt" if unbuilt else ""
    else:
        text += f"; {_lasts(projection, waits, left)}"
    if unbuilt:
        text += f"; {unbuilt}: {listed(places(projection.of_kind('unbuilt')))}"
    kind: Kind = "money_runs_out" if len(unfunded) else "funding"
    amounts = {"arrived": arrived, "committed": committed, "reserved": reserved, "left": left}
    yield finding(kind, text, **{f"{name}_{projection.currency}": each for name, each in amounts.items()})


def _in_horizon(projection: Projection, kind: MilestoneKind) -> pd.DataFrame:
    rows = projection.of_kind(kind)
    return rows[rows["time_d"] < (projection.end - projection.start).days]


def _lasts(projection: Projection, waits: pd.DataFrame, left: float) -> str:
    """What is left of money that pays for all that asks for it."""
    is_later = (waits["end_d"] > (projection.end - projection.start).days).any()
    then = "what waits is paid later" if is_later else "nothing waits for it"
    return f"{money(left, projection.facts.money_unit)} is left and {then}"


def _last_day(projection: Projection) -> str:
    """The day after which the money buys nothing more."""
    paid = _in_horizon(projection, "committed")
    return f"money runs out on {paid['date'].max():%Y-%m-%d}" if len(paid) else "the money buys nothing"


def _unbuilt(projection: Projection) -> str:
    """How much stays unbuilt for want of money; nothing where all is built."""
    rows = projection.of_kind("unbuilt")
    stays = "stays" if len(rows) == 1 else "stay"
    mw = megawatts(float(rows["amount"].sum()))
    return f"{plural(len(rows), 'phase')} with {mw} MW {stays} unbuilt" if len(rows) else ""


def _too_little(projection: Projection, unfunded: pd.DataFrame, left: float) -> str:
    """What is left of money that runs out, and what it is too little for."""
    unit = projection.facts.money_unit
    held_up, who = projection.of_kind("first_in_queue"), "the first in the queue"
    if not len(held_up):
        held_up, who = unfunded.nsmallest(1, "amount", keep="first"), "the cheapest of what waits"
    price = money(float(held_up["amount"].iloc[0]), unit)
    return (
        f"the {money(left, unit)} left at the end is too little for {places(held_up)[0]}, "
        f"{who}, at {price} with what it is worth nothing without"
    )


def tranches(projection: Projection) -> Iterator[Finding]:
    """A finding per tranche that waits for milestones: when it comes, if ever, and with what."""
    funded = projection.of_kind("funded")
    dates = dict(zip(funded["item"], funded["date"], strict=True))
    for name, tranche in projection.facts.tranches.items():
        text = f"tranche {name} ({money(tranche['amount'], projection.facts.money_unit)})"
        after, when = " and ".join(tranche["after"]), dates.get(name)
        amount = {f"amount_{projection.currency}": tranche["amount"]}
        if when is not None and when < projection.end:
            yield finding("tranche", f"{text} comes on {when:%Y-%m-%d}; it waits for {after}", **amount)
        else:
            missing = f"{text} does not come inside the horizon: it waits for {after}"
            yield finding("tranche_missing", missing, **amount)


def places(rows: pd.DataFrame) -> list[str]:
    """Names of phases or of what is in them, each once."""
    names = [".".join(part for part in row if part) for row in rows[["site", "phase", "item"]].to_numpy()]
    return list(dict.fromkeys(names))


def several_rates(projection: Projection) -> Iterator[Finding]:
    """A finding per rate of return of which there are several: which, and which one is shown."""
    for name, rates in projection.facts.several_rates.items():
        shown = min(rates, key=lambda rate: abs(math.log1p(rate)))
        text = (
            f"{name} has {len(rates)} values, {listed([f'{rate:.1%}' for rate in rates])}: the flows change "
            f"sign more than once; shown is {shown:.1%}, the nearest to 0; net present value tells more"
        )
        yield finding("several_rates", text, rates=len(rates), shown=shown)
