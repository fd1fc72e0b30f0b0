"""Copy and pickle a graph without recursion, at any depth."""

from __future__ import annotations

import copy
import functools
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd.core.by_hand import NAME, rule_by_hand
from autograd.core.graph import paused_collector, topological
from autograd.core.node import CONSTANT, MADE_INSIDE, new_node, set_operands
from autograd.core.recording import is_recording, refuse_while_recording
from autograd.errors import RuleError
from autograd.numeric import Numeric, is_value
from autograd.table import RULES, Rule
from autograd.util.suggestions import did_you_mean

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["copy_graph", "reduce_node", "rule_named"]

_OWN_MODULES = {"autograd.value", "autograd.core.conditions"}


def copy_node(node: Value) -> Value:
    """Copy one node, with the same operands and gradient, for ``copy.copy``."""
    refuse_while_recording("copy")
    twin = object.__new__(type(node))
    for slot in _all_slots(type(node)):  # type: ignore[arg-type]
        if hasattr(node, slot):
            setattr(twin, slot, getattr(node, slot))
    if hasattr(node, "__dict__"):  # a subclass of the user's own
        vars(twin).update(vars(node))
    return twin


@functools.lru_cache
def _all_slots(cls: type) -> list[str]:
    return [slot for kind in cls.__mro__ for slot in getattr(kind, "__slots__", ())]


def copy_graph(root: Value, memo: dict[int, Any]) -> Value:
    """Copy a node and its ancestors, for ``copy.deepcopy``. Nodes in the memo are not copied again."""
    refuse_while_recording("copy")
    with paused_collector():
        copied = topological(root, parents=lambda node: [x for x in _value_operands(node) if id(x) not in memo])
        for node in copied:
            twin = node.__copy__()
            _replace_operands(twin, lambda x: memo.get(id(x), x))
            memo[id(node)] = twin
            memo.setdefault(id(memo), []).append(node)  # as deepcopy does: keeps the ids valid while the memo lives
    for i in _users_own(copied):
        twin = memo[id(copied[i])]
        _set_attributes(twin, copy.deepcopy(_attributes(twin), memo))
    return memo[id(root)]  # type: ignore[no-any-return]


def _users_own(nodes: Sequence[Value]) -> list[int]:
    """The positions of nodes of a user's subclasses, which may have attributes of their own."""
    kinds = {kind for kind in set(map(type, nodes)) if kind.__module__ not in _OWN_MODULES}
    return [i for i, node in enumerate(nodes) if type(node) in kinds] if kinds else []


def _attributes(node: Value) -> dict[str, object]:
    """The attributes that a user's subclass adds to a node, in its ``__dict__`` and in slots."""
    own = [kind for kind in type(node).__mro__ if not kind.__module__.startswith("autograd.") and kind is not object]
    slots = [slot for kind in own for slot in vars(kind).get("__slots__", ())]
    return {**getattr(node, "__dict__", {}), **{slot: getattr(node, slot) for slot in slots if hasattr(node, slot)}}


def _set_attributes(node: Value, attributes: dict[str, object]) -> None:
    for name, attribute in attributes.items():
        object.__setattr__(node, name, attribute)


def reduce_node(node: Value) -> tuple[Any, ...]:
    """Return pickle's form of a node: a leaf by itself, any other node as an entry in a snapshot of its graph.

    A snapshot holds each inner node once, as plain data in topological order, so pickle recurses three levels at any
    depth. While a snapshot is being pickled (pickle's memo keeps it alive), another result that shares nodes with it
    refers to them there, so shared nodes stay shared.
    """
    refuse_while_recording("copy")
    if node._parent is None and type(node).__module__ not in _OWN_MODULES:
        state: Any = object.__reduce_ex__(node, 2)[2]
        if isinstance(state, tuple) and not node.has_grad:
            del state[1]["_grad"]
        return _new_of_subclass, (type(node),), state
    if node._parent is None:
        return _restore_leaf, (type(node), node._datum, _grad_of(node), node.label, node.is_constant)
    snapshot = _snapshot_of(node) or _Snapshot(node)
    return _entry, (snapshot, snapshot.index[id(node)])


class _Snapshot:
    """Inner nodes that are pickled together: a root's ancestors that are in no other living snapshot."""

    def __init__(self, root: Value) -> None:
        with paused_collector():
            self.nodes = topological(root, parents=_unsaved_operands)
            self.index = {id(node): i for i, node in enumerate(self.nodes)}
            living, reference = _of_this_thread.living, weakref.ref(self)
            living.update(dict.fromkeys(self.index, reference))
        weakref.finalize(self, _forget, living, reference, list(self.index))

    def __reduce__(self) -> tuple[Any, ...]:
        """Write the nodes as columns: numbers, operand counts, and all operands and local derivatives end to end.

        An operand inside this snapshot is written as its index, an int. Nodes outside are counted down from -1. A plain
        number is a float.
        """
        outside: dict[int, int] = {}
        outside_nodes: list[Value] = []
        rules: dict[Any, int] = {}
        data, grads, labels, made_by, counts, operands, local = [], {}, {}, [], [], [], []
        with paused_collector():
            for i, node in enumerate(self.nodes):
                data.append(node._datum)
                if node.has_grad:
                    grads[i] = node._grad
                if node.label:
                    labels[i] = node.label
                made_by.append(rules.setdefault((node._rule.name, *sorted(node._rule.parameters.items())), len(rules)))
                edges = node._edges()
                counts.append(len(edges))
                for operand, derivative in edges:
                    local.append(derivative)
                    if is_value(operand):
                        index = self.index.get(id(operand))
                        if index is None:
                            index = outside.setdefault(id(operand), -1 - len(outside))
                            if -index > len(outside_nodes):
                                outside_nodes.append(operand)
                        operands.append(index)
                    else:
                        operands.append(operand)
        columns = (data, grads, labels, list(rules), made_by, counts, operands, local)
        plain = next(kind for kind in type(self.nodes[0]).__mro__ if kind.__module__ in _OWN_MODULES)
        own = _users_own(self.nodes)
        if not own:
            return _restore_nodes, (plain, outside_nodes, *columns)
        kinds = {i: type(self.nodes[i]) for i in own}
        attributes = {i: _attributes(self.nodes[i]) for i in own}  # set last, because they may hold these nodes
        return _restore_nodes, (plain, outside_nodes, *columns, kinds), attributes, None, None, _restore_attributes


class _OfThisThread(threading.local):
    """The snapshot that holds a node, by the node's id. The id is valid while the snapshot lives and keeps the node."""

    def __init__(self) -> None:
        self.living: dict[int, weakref.ref[_Snapshot]] = {}


_of_this_thread = _OfThisThread()


def _snapshot_of(node: Value) -> _Snapshot | None:
    reference = _of_this_thread.living.get(id(node))
    return None if reference is None else reference()


def _forget(living: dict[int, weakref.ref[_Snapshot]], reference: weakref.ref[_Snapshot], ids: list[int]) -> None:
    for node_id in ids:
        if living.get(node_id) is reference:
            del living[node_id]


def _unsaved_operands(node: Value) -> list[Value]:
    return [x for x in _value_operands(node) if x._parent is not None and _snapshot_of(x) is None]


def _grad_of(node: Value) -> Any:
    return node._grad if node.has_grad else None


def _new_of_subclass(cls: type[Value]) -> Value:
    node = object.__new__(cls)
    node.grad = None  # none was computed
    return node


def _entry(nodes: list[Value] | _Snapshot, index: int) -> Value:
    return nodes[index] if isinstance(nodes, list) else nodes.nodes[index]


def _restore_leaf(cls: type[Value], data: float, grad: float | None, label: str, is_constant: bool) -> Value:
    leaf = _restored(cls, data, grad, label)
    if is_constant:
        leaf._rule = CONSTANT
    elif is_recording():
        leaf._rule = MADE_INSIDE
    return leaf


def _restored(cls: type[Value], data: float, grad: float | None, label: str) -> Value:
    node = new_node(cls, data)
    node.grad = grad
    if label:
        node.label = label
    return node


def _restore_nodes(
    cls: type[Value], outside: list[Value], data: list[float], grads: dict[int, float], labels: dict[int, str],
    rules: list[Any], made_by: list[int], counts: list[int], operands: list[Numeric], local: list[float | None],
    kinds: Mapping[int, type[Value]] = MappingProxyType({}),
) -> list[Value]:  # fmt: skip
    named = [None if name == NAME else rule_named(name, dict(parameters)) for name, *parameters in rules]
    _refuse_damaged(len(data), len(named), made_by, counts, operands, local)
    nodes: list[Value] = []
    start = 0
    try:
        with paused_collector():
            for i, number in enumerate(data):
                end = start + counts[i]
                given = [
                    operand if type(operand) is not int else nodes[operand] if operand >= 0 else outside[-1 - operand]
                    for operand in operands[start:end]
                ]
                nodes.append(_restored(kinds.get(i, cls) if kinds else cls, number, grads.get(i), labels.get(i, "")))
                set_operands(nodes[-1], named[made_by[i]] or rule_by_hand(counts[i]), given, local[start:end])
                start = end
    except IndexError:
        raise ValueError(
            f"this pickle of a graph is damaged: node {len(nodes)} has an operand that is missing"
        ) from None
    return nodes


def _restore_attributes(nodes: list[Value], attributes: dict[int, dict[str, object]]) -> None:
    for i, of_node in attributes.items():
        _set_attributes(nodes[i], of_node)


def _refuse_damaged(
    nodes: int, rules: int, made_by: list[int], counts: list[int], operands: list[Numeric], local: list[float | None]
) -> None:
    """Raise ValueError unless the columns match each other."""
    if not len(made_by) == len(counts) == nodes or not sum(counts) == len(operands) == len(local):
        raise ValueError("this pickle of a graph is damaged: its columns differ in length")
    if min(counts, default=0) < 0 or min(made_by, default=0) < 0 or max(made_by, default=-1) >= rules:
        raise ValueError("this pickle of a graph is damaged: a node has a negative count of operands, or no operation")


def rule_named(name: str, parameters: dict[str, Numeric]) -> Rule:
    """Look up the rule that a pickle names. Raises RuleError if the table has none."""
    if name not in RULES:
        like = did_you_mean(name, RULES)
        raise RuleError(
            f"this graph uses the operation {name!r:.60}, which is not in the table{f' ({like})' if like else ''}\n"
            "  try             defining its @rule before loading"
        )
    return RULES[name].variant(parameters=parameters)


def _value_operands(node: Value) -> list[Value]:
    return [operand for operand in node._operands() if is_value(operand)]


def _replace_operands(node: Value, replace: Callable[[Numeric], Numeric]) -> None:
    if isinstance(node._parent, tuple):
        node._parent = tuple(map(replace, node._parent))
    elif node._parent is not None:
        node._parent = replace(node._parent)
        if node._other_parent is not None:
            node._other_parent = replace(node._other_parent)
        else:
            node._other_local = replace(node._other_local)
