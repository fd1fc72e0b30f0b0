"""Copying and pickling a graph without recursion, at any depth."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from autograd.errors import RuleError
from autograd.graph import topological
from autograd.table import RULES, Rule

__all__ = ["copy_graph", "reduce_node"]

Node = Any


def copy_graph(root: Node, memo: dict[int, Any]) -> Node:
    """A copy of a node and of all it was made from, for ``copy.deepcopy``: what is in the memo is not copied again."""
    for node in topological(root, parents=lambda node: [x for x in _value_operands(node) if id(x) not in memo]):
        if id(node) not in memo:
            twin = node.__copy__()
            _replace_operands(twin, lambda x: memo.get(id(x), x))
            memo[id(node)] = twin
            memo.setdefault(id(memo), []).append(node)  # type: ignore[arg-type]  # as deepcopy does: keeps ids valid
    return memo[id(root)]


def reduce_node(node: Node) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """What pickle writes for a node: a leaf by itself, any other as one entry of a snapshot of its graph.

    A snapshot holds each inner node once, as plain data in topological order, so that pickle recurses three levels at
    any depth. While a snapshot is being pickled (pickle's memo keeps it alive), a second result with nodes in it
    refers to them there: what was shared stays shared.
    """
    if node._parent is None:
        return _restore_leaf, (type(node), node._data, _grad_of(node), node.label, node.is_constant)
    snapshot = _snapshots.get(id(node))
    if snapshot is None:
        snapshot = _Snapshot(node)
        for member in snapshot.nodes:
            _snapshots[id(member)] = snapshot
    return _entry, (snapshot, snapshot.index[id(node)])


class _Snapshot:
    """Inner nodes to be pickled together: the ancestors of one root that no living snapshot holds."""

    def __init__(self, root: Node) -> None:
        self.nodes = topological(root, parents=_unsaved_operands)
        self.index = {id(node): i for i, node in enumerate(self.nodes)}

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        outside: dict[int, tuple[int, Node]] = {}
        records = []
        for node in self.nodes:
            operands = tuple(self._reference(operand, outside) for operand in node._operands())
            rule = (node._rule.name, dict(node._rule.parameters))
            local = tuple(derivative for _, derivative in node._edges())
            records.append((node._data, _grad_of(node), node.label, rule, operands, local))
        return _restore_nodes, (type(self.nodes[0]), records, [node for _, node in outside.values()])

    def _reference(self, operand: Any, outside: dict[int, tuple[int, Node]]) -> Any:
        """A number as it is; a node as (place,): in this snapshot from 0 up, outside it from -1 down."""
        if not hasattr(operand, "_operands"):
            return operand
        if id(operand) in self.index:
            return (self.index[id(operand)],)
        place, _ = outside.setdefault(id(operand), (len(outside), operand))
        return (-1 - place,)


_snapshots: weakref.WeakValueDictionary[int, _Snapshot] = weakref.WeakValueDictionary()


def _unsaved_operands(node: Node) -> list[Node]:
    return [x for x in _value_operands(node) if x._parent is not None and id(x) not in _snapshots]


def _grad_of(node: Node) -> Any:
    return node._grad if node.has_grad else None


def _entry(nodes: Any, index: int) -> Node:
    return nodes[index] if isinstance(nodes, list) else nodes.nodes[index]


def _restore_leaf(cls: Any, data: Any, grad: Any, label: str, is_constant: bool) -> Node:
    return cls._restored(data, grad, label, is_constant=is_constant)


def _restore_nodes(cls: Any, records: list[Any], outside: list[Node]) -> list[Node]:
    nodes: list[Node] = []
    for data, grad, label, (name, parameters), operands, local in records:
        if name not in RULES:
            raise RuleError(f"this graph uses the operation {name!r}, which is not in the table: define its @rule first")
        rule: Rule = RULES[name].variant(parameters=parameters)
        found = [
            (nodes[operand[0]] if operand[0] >= 0 else outside[-1 - operand[0]]) if isinstance(operand, tuple) else operand
            for operand in operands
        ]
        nodes.append(cls._restored(data, grad, label, rule, found, local))
    return nodes


def _value_operands(node: Node) -> list[Node]:
    return [operand for operand in node._operands() if hasattr(operand, "_operands")]


def _replace_operands(node: Node, replace: Callable[[Any], Any]) -> None:
    if isinstance(node._parent, tuple):
        node._parent = tuple(map(replace, node._parent))
    elif node._parent is not None:
        node._parent = replace(node._parent)
        if node._other_parent is not None:
            node._other_parent = replace(node._other_parent)
        else:
            node._other_local = replace(node._other_local)
