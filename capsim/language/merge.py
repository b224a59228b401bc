"""Merging layers, and the one place where their order is written.

From weakest to strongest:

1. defaults of the scenario format;
2. defaults and presets of the catalogue (with the scenario's own tables laid over it);
3. the files named by ``extends``, the farthest first, and of a list the first;
4. the file itself;
5. the named ``overrides`` asked for (``--override``), in the order given;
6. ``--set``, in the order given.

Mappings merge by key and lists of records by ``id`` (the order is that of the weaker layer, then
what the stronger one adds); an uncertain value, any other list and any scalar replace what was
there. ``null`` in a stronger layer removes what weaker files gave, so that the defaults of 1 and 2
hold again.
"""

from __future__ import annotations

from capsim.language.tree import Node, id_of, is_records


def merge(base: Node, top: Node) -> Node:
    """The stronger node `top` laid over `base`; neither is changed."""
    if isinstance(base.value, dict) and isinstance(top.value, dict):
        # half of one distribution and half of another would be neither
        if base.is_one_value or top.is_one_value:
            return top
        return Node(_merge_keys(base.value, top.value), top.place, note=top.note)
    if is_records(base) and is_records(top):
        return Node(_merge_records(base.value, top.value), top.place)
    return top


def _merge_keys(base: dict[str, Node], top: dict[str, Node]) -> dict[str, Node]:
    merged = dict(base)
    for key, child in top.items():
        merged[key] = merge(merged[key], child) if key in merged else child
    return merged


def _merge_records(base: list[Node], top: list[Node]) -> list[Node]:
    merged = {id_of(record): record for record in base}
    for record in top:
        name = id_of(record)
        merged[name] = merge(merged[name], record) if name in merged else record
    return list(merged.values())


def without_nulls(node: Node) -> Node:
    """The tree without the keys that are null."""
    if isinstance(node.value, dict):
        kept = {key: child for key, child in node.value.items() if child.value is not None}
        value = kept if node.is_one_value else {key: without_nulls(child) for key, child in kept.items()}
    else:
        value = node.value_of(without_nulls)
    return Node(value, node.place, node.text, node.note, node.by_path)
