"""Rules of the stages of phases and grid steps: their kinds, their arguments and their order; equipment."""

from __future__ import annotations

from capsim.models.stages import STAGE_KINDS
from capsim.scenario.records.site_records import Equipment, GridStep, Phase, Stage
from capsim.scenario.rules.argument_rules import refused
from capsim.scenario.rules.order import Waiting, reaches, wrong_order
from capsim.scenario.rules.rule import Around, Issue, Issues, ends, rule, unknown


@rule
def kind_takes_the_arguments(stage: Stage, _: Around) -> Issues:
    """A kind of stage has the arguments it needs, and accepts all that can be drawn: a stage of a day."""
    # an unknown kind has a fault of its own
    if stage.kind not in STAGE_KINDS:
        return
    faults = STAGE_KINDS.faults(stage.kind, stage.arguments)
    yield from (Issue(("arguments",), fault) for fault in faults)
    middle = {key: float(value) for key, value in stage.arguments.items()}
    tried = [{**middle, key: end} for key, value in stage.arguments.items() for end in ends(value)[1:]]
    for arguments in [] if faults else [middle, *tried]:
        issues = list(refused(lambda **values: STAGE_KINDS[stage.kind](1.0, None, **values), arguments))
        yield from issues
        # one end that is refused tells enough
        if issues:
            return


@rule
def stages_are_in_order(plan: Phase | GridStep, _: Around) -> Issues:
    """Stages come after stages of their phase or grid step, and not after themselves."""
    before = [(), *((stage.id,) for stage in plan.stages)]
    what = "stage of the phase" if isinstance(plan, Phase) else "stage of the grid step"
    stages = zip(plan.stages, before, strict=False)
    waiting = {stage.id: Waiting(("stages", stage.id), stage.after, earlier) for stage, earlier in stages}
    yield from wrong_order(waiting, lambda _, named: named, what)


@rule
def step_needs_no_power(step: GridStep, _: Around) -> Issues:
    """No stage of a grid step waits for the power that the step brings."""
    for stage in step.stages:
        if stage.needs_energization:
            yield Issue(("stages", stage.id, "needs_energization"), "the step brings the power itself")


@rule
def equipment_is_for_a_stage(item: Equipment, around: Around) -> Issues:
    """Equipment is ordered after and needed at stages of its phase, and ordered once."""
    stages = [stage.id for stage in around.the(Phase).stages]
    for key, named in (("needed_at", item.needed_at), ("ordered_after", item.ordered_after)):
        yield from unknown(key, named, "stage of the phase", stages)
    if item.ordered_on is not None and item.ordered_after is not None:
        yield Issue(("ordered_after",), "must not be given together with ordered_on")


@rule
def equipment_comes_in_time(phase: Phase, _: Around) -> Issues:
    """No equipment is ordered after what waits for the stage it is needed at."""
    waits: dict[str, list[str]] = {}
    before: list[str] = []
    for stage in phase.stages:
        waits[stage.id] = before if stage.after is None else list(stage.after)
        before = [stage.id]
    for item in phase.equipment:
        at, after = item.needed_at, item.ordered_after
        # an unknown stage has a fault of its own, and no order is no wait
        if at not in waits or after not in waits:
            continue
        if at == after or reaches(after, at, waits):
            rule = f"is ordered after {after}, which waits for {at}, where it is needed"
            yield Issue(("equipment", item.id), rule)
        else:
            waits[at] = [*waits[at], after]
