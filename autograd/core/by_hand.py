"""Nodes made by hand, as in microgpt: ``Value(x, (a, b), (∂x/∂a, ∂x/∂b))``. Decision 0034 says what they cannot do."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from autograd.core.modes import is_tracking, open_blocks
from autograd.core.node import N_ARY, set_operands
from autograd.core.number_kinds import real_number
from autograd.core.recording import is_recording, open_recordings, refusal
from autograd.errors import RecordingError
from autograd.numeric import Numeric, is_value
from autograd.table import Rule
from autograd.util.printable import a_kind_of, kind_of
from autograd.util.suggestions import BY_HAND, USE_A_RULE

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["NAME", "complete", "is_by_hand", "refuse_by_hand", "rule_by_hand"]

NAME = "by hand"
"""The name of the operation: with a space in it, no rule can have it."""

NodeAtLevel: Any = None  # value.py puts its class here


def complete(node: Value, children: object, local_grads: object, label: object) -> None:
    """Give a new leaf the rest of its constructor's arguments: a label, or parents and local derivatives.

    children: the parents, Values and plain numbers; or a label, or None.
    local_grads: the derivative of the node's number in each parent, or None.
    label: the label, "" for none.

    Raises TypeError and ValueError as the table in ``tests/engine/test_by_hand.py`` lists them.
    """
    if type(children) is tuple and type(local_grads) is tuple and _connected(node, children, local_grads):
        children = local_grads = None
    elif isinstance(children, str):
        if label != "" or local_grads is not None:
            raise TypeError(f"Value() takes a label, or parents and local derivatives, not both in this order{BY_HAND}")
        children, label = None, children
    if children is not None or local_grads is not None:
        _connect(node, _listed(children), local_grads)
    if label != "":
        node.label = label  # type: ignore[assignment]  # the setter checks it


def _connected(node: Value, parents: tuple[Any, ...], local_grads: tuple[Any, ...]) -> bool:
    """Do quickly what ``_connect`` does, in the usual case; False otherwise."""
    if open_blocks or open_recordings or len(parents) != len(local_grads) or not parents:
        return False
    try:
        if {x._level for x in parents} != {0} or not {*map(type, local_grads)} <= _NUMBERS:
            return False
        local = [*map(float, local_grads)]
    except (AttributeError, OverflowError):  # a plain number among the parents, a very large integer
        return False
    node._rule = rule_by_hand(len(parents))
    if len(parents) == 1:
        node._parent, node._local = parents[0], local[0]
    elif len(parents) == 2:
        (node._parent, node._other_parent), (node._local, node._other_local) = parents, local
    else:
        node._parent, node._other_parent, node._local = parents, N_ARY, tuple(local)
    return True


_NUMBERS = {float, int, bool}


def is_by_hand(rule: Rule | None) -> bool:
    """Whether this is the rule of a node that was made by hand, whose number cannot be computed again."""
    return rule is not None and rule.name == NAME


def refuse_by_hand(rule: Rule) -> None:
    """Raise RecordingError for the rule of a node made by hand: a program cannot compute its number again."""
    if is_by_hand(rule):
        raise RecordingError(
            "cannot compile a node that was made by hand: it has a number, but no formula for other inputs" + USE_A_RULE
        )


@functools.cache
def rule_by_hand(count: int) -> Rule:
    """Return the rule of the nodes that were made by hand with so many parents."""

    def no_formula(*_: Numeric) -> NoReturn:
        raise TypeError(f"a node made by hand has a number but no formula to compute it again{USE_A_RULE}")

    operands = tuple(f"x{i}" for i in range(count))
    return Rule(NAME, no_formula, operands, symbol="by_hand", builtin=True, hint=_HINT)


_HINT = "checking the number and the local derivatives that this Value was made with"


def _listed(children: object) -> tuple[Numeric, ...]:
    if children is None:
        raise TypeError(f"Value() takes local derivatives only beside parents{BY_HAND}")
    if isinstance(children, (set, frozenset, dict)) or not isinstance(children, Iterable):
        reason = "which have no order" if isinstance(children, Iterable) else "even if there is only one"
        raise TypeError(
            f"label must be a string, and parents a tuple or list ({reason}), not {a_kind_of(children)}{BY_HAND}"
        )
    return tuple(x if is_value(x) else real_number(x, "a parent in Value()") for x in children)


def _connect(node: Value, parents: Sequence[Numeric], local_grads: object) -> None:
    """Store the parents and the local derivatives in the node, unless it is made under no_grad()."""
    derivatives = _derivatives(parents, local_grads)
    if not parents:
        return
    if is_recording():
        raise refusal("cannot make a node by hand while compiling", USE_A_RULE.split(maxsplit=1)[1])
    level = max((x._level for x in parents if is_value(x)), default=0)
    if level:
        _refuse_second_derivative(parents, level)
        if type(node).__dict__.get("_level") != 0:
            raise TypeError(
                f"{kind_of(node)} cannot be made by hand inside a transform such as grad(f)\n"
                "  try             Value itself, or backward() instead of the transform"
            )
        node.__class__ = NodeAtLevel
        node._other_local = level
    if open_blocks and not is_tracking(level):
        return
    rule = rule_by_hand(len(parents))
    if level:
        node._rule, node._parent, node._other_parent, node._local = rule, tuple(parents), N_ARY, tuple(derivatives)
    else:
        set_operands(node, rule, parents, derivatives)


def _derivatives(parents: Sequence[Numeric], local_grads: object) -> list[float | None]:
    """The local derivatives as floats; None for a parent that is a plain number."""
    if local_grads is None or isinstance(local_grads, str):  # micrograd's symbol of the operation
        if not parents and not local_grads:
            return []
        if not parents:
            raise TypeError(
                f"a Value without parents has no operation, so it takes no symbol {local_grads!r:.40}\n"
                "  try             Value(2.0, label='x') for a name"
            )
        raise TypeError(f"Value() takes a local derivative for each parent, not {_shown(local_grads)}{BY_HAND}")
    if isinstance(local_grads, (set, frozenset, dict)) or not isinstance(local_grads, Iterable):
        raise TypeError(f"local derivatives must be a tuple or list, not {a_kind_of(local_grads)}{BY_HAND}")
    listed = list(local_grads)
    if len(listed) != len(parents):
        raise ValueError(
            f"Value() takes one local derivative for each parent, but there are {_count(parents, 'parent')} and "
            f"{_count(listed, 'local derivative')}{BY_HAND}"
        )
    for number in listed:
        if is_value(number):
            raise TypeError(
                "a local derivative must be a number, not a Value: a node made by hand has no second derivative\n"
                f"  try             v.data for its number, or {USE_A_RULE.split(maxsplit=1)[1]}"
            )
    numbers = [x if type(x) is float else real_number(x, "a local derivative in Value()") for x in listed]
    return [number if is_value(x) else None for x, number in zip(parents, numbers, strict=True)]


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'s' * (len(things) != 1)}"


def _shown(local_grads: object) -> str:
    return "only parents" if local_grads is None else f"the symbol {local_grads!r:.40}"


def _refuse_second_derivative(parents: Sequence[Numeric], level: int) -> None:
    """Raise TypeError if the gradient through the node would depend on Values of a lower level."""
    for parent in filter(is_value, parents):
        lower: Any = parent._datum if parent._level == level else parent
        if is_value(lower):
            raise TypeError(
                "no second derivative can be taken through a node made by hand, because its local derivatives are "
                f"constants; inside this transform its gradient would depend on {lower!r} too{USE_A_RULE}"
            )
