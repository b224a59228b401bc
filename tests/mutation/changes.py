"""Small changes to Python code that a test should notice: one operator, number, call or statement each."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

_COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_OPPOSITES = {"min": "max", "any": "all", "floor": "ceil", "minimum": "maximum", "argmin": "argmax"}
_OPPOSITES |= {other: name for name, other in _OPPOSITES.items()}
_DROPPED = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break)


class Change(NamedTuple):
    """One change: where it stands, and what stands there before and after."""

    function: str
    """Dotted name of the function or class around it; empty at the top of the module."""
    before: str
    after: str
    nth: int
    """Number among the same changes of the same code in the same function."""
    first_line: int
    last_line: int
    code: str
    """The whole module, changed."""


def changes(source: str) -> Iterator[Change]:
    """All changes of a module, in the order of its text."""
    seen: dict[tuple[str, str, str], int] = {}
    lines = source.encode().splitlines(keepends=True)
    for function, node in _code(ast.parse(source)):
        before = ast.unparse(node)
        for other in _others(node):
            if other is not None and ast.unparse(other) == before:
                continue
            after = ast.unparse(other) if other is not None else "pass"
            nth = seen.get((function, before, after), -1) + 1
            seen[function, before, after] = nth
            code = _with(lines, node, f"({after})" if isinstance(node, ast.expr) else after)
            yield Change(function, before, after, nth, node.lineno, node.end_lineno or node.lineno, code)


def _code(tree: ast.AST, function: str = "") -> Iterator[tuple[str, ast.expr | ast.stmt]]:
    """Expressions and statements that run, each with the name of what is around it."""
    for field, value in ast.iter_fields(tree):
        # not what is only read, or says what is wrong in words
        if field in {"annotation", "returns", "decorator_list", "bases", "type_params"}:
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST) or _is_words(node):
                continue
            if field == "test":
                node.is_test = True  # type: ignore[attr-defined]
            inner = function
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                inner = f"{function}.{node.name}" if function else node.name
            if isinstance(node, ast.expr | ast.stmt):
                yield inner, node
            yield from _code(node, inner)


def _is_words(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    is_string = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_string or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom | ast.Assert)


def _others(node: ast.expr | ast.stmt) -> Iterator[ast.AST | None]:
    """What a node is changed to; None leaves it out."""
    if isinstance(node, _DROPPED):
        yield None
    if type(node) in _OTHERS:
        yield from _OTHERS[type(node)](node)
    # a comparison or a negation is turned by its own changes
    if getattr(node, "is_test", False) and isinstance(node, ast.Call | ast.Name | ast.Attribute):
        yield ast.UnaryOp(ast.Not(), node)


def _of_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for i, op in enumerate(node.ops):
        if type(op) in _COMPARED:
            yield _but(node, ops=[*node.ops[:i], _COMPARED[type(op)](), *node.ops[i + 1 :]])


def _of_arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in _COMPUTED:
        yield _but(node, op=_COMPUTED[type(node.op)]())


def _of_conditions(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield _but(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    for left_out in node.values:
        kept = [value for value in node.values if value is not left_out]
        yield kept[0] if len(kept) == 1 else _but(node, values=kept)


def _of_sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def _of_choice(node: ast.IfExp) -> Iterator[ast.AST]:
    yield _but(node, body=node.orelse, orelse=node.body)


def _of_return(node: ast.Return) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
        first, second, *rest = node.value.elts
        yield _but(node, value=_but(node.value, elts=[second, first, *rest]))


def _of_number(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
    elif isinstance(node.value, float):
        yield ast.Constant(node.value * 2.0 if node.value else 1.0)


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _OPPOSITES:
        other = {"attr" if isinstance(node.func, ast.Attribute) else "id": _OPPOSITES[name]}
        yield _but(node, func=_but(node.func, **other))
    if len(node.args) > 1 and name not in {"isinstance", "min", "max", "minimum", "maximum"}:
        first, second, *rest = node.args
        yield _but(node, args=[second, first, *rest])


def _but(node: ast.AST, **fields: object) -> ast.AST:
    """A node with other fields."""
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _with(lines: list[bytes], node: ast.expr | ast.stmt, text: str) -> str:
    """The module with another text in the place of a node."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
    # a statement of several lines is written as far in as it was
    indented = text.replace("\n", "\n" + " " * node.col_offset) if isinstance(node, ast.stmt) else text
    changed = [*lines[:first], before + indented.encode() + after, *lines[last + 1 :]]
    return b"".join(changed).decode()


_OTHERS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _of_comparison,
    ast.BinOp: _of_arithmetic,
    ast.BoolOp: _of_conditions,
    ast.UnaryOp: _of_sign,
    ast.Constant: _of_number,
    ast.IfExp: _of_choice,
    ast.Return: _of_return,
    ast.Call: _of_call,
}
