"""The slots of nodes, read and written, of one node or of many. The table in ``value.py`` explains the slots."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from operator import call
from typing import TYPE_CHECKING, Any, TypeVar

from autograd.core.number_kinds import real_number
from autograd.core.recording import open_recordings, refuse_while_recording
from autograd.errors import RecordingError
from autograd.numeric import Numeric, is_value
from autograd.table import Rule

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = [
    "CONSTANT",
    "DETACH",
    "MADE_INSIDE",
    "NO_GRAD_YET",
    "N_ARY",
    "NodeForms",
    "grads_set",
    "leaves_in",
    "new_node",
    "numbers_set",
    "set_number",
    "set_operands",
    "unset_since",
    "write_numbers",
]  # fmt: skip

AnyValue = TypeVar("AnyValue", bound="Value")

N_ARY = object()
"""The mark in ``_other_parent`` of a node whose operands and local derivatives are tuples."""
NO_GRAD_YET = float("0")
"""The gradient of a node that no backward pass has reached. It equals 0.0; identity tells it from a computed 0.0."""
CONSTANT = Rule("constant", lambda: (0.0, ()), operands=())
"""The rule of a leaf made for a plain number in an expression, when ``_prev`` is read."""
MADE_INSIDE = Rule("constant", lambda: (0.0, ()), operands=())
"""The rule of a leaf made inside a recorded function: to the program it is a constant, like 2 in ``2 * x``."""
DETACH = Rule("detach", lambda x: (x, (None,)), operands=("x",), builtin=True)
"""The rule of detach() in a recorded function: the number is computed, but no derivative flows through it."""

_FLAT = (
    "\n  try             [p for matrix in state_dict.values() for row in matrix for p in row], a flat list of Values"
)

unset_since: dict[None, object] = {}
"""A mark left by code that has copied the numbers of Values. Setting any Value's number removes it."""

_new = object.__new__


def new_node(cls: type[AnyValue], number: Numeric) -> AnyValue:
    """Make a node without operands."""
    node = _new(cls)
    node._datum = number
    node._grad = NO_GRAD_YET
    node._parent = node._other_parent = node._local = node._other_local = node._rule = None
    return node


class NodeForms:
    """The operands and local derivatives of a node, whichever form it has."""

    __slots__ = ()

    _parent: Any
    _other_parent: Any
    _local: Any
    _other_local: Any
    _rule: Any

    def _operands(self) -> tuple[Any, ...]:
        """The operands in order: Values, and plain numbers for constants."""
        if self._parent is None:
            return ()
        if self._other_parent is N_ARY:
            return self._parent  # type: ignore[no-any-return]
        if self._other_parent is not None:
            return (self._parent, self._other_parent)
        if self._rule.constant_operand is None:
            return (self._parent,)
        constant_first = self._rule.constant_operand == 0
        return (self._other_local, self._parent) if constant_first else (self._parent, self._other_local)

    def _edges(self) -> list[tuple[Any, Any]]:
        """List (operand, local derivative) in order; a constant's derivative is None."""
        if self._parent is None:
            return []
        if self._other_parent is N_ARY:
            return list(zip(self._parent, self._local, strict=True))
        if self._other_parent is not None:
            return [(self._parent, self._local), (self._other_parent, self._other_local)]
        edges = [(self._parent, self._local)]
        if self._rule.constant_operand is not None:
            edges.insert(self._rule.constant_operand, (self._other_local, None))
        return edges


def set_operands(node: Value, rule: Rule, operands: Sequence[Numeric], local: Sequence[Numeric]) -> None:
    """Store the node's operands and their local derivatives (None for a constant) in the smallest form."""
    node._rule = rule
    count = len(operands)
    if count > 2 or all(derivative is None for derivative in local):
        node._parent, node._other_parent, node._local = tuple(operands), N_ARY, tuple(local)
    elif None not in local:
        node._parent, node._local = operands[0], local[0]
        if count == 2:
            node._other_parent, node._other_local = operands[1], local[1]
    else:
        constant = 0 if local[0] is None else 1
        node._parent, node._local = operands[1 - constant], local[1 - constant]
        node._rule, node._other_local = rule.variant(constant_operand=constant), operands[constant]


def set_number(node: Value, number: object) -> None:
    """Set the number of one node, as ``Value.data = number`` does."""
    if open_recordings:
        refuse_while_recording("set data")
    if node._rule is MADE_INSIDE:
        raise RecordingError(
            "cannot set .data of a Value that was made while compiling: the program keeps its first number\n"
            "  try             making the Value before the first call, so that it becomes a parameter"
        )
    node._datum = number if type(number) is float else real_number(number, "data")
    if unset_since:
        unset_since.clear()


def leaves_in(parameters: Iterable[object]) -> list[Value]:
    """List the parameters. Raises TypeError if one is not a leaf, and for matrices says how to list their Values."""
    listed: list[Any] = list(parameters)
    for parameter in listed:
        if not is_value(parameter) or parameter._parent is not None or parameter.is_constant:
            is_nested = isinstance(parameters, Mapping) or isinstance(parameter, (list, tuple, Mapping))
            raise TypeError(
                f"a parameter must be a leaf, a Value that was not computed, not {parameter!r:.100}{_FLAT * is_nested}"
            )
    return listed


# ── many nodes at once ──────────────────────────────────────────────────────────────────────────────────────────────

# Python checks for Ctrl-C between its own instructions and after each call, so it can leave a loop half done. These
# iterators, exhausted by `deque(…, 0)`, set every slot within one call into C.


def grads_set(nodes: Iterable[Value], grads: Iterable[Numeric]) -> Iterator[None]:
    """Return an iterator that sets each node's ``_grad`` when ``deque(…, 0)`` exhausts it. The lists may still grow."""
    return map(setattr, nodes, repeat("_grad"), grads)


def numbers_set(leaves: Iterable[Value], numbers: Iterable[float]) -> Iterator[None]:
    """Return an iterator that sets the leaves' numbers (floats) when ``deque(…, 0)`` exhausts it."""
    return chain(map(setattr, leaves, repeat("_datum"), numbers), map(call, (unset_since.clear,)))


def write_numbers(leaves: Sequence[Value], numbers: Sequence[float]) -> None:
    """Set the numbers (floats) of many leaves: all of them or, if an interrupt comes first, none."""
    deque(numbers_set(leaves, numbers), 0)
