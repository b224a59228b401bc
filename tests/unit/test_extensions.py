"""Loading a module of the user's: once, under its name, with a message for what can go wrong."""

from __future__ import annotations

import hashlib
import sys

import pytest

from capsim.errors import ExtensionError
from capsim.extensions import checksums, extend, loaded

WRONG = {
    "missing file": (None, "{file}: cannot be read: No such file or directory"),
    "raises": ("x = 1\nx / 0\n", "{file}:2: cannot be loaded: ZeroDivisionError: division by zero"),
    "not Python": ("def f(:\n", "{file}:1: cannot be loaded: SyntaxError: invalid syntax"),
    "ends the program": ("import sys\nsys.exit(0)\n", "{file}:2: cannot be loaded: SystemExit: 0"),
    "taken name": (
        "from capsim.models.demand import DEMAND_SHAPES\nDEMAND_SHAPES.register('flat')(print)\n",
        "{file}:2: cannot be loaded: ValueError: demand shape 'flat' is already registered",
    ),
    "basis without a thing": (
        "from capsim.models.cost_bases import CAPEX_BASES\nCAPEX_BASES.register('door')(len)\n",
        "{file}:2: cannot be loaded: TypeError: cost basis of capex 'door' must be a CostBasis "
        "(got <built-in function len>)",
    ),
    "share of nothing": (
        "from capsim.models.cost_bases import Grid, cost_basis\n"
        "cost_basis('of_grid', per=Grid, unit='1')(lambda amount, grid: amount)\n",
        "{file}:2: cannot be loaded: ValueError: Grid has no price to be a share of: "
        "its unit is currency/... (got 1)",
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_module_that_cannot_be_loaded_is_a_message(text, message, tmp_path):
    file = tmp_path / "mine_of_this_test.py"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(ExtensionError) as raised:
        extend(file)
    assert str(raised.value) == message.format(file=file)
    assert "mine_of_this_test" not in sys.modules


def test_a_file_that_is_no_module_is_refused(tmp_path):
    with pytest.raises(ExtensionError, match=r"models\.txt: an extension is a Python file"):
        extend(tmp_path / "models.txt")


def test_a_name_that_is_a_module_already_is_refused(tmp_path):
    (tmp_path / "json.py").write_text("", "utf-8")
    with pytest.raises(ExtensionError, match=r"there is a module json already; give the file another name"):
        extend(tmp_path / "json.py")


def test_a_module_is_loaded_once_and_is_known_by_its_content(tmp_path, monkeypatch):
    name = "an_extension_of_this_test"
    file = tmp_path / f"{name}.py"
    file.write_text("LOADED = [1]\n", "utf-8")
    monkeypatch.setattr("capsim.extensions._LOADED", {})
    extend(file)
    module = sys.modules[name]
    extend(file)
    assert sys.modules[name] is module
    assert [(one.name, one.file) for one in loaded()] == [(name, str(file))]
    assert checksums() == {name: hashlib.sha256(b"LOADED = [1]\n").hexdigest()}
    file.write_text("LOADED = [2]\n", "utf-8")
    with pytest.raises(ExtensionError, match="another version of it is loaded; start a new process"):
        extend(file)
    monkeypatch.delitem(sys.modules, name)
