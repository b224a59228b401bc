"""Pictures of answers: ladder of reliefs, chances over time, S-curve, indices, audit, hours of a year."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from capsim.projection import Projection, scaled
from capsim.report.audit_words import ratio_words
from capsim.report.figure_cells import (
    figure_title,
    goal_words,
    in_a_sentence,
    milestone_title,
    title_with_unit,
)
from capsim.report.figure_style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    THOUSANDS,
    TITLED_PT,
    axes_of,
    dates_below,
    day_number,
    input_label,
    legend_below,
    nothing_to_show,
    sized,
    styled,
)
from capsim.study import BEYOND, Audit, Ensemble, Forecast, Relief, Sensitivity
from capsim.units import HOURS_PER_DAY, MONTHS_PER_YEAR
from capsim.vocabulary import parse_goal

COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY)
MOST_UPRIGHT = 6
"""Rungs whose names stand upright."""
MOST_OF_AN_INDEX = (-0.2, 1.2)
"""What is shown of indices, which lie between 0 and 1, and of their intervals. [1]"""
MOST_MILESTONES = 20
"""Milestones of a trend: the next ones."""
MARKS = "Dsv^"
"""Marks of earlier forecasts."""
LEAST_JUMP = 0.02
"""Step from what there is to what is to come that the S-curve explains, over its highest value. [1]"""
LAST_HOUR = pd.Timedelta(hours=HOURS_PER_DAY - 1)
"""From the first hour of a day to its last."""
DASHES = ("-", "--", "-.", ":")
"""Told apart in grey, too."""


def about_of(result: Any) -> dict[str, Any]:
    """What a result was made of: its manifest, with the names of a forecast and of an audit."""
    if isinstance(result, Forecast):
        return {
            **result.manifest,
            "scenario": result.scenario,
            "title": result.title,
            "as_of": result.vintage.as_of,
        }
    if isinstance(result, Audit):
        claim = result.claim
        return {
            **result.manifest,
            "scenario": claim.claim,
            "title": claim.title,
            "statement": claim.statement,
        }
    about: dict[str, Any] = getattr(result, "manifest", {})
    return about


@styled
def relief_ladder(result: Relief, ax: Axes | None = None) -> Axes:
    """From the plan up, rung by rung: what each next limit gains over the ones before."""
    ax, by = axes_of(ax, result.manifest), result.manifest["by"]
    of_halls = result.ranking.is_of_halls
    gains = [g.mw_months / MONTHS_PER_YEAR if of_halls else g.figures[by] for g in result.ladder]
    if not gains:
        return nothing_to_show(ax, f"no limit lifted gains: {result.end or 'none was tried'}")
    plan = 0.0 if of_halls else result.plan[by]
    levels = plan + np.concatenate([[0.0], np.cumsum(gains)])
    rungs = [" and ".join(gain.limits) for gain in result.ladder]
    names = ["the plan", *(f"{'then' if n else 'first'}\n+ {limits}" for n, limits in enumerate(rungs))]
    places = np.arange(len(names))
    unit, title = ("MW-years", "halls ready earlier") if of_halls else (result.units[by], figure_title(by))
    size, words = sized(abs(levels).max(), unit)
    ax.bar(places[:1], levels[:1] / size, color=GREY)
    better = 1.0 if result.manifest["better"] == "higher" else -1.0
    heights = np.array(gains) / size
    ax.bar(
        places[1:],
        heights,
        bottom=levels[:-1] / size,
        color=[BLUE if g * better > 0 else ORANGE for g in gains],
    )
    for place, top, value in zip(places, levels, [plan, *gains], strict=True):
        sign = "" if place == 0 or value < 0 else "+"
        ax.annotate(
            f"{sign}{scaled(value)}", (place, top / size), (0, 4), textcoords="offset points", ha="center"
        )
    for place, level in zip(places[:-1], levels[:-1] / size, strict=True):
        ax.plot([place - 0.4, place + 1.4], [level] * 2, color=GREY, lw=0.8)
    turned: dict[str, Any] = {"rotation": 20, "ha": "right"} if len(names) > MOST_UPRIGHT else {}
    ax.set_xticks(places, names, **turned)
    ax.set(title="What to lift first, and what next", ylabel=f"{title}, {words}")
    ax.yaxis.set_major_formatter(THOUSANDS)
    ax.margins(y=0.1)
    ax.grid(visible=False, axis="x")
    return ax


@styled
def chances_over_time(result: Ensemble, ax: Axes | None = None) -> Axes:
    """Share of the draws that have reached each goal, or passed an upper bound, by month."""
    ax = axes_of(ax, result.manifest)
    months = pd.DatetimeIndex(result.monthly["month"].to_numpy())
    shown = [chance for chance in result.chances if any(chance.by_month)]
    if not shown:
        return nothing_to_show(ax, "no goal is reached in any draw")
    for number, chance in enumerate(shown):
        goal = parse_goal(chance.goal)
        word = " (passed)" if goal.sense == "<=" else ""
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number % len(DASHES)]
        label = f"{goal_words(goal, result.manifest['money_unit'])}{word}"
        ax.plot(months, 100.0 * np.array(chance.by_month), color=colour, ls=dash, label=label)
        if goal.month is not None:
            ax.axvline(
                day_number(pd.Timestamp(goal.month) + pd.offsets.MonthEnd(0)), color=GREY, lw=1.0, ls=":"
            )
    ax.set(title="How sure by when", ylabel="% of the draws", ylim=(0.0, 103.0))
    dates_below(ax)
    legend_below(ax)
    return ax


@styled
def sobol_bars(result: Sensitivity, ax: Axes | None = None) -> Axes:
    """First-order and total indices with their 95 % intervals."""
    ax = axes_of(ax, result.manifest)
    if result.indices is None:
        return nothing_to_show(ax, "no indices were asked for: --sobol 256")
    table = result.indices.iloc[::-1]
    places = np.arange(len(table))
    columns = list(table.columns)
    for shift, first, colour, label in ((0.2, 0, BLUE, "first order"), (-0.2, 3, ORANGE, "total")):
        value, low, high = (table[columns[first + k]].to_numpy() for k in range(3))
        ends = np.abs(np.vstack([value - low, high - value]))
        ax.barh(places + shift, value, 0.38, color=colour, xerr=ends, ecolor=GREY, label=label)
    ax.set_yticks(places, [input_label(str(name)) for name in table.index], fontsize=10)
    left, right = ax.get_xlim()
    title, label = (
        f"Share of the variance of {in_a_sentence(result.figure)}",
        "Sobol' index [1], 95 % intervals",
    )
    if left < MOST_OF_AN_INDEX[0] or right > MOST_OF_AN_INDEX[1]:
        label += "; those that leave the picture need more draws (--sobol)"
    ax.set_xlim(max(left, MOST_OF_AN_INDEX[0]), min(right, MOST_OF_AN_INDEX[1]))
    ax.axvline(0.0, color=GREY, lw=1.0)
    ax.set(title=title, xlabel=label)
    legend_below(ax, below_pt=TITLED_PT)
    ax.grid(visible=False, axis="y")
    return ax


@styled
def s_curve_chart(made: Forecast, ax: Axes | None = None, figure: str = "critical_it_mw") -> Axes:
    """Plan, what there was up to the data date, and P10 to P90 of what is to come."""
    ax, points = axes_of(ax, about_of(made)), made.s_curves[figure]
    days = pd.DatetimeIndex([f"{point.month}-01" for point in points]) + pd.offsets.MonthEnd(0)

    def of(name: str) -> np.ndarray:
        return np.array([getattr(point, name) for point in points], dtype=float)

    ax.fill_between(days, of("p10"), of("p90"), color=BLUE, alpha=0.25, lw=0, label="P10 to P90")
    ax.plot(days, of("p50"), color=BLUE, label="P50")
    if not np.isnan(of("actual")).all():
        ax.plot(days, of("actual"), color="black", lw=2.6, label="so far")
        _tell_jump(ax, days, of("actual"), of("p50"), title_with_unit(figure, "").split(", ")[-1])
    if not np.isnan(of("plan")).all():
        ax.plot(days, of("plan"), color=ORANGE, ls="--", label="held against")
    data_date = day_number(pd.Timestamp(made.vintage.as_of))
    ax.axvline(data_date, color=GREY, lw=1.2, ls=":")
    across = blended_transform_factory(ax.transData, ax.transAxes)
    ax.text(data_date, 0.98, f" data date {made.vintage.as_of}", transform=across, va="top", fontsize=10)
    ax.set_ylim(bottom=0.0)
    ax.set(
        title=f"{figure_title(figure)}: so far, and to come",
        ylabel=title_with_unit(figure, "").split(", ")[-1],
    )
    ax.yaxis.set_major_formatter(THOUSANDS)
    dates_below(ax)
    legend_below(ax)
    return ax


def _tell_jump(ax: Axes, days: pd.DatetimeIndex, actual: np.ndarray, p50: np.ndarray, unit: str) -> None:
    """How much may come in the first month that is not known: what was due and is not there comes then."""
    last, first = np.flatnonzero(~np.isnan(actual))[-1], np.flatnonzero(~np.isnan(p50))[:1]
    if not first.size:
        return
    jump = float(p50[first[0]] - actual[last])
    if abs(jump) >= LEAST_JUMP * float(np.nanmax(p50)):
        words = (
            f"{jump:+,.0f} {unit} at P50 in the first month to come:\nwhat was due by then and is not there"
        )
        at = (day_number(days[first[0]]), float(p50[first[0]]))
        ax.annotate(
            words, at, (12, -26), textcoords="offset points", fontsize=9, arrowprops={"arrowstyle": "-"}
        )


@styled
def trend_chart(made: Forecast, ax: Axes | None = None) -> Axes:
    """Milestones to come: where earlier forecasts had them, where they are now, and P10 to P90."""
    ax = axes_of(ax, about_of(made))
    to_come = [name for name, day in sorted(made.vintage.dates.items(), key=lambda of: of[1])]
    to_come = [name for name in to_come if made.vintage.dates[name] > made.vintage.as_of][:MOST_MILESTONES]
    if not to_come:
        return nothing_to_show(ax, "no milestone is to come inside the horizon")
    place = {name: number for number, name in enumerate(to_come)}
    ends = {name: made.spread[name] for name in to_come if all(made.spread.get(name, ("", "")))}
    for number, (name, (low, _, high)) in enumerate(ends.items()):
        label = "" if number else "P10 to P90"
        days = [day_number(pd.Timestamp(day)) for day in (low, high)]
        ax.plot(days, [place[name]] * 2, color=BLUE, alpha=0.3, lw=7, solid_capstyle="butt", label=label)
    last = day_number(pd.Timestamp(max(point.month for of in made.s_curves.values() for point in of)))
    open_ended = {n: made.spread[n][0] for n in to_come if n not in ends and any(made.spread.get(n, ()))}
    for number, (name, low) in enumerate(open_ended.items()):
        label = "" if number else "from P10 on, P90 beyond the horizon"
        how: dict[str, Any] = {"color": BLUE, "alpha": 0.3, "lw": 7, "marker": ">", "markevery": [1], "ms": 9}
        ax.plot([day_number(pd.Timestamp(low)), last], [place[name]] * 2, label=label, **how)
    for number, (vintage, slips) in enumerate(made.slips.items()):
        known = [slip for slip in slips if slip.milestone in place and slip.before not in ("", BEYOND)]
        before = [day_number(pd.Timestamp(slip.before)) for slip in known]
        rows, label = [place[slip.milestone] for slip in known], vintage
        ax.plot(before, rows, MARKS[number % len(MARKS)], mfc="white", mec=GREY, ms=7, label=label)
    now = [day_number(pd.Timestamp(made.vintage.dates[name])) for name in to_come]
    ax.plot(now, range(len(to_come)), "o", color=BLUE, label=f"now ({made.vintage.as_of})")
    ax.set_yticks(range(len(to_come)), [milestone_title(name, made.titles) for name in to_come], fontsize=9)
    ax.set(title="Milestones to come, and how they moved")
    ax.invert_yaxis()
    dates_below(ax)
    legend_below(ax)
    return ax


@styled
def audit_scatter(result: Audit, ax: Axes | None = None) -> Axes:
    """Each ratio of the claim among the reference builds, as a multiple of the claim's own."""
    ax = axes_of(ax, about_of(result))
    ratios = [ratio for ratio in result.ratios if ratio.references]
    if not ratios:
        return nothing_to_show(ax, "no reference build has a ratio of this claim")
    for place, ratio in enumerate(ratios):
        middle = (ratio.low * ratio.high) ** 0.5
        values = [reference.value / middle for reference in ratio.references]
        labels = ("a reference build", "the claim") if not place else (None, None)
        ax.plot(values, [place] * len(values), "o", color=BLUE, alpha=0.5, label=labels[0])
        span = (ratio.low / middle, ratio.high / middle)
        ax.plot(span, (place, place), "|-", color=RED, ms=22, mew=3, lw=3, label=labels[1])
        if ratio.percentile is not None:
            where = f"above {ratio.percentile:.0f} % of {len(values)}"
            ax.annotate(where, (1.0, place), (4, 12), textcoords="offset points", fontsize=9, color=RED)
    names = [
        f"{ratio_words(r.name)}\n({r.basis}; {scaled((r.low * r.high) ** 0.5)} {r.unit})" for r in ratios
    ]
    ax.set_yticks(range(len(ratios)), names, fontsize=9)
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter(THOUSANDS)
    # room for what stands above the first mark
    ax.set_ylim(len(ratios) - 0.5, -0.7)
    ax.set(title="The claim among what is built", xlabel="ratio of a build over that of the claim [1]")
    legend_below(ax, below_pt=TITLED_PT)
    return ax


@styled
def duration_and_design(projection: Projection, ax: Axes | None = None, site: str = "") -> Axes:
    """Hours of the hardest year in falling order of load, and the load on the design day; needs hours."""
    ax = axes_of(ax, projection.manifest)
    if projection.hourly is None:
        return nothing_to_show(ax, "the hours were not kept: capsim run --hourly --out")
    name = site or str(projection.hourly["site"].to_numpy()[0])
    hour, design = projection.hour(name, "hardest"), projection.hour(name, "design")
    year, day = pd.Timestamp(str(hour.name)).year, pd.Timestamp(str(design.name)).normalize()
    curve = projection.duration_curve(name, year)
    ax.plot(curve.index.to_numpy(), curve.to_numpy(), color=BLUE, label=f"facility load in {year}")
    ax.axhline(float(hour["grid_mw_usable"]), color=GREY, ls=":", label="grid power usable")
    ax.set(title=f"{name}: hours of a year by load", xlabel="hours at or above", ylabel="MW")
    ax.xaxis.set_major_formatter(THOUSANDS)
    ax.legend(loc="lower left")
    beside = _beside(ax)
    hours = projection.hourly["facility_mw"].sel(site=name, hour=slice(day, day + LAST_HOUR)).to_numpy()
    beside.step(range(len(hours)), hours, where="post", color=ORANGE, ls="--", label="facility load")
    beside.axhline(float(design["grid_mw_usable"]), color=GREY, ls=":")
    beside.set(title="Design day", xlabel=f"hour of {day:%Y-%m-%d}, UTC")
    beside.tick_params(labelleft=False)
    beside.legend(loc="lower left")
    ax.set_ylim(0.0, 1.08 * max(float(hour["grid_mw_usable"]), float(curve.max())))
    return ax


def _beside(ax: Axes) -> Axes:
    """Axes to the right of others, in the place of a third of them; inside those that stand in no grid."""
    place, figure = ax.get_subplotspec(), ax.get_figure()
    if place is None or figure is None:
        return ax.inset_axes((0.6, 0.1, 0.38, 0.3), sharey=ax)
    halves = place.subgridspec(1, 2, width_ratios=(2, 1))
    ax.set_subplotspec(halves[0, 0])
    return figure.add_subplot(halves[0, 1], sharey=ax)
