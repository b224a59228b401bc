"""Plan: which systems, sizes and dates meet a goal at least cost? A MILP, checked by simulation."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capsim.errors import StudyError
from capsim.projection import Run, dates_by_phase, finite, money_name
from capsim.quantities import parts_left_out
from capsim.scenario import Option, Options, Scenario, changes_of, load, override
from capsim.shown import Pictured
from capsim.study.execution import Execution, Progress
from capsim.study.figures_of_rows import Kept
from capsim.study.headings import heading_of, taken_by, unit_at
from capsim.study.observe import Layout, play
from capsim.study.obstacles import limits_broken, limits_words, month_of
from capsim.study.plan_file import A_FIGURE_TO_REACH, load_options
from capsim.study.store import checksum, identity, of_scenario
from capsim.study.tasks import Variants, computed
from capsim.units import MONTHS_PER_YEAR
from capsim.vocabulary import Goal, parse_goal

MOST_ROUNDS = 6
"""Times the limits are tightened where the simulation misses them."""
TOLERANCE = 1e-6
"""Relative distance from a limit that still counts as inside."""
MIP_GAP = 1e-6
"""Relative gap at which the solver stops."""


@dataclass(frozen=True)
class Amounts:
    """What a selection comes to."""

    goal: float
    """The goal's metric."""
    cost: float
    """Present value of capex and opex over the horizon, at the real WACC. [scenario currency]"""
    capex: float
    """Capex up to the goal's month. [scenario currency]"""
    peak_mw: float
    """Largest monthly facility peak, summed over sites. [MW]"""


@dataclass(frozen=True)
class Choice:
    """An option that was chosen."""

    slot: str
    option: str
    size: float | None
    """Value of its size; None where it has none."""
    path: str = ""
    """Dotted path of the size; empty where it has none."""
    unit: str = ""
    """Unit of the size."""
    place: str = ""
    """What is built, such as ``aion.p2``."""
    systems: tuple[str, ...] = ()
    """Systems of its fleets."""
    system_titles: tuple[str, ...] = ()
    """What they are called, in the same order."""
    ready: str | None = None
    """Day on which all its halls are ready, by simulation of the plan; None where they are not."""


@dataclass(frozen=True)
class Planned(Pictured):
    """A plan, what the linear model expects of it, and what the simulation gives."""

    name: str
    goal: str
    objective: str
    feasible: bool
    """Whether the simulated plan meets the goal and the options' own limits, budget and grid."""
    choices: tuple[Choice, ...]
    expected: Amounts
    """By the linear model."""
    simulated: Amounts
    """By simulation of the plan: what counts."""
    mip_gap: float
    """Relative gap the solver leaves between its answer and its bound. [1]"""
    model_gap: float
    """Simulated over expected cost, less 1: what the linear model misses. [1]"""
    rounds: int
    """Times the program was solved."""
    changes: dict[str, Any]
    """What turns the scenario into the plan, by dotted path; None removes a record."""
    limits: tuple[str, ...]
    """Limits of the scenario the simulated plan breaks; empty where it can be built."""
    explanation: str
    takes_at_present: dict[str, float]
    """Headline figures of the scenario as it is."""
    takes: dict[str, float]
    """Headline figures of the plan, by simulation."""
    manifest: dict[str, Any]
    """What makes it the same plan, and its title, unit of money and H100-equivalent."""

    def __repr__(self) -> str:
        feasible = "feasible" if self.feasible else "not feasible"
        return f"<Planned {self.name}: {self.goal}, {feasible}, {len(self.choices)} choices>"

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, dates as ISO text."""
        plain: dict[str, Any] = finite(asdict(self))
        return plain


def plan(
    options: Options | str | os.PathLike[str],
    *,
    seed: int = 0,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Planned:
    """Choose options of a scenario so that a goal is met at least cost, or most of it is reached.

    Parameters
    ----------
    options : Options, str or path-like
        What may be chosen, or the file of it.
    seed : int
        Key of weather and price years.
    processes, progress
        As in `ensemble`.

    Returns
    -------
    planned : Planned
        The choice, its expected and its simulated amounts, and the gaps between them.

    Raises
    ------
    StudyError
        If no choice can do it, even by the linear model.

    Notes
    -----
    Each option is simulated alone, at the ends of its size, to get what it adds; the mixed-integer
    program takes these as additive and linear in size. At least cost an option is not chosen that leaves
    out of its money what another option of its slot pays for. Its answer is simulated as a whole; where
    phases that share crews, grid power or demand make it miss a limit, that limit is tightened by
    the shortfall and the program solved again, at most `MOST_ROUNDS` times.
    """
    loaded = options if isinstance(options, Options) else load_options(options)
    execution = Execution(processes=processes, progress=progress)
    model = _Model(loaded, load(loaded.scenario), seed, execution)
    tightened = np.zeros(3)
    rounds, missed = 0, np.ones(3)
    while missed.any() and rounds < MOST_ROUNDS:
        rounds += 1
        x, gap = model.solved(tightened)
        simulated = model.simulated(x)
        missed = model.missed(simulated)
        tightened = tightened + missed
    return model.planned(x, simulated, gap, rounds)


def plan_runs(options: Options) -> int:
    """Runs foreseen: the plan without its options, each at the ends of its size, and the answers."""
    ends = sum(1 if option.size is None else 2 for option in options.options)
    return 1 + ends + MOST_ROUNDS


Chosen = Mapping[str, tuple[Option, float | None]]
"""Option and size by slot."""


def _paying_less(options: Options, scenario: Scenario) -> dict[str, list[str]]:
    """Options whose money leaves out parts that another option of their slot pays for, and these parts.

    Their cost is not of the same things, so that none of them is the cheapest.
    """
    out: dict[str, frozenset[str]] = {}
    for option in options.options:
        size = None if option.size is None else option.size.low
        alone = override(scenario, changes_of(options, {option.slot: (option, size)}))
        out[option.id] = frozenset(parts_left_out(alone))
    paid: dict[str, frozenset[str]] = {}
    for option in options.options:
        paid[option.slot] = paid.get(option.slot, out[option.id]) & out[option.id]
    less = {option.id: sorted(out[option.id] - paid[option.slot]) for option in options.options}
    return {name: parts for name, parts in less.items() if parts}


class _Model:
    """The linear model of a plan's options."""

    def __init__(self, options: Options, scenario: Scenario, seed: int, execution: Execution) -> None:
        self.options, self.scenario, self.seed = options, scenario, seed
        self.goal: Goal = parse_goal(options.goal)
        if self.goal.figure.is_date or self.goal.sense == "<=":
            raise StudyError(f"{A_FIGURE_TO_REACH} (got {options.goal})")
        self.pay_less = _paying_less(options, scenario) if options.objective == "least-cost" else {}
        self.kept = Kept("portfolio", (self.goal.figure,))
        self.layout: Layout = self.kept.layout(play(scenario, seed, 0))
        sizes = [[None] if o.size is None else [o.size.low, o.size.high] for o in options.options]
        alone: list[Chosen] = [
            {o.slot: (o, end)} for o, ends in zip(options.options, sizes, strict=True) for end in ends
        ]
        amounts = self._rows([{}, *alone], execution)
        self.base, added = amounts[0], amounts[1:] - amounts[0]
        firsts = np.cumsum([0, *map(len, sizes)])
        # What each option adds at its least size, and by how much that grows to its largest.
        self.low = added[firsts[:-1]]
        self.span = added[firsts[1:] - 1] - self.low

    def _rows(self, cases: Sequence[Chosen], execution: Execution) -> NDArray[np.float64]:
        """Goal, cost, capex and peak with some options only, shape (n, 4)."""
        changes = tuple(changes_of(self.options, chosen) for chosen in cases)
        task = Variants(self.scenario, changes, self.seed, self.layout.n_columns, self.kept)
        rows = computed(task, len(cases), execution)
        return np.array([list(asdict(self._amounts(row)).values()) for row in rows])

    def _amounts(self, row: NDArray[np.float64]) -> Amounts:
        months = month_of(self.goal, self.scenario) + 1
        capex, opex = (self._series(row, money_name(kind, self.scenario)) for kind in ("capex", "opex"))
        times_y = (np.arange(self.layout.n_months) + 0.5) / MONTHS_PER_YEAR
        rate = self.scenario.finance.wacc_real
        return Amounts(
            goal=float(row[self.layout.figures.index(str(self.goal.figure))]),
            cost=float(np.sum((capex + opex) * (1.0 + rate) ** -times_y)),
            capex=float(capex[:months].sum()),
            peak_mw=float(self._series(row, "facility_peak_mw").max()),
        )

    def _series(self, row: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        return row[self.layout.months_of(self.layout.columns(name))]

    @property
    def _limits(self) -> NDArray[np.float64]:
        """Least goal, most capex, most peak; infinite where there is none."""
        goal = self.goal.value if self.options.objective == "least-cost" else -np.inf
        ends = [np.inf if v is None else v for v in (self.options.budget, self.options.grid_mw)]
        return np.array([goal, *ends])

    def solved(self, tightened: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Choice and size of every option (n binaries, then n shares of size), and the solver's gap."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        n = len(self.options.options)
        column = 1 if self.options.objective == "least-cost" else 0
        sign = 1.0 if column == 1 else -1.0
        effects = np.vstack([self.low, self.span])
        scale = np.maximum(np.abs(effects).max(axis=0), 1.0)
        least, capex, peak = self._limits + tightened * np.array([1.0, -1.0, -1.0])
        slots = np.array([slot.id for slot in self.options.slots])[:, None]
        is_of_slot = slots == [option.slot for option in self.options.options]
        one = np.hstack([is_of_slot, np.zeros_like(is_of_slot)])
        constraints = [
            LinearConstraint(one, -np.inf, 1.0),
            LinearConstraint(np.hstack([-np.eye(n), np.eye(n)]), -np.inf, 0.0),
        ]
        for place, low, high in ((0, least, np.inf), (2, -np.inf, capex), (3, -np.inf, peak)):
            if np.isfinite(low) or np.isfinite(high):
                size, base = scale[place], self.base[place]
                bounds = (low - base) / size, (high - base) / size
                constraints.append(LinearConstraint(effects[:, place] / size, *bounds))
        result = milp(
            sign * effects[:, column] / scale[column],
            integrality=np.concatenate([np.ones(n), np.zeros(n)]),
            bounds=Bounds(0.0, np.tile([float(o.id not in self.pay_less) for o in self.options.options], 2)),
            constraints=constraints,
            options={"mip_rel_gap": MIP_GAP},
        )
        if result.x is None:
            best = self._best_words()
            raise StudyError(f"no choice of options meets {self.goal} within the limits: {best}")
        return np.asarray(result.x), float(result.mip_gap or 0.0)

    def _best_words(self) -> str:
        """The most that could be had of the goal if there were no limits."""
        best: dict[str, float] = {}
        for option, low, span in zip(self.options.options, self.low[:, 0], self.span[:, 0], strict=True):
            best[option.slot] = max(best.get(option.slot, 0.0), low + max(span, 0.0))
        text = f"without budget and grid limits the best comes to {self.base[0] + sum(best.values()):,.6g}"
        barred = "; ".join(f"{name} leaves out {', '.join(parts)}" for name, parts in self.pay_less.items())
        return f"{text}; not chosen, since others of their slot pay for it: {barred}" if barred else text

    def chosen(self, x: NDArray[np.float64]) -> Chosen:
        """The options taken, with their sizes."""
        n = len(self.options.options)
        chosen: dict[str, tuple[Option, float | None]] = {}
        for option, taken, share in zip(self.options.options, x[:n], x[n:], strict=True):
            if taken > 0.5:
                size = option.size
                at = None if size is None else size.low + float(np.clip(share, 0, 1)) * (size.high - size.low)
                chosen[option.slot] = (option, at)
        return chosen

    def simulated(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Amounts of a choice, by simulation."""
        return np.asarray(self._rows([self.chosen(x)], Execution(processes=1))[0])

    def missed(self, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """By how much amounts miss the goal, the budget and the grid; 0 where they do not."""
        least, capex, peak = self._limits
        over = np.array([least - amounts[0], amounts[2] - capex, amounts[3] - peak])
        allowed = TOLERANCE * np.abs(np.nan_to_num([least, capex, peak], posinf=0.0, neginf=0.0))
        return np.where(over > allowed, over, 0.0)

    def planned(
        self, x: NDArray[np.float64], simulated: NDArray[np.float64], gap: float, rounds: int
    ) -> Planned:
        """The result."""
        chosen, feasible = self.chosen(x), not self.missed(simulated).any()
        changes = changes_of(self.options, chosen)
        expected = self.base + x @ np.vstack([self.low, self.span])
        changed = override(self.scenario, changes)
        run = play(changed, self.seed, 0)
        choices = tuple(self._choice(slot, option, size, run) for slot, (option, size) in chosen.items())
        names = ", ".join(f"{c.option}{'' if c.size is None else f' at {c.size:.4g}'}" for c in choices)
        met = "meets" if feasible else "does not meet"
        limits = limits_broken(changed, self.scenario, self.seed, self.goal)
        text = f"{names or 'nothing'}: simulated, it {met} the goal and the limits asked for"
        return Planned(
            name=self.options.plan,
            goal=str(self.goal),
            objective=self.options.objective,
            feasible=feasible,
            choices=choices,
            expected=Amounts(*map(float, expected)),
            simulated=Amounts(*map(float, simulated)),
            mip_gap=gap,
            model_gap=float(simulated[1] / expected[1] - 1.0) if expected[1] else 0.0,
            rounds=rounds,
            changes=changes,
            limits=limits,
            explanation=text + limits_words(limits),
            takes_at_present=taken_by(play(self.scenario, self.seed, 0)),
            takes=taken_by(run),
            manifest=self._about(),
        ).with_scenario(self.scenario)

    def _about(self) -> dict[str, Any]:
        """What makes it the same plan; where its files are does not."""
        options = checksum(self.options.model_dump(mode="json", exclude={"scenario"}))
        what = {"plan": self.options.plan, "options": options, "seed": self.seed}
        what |= {"until": str(self.goal), "objective": self.options.objective, "pay_less": self.pay_less}
        about = identity("plan", **of_scenario(self.scenario), **what)
        return about | heading_of(self.scenario) | {"title": self.options.title}

    def _choice(self, slot: str, option: Option, size: float | None, run: Run) -> Choice:
        """An option that was chosen: what its size is of, its systems, and when the plan has it ready."""
        (path,) = (each.path for each in self.options.slots if each.id == slot)
        inside = [
            (f"{site.id}.{phase.id}", phase)
            for site, phase in run.scenario.phases()
            if f"sites.{site.id}.phases.{phase.id}.".startswith(f"{path}.")
        ]
        systems = dict.fromkeys(order.system for _, phase in inside for order in phase.deployments)
        dates = dates_by_phase(run)
        days = [dates[place]["ready_for_service"] for place, _ in inside]
        known = [day for day in days if day is not None]
        choice = Choice(
            slot=slot,
            option=option.id,
            size=size,
            place=path.removeprefix("sites.").replace(".phases.", "."),
            systems=tuple(systems),
            system_titles=tuple(run.scenario.catalog.entry("systems", one).text("title") for one in systems),
            ready=max(known, default=None) if len(known) == len(days) else None,
        )
        if option.size is None:
            return choice
        return replace(choice, path=option.size.path, unit=unit_at(self.scenario, option.size.path))
