"""From an empty folder with only the wheel: what ships, six commands to a pinned plan, and a pipeline."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from capsim.scenario import examples, json_schema

pytestmark = pytest.mark.e2e
DOCS = Path(__file__).parents[2] / "docs"


def blocks(page, language):
    """What a page shows in a language, block by block."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text("utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def shell(wheel):
    """``shell(line, folder, **env)``: a line as a user types it, with the wheel: its exit code and output."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    place = {"PYTHONPATH": str(wheel), "PATH": path, "PYTHONDONTWRITEBYTECODE": ""}

    def run(line, folder, **env):
        done = subprocess.run(
            line,
            shell=True,
            cwd=folder,
            env=os.environ | place | env,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture(scope="module")
def six(shell, tmp_path_factory):
    """The folder after the six commands of the page, and what each of them said."""
    folder = tmp_path_factory.mktemp("six")
    lines = [line.split("  #")[0].strip() for line in blocks("starting.md", "")[0].splitlines()]
    quicker = {"capsim run": " --spread 4 --no-relief", "capsim compare": " -n 2 --processes 1 --all"}
    said = {}
    for line in lines:
        if line.startswith("capsim compare"):
            tried = folder / "tried.yaml"
            text = tried.read_text("utf-8").replace("preset: retrofit-liquid", "preset: dlc-adiabatic")
            tried.write_text(text.replace("critical_it_mw: 6", "critical_it_mw: 7"), "utf-8")
        if line.startswith("pytest --update"):
            (folder / "test_my_site.py").write_text(blocks("testing.md", "python")[0], "utf-8")
        said[line] = shell(line + quicker.get(" ".join(line.split()[:2]), ""), folder)
    return folder, said


def test_the_wheel_is_what_runs(shell, wheel, tmp_path):
    code, said = shell('python -c "import capsim; print(capsim.__file__)"', tmp_path)
    assert (code, said.strip()) == (0, str(wheel / "capsim" / "__init__.py"))


def test_the_wheel_has_every_example_once(wheel):
    folder = wheel / "capsim" / "examples"
    shipped = {file.relative_to(folder).with_suffix("").as_posix() for file in folder.rglob("*.yaml")}
    assert shipped == set(examples())
    assert not (wheel / "scenarios").exists()


def test_examples_are_listed_copied_and_valid(shell, tmp_path):
    code, listed = shell("capsim examples", tmp_path)
    assert (code, [name for name in examples() if name not in listed]) == (0, [])
    written = shell("capsim examples copy aion", tmp_path)[1].splitlines()
    assert "Written to claims/aion.yaml: capsim audit claims/aion.yaml" in written
    assert "Written to aion-288k-h100e.yaml: capsim run aion-288k-h100e.yaml" in written
    # bases, which others extend, are copied and are no plan by themselves
    taken = [line.split()[2].removesuffix(":") for line in written if ": capsim " in line]
    code, valid = shell(f"capsim validate {' '.join(taken)}", tmp_path)
    assert (code, [file for file in taken if f"{file}: ok (" not in valid]) == (0, [])


def test_six_commands_lead_from_nothing_to_a_pinned_plan(six):
    folder, said = six
    assert [(line, told) for line, told in said.items() if told[0] != 0] == []
    _, run, _, compare, update, check = (told for _, told in said.values())
    assert "Retrofit of a colocation hall, 6 MW in France" in run
    assert "Preset of cooling" in compare
    assert "Critical IT power, colocation.hall" in compare
    assert "golden my-site is new" in update
    assert "1 passed" in check
    golden = json.loads((folder / "golden" / "my-site.json").read_text("utf-8"))
    assert list(golden["dates"]) == ["ready_for_service of colocation.hall"]
    assert golden["inputs"]["sites.colocation.phases.hall.critical_it_mw"] == "6"


def test_the_schema_that_a_new_scenario_names_is_there(six):
    folder, _ = six
    first = (folder / "my-site.yaml").read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert json.loads((folder / "scenario.schema.json").read_text("utf-8")) == json_schema()


@pytest.mark.skipif(
    shutil.which("git") is None, reason="the pipeline asks git for the plan of the other branch"
)
def test_a_pipeline_finds_a_thousandth_in_one_cost_item_and_names_it(six, shell, tmp_path):
    (github, gitlab) = map(yaml.safe_load, blocks("testing.md", "yaml"))
    steps = [step["run"] for step in github["jobs"]["pinned"]["steps"] if "run" in step]
    script = [
        line.replace("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "GITHUB_BASE_REF")
        for line in gitlab["pinned"]["script"]
    ]
    assert script == [step.replace("$GITHUB_STEP_SUMMARY", "diff.md") for step in steps]
    assert steps[0] == "pip install capsim pytest"
    for name in ("my-site.yaml", "test_my_site.py"):
        shutil.copy(six[0] / name, tmp_path)
    shutil.copytree(six[0] / "golden", tmp_path / "golden")
    commit = "git -c user.name=x -c user.email=x@y.invalid commit -qm x"
    begun = f"git init -q && git add . && {commit} && git update-ref refs/remotes/origin/main HEAD"
    assert shell(begun, tmp_path) == (0, "")
    plan = tmp_path / "my-site.yaml"
    item = "{id: renewal, amount: 6606600, currency: USD, price_year: 2026}"
    plan.write_text(
        plan.read_text("utf-8").replace("europe-greenfield-ai}", f"europe-greenfield-ai, items: [{item}]}}"),
        "utf-8",
    )
    told = {}
    for step in steps[1:]:
        line = step.replace("--rel 1%", "--rel 0.01%")
        told[step] = shell(line, tmp_path, GITHUB_BASE_REF="main", GITHUB_STEP_SUMMARY="diff.md")
    assert [code for code, _ in told.values()] == [1, 0, 0, 0, 1]
    said = told["pytest"][1]
    assert re.search(r"^ +capex: [\d,.]+ -> [\d,.]+ \(\+[\d,]+, \+0\.\d+ %\)$", said, re.M), said
    assert "cost_items/renewal.amount: 6600000 (5500000 .. 7700000) USD/MW -> none" in said
    assert "costs.items.renewal.amount: none -> 6606600" in said
    summary = (tmp_path / "diff.md").read_text("utf-8")
    title = r"\| Capex of Electrical and mechanical plant renewed .*, (bn|m) [A-Z]{3}\d{4} \|"
    assert re.search(title + r" [\d,.]+ \| [\d,.]+ \| \+[\d,.]+ \| \+0\.1 \|", summary), summary
    assert "| Cost of renewal |" in summary
