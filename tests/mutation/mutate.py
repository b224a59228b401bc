"""`make mutation`: do the tests notice a small change of the arithmetic, the ledger or the build-out?

Of all changes of `changes.py` a sample is tried, those with the smallest digests: so it stays the same
where the code does. Each is made in a copy of the project and met by the tests that run its lines, as `make
coverage` measured them, until one fails. What was tried is noted in out/mutation, so that a run that was
stopped goes on, and one after new tests tries only what was not killed. A change that survives is a test
that is missing, or alters nothing a test could see: then equivalent.toml names it, with the reason.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from changes import Change, changes
from measured import Measured
from trials import Trial, Verdict, attempt, copy_project, enter, preload, try_quickly

ROOT = Path(__file__).parents[2]
OUT = ROOT / "out" / "mutation"
ROOMS = ("capsim/models", "capsim/ledger", "capsim/buildout")
SEED = 17
SAMPLE = 300
FLOOR = 0.92
"""Least share of the sample, without what is equivalent, that tests must notice."""
SURENESS = {"doubtful": 0, "untested": 1, "survived": 1, "slow": 2, "killed": 2}
"""How sure an outcome is: a test that fails once is enough."""
Key = tuple[str, str, str, str, int]
"""A change by what it is: module, function, before, after and number among the same."""


def main() -> int:
    """Try the sample; 1 where too much of it survives."""
    options = argparse.ArgumentParser(description="Try a sample of small changes on the tests.")
    options.add_argument("--sample", type=int, default=SAMPLE)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--workers", type=int, default=1)
    options.add_argument("--module", default="", help="only modules whose path has this in it")
    options.add_argument("--again", action="store_true", help="try once more what was not killed")
    options.add_argument(
        "--quick", action="store_true", help="leave out the second try of what survived the first"
    )
    asked = options.parse_args()
    equivalent = _equivalent()
    sample = _sample(asked.seed, asked.sample, asked.module)
    notes = _noted()
    is_open = {"not tried"} if asked.quick else {"not tried", "doubtful"}
    is_open |= {"survived", "untested", "doubtful"} if asked.again else set()
    open_ = [
        one
        for one in sample
        if _key(one) not in equivalent and notes.get(_key(one), ("not tried", ""))[0] in is_open
    ]
    os.nice(10)
    preload()
    OUT.mkdir(parents=True, exist_ok=True)
    parts = [open_[worker :: asked.workers] for worker in range(asked.workers)]
    with ProcessPoolExecutor(asked.workers) as pool:
        list(pool.map(partial(_try_all, is_quick=asked.quick), range(asked.workers), parts))
    return 0 if asked.quick else _say_result(sample, equivalent)


def _sample(seed: int, size: int, within: str) -> list[tuple[str, Change]]:
    """The changes to try, each with its module."""
    found = [
        (str(file.relative_to(ROOT)), change)
        for room in ROOMS
        for file in sorted((ROOT / room).rglob("*.py"))
        if within in str(file)
        for change in changes(file.read_text("utf-8"))
    ]
    return sorted(found, key=lambda one: hashlib.sha256(repr((seed, *_key(one))).encode()).digest())[:size]


def _key(one: tuple[str, Change]) -> Key:
    module, change = one
    return module, change.function, change.before, change.after, change.nth


def _equivalent() -> dict[Key, str]:
    """Changes that no test can see, each with the reason."""
    table = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text("utf-8"))
    return {
        (e["module"], e["function"], e["before"], e["after"], e.get("nth", 0)): e["why"]
        for e in table.get("equivalent", [])
    }


def _noted() -> dict[Key, tuple[str, str]]:
    """Outcome of what was tried, and by which test; the surest counts."""
    notes = {}
    for file in sorted(OUT.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            note: dict[str, Any] = json.loads(line)
            key = (note["module"], note["function"], note["before"], note["after"], note["nth"])
            if key not in notes or SURENESS[note["outcome"]] >= SURENESS[notes[key][0]]:
                notes[key] = (note["outcome"], note["by"])
    return notes


def _try_all(worker: int, changed: list[tuple[str, Change]], *, is_quick: bool) -> None:
    """Try changes one after the other in a copy of its own, and note each at once.

    First in forks of a process that has everything imported, which takes a second each; what survives there
    is tried in a fresh process, since what was imported may hold results from before the change.
    """
    if not changed:
        return
    copy = OUT / f"copy-{worker}"
    copy_project(ROOT, copy)
    measured = Measured(ROOT, ROOT / "out" / "coverage")
    trials = [Trial(module, change, measured.tests(module, change)) for module, change in changed]
    told = partial(_tell, OUT / f"results-{worker}.jsonl")
    child = os.fork()
    if child == 0:
        try_quickly(copy, measured, trials, told)
        os._exit(0)
    os.waitpid(child, 0)
    if is_quick:
        return
    notes = _noted()
    enter(copy)
    for trial in trials:
        if notes.get(_key(trial[:2]), ("doubtful", ""))[0] not in {"killed", "slow"}:
            told(trial, attempt(copy, trial, measured))


def _tell(file: Path, trial: Trial, verdict: Verdict) -> None:
    module, change, _ = trial
    with file.open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(_note(module, change, verdict)) + "\n")
    _say(f"{verdict.outcome:8} {verdict.seconds:6.1f} s  {_shown(module, change)}  {verdict.by}")


def _note(module: str, change: Change, verdict: Verdict) -> dict[str, object]:
    fields = change._asdict() | verdict._asdict() | {"module": module}
    return {name: value for name, value in fields.items() if name != "code"}


def _shown(module: str, change: Change) -> str:
    before, after = (" ".join(text.split())[:100] for text in (change.before, change.after))
    return f"{module}:{change.first_line} {change.function}: {before} -> {after}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _say_result(sample: list[tuple[str, Change]], equivalent: dict[Key, str]) -> int:
    notes = _noted()
    counted = [one for one in sample if _key(one) not in equivalent]
    outcomes = {_key(one): notes.get(_key(one), ("not tried", ""))[0] for one in counted}
    left = [one for one in counted if outcomes[_key(one)] not in {"killed", "slow"}]
    for module, change in sorted(left, key=lambda one: (one[0], one[1].first_line)):
        _say(f"{outcomes[_key((module, change))]:9} {_shown(module, change)}")
    killed = len(counted) - len(left)
    share = killed / len(counted) if counted else 1.0
    equal = len(sample) - len(counted)
    _say(f"{killed} of {len(counted)} changes noticed, {share:.1%}; {equal} more are equivalent")
    return 0 if share >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
