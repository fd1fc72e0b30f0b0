"""Value: a number that remembers how it was made, and the chain rule that carries a gradient back.

A node is one small object with eight slots. Its parents and its local derivatives, computed during the forward pass,
are in the slots themselves. In a graph of Python objects the main cost is not arithmetic but the garbage collector,
which walks every tracked object again and again while the graph grows. A node has one of five forms:

    ============  ==========  ===============  ============  ================
    form          _parent     _other_parent    _local        _other_local
    ============  ==========  ===============  ============  ================
    leaf          None        None             None          None
    unary         Value       None             ∂/∂parent     None
    binary        Value       Value            ∂/∂parent     ∂/∂other parent
    one constant  Value       None             ∂/∂parent     the constant
    n-ary         operands    N_ARY            derivatives   None
    ============  ==========  ===============  ============  ================

In the n-ary form, operands and derivatives are tuples, and a constant's derivative is None. So ``_other_local`` holds
a derivative, or an operand without one: ``_rule.constant_operand`` tells which. Nodes that users make by hand, with
parents and derivatives of their own, have these forms too (``core/by_hand.py``).

``_grad`` is the gradient, or NO_GRAD_YET. During a backward pass (``backward.py``) it is what has arrived so far, or
that pass's mark; while the compiler walks a graph (``compiler/record.py``), an operation's number. Both restore it.
Else only ``value.py``, ``core/node.py`` and ``core/_operators.py`` write it; others call ``grads_set`` of the second.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import table
from autograd.backward import backward_pass, node_backward
from autograd.core import _operators, by_hand, pickling
from autograd.core.display import mimebundle
from autograd.core.in_place import untracked
from autograd.core.modes import is_tracking, open_blocks
from autograd.core.node import (
    CONSTANT,
    DETACH,
    MADE_INSIDE,
    N_ARY,
    NO_GRAD_YET,
    NodeForms,
    new_node,
    set_number,
    set_operands,
)
from autograd.core.number_kinds import LISTS, real_number, without_axes
from autograd.core.number_methods import NumberMethods
from autograd.core.operators import install
from autograd.core.recording import allow_reading, is_recording, open_recordings, refuse_while_recording
from autograd.numeric import Numeric
from autograd.util.lazy_numpy import is_array
from autograd.util.printable import kind_of, quoted
from autograd.util.suggestions import ReadOnly, add_advice, refuse_keyword

__all__ = ["LevelValue", "Value", "lift", "number_of"]


class Value(NodeForms, NumberMethods):
    """A scalar that tracks the operations made on it, for reverse-mode differentiation.

    data: a real number, stored as a float; TypeError for anything else.
    children: the parents of a node made by hand, as in microgpt; or the label.
    local_grads: the derivative of the node in each parent, as numbers. They are constants, so such a node has no second
    derivative and cannot be compiled: use ``autograd.rule`` for both.
    label: the name shown in pictures and errors.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> loss = a * b + a
    >>> loss.backward()
    >>> loss, a.grad, b.grad
    (Value(-4.0, grad=1.0), -2.0, 2.0)
    >>> Value(a.data * b.data, (a, b), (b.data, a.data)).local_derivatives
    (-3.0, 2.0)
    """

    # CPython visits slots in the order of their names. `_other_parent` before `_parent` lets it meet a sum's last
    # term before the chain of its first ones, so that a full collection walks memory in order: a third off its time.
    __slots__ = ("_datum", "_grad", "_label", "_local", "_other_local", "_other_parent", "_parent", "_rule")

    _level = 0

    def __init__(
        self, data: object, children: Iterable[Numeric] | str | None = None, local_grads: Iterable[float] | None = None,
        label: str = "",
    ) -> None:  # fmt: skip
        self._datum: Any = data if type(data) is float else real_number(data, "Value()")
        self._grad: Any = NO_GRAD_YET
        self._parent: Any = None
        self._other_parent: Any = None
        self._local: Any = None
        self._other_local: Any = None
        self._rule: Any = MADE_INSIDE if open_recordings and is_recording() else None
        if children is not None or label != "" or local_grads is not None:
            by_hand.complete(self, children, local_grads, label)

    # ── what a reader sees ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def data(self) -> float:
        """The number. Setting it changes this node only: graphs you have already built keep the old number."""
        if open_recordings:
            refuse_while_recording("read data")
        return self._datum  # type: ignore[no-any-return]

    @data.setter
    def data(self, number: object) -> None:
        set_number(self, number)

    @property
    def grad(self) -> float:
        """The gradient ∂root/∂self from backward(). Leaves add up all calls; other nodes hold the last call's.

        Set it to None to clear it: it then reads 0.0, ``has_grad`` is False, and optimizers skip the leaf.
        """
        if open_recordings:
            refuse_while_recording("read grad")
        return self._grad  # type: ignore[no-any-return]

    @grad.setter
    def grad(self, number: object) -> None:
        if number is None:
            self._grad = NO_GRAD_YET
        else:
            self._grad = number if type(number) is float else real_number(number, "grad")

    @property
    def label(self) -> str:
        """The name shown in pictures and errors; "" if there is none."""
        return getattr(self, "_label", "")  # unset on most nodes, so that the collector has less to visit

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"label must be a string, not {kind_of(label)}")
        self._label = label

    @property
    def has_grad(self) -> bool:
        """Whether a gradient has been computed or set. It tells a gradient of 0 from no gradient.

        >>> Value(1.0).has_grad
        False
        """
        return self._grad is not NO_GRAD_YET

    @property
    def is_constant(self) -> bool:
        """Whether this leaf is a plain number, such as 2 in ``2 * x``, or was made while recording a function."""
        return self._parent is None and self._rule is not None

    def __repr__(self) -> str:
        with allow_reading():
            grad = f", grad={number_of(self._grad)!r}" if self.has_grad else ""
            label = f", label={quoted(self.label)}" if self.label else ""
            return f"Value({self.data!r}{grad}{label})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return mimebundle(self)

    # ── how it was made ─────────────────────────────────────────────────────────────────────────────────────────────

    @ReadOnly
    def _prev(self) -> tuple[Value, ...]:
        """The parents, in operand order: ``a * a`` has two. Plain numbers appear as constant leaves."""
        if self._other_parent is N_ARY:
            self._parent = tuple(_as_node(operand) for operand in self._parent)
        elif self._rule is not None and self._rule.constant_operand is not None:
            self._other_local = _as_node(self._other_local)
        return self._operands()

    @ReadOnly
    def _op(self) -> str:
        """The symbol of the operation that made this node; "" for a leaf."""
        return self._rule.symbol if self._parent is not None else ""

    @ReadOnly
    def _backward(self) -> Callable[[], None]:
        """This node's chain rule as a function: it adds ``local derivative * self.grad`` to each parent's grad."""
        return functools.partial(node_backward, self)

    @ReadOnly
    def local_derivatives(self) -> tuple[float | None, ...]:
        """The derivative ∂self/∂parent for each parent, computed in the forward pass; None for a constant.

        >>> (Value(2.0) * Value(-3.0)).local_derivatives
        (-3.0, 2.0)
        """
        if open_recordings:
            refuse_while_recording("read local derivatives")
        return tuple(None if local is None else number_of(local) for _, local in self._edges())

    # ── applying a rule makes a node ────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _apply(rule: table.Rule, operands: Sequence[Numeric]) -> Any:
        """Apply a rule to operands, at least one of which is a Value; NotImplemented if one is not a number.

        Operators and methods on floats are written out in ``core/_operators.py``; this is for everything else.
        """
        kinds = set(map(type, operands))
        if not kinds <= _PLAIN:
            return _apply_general(rule, operands)
        if len(kinds) == 1:
            number, local = rule.evaluate([x._datum for x in operands])
        else:
            active = [type(x) is Value for x in operands]
            numbers = [x._datum if is_active else x for x, is_active in zip(operands, active, strict=True)]
            number, local = rule.evaluate(numbers, active)
            local = [x if is_active else None for x, is_active in zip(local, active, strict=True)]
        node = new_node(Value, number)
        if not open_blocks or is_tracking(0):
            set_operands(node, rule, operands, local)
        else:
            untracked(node, rule, operands)
        return node

    @staticmethod
    def __apply_rule__(rule: table.Rule, operands: Sequence[Numeric]) -> Any:
        """Apply a rule for a function or a method (``numeric.Tracer``): TypeError if an operand is not a number."""
        if rule.refuse is not None:
            rule.refuse(*operands)
        result = Value._apply(rule, operands)
        if result is NotImplemented:
            raise rule.refusal(operands)
        return result

    @staticmethod
    def _call(rule: table.Rule, operands: Sequence[Numeric], parameters: dict[str, Numeric]) -> Any:
        """Apply a rule as a method is called: with operands by name, parameters, and NumPy's ``out=None``."""
        if parameters.get("out", rule) is None:  # as NumPy's own functions call a method
            del parameters["out"]
        chosen, operands = rule.named(operands, parameters) if parameters else (rule, operands)
        if len(operands) != len(rule.operands):
            return chosen(*operands)
        return Value.__apply_rule__(chosen, operands)

    # ── the backward pass ───────────────────────────────────────────────────────────────────────────────────────────

    def backward(self, grad: float = 1.0, *, allow_nonfinite: bool = False, **unknown: object) -> None:
        """Add grad · ∂self/∂leaf to the grad of every leaf of this graph, and set grad on the nodes in between.

        It works at any depth, in time linear in the size of the graph.

        grad: the gradient of this value itself.
        allow_nonfinite: let a nan or an infinite gradient through.

        Raises NonFiniteError if this value or a leaf's gradient would be nan or infinite. The error names the first
        operation that made it so, and no grad has changed.

        >>> x = Value(3.0)
        >>> y = x * x * x
        >>> y.backward()
        >>> y.backward()
        >>> x.grad, (x * 2).grad
        (54.0, 0.0)
        """
        if unknown:
            refuse_keyword("backward", unknown)
        if open_recordings:
            refuse_while_recording("backward")
        backward_pass(self, real_number(grad, "backward()"), allow_nonfinite)

    def detach(self) -> Value:
        """Make a new leaf with the same number and label. No gradient flows back through it."""
        leaf = self._leaf(self._detached())
        if self.label:
            leaf.label = self.label
        return leaf

    def _detached(self) -> Numeric:
        """The number; while recording, a Value for it that no derivative flows through."""
        if not is_recording():
            return self._datum
        node = new_node(Value, self._datum)
        set_operands(node, DETACH, (self,), (None,))
        return node

    def _leaf(self, number: Numeric) -> Value:
        return number if isinstance(number, Value) else new_node(Value, number)

    # ── copies and pickles ──────────────────────────────────────────────────────────────────────────────────────────

    def __copy__(self) -> Value:
        return pickling.copy_node(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return pickling.copy_graph(self, memo)

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return pickling.reduce_node(self)


_operators.Value = Value  # type: ignore[attr-defined]
add_advice(Value)
Value._children, Value._local_grads = Value._prev, Value.local_derivatives  # type: ignore[attr-defined]  # microgpt's


class LevelValue(Value):
    """A Value whose number may be a Value of a lower level. Transforms pass it to the function they differentiate.

    It treats operands of lower levels as constants, so that derivatives are never confused.
    """

    __slots__ = ()

    @property
    def data(self) -> float:
        """The plain number below all levels."""
        return number_of(self._datum)  # type: ignore[no-any-return]

    @data.setter
    def data(self, number: object) -> None:
        set_number(self, number)

    def __bool__(self) -> bool:
        return bool(self._datum)

    def _detached(self) -> Numeric:
        return self._datum._detached() if isinstance(self._datum, Value) else self._datum

    def _leaf(self, number: Numeric) -> Value:
        return lift(number, self._level)


class _Lifted(LevelValue):
    """A Value that a transform made, or that was computed from one."""

    __slots__ = ("_level",)
    _level: int


class _ByHand(LevelValue):
    """A node made by hand inside a transform. A slot that the n-ary form does not need holds its level."""

    __slots__ = ()
    _level = property(lambda node: node._other_local)


by_hand.NodeAtLevel = _ByHand
for _kind in (LevelValue, _Lifted, _ByHand):
    _kind.__name__ = _kind.__qualname__ = "Value"  # the name in Python's own messages
_PLAIN = frozenset({Value, float})
table.subscribe(functools.partial(install, value=Value, level_value=LevelValue))


def lift(number: Numeric, level: int) -> LevelValue:
    """Make a leaf of a level from a float, or from a Value of a lower level."""
    node = new_node(_Lifted, number)
    node._level = level
    return node


def number_of(x: Numeric) -> Numeric:
    """A Value's number; anything else is returned as it is."""
    return x.data if isinstance(x, Value) else x


def _apply_general(rule: table.Rule, operands: Sequence[Numeric]) -> Any:
    """``Value._apply`` for numbers of any type and Values of any level. The result has the highest level."""
    if any(map(is_array, operands)):
        operands = [without_axes(x, rule.name) for x in operands]
        if any(map(is_array, operands)):
            return rule.on_arrays(operands)
    try:
        operands = [x if isinstance(x, Value) else real_number(x, rule.name) for x in operands]
    except TypeError:
        if not LISTS.isdisjoint(map(type, operands)):  # Python would try to repeat them
            raise rule.refusal(operands) from None
        return NotImplemented
    level = max((x._level for x in operands if isinstance(x, Value)), default=0)
    active = [isinstance(x, Value) and x._level == level for x in operands]
    inner = [x._datum if is_active else x for x, is_active in zip(operands, active, strict=True)]
    number, local = rule.evaluate(inner, active)
    node = lift(_at_level_below(rule, inner, number), level) if level else new_node(Value, number)
    if not open_blocks or is_tracking(level):
        local = [x if is_active else None for x, is_active in zip(local, active, strict=True)]
        set_operands(node, rule, operands, local)
    elif not level:
        untracked(node, rule, operands)
    return node


def _at_level_below(rule: table.Rule, operands: Sequence[Numeric], number: Numeric) -> Numeric:
    """The same operation one level down, so that its derivatives there are the rule's, not those of its inner steps."""
    lower = next((operand for operand in operands if isinstance(operand, Value)), None)
    if lower is None:
        return number
    is_itself = isinstance(number, Value) and number._rule is not None and number._rule.base is rule.base
    return number if is_itself and number._parent is lower else Value._apply(rule, operands)


def _as_node(operand: Numeric) -> Value:
    if isinstance(operand, Value):
        return operand
    node = new_node(Value, operand)
    node._rule = CONSTANT
    return node
