"""The graph that a probe left behind, as plain data, and where it first differs from the reference's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TypeGuard

from autograd.learn.exercises.probes import SMALLEST, TOLERANCE, Outcome, probe_outcome

__all__ = ["Mark", "Node", "agree", "first_wrong", "graph_of", "outcome_and_graph", "visible", "watched"]

LARGEST = 300  # Values; of a larger graph nothing is shown
WHOLE = 16  # Values that are shown with all their operands; of a larger graph the way to the mark


@dataclass(frozen=True)
class Node:
    """A Value as it was left: its operands by their places in the list, and what its pullback would send each."""

    label: str
    data: float | None
    grad: float | None
    operands: tuple[int, ...] = ()
    flows: tuple[float | None, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it; ``Node.from_dict`` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Node:
        """The node that ``to_dict`` wrote down."""
        return cls(**{**fields, "operands": tuple(fields["operands"]), "flows": tuple(fields["flows"])})


@dataclass(frozen=True)
class Mark:
    """What is wrong first: the node, the operand it is on the way to (None: the node itself), what should be there."""

    node: int
    operand: int | None
    kind: str
    expected: float | None = None


def outcome_and_graph(source: str, namespace: Mapping[str, object]) -> tuple[Outcome, list[Node]]:
    """What a probe gives, run in a copy of the namespace, and the graph that it left behind."""
    own = watched(namespace)
    outcome = probe_outcome(source, own)
    return outcome, graph_of(own, namespace)


def watched(namespace: Mapping[str, object]) -> dict[str, object]:
    """A copy of the namespace for a probe, in which ``backward`` leaves the value it is given under ``_root``."""
    own = dict(namespace)
    backward = own.get("backward")
    if callable(backward):

        def remembering(root: object, *arguments: object, **options: object) -> object:
            own["_root"] = root
            return backward(root, *arguments, **options)

        own["backward"] = remembering
    return own


def graph_of(namespace: Mapping[str, object], before: Iterable[str] = ()) -> list[Node]:
    """The Values that the names of a namespace lead to, results first; [] where there are none or too many.

    before: the names that are not the probe's own. A learner's class is asked for nothing but its attributes.
    """
    known = set(before) - {"_root"}
    named = [(name, thing) for name, thing in namespace.items() if name not in known and not name.startswith("__")]
    try:
        return _walk([(name, thing) for name, thing in named if _is_value(thing)])
    except Exception:  # of the learner's class
        return []


class _Value(Protocol):
    """A Value of a learner's engine."""

    data: object
    grad: object


_OPERANDS = ("parents", "_prev", "children", "_children")  # of exercise 7, micrograd, exercise 18 and microgpt
_LOCAL_GRADS = ("local_grads", "_local_grads")  # of exercise 18 and microgpt


def _is_value(thing: object) -> TypeGuard[_Value]:
    has_operands = any(hasattr(thing, name) for name in _OPERANDS)
    return not isinstance(thing, type) and hasattr(thing, "grad") and hasattr(thing, "data") and has_operands


def _operands(value: _Value) -> list[_Value]:
    return [operand for operand in _first(value, _OPERANDS) if _is_value(operand)]


def _first(value: _Value, names: Iterable[str]) -> Iterable[object]:
    """What the attribute lists that the value has under the first of these names; nothing where it has none."""
    return next((getattr(value, name) for name in names if hasattr(value, name)), None) or ()


def _walk(named: list[tuple[str, _Value]]) -> list[Node]:
    names = {id(value): name for name, value in reversed(named)}
    indices: dict[int, int] = {}
    values: list[_Value] = []
    waiting = [value for _, value in reversed(named)]  # the last name is the result, most often
    while waiting:
        value = waiting.pop(0)
        if id(value) not in indices:
            indices[id(value)] = len(values)
            values.append(value)
            waiting.extend(_operands(value))
        if len(values) > LARGEST or len(waiting) > 10 * LARGEST:
            return []
    return [_node(value, names.get(id(value), ""), indices) for value in values]


def _node(value: _Value, name: str, indices: Mapping[int, int]) -> Node:
    operands = _operands(value)
    label = "out" if name == "_root" else name or str(getattr(value, "label", "") or "")[:20]
    sent = _flows(value, len(operands))
    return Node(label, _number(value.data), _number(value.grad), tuple(indices[id(x)] for x in operands), sent)


def _flows(value: _Value, count: int) -> tuple[float | None, ...]:
    """What it sends to each operand for the gradient it has; nothing where it is not of a known form."""
    if not count:
        return ()
    try:
        sent = _sent(value)
    except Exception:
        return ()
    sent = list(sent) if isinstance(sent, (list, tuple)) else [sent]
    return tuple(_number(x) for x in sent) if len(sent) == count else ()


def _sent(value: _Value) -> object:
    """What its pullback gives for its gradient, or its gradient times each of its local derivatives."""
    pull = getattr(value, "pull", None)
    grad: Any = value.grad
    return pull(grad) if callable(pull) else [grad * local_grad for local_grad in _first(value, _LOCAL_GRADS)]


def _number(thing: object) -> float | None:
    return float(thing) if isinstance(thing, (int, float)) and abs(thing) < 1e308 else None


# ── compared ────────────────────────────────────────────────────────────────────────────────────────────────────────


def first_wrong(nodes: list[Node], right: list[Node]) -> Mark | None:
    """Where the graph first differs from the right one: in the forward, else in what it records, else in the backward.

    None where the two are made in different ways, so that their nodes cannot be told to be the same.
    """
    pairs = _pairs(nodes, right)
    if pairs is None:
        return None
    wrong = {index for index, other in pairs.items() if _differ(nodes[index].data, right[other].data)}
    if wrong:
        return _forward(nodes, right, pairs, wrong)
    return _shape(nodes, right, pairs) or _backward(nodes, right, pairs)


def agree(nodes: list[Node], right: list[Node]) -> bool:
    """Whether all nodes that are known to be the same hold the same numbers."""
    pairs = _pairs(nodes, right) or {}
    both = [(nodes[index], right[other]) for index, other in pairs.items()]
    return bool(both) and not any(_differ(a.data, b.data) or _differ(a.grad, b.grad) for a, b in both)


def _pairs(nodes: list[Node], right: list[Node]) -> dict[int, int] | None:
    """Node → node of the right graph: those of the same name, and their operands in order."""
    by_name = {node.label: index for index, node in enumerate(right) if node.label}
    waiting = [(index, by_name[node.label]) for index, node in enumerate(nodes) if node.label in by_name]
    pairs: dict[int, int] = {}
    while waiting:
        index, other = waiting.pop(0)
        if pairs.setdefault(index, other) != other:
            return None
        if len(nodes[index].operands) == len(right[other].operands):
            waiting += [
                pair for pair in zip(nodes[index].operands, right[other].operands, strict=True) if pair[0] not in pairs
            ]
    return pairs


def _shape(nodes: list[Node], right: list[Node], pairs: Mapping[int, int]) -> Mark | None:
    for index, other in pairs.items():
        if right[other].operands and not nodes[index].operands:
            return Mark(index, None, "detached")
    return None


def _forward(nodes: list[Node], right: list[Node], pairs: Mapping[int, int], wrong: set[int]) -> Mark | None:
    """A node that is wrong though all it is made from is right. None for a constant: that is another way to compute."""
    for index in sorted(wrong):
        node = nodes[index]
        if (node.label or node.operands) and not wrong & set(node.operands) and set(node.operands) <= set(pairs):
            return Mark(index, None, "data", right[pairs[index]].data)
    return None


def _backward(nodes: list[Node], right: list[Node], pairs: Mapping[int, int]) -> Mark | None:
    """The first edge on the way back: its gradient is wrong where it arrives, and right where it comes from."""
    wrong = [index for index, other in pairs.items() if _differ(nodes[index].grad, right[other].grad)]
    users, marks = _users(nodes), list[Mark]()
    for index in wrong:
        edges, expected = users[index], right[pairs[index]].grad
        if not edges:
            is_used = any(pairs[index] in node.operands for node in right)
            marks.append(Mark(index, None, "unused" if is_used else "grad", expected))
        elif not any(user in wrong for user, _ in edges):
            off = [edge for edge in edges if _flow_differs(nodes, right, pairs, edge)]
            kind = "shared" if len(edges) > 1 and not off else "grad"
            marks.append(Mark(*(off or edges)[0], kind, expected))
    return min(marks, key=lambda mark: (mark.node, mark.operand or 0), default=None)


def _users(nodes: Sequence[Node]) -> list[list[tuple[int, int]]]:
    """For each node, where it is used: (node, position)."""
    users: list[list[tuple[int, int]]] = [[] for _ in nodes]
    for index, node in enumerate(nodes):
        for position, operand in enumerate(node.operands):
            users[operand].append((index, position))
    return users


def _flow_differs(nodes: list[Node], right: list[Node], pairs: Mapping[int, int], edge: tuple[int, int]) -> bool:
    user, position = edge
    if user not in pairs:
        return False
    a, b = nodes[user].flows, right[pairs[user]].flows
    return len(a) == len(b) > position and _differ(a[position], b[position])


def _differ(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is not b
    return abs(a - b) > max(TOLERANCE * max(abs(a), abs(b)), SMALLEST)


# ── shown ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def visible(nodes: Sequence[Node], mark: Mark | None) -> set[int]:
    """The nodes of which the operands are shown: all of a small graph, else those on the way to the mark."""
    if len(nodes) <= WHOLE or mark is None:
        return set(range(len(nodes)))
    users, way = _users(nodes), {mark.node}
    index = mark.node
    while users[index] and users[index][0][0] not in way:
        index = users[index][0][0]
        way.add(index)
    return way
