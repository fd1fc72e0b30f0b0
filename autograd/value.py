"""Value: a number that remembers how it was made, and the chain rule that carries a gradient back.

A node is one small object with eight slots. What the chain rule needs is in the slots themselves (parents, and the
local derivatives computed at forward time), because what costs in a graph of Python objects is not arithmetic: it is
the garbage collector, which walks every tracked object again and again while the graph grows. Four forms:

    ============  ==========  ===============  ============  ================
    form          _parent     _other_parent    _local        _other_local
    ============  ==========  ===============  ============  ================
    leaf          None        None             None          None
    unary         Value       None             ∂/∂parent     None
    binary        Value       Value            ∂/∂parent     ∂/∂other parent
    one constant  Value       None             ∂/∂parent     the constant
    many          operands    N_ARY             derivatives   None
    ============  ==========  ===============  ============  ================

In the last, operands and derivatives are tuples, and the derivative of a constant is None.
"""

from __future__ import annotations

import functools
import numbers
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from operator import call
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import numeric as nx
from autograd import table
from autograd.backward import N_ARY, NO_GRAD_YET, backward_pass, node_backward
from autograd.core import _operators
from autograd.core._operators import Operators
from autograd.core.display import mimebundle
from autograd.core.in_place import refuse_lost_update
from autograd.core.modes import is_tracking, open_blocks
from autograd.core.pickling import copy_graph, reduce_node
from autograd.core.recording import USE_PICK, allow_reading, is_recording, open_recordings, refusal, refuse_branch
from autograd.errors import RecordingError, refuse_options
from autograd.util.arrays import plain_array
from autograd.util.printable import kind_of, quoted

__all__ = [
    "DETACH",
    "LevelValue",
    "Value",
    "gradients_of",
    "lift",
    "new_node",
    "number_of",
    "numbers_set",
    "set_operands",
    "unset_since",
    "write_numbers",
]  # fmt: skip

_new = object.__new__
_CONSTANT = table.Rule("constant", float, operands=())
"""Marks the leaf made for a plain number in an expression, when somebody looks at ``_prev``."""
_BORN = table.Rule("constant", float, operands=())
"""Marks the leaf made while a function is recorded: to the program it is a number, as 2 is in ``2 * x``."""
DETACH = table.Rule("detach", lambda x: (x, (None,)), operands=("x",), builtin=True)
"""What detach() is while a function is recorded: a number that is computed, through which no derivative flows."""

unset_since: dict[None, object] = {}
"""Holds a mark that whoever has copied the numbers of Values has put here: gone once the number of any is set."""


def _real(number: object, what: str) -> float:
    """The Python float of a real number; TypeError, naming the type, for anything else."""
    if isinstance(number, np.ndarray) and number.ndim == 0:
        number = plain_array(number, f"what {what} takes").item()
    if isinstance(number, (numbers.Real, np.bool_)):
        return nx.real(number)
    if isinstance(number, Value):
        raise TypeError(f"{what} takes a number, not a Value: use it as it is, or .data for its number")
    if isinstance(number, np.ndarray):
        raise TypeError(f"{what} takes one number, not an array of shape {number.shape}: make a Value of each element")
    raise TypeError(f"{what} takes a number, not {kind_of(number)}")


class Value(Operators):
    """A scalar that records the operations made on it, for reverse-mode differentiation.

    data: any real number (stored as a float). label: the name a picture or an error shows.
    Raises TypeError for anything that is not one real number.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> loss = a * b + a
    >>> loss.backward()
    >>> loss, a.grad, b.grad
    (Value(-4.0, grad=1.0), -2.0, 2.0)
    """

    # CPython visits slots in the order of their names. `_other_parent` before `_parent` lets it meet a sum's last
    # term before the chain of its first ones, so that a full collection walks memory in order: a third off its time.
    __slots__ = ("_datum", "_grad", "_label", "_local", "_other_local", "_other_parent", "_parent", "_rule")

    _level = 0

    def __init__(self, data: Any, label: str = "") -> None:
        self._datum: Any = data if type(data) is float else _real(data, "Value()")
        self._grad: Any = NO_GRAD_YET
        self._parent: Any = None
        self._other_parent: Any = None
        self._local: Any = None
        self._other_local: Any = None
        self._rule: Any = _BORN if open_recordings and is_recording() else None
        if label != "":
            self.label = label

    # ── what a reader sees ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def data(self) -> float:
        """The number. Setting it changes this node alone: graphs already built keep the number they were built with."""
        number = self
        while isinstance(number, Value):
            if open_recordings and not number._level and is_recording():
                raise refusal(
                    "the number of a Value is read while its function is recorded",
                    "the Value itself: it computes; detach() stops its gradient",
                )
            number = number._datum
        return number

    @data.setter
    def data(self, number: Any) -> None:
        if open_recordings and is_recording():
            raise refusal(
                "the number of a Value is set while its function is recorded", "a new Value, or setting it outside"
            )
        if self._rule is _BORN:
            raise RecordingError(
                "cannot set .data of a Value that was made while compiling: the program keeps the number it had\n"
                "  try             making the Value before the first call, which makes it a parameter"
            )
        self._datum = number if type(number) is float else _real(number, "data")
        if unset_since:
            unset_since.clear()

    @property
    def grad(self) -> float:
        """∂root/∂self, from backward(). Leaves accumulate it over calls; other nodes hold that of the last call.

        Setting it to None forgets it: it reads 0.0, ``has_grad`` is False, and an optimizer leaves the leaf alone.
        """
        if open_recordings and is_recording():
            raise refusal(
                "the gradient of a Value is read while its function is recorded", "autograd.grad inside the function"
            )
        return self._grad  # type: ignore[no-any-return]

    @grad.setter
    def grad(self, number: Any) -> None:
        if number is None:
            self._grad = NO_GRAD_YET
        else:
            self._grad = number if type(number) is float else _real(number, "grad")

    @property
    def label(self) -> str:
        """The name a picture or an error shows; "" if it has none."""
        return getattr(self, "_label", "")  # unset on most nodes: one thing less for the collector to visit

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"label is a str, not {kind_of(label)}")
        self._label = label

    @property
    def has_grad(self) -> bool:
        """Whether a gradient was computed or set: tells a gradient of 0 from none.

        >>> Value(1.0).has_grad
        False
        """
        return self._grad is not NO_GRAD_YET

    @property
    def is_constant(self) -> bool:
        """Whether this leaf stands for a plain number, as 2 in ``2 * x``, or was made while a function was recorded."""
        return self._parent is None and self._rule is not None

    @property
    def local_derivatives(self) -> tuple[float | None, ...]:
        """∂self/∂parent for each of ``_prev``, as computed at forward time; None for a constant.

        >>> (Value(2.0) * Value(-3.0)).local_derivatives
        (-3.0, 2.0)
        """
        if open_recordings and is_recording():
            raise refusal("local derivatives are read while their function is recorded", "autograd.grad inside it")
        return tuple(None if local is None else number_of(local) for _, local in self._edges())

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The parents, in operand order: ``a * a`` has two. A plain number appears as a constant leaf."""
        if self._other_parent is N_ARY:
            self._parent = tuple(_as_node(operand) for operand in self._parent)
        elif self._rule is not None and self._rule.constant_operand is not None:
            self._other_local = _as_node(self._other_local)
        return self._operands()

    @property
    def _op(self) -> str:
        """The symbol of the operation that made this node; "" for a leaf."""
        return self._rule.symbol if self._parent is not None else ""

    @property
    def _backward(self) -> Callable[[], None]:
        """The chain rule of this node alone: adds ``local derivative * self.grad`` to the grad of each parent."""
        return functools.partial(node_backward, self)

    def _operands(self) -> tuple[Any, ...]:
        """The operands in order: Values, and plain numbers where they were constants."""
        if self._parent is None:
            return ()
        if self._other_parent is N_ARY:
            return self._parent  # type: ignore[no-any-return]
        if self._other_parent is not None:
            return (self._parent, self._other_parent)
        if self._rule.constant_operand is None:
            return (self._parent,)
        return (
            (self._other_local, self._parent) if self._rule.constant_operand == 0 else (self._parent, self._other_local)
        )

    def _edges(self) -> list[tuple[Any, Any]]:
        """(operand, local derivative) in order; None for a constant."""
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

    def __repr__(self) -> str:
        with allow_reading():
            grad = f", grad={number_of(self._grad)!r}" if self.has_grad else ""
            label = f", label={quoted(self.label)}" if self.label else ""
            return f"Value({self.data!r}{grad}{label})"

    def _detached_number(self) -> Any:
        """The number; while recording, the Value of the user's own level that stands for it, its derivative stopped."""
        number = self
        while isinstance(number, Value) and number._level:
            number = number._datum
        if not isinstance(number, Value) or not is_recording():
            return self.data
        node = new_node(number._datum, 0)
        set_operands(node, DETACH, (number,), (None,))
        return node

    def detach(self) -> Value:
        """A new leaf with the same number, through which no gradient flows back."""
        number = self._detached_number()
        node: Value = number if isinstance(number, Value) and not self._level else new_node(number, self._level)
        if self.label:
            node.label = self.label
        return node

    # ── the backward pass ───────────────────────────────────────────────────────────────────────────────────────────

    def backward(self, grad: float = 1.0, *, allow_nonfinite: bool = False, **unknown: Any) -> None:
        """Add ∂self/∂leaf · grad to the grad of every leaf this was made from; set that of every node in between.

        Raises NonFiniteError, before any grad has changed, if this value or the gradient of a leaf would be nan or
        infinite: it names the first operation that made it so. ``allow_nonfinite=True`` lets it through.
        Any depth; linear in the size of the graph.

        >>> x = Value(3.0)
        >>> y = x * x * x
        >>> y.backward()
        >>> y.backward()
        >>> x.grad, (x * 2).grad
        (54.0, 0.0)
        """
        if unknown:
            refuse_options("backward", unknown)
        if open_recordings and is_recording():
            raise refusal(
                "backward() is called while its function is recorded",
                "return the loss, and ask the program for value_and_grad; or autograd.grad inside the function",
            )
        backward_pass(self, _real(grad, "backward()"), allow_nonfinite)

    # ── meeting other numbers ───────────────────────────────────────────────────────────────────────────────────────

    def __float__(self) -> float:
        if is_recording():
            raise refusal(
                "a Value is turned into a plain number while its function is recorded",
                "v.exp() or autograd.exp(v) in place of math.exp(v), an object array in place of one of floats",
            )
        raise TypeError(
            "a Value is not turned into a float by itself, because its gradient would be lost: "
            "use v.exp() or autograd.exp(v) in place of math.exp(v), and v.data where the number alone is meant"
        )

    __complex__ = __float__

    def __int__(self) -> int:
        if is_recording():
            raise refusal("a Value is turned into a plain number while its function is recorded", USE_PICK)
        return int(self.__float__())

    def __pos__(self) -> Value:
        return self

    def __bool__(self) -> bool:
        if open_recordings and not self._level and is_recording():
            raise refuse_branch()
        return bool(self._datum)

    __hash__ = object.__hash__  # by identity; == is installed in operators.py (decision 0018)

    def __format__(self, spec: str) -> str:
        with allow_reading():
            return format(self.data, spec)

    def __round__(self, digits: int | None = None) -> Any:
        """The rule ``round``; to so many digits, as one wants it for printing, the number."""
        return Value._apply_named("round", (self,)) if digits is None else round(self.data, digits)

    def __floor__(self) -> Any:
        return Value._apply_named("floor", (self,))

    def __ceil__(self) -> Any:
        return Value._apply_named("ceil", (self,))

    def __trunc__(self) -> Any:
        return Value._apply_named("trunc", (self,))

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def conjugate(self) -> Value:
        """The Value itself, which is real: what NumPy asks for in var, std and vdot."""
        return self

    # ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def __copy__(self) -> Value:
        self._refuse_copy()
        twin = _new(type(self))
        for slot in _all_slots(type(self)):  # type: ignore[arg-type]
            if hasattr(self, slot):
                setattr(twin, slot, getattr(self, slot))
        if hasattr(self, "__dict__"):  # a subclass of the user's own
            vars(twin).update(vars(self))
        return twin

    def _refuse_copy(self) -> None:
        if is_recording():
            raise refusal("a Value is copied while its function is recorded", "the Value itself: nothing changes it")

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        self._refuse_copy()
        return copy_graph(self, memo)  # type: ignore[no-any-return]

    def __reduce_ex__(self, protocol: Any) -> Any:
        self._refuse_copy()
        return reduce_node(self)

    @classmethod
    def _restored(
        cls,
        data: Any,
        grad: Any,
        label: str,
        rule: table.Rule | None = None,
        operands: Sequence[Any] = (),
        local: Sequence[Any] = (),
        is_constant: bool = False,
    ) -> Value:
        """A node from what a snapshot holds of it."""
        node: Value = new_node(data, 0)
        node._grad = NO_GRAD_YET if grad is None else grad
        if label:
            node.label = label
        if rule is not None:
            set_operands(node, rule, operands, local)
        elif is_constant:
            node._rule = _CONSTANT
        elif is_recording():
            node._rule = _BORN
        return node

    # ── pictures ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return mimebundle(self)

    if TYPE_CHECKING:  # what operators.py installs, for a type checker

        def __lt__(self, other: Any) -> bool: ...
        def __le__(self, other: Any) -> bool: ...
        def __gt__(self, other: Any) -> bool: ...
        def __ge__(self, other: Any) -> bool: ...

        __array_function__: Callable[..., Any]
        __array_ufunc__: Callable[..., Any]
        _equal: Callable[..., Any]

    # ── applying a rule ─────────────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _apply_named(name: str, operands: Sequence[Any], **parameters: Any) -> Any:
        rule = table.RULES[name].variant(parameters=parameters) if parameters else table.RULES[name]
        return rule(*([operands] if rule.sequences else operands))

    @staticmethod
    def _call(rule: table.Rule, operands: Sequence[Any], parameters: dict[str, Any]) -> Any:
        """The rule as a method's call gives it: operands by name, parameters, and NumPy's ``out=None``."""
        if parameters.get("out", rule) is None:  # as NumPy's own functions call a method
            del parameters["out"]
        chosen, operands = rule.named(operands, parameters) if parameters else (rule, operands)
        if len(operands) != len(rule.operands):
            return chosen(*operands)
        return Value._apply_or_refuse(chosen, operands)

    @staticmethod
    def _apply_or_refuse(rule: table.Rule, operands: Sequence[Any]) -> Any:
        """The rule on operands of which one at least is a Value; TypeError for what is not a number."""
        if rule.refuse is not None:
            rule.refuse(*operands)
        result = Value._apply(rule, operands)
        if result is NotImplemented:
            raise rule.refusal(operands)
        return result

    @staticmethod
    def _apply(rule: table.Rule, operands: Sequence[Any]) -> Any:
        """The same for an operator: NotImplemented for what is not a number, so that its type may answer."""
        kinds = set(map(type, operands))
        if not kinds <= _PLAIN:
            return Value._apply_general(rule, operands)
        if len(kinds) == 1:
            value, local = rule.evaluate([x._datum for x in operands])
        else:
            active = [type(x) is Value for x in operands]
            numbers = [x._datum if mine else x for x, mine in zip(operands, active, strict=True)]
            value, local = rule.evaluate(numbers, active)
            local = [x if mine else None for x, mine in zip(local, active, strict=True)]
        node = new_node(value, 0)
        if not open_blocks or is_tracking(0):
            set_operands(node, rule, operands, local)
        else:
            _untracked(node, rule, operands)
        return node

    @staticmethod
    def _apply_general(rule: table.Rule, operands: Sequence[Any]) -> Any:
        """The same for numbers of any type, and for Values of any level: the highest is the operation's."""
        operands = [_without_axes(x, rule.name) for x in operands]
        if any(isinstance(x, np.ndarray) for x in operands):
            return rule._on_arrays(operands)
        try:
            operands = [x if isinstance(x, Value) else _real(x, rule.name) for x in operands]
        except TypeError:
            return NotImplemented
        level = max((x._level for x in operands if isinstance(x, Value)), default=0)
        active = [isinstance(x, Value) and x._level == level for x in operands]
        inner = [x._datum if mine else x for x, mine in zip(operands, active, strict=True)]
        value, local = rule.evaluate(inner, active)
        node = new_node(_at_level_below(rule, inner, value) if level else value, level)
        if not open_blocks or is_tracking(level):
            set_operands(node, rule, operands, [x if mine else None for x, mine in zip(local, active, strict=True)])
        elif not level:
            _untracked(node, rule, operands)
        return node


_operators.Value = Value  # type: ignore[attr-defined]


class LevelValue(Value):
    """A Value whose number may be a Value of a lower level: what a transform hands to the function it differentiates.

    Operands of lower levels are constants to it, so that no derivative is confused with another's.
    """

    __slots__ = ("_level",)
    _level: int


LevelValue.__name__ = LevelValue.__qualname__ = "Value"  # in Python's own messages it is what it is to a user
_PLAIN = frozenset({Value, float})


def new_node(data: Any, level: int, cls: type | None = None) -> Any:
    """A node without parents."""
    node: Any = _new(cls or (LevelValue if level else Value))
    if level:
        node._level = level
    node._datum = data
    node._grad = NO_GRAD_YET
    node._parent = node._other_parent = node._local = node._other_local = node._rule = None
    return node


def set_operands(node: Value, rule: table.Rule, operands: Sequence[Any], local: Sequence[Any]) -> None:
    """Make the node remember its operands, in the smallest form."""
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


def _untracked(node: Value, rule: table.Rule, operands: Sequence[Any]) -> None:
    """A node made inside no_grad(): of a function that is recorded, computed for each row, but without derivatives."""
    if is_recording():
        set_operands(node, rule, operands, [None] * len(operands))
    elif rule.operator and isinstance(operands[0], Value) and operands[0]._parent is None and operands[0].has_grad:
        refuse_lost_update(operands[0], rule.symbol)


def _at_level_below(rule: table.Rule, operands: Sequence[Any], value: Any) -> Any:
    """The operation itself one level down: its derivatives there are the rule's, not those of the steps inside it."""
    lower = next((operand for operand in operands if isinstance(operand, Value)), None)
    if lower is None:
        return value
    if (
        isinstance(value, Value)
        and value._rule is not None
        and value._rule.base is rule.base
        and value._parent is lower
    ):
        return value
    return Value._apply(rule, operands)


def _without_axes(x: Any, name: str) -> Any:
    """The number of an array of no axes; anything else as it is."""
    return plain_array(x, f"an operand of {name}").item() if isinstance(x, np.ndarray) and not x.ndim else x


def _as_node(operand: Any) -> Value:
    if isinstance(operand, Value):
        return operand
    node: Value = new_node(operand, 0)
    node._rule = _CONSTANT
    return node


def number_of(x: Any) -> Any:
    """The number of a Value; of anything else, itself."""
    return x.data if isinstance(x, Value) else x


@functools.lru_cache
def _all_slots(cls: type) -> list[str]:
    return [slot for kind in cls.__mro__ for slot in getattr(kind, "__slots__", ())]


_set_data: Callable[[Value, float], None] = vars(Value)["_datum"].__set__


def write_numbers(leaves: Sequence[Value], numbers: Sequence[float]) -> None:
    """Set the numbers of many leaves, floats already: all of them or, where an interrupt comes first, none."""
    deque(numbers_set(leaves, numbers), 0)  # one call into C


def numbers_set(leaves: Iterable[Value], numbers: Iterable[float]) -> Iterator[None]:
    """What sets the numbers of leaves, floats already, when ``deque(…, 0)`` exhausts it: without a step of Python."""
    clear = unset_since.clear  # for whoever copied them before
    return chain(map(_set_data, leaves, numbers), map(call, (clear,)))


def lift(number: Any, level: int) -> LevelValue:
    """A leaf of a level, for a transform: its number is a float, or a Value of a lower level."""
    return new_node(number, level)  # type: ignore[no-any-return]


def gradients_of(root: Value, leaves: Sequence[Value], allow_nonfinite: bool) -> list[Any]:
    """∂root/∂leaf for each leaf, as floats or as Values of a lower level. Raises NonFiniteError like backward()."""
    for x in leaves:
        x._grad = NO_GRAD_YET
    backward_pass(root, 1.0, allow_nonfinite)
    return [x._grad + 0.0 if x._grad is NO_GRAD_YET else x._grad for x in leaves]
