"""The changes that `make mutation` tries: each is one, and what is called equivalent is still among them."""

import ast
import runpy
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
changes = runpy.run_path(str(HERE / "changes.py"))["changes"]
EQUIVALENT = tomllib.loads((HERE / "equivalent.toml").read_text("utf-8")).get("equivalent", [])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = a < b", {"x = (a <= b)"}),
        ("x = a - 2", {"x = (a + 2)", "x = a - (3)"}),
        ("x = a and b", {"x = (a or b)", "x = (b)", "x = (a)"}),
        ("x = not a", {"x = (a)"}),
        ("if f(a):\n    g()", {"if (not f(a)):\n    g()", "if f(a):\n    pass"}),
        ("x = f(a, b)", {"x = (f(b, a))"}),
        ("x = f(a, a)", set()),
        ("x = min(a)", {"x = (max(a))"}),
        ("def f():\n    return a, b", {"def f():\n    return (b, a)"}),
        ("x = b if c else d", {"x = (d if c else b)", "x = b if (not c) else d"}),
        ("x = 2.5", {"x = (5.0)"}),
        ("x = 0.0", {"x = (1.0)"}),
        ("x = 'words'", set()),
        ("def f(a: 1) -> 2:\n    '''Words: 3.'''", set()),
        ("x = f'{a:.2f} {2}'", set()),
        ("é = 'é'; x = 1", {"é = 'é'; x = (2)"}),
    ],
)
def test_one_thing_is_changed_at_a_time(code, expected):
    found = {change.code for change in changes(code)}
    assert {ast.unparse(ast.parse(text)) for text in found} == {
        ast.unparse(ast.parse(text)) for text in expected
    }


def test_the_same_change_in_one_function_is_told_apart_by_its_number():
    first, second = changes("def f():\n    return [1, 1]")
    assert (first.function, first.before, first.after, first.nth) == ("f", "1", "2", 0)
    assert (second.nth, second.code) == (1, "def f():\n    return [1, (2)]")


@pytest.mark.parametrize("entry", EQUIVALENT, ids=lambda entry: f"{entry['module']}: {entry['after'][:40]}")
def test_what_is_equivalent_is_still_a_change_of_the_code(entry):
    source = (HERE.parents[1] / entry["module"]).read_text("utf-8")
    there = {(c.function, c.before, c.after, c.nth) for c in changes(source)}
    assert (entry["function"], entry["before"], entry["after"], entry.get("nth", 0)) in there
    assert entry["why"]
