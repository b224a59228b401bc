"""House rules that a linter does not know: each fails with the file and line that breaks it."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

import capsim.study
from capsim.cli import COMMANDS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "capsim"
MODULES = sorted(PACKAGE.rglob("*.py"))

MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_BODY = 60
MOST_PARAMETERS = 8

CONVERSION_LITERALS = {8760, 8766, 365.25, 3600, 1e3, 1e6, 1e9}
ALLOWED_LITERALS = {("capsim/scenario/records/schema.py", "1000"): "most lots a deployment may be split into"}
"""(module, literal as written): why it is no conversion. Empty is the rule."""

UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"\bX" + r"XX\b", "NotImplemented" + "Error"]))
REGISTRY_HOSTS = re.compile(
    "|".join(
        [
            r"py" + r"pi\.(org|io)",
            r"python" + r"hosted\.org",
            r"anaconda" + r"\.(org|com)",
            r"npm" + r"js\.(org|com)",
            r"--(extra-)?" + r"index-url",
            r"--find" + r"-links",
        ]
    )
)
SKIPPED_FOLDERS = {".git", ".venv", "out", "build", "dist", "__pycache__", ".hypothesis", ".benchmarks"}
SKIPPED_FOLDERS |= {".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}
HEAVY = ("pandas", "xarray", "matplotlib", "scipy.stats")


@cache
def trees() -> dict[Path, ast.Module]:
    """Modules as they are parsed; for the tests alone, since reading all takes seconds."""
    return {module: ast.parse(module.read_text("utf-8")) for module in MODULES}


def place(module: Path, line: int) -> str:
    return f"{module.relative_to(ROOT)}:{line}"


def test_there_are_modules_to_check():
    assert PACKAGE / "units.py" in trees()


def conversion_literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of each number that is a conversion, or a product of hours and days."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            if node.value in CONVERSION_LITERALS:
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            sides = {side.value for side in (node.left, node.right) if isinstance(side, ast.Constant)}
            if sides in ({24, 365}, {24, 366}, {24, 7}):
                yield node.lineno, ast.unparse(node)


def test_conversion_literals_are_in_units_only():
    found = [
        f"{place(module, line)}: {text}"
        for module, tree in trees().items()
        if module.name != "units.py"
        for line, text in conversion_literals(tree)
        if (str(module.relative_to(ROOT)), text) not in ALLOWED_LITERALS
    ]
    assert found == [], "name the constant of capsim.units"


@pytest.mark.parametrize(
    "source", ["x * 8760", "x / 1000", "x * 1000.0", "x * 1e6", "y = 24 * 365", "365 * 24", "1_000_000_000"]
)
def test_the_literal_check_sees(source):
    assert list(conversion_literals(ast.parse(source)))


@pytest.mark.parametrize("source", ["x * 100", "'8760'", "x[24]", "True", "24 * n", "1e-12"])
def test_the_literal_check_lets_pass(source):
    assert list(conversion_literals(ast.parse(source))) == []


def test_the_library_does_not_print():
    found = [
        place(module, node.lineno)
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert found == []


def test_imports_are_absolute_and_named():
    found = [
        place(module, node.lineno)
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.level > 0 or any(alias.name == "*" for alias in node.names))
    ]
    assert found == []


def test_modules_are_short():
    lengths = {module: len(module.read_text("utf-8").splitlines()) for module in MODULES}
    assert [place(m, length) for m, length in lengths.items() if length > MOST_LINES_OF_A_MODULE] == []


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its first statement after the docstring to its end."""
    has_docstring = ast.get_docstring(function, clean=False) is not None
    body = function.body[1:] if has_docstring else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def test_function_bodies_are_short():
    found = [
        f"{place(module, function.lineno)}: {function.name} has {body_lines(function)} lines"
        for module, tree in trees().items()
        for function in functions(tree)
        if body_lines(function) > MOST_LINES_OF_A_BODY
    ]
    assert found == []


def test_body_lines_leave_the_docstring_out():
    (function,) = functions(
        ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n')
    )
    assert body_lines(function) == 2


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Names of what a function or method takes, but the object or class it belongs to."""
    takes = function.args
    by_position = [argument.arg for argument in (*takes.posonlyargs, *takes.args)]
    bound = by_position[:1] if by_position[:1] in (["self"], ["cls"]) else []
    others = [argument.arg for argument in (*takes.kwonlyargs, takes.vararg, takes.kwarg) if argument]
    return by_position[len(bound) :] + others


def free_to_take_more() -> set[tuple[Path, str]]:
    """File and name of the commands and of the public studies, whose parameters are a user's options."""
    commands = [inspect.unwrap(command) for command in COMMANDS]
    exported = [getattr(capsim.study, name) for name in dir(capsim.study) if not name.startswith("_")]
    studies = [thing for thing in exported if inspect.isfunction(thing)]
    return {(Path(inspect.getsourcefile(f)), f.__qualname__) for f in (*commands, *studies)}


def test_functions_take_few_parameters():
    free = free_to_take_more()
    too_many = [
        f"{place(module, function.lineno)}: {function.name} takes {len(parameters(function))}"
        for module, tree in trees().items()
        for function in functions(tree)
        if len(parameters(function)) > MOST_PARAMETERS and (module, function.name) not in free
    ]
    assert too_many == [], "what has more coefficients is a record"


def test_commands_and_public_studies_may_take_more():
    free = {(module.relative_to(PACKAGE).as_posix(), name) for module, name in free_to_take_more()}
    assert {("cli.py", "run"), ("cli_answers.py", "solve"), ("study/ensembles.py", "ensemble")} <= free


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a, /, b, *c, d, **e): pass", "abdce"),
        ("class C:\n    def f(self, a, *, b): pass", "ab"),
        ("class C:\n    @classmethod\n    async def f(cls, a): pass", "a"),
    ],
)
def test_parameters_are_counted_without_the_object(source, names):
    (function,) = functions(ast.parse(source))
    assert parameters(function) == list(names)


def test_nothing_is_left_unfinished():
    found = [
        f"{place(module, number)}: {line.strip()}"
        for module in MODULES
        for number, line in enumerate(module.read_text("utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_there_is_no_drawer_for_odds_and_ends():
    assert [m for m in MODULES if m.stem in {"utils", "util", "helpers", "misc", "common"}] == []


TESTS = ROOT / "tests"
UNIT = TESTS / "unit"
MODULE_NAMES = {".".join(m.relative_to(PACKAGE).with_suffix("").parts): m for m in MODULES}
MODULE_NAMES |= {name.removesuffix(".__init__"): m for name, m in MODULE_NAMES.items()}
"""Modules of the package by dotted name; a folder's face by the folder's."""


def modules_named_in(test_file: Path) -> list[str]:
    """Dotted names of modules in the docstring of a file of tests: its "Tests `room.module`, ...\"."""
    text = ast.get_docstring(ast.parse(test_file.read_text("utf-8"))) or ""
    listed = re.search(r"^Tests (`[\w.]+`(?:,\s+`[\w.]+`)*)\.$", text, re.MULTILINE)
    return re.findall(r"`([\w.]+)`", listed[1]) if listed else []


def mirrored_module(test_file: Path) -> str | None:
    """The module that a file of tests is named after, with its room before it where another has that name."""
    *rooms, name = test_file.relative_to(UNIT).with_suffix("").parts
    stem = name.removeprefix("test_")
    alike = [stem, stem.removeprefix(f"{rooms[-1]}_")] if rooms else [stem]
    return next((m for m in (".".join([*rooms, s]) for s in alike) if m in MODULE_NAMES), None)


def does_something(module: Path) -> bool:
    """Whether a module has a public function, or a public class with a method."""
    bodies = [trees()[module].body]
    bodies += [n.body for n in trees()[module].body if isinstance(n, ast.ClassDef) and n.name[0] != "_"]
    defined = [n for body in bodies for n in body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return any(not function.name.startswith("_") for function in defined)


def test_unit_tests_mirror_the_package():
    in_rooms = [file for file in UNIT.rglob("test_*.py") if file.parent != UNIT]
    strange = [
        f"{file.relative_to(ROOT)}: is named after no module of its room, and names none"
        for file in sorted(in_rooms)
        if mirrored_module(file) is None and not modules_named_in(file)
    ]
    named = {file: modules_named_in(file) for file in sorted(TESTS.rglob("test_*.py"))}
    strange += [
        f"{file.relative_to(ROOT)}: {name} is no module"
        for file, names in named.items()
        for name in names
        if name not in MODULE_NAMES
    ]
    tested = {name for names in named.values() for name in names}
    tested |= {mirrored_module(file) for file in UNIT.rglob("test_*.py")}
    untested = [
        f"{module.relative_to(ROOT)}: has no test file, and the docstring of none names it"
        for name, module in MODULE_NAMES.items()
        if not name.endswith("__init__") and name not in tested and does_something(module)
    ]
    assert strange + untested == []


def test_names_of_modules_are_unique():
    """Two modules of one name differ in what they do, and say it in the name."""
    names = [module.stem for module in MODULES if module.name != "__init__.py"]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_file_names_of_tests_are_unique():
    names = [file.name for folder in (TESTS, ROOT / "benchmarks") for file in folder.rglob("test_*.py")]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def project_files() -> list[Path]:
    """Files git does not ignore, or where there is no git (an unpacked archive) all but the made ones."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        command = [git, "-c", f"safe.directory={ROOT}", "ls-files", "-z", "-co", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        files = [f for f in ROOT.rglob("*") if not SKIPPED_FOLDERS & set(f.relative_to(ROOT).parts)]
    return [file for file in files if file.is_file()]


def test_no_file_names_a_package_registry():
    found = [
        f"{place(file, number)}"
        for file in project_files()
        for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1)
        if REGISTRY_HOSTS.search(line)
    ]
    assert found == []


def test_the_glossary_is_in_order_and_has_the_binding_words():
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    rows = [line.split("|") for line in lines if line.startswith("| ")][1:]
    terms = [row[1].replace("`", "").strip() for row in rows]
    assert [row[1] for row in rows if not row[3].strip().endswith(".")] == []
    assert terms == sorted(terms, key=str.lower)
    listed = {word for term in terms for word in re.split(", | > ", term)}
    binding = (
        "nameplate_mw usable_mw critical_it_mw it_load_mw facility_load_mw grid_mw headroom_mw stranded_mw"
    )
    binding += (
        " allocation busy_share power_utilisation mfu energization commissioning lead_time slip availability"
    )
    binding += (
        " afr_per_y curtailed_mwh shed_mwh capex opex annuity_per_y lcoc_eur_per_h100e_h PUE WUE ERF CUE"
    )
    assert set(binding.split()) - listed == set()


def test_constraints_are_exact_and_cover_every_requirement():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin)] == []
    assert pins == sorted(pins)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[^A-Za-z0-9_.-]", line)[0].lower().replace("_", "-") for line in required}
    assert names - {pin.split("==")[0] for pin in pins} == set()


def test_imports_point_one_way():
    command = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_importing_the_package_brings_nothing_heavy():
    script = f"import capsim, sys; sys.exit(' '.join(m for m in {HEAVY!r} if m in sys.modules) or 0)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr.strip()) == (0, "")


def test_the_wheel_ships_the_catalogue():
    data = resources.files("capsim") / "catalog" / "data"
    shipped = sorted(item.name for item in data.iterdir() if item.name.endswith(".csv"))
    assert {"accelerators.csv", "systems.csv", "cooling.csv", "climates.csv"} <= set(shipped)
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    wheel = build["targets"]["wheel"]
    assert wheel["packages"] == ["capsim"], "hatchling ships every file of the package that git knows"
    assert not {"exclude", "only-include", "include"} & wheel.keys()
    known = {file.relative_to(ROOT).as_posix() for file in project_files()}
    assert {f"capsim/catalog/data/{name}" for name in shipped} | {"capsim/py.typed"} <= known


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0), ("example.invalid", 443)])
def test_tests_have_no_network(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as connection, pytest.raises(RuntimeError, match="tests run without network"):
        connection.connect(address)


def test_tests_reach_their_own_machine():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as connection:
        connection.connect(server.getsockname())
        assert connection.getpeername() == server.getsockname()


def in_the_locale_s_encoding(tree: ast.AST) -> Iterator[int]:
    """Line of each text that is read or written in whatever encoding the shell has."""
    arguments = {"read_text": 0, "write_text": 1}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            before = arguments.get(node.func.attr)
            named = {keyword.arg for keyword in node.keywords}
            if before is not None and len(node.args) <= before and not named & {"encoding", None}:
                yield node.lineno


def test_texts_are_read_and_written_in_utf_8_whatever_the_locale():
    assert [*in_the_locale_s_encoding(ast.parse("a.read_text()\nb.write_text(c, newline='')"))] == [1, 2]
    files = [
        file for room in ("capsim", "tests", "docs", "benchmarks") for file in (ROOT / room).rglob("*.py")
    ]
    read = {file: file.read_text("utf-8") for file in files}
    met = {file: text for file, text in read.items() if re.search("(read|write)_text", text)}
    assert [
        place(file, at) for file, text in met.items() for at in in_the_locale_s_encoding(ast.parse(text))
    ] == []
