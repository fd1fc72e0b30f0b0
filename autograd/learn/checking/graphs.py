"""The graph that a probe left behind, as plain data, and where it first differs from the reference's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from autograd.learn.exercises.probes import TOLERANCE

__all__ = ["Mark", "Node", "agree", "first_wrong", "graph_of", "visible", "watched"]

LARGEST = 300
WHOLE = 16


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
    def from_dict(cls, kept: Mapping[str, Any]) -> Node:
        """The node that ``to_dict`` wrote down."""
        return cls(**{**kept, "operands": tuple(kept["operands"]), "flows": tuple(kept["flows"])})


@dataclass(frozen=True)
class Mark:
    """What is wrong first: the node, the operand it is on the way to (None: the node itself), what should be there."""

    node: int
    operand: int | None
    kind: str
    expected: float | None = None


def watched(namespace: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the namespace for a probe, in which ``backward`` leaves the value it is given under ``_root``."""
    own = dict(namespace)
    backward = own.get("backward")
    if callable(backward):

        def remembering(root: Any, *arguments: Any, **options: Any) -> Any:
            own["_root"] = root
            return backward(root, *arguments, **options)

        own["backward"] = remembering
    return own


def graph_of(namespace: Mapping[str, Any], before: Iterable[str] = ()) -> list[Node]:
    """The Values that the names of a namespace lead to, results first; [] where there are none or too many.

    before: the names that are not the probe's own. A learner's class is asked for nothing but its attributes.
    """
    known = set(before) - {"_root"}
    named = [(name, thing) for name, thing in namespace.items() if name not in known and not name.startswith("__")]
    try:
        found = _walk([(name, thing) for name, thing in named if _is_value(thing)])
    except Exception:  # of the learner's class
        return []
    return found


def _is_value(thing: Any) -> bool:
    return not isinstance(thing, type) and hasattr(thing, "grad") and hasattr(thing, "data") and _has_operands(thing)


def _has_operands(thing: Any) -> bool:
    return hasattr(thing, "parents") or hasattr(thing, "_prev")


def _operands(value: Any) -> list[Any]:
    operands = value.parents if hasattr(value, "parents") else value._prev
    return [operand for operand in operands or () if _is_value(operand)]


def _walk(named: list[tuple[str, Any]]) -> list[Node]:
    names = {id(value): name for name, value in reversed(named)}
    places: dict[int, int] = {}
    values: list[Any] = []
    waiting = [value for _, value in reversed(named)]  # the last name is the result, most often
    while waiting:
        value = waiting.pop(0)
        if id(value) not in places:
            places[id(value)] = len(values)
            values.append(value)
            waiting.extend(_operands(value))
        if len(values) > LARGEST or len(waiting) > 10 * LARGEST:
            return []
    return [_node(value, names.get(id(value), ""), places) for value in values]


def _node(value: Any, name: str, places: Mapping[int, int]) -> Node:
    operands = _operands(value)
    label = "out" if name == "_root" else name or str(getattr(value, "label", "") or "")[:20]
    sent = _flows(value, len(operands))
    return Node(label, _number(value.data), _number(value.grad), tuple(places[id(x)] for x in operands), sent)


def _flows(value: Any, count: int) -> tuple[float | None, ...]:
    """What its pullback sends to each operand for the gradient it has; nothing where it is not of that form."""
    pull = getattr(value, "pull", None)
    if not count or not callable(pull):
        return ()
    try:
        sent = pull(value.grad)
    except Exception:
        return ()
    sent = list(sent) if isinstance(sent, (list, tuple)) else [sent]
    return tuple(_number(x) for x in sent) if len(sent) == count else ()


def _number(thing: Any) -> float | None:
    return float(thing) if isinstance(thing, (int, float)) and abs(thing) < 1e308 else None


# ── compared ────────────────────────────────────────────────────────────────────────────────────────────────────────


def first_wrong(mine: list[Node], right: list[Node]) -> Mark | None:
    """Where the graph first differs from the right one: in the forward, else in what it records, else in the backward.

    None where the two are made in different ways, so that their nodes cannot be told to be the same.
    """
    pairs = _pairs(mine, right)
    if pairs is None:
        return None
    wrong = {place for place, other in pairs.items() if _differ(mine[place].data, right[other].data)}
    if wrong:
        return _forward(mine, right, pairs, wrong)
    return _shape(mine, right, pairs) or _backward(mine, right, pairs)


def agree(mine: list[Node], right: list[Node]) -> bool:
    """Whether all nodes that are known to be the same hold the same numbers."""
    pairs = _pairs(mine, right) or {}
    both = [(mine[place], right[other]) for place, other in pairs.items()]
    return bool(both) and not any(_differ(a.data, b.data) or _differ(a.grad, b.grad) for a, b in both)


def _pairs(mine: list[Node], right: list[Node]) -> dict[int, int] | None:
    """Node → node of the right graph: those of the same name, and their operands in order."""
    by_name = {node.label: place for place, node in enumerate(right) if node.label}
    waiting = [(place, by_name[node.label]) for place, node in enumerate(mine) if node.label in by_name]
    pairs: dict[int, int] = {}
    while waiting:
        place, other = waiting.pop(0)
        if pairs.setdefault(place, other) != other:
            return None
        if len(mine[place].operands) == len(right[other].operands):
            waiting += [
                pair for pair in zip(mine[place].operands, right[other].operands, strict=True) if pair[0] not in pairs
            ]
    return pairs


def _shape(mine: list[Node], right: list[Node], pairs: Mapping[int, int]) -> Mark | None:
    for place, other in pairs.items():
        if right[other].operands and not mine[place].operands:
            return Mark(place, None, "detached")
    return None


def _forward(mine: list[Node], right: list[Node], pairs: Mapping[int, int], wrong: set[int]) -> Mark | None:
    """A node that is wrong though all it is made from is right. None for a constant: that is another way to compute."""
    for place in sorted(wrong):
        node = mine[place]
        if (node.label or node.operands) and not wrong & set(node.operands) and set(node.operands) <= set(pairs):
            return Mark(place, None, "data", right[pairs[place]].data)
    return None


def _backward(mine: list[Node], right: list[Node], pairs: Mapping[int, int]) -> Mark | None:
    """The first edge on the way back: its gradient is wrong where it arrives, and right where it comes from."""
    wrong = [place for place, other in pairs.items() if _differ(mine[place].grad, right[other].grad)]
    users, marks = _users(mine), list[Mark]()
    for place in wrong:
        edges, expected = users[place], right[pairs[place]].grad
        if not edges:
            is_used = any(pairs[place] in node.operands for node in right)
            marks.append(Mark(place, None, "unused" if is_used else "grad", expected))
        elif not any(user in wrong for user, _ in edges):
            off = [edge for edge in edges if _flow_differs(mine, right, pairs, edge)]
            kind = "shared" if len(edges) > 1 and not off else "grad"
            marks.append(Mark(*(off or edges)[0], kind, expected))
    return min(marks, key=lambda mark: (mark.node, mark.operand or 0), default=None)


def _users(nodes: Sequence[Node]) -> list[list[tuple[int, int]]]:
    """For each node, where it is used: (node, position)."""
    users: list[list[tuple[int, int]]] = [[] for _ in nodes]
    for place, node in enumerate(nodes):
        for position, operand in enumerate(node.operands):
            users[operand].append((place, position))
    return users


def _flow_differs(mine: list[Node], right: list[Node], pairs: Mapping[int, int], edge: tuple[int, int]) -> bool:
    user, position = edge
    if user not in pairs:
        return False
    a, b = mine[user].flows, right[pairs[user]].flows
    return len(a) == len(b) > position and _differ(a[position], b[position])


def _differ(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is not b
    return abs(a - b) > TOLERANCE * max(abs(a), abs(b)) and abs(a - b) > 1e-9


# ── shown ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def visible(nodes: Sequence[Node], mark: Mark | None) -> set[int]:
    """The nodes of which the operands are shown: all of a small graph, else those on the way to the mark."""
    if len(nodes) <= WHOLE or mark is None:
        return set(range(len(nodes)))
    users, way = _users(nodes), {mark.node}
    place = mark.node
    while users[place] and users[place][0][0] not in way:
        place = users[place][0][0]
        way.add(place)
    return way
