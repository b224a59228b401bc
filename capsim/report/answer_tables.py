"""Tables of answers about inputs: the value that reaches a goal, and the plan that is chosen."""

from __future__ import annotations

from rich.console import Group, RenderableType

from capsim.report.figure_cells import figure_title
from capsim.report.study_grids import study_table, study_title
from capsim.report.study_values import number, read_as, short
from capsim.study import Planned, Solution
from capsim.vocabulary import parse_goal

AMOUNTS = {
    "goal": "",
    "cost": "Present value of capex and opex",
    "capex": "Capex up to the goal's month",
    "peak_mw": "Peak load, MW",
}
"""What the amounts of a plan are called; that of the goal by its figure."""


def solution_summary(result: Solution) -> RenderableType:
    """The outcome, and what it was found from."""
    figure = str(parse_goal(result.goal).figure)
    rows = [
        ["present", short(result.present), read_as(figure, result.reached_at_present)],
        [
            "found" if result.found is not None else "nearest",
            short(result.best),
            read_as(figure, result.reached),
        ],
    ]
    more = [f"looked between {number(result.low)} and {number(result.high)}, {result.runs} runs"]
    more += [f"there: {result.binds}"] if result.binds and result.found is not None else []
    title = study_title(result.explanation, "; ".join(more))
    return Group(title, study_table(f"{result.path} until {result.goal}", ["", "value", "result"], rows))


def plan_summary(result: Planned) -> RenderableType:
    """The choice, and what it comes to."""
    chosen = [[c.slot, c.option, "-" if c.size is None else number(c.size)] for c in result.choices]
    titles = AMOUNTS | {"goal": figure_title(parse_goal(result.goal).figure)}
    amounts = [
        [titles[name], short(getattr(result.expected, name)), short(getattr(result.simulated, name))]
        for name in titles
    ]
    more = f"{result.objective}, goal {result.goal}; solver gap {result.mip_gap:.1%}, "
    more += f"simulated over expected cost {result.model_gap:+.2%}, solved {result.rounds} times"
    return Group(
        study_title(f"{result.name}: {result.explanation}", more),
        study_table("Chosen", ["slot", "option", "size"], chosen, left=2),
        study_table("Comes to", ["", "linear model", "simulated"], amounts),
    )
