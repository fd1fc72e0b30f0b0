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
    one fixed     Value       None             ∂/∂parent     the fixed number
    many          operands    MANY             derivatives   None
    ============  ==========  ===============  ============  ================

In the last, operands and derivatives are tuples, and the derivative of a constant is None.
"""

from __future__ import annotations

import functools
import math
import numbers
import operator
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import numeric as nx
from autograd import rules, table
from autograd.errors import RuleError
from autograd.grad_mode import open_blocks, records
from autograd.graph import paused_collector
from autograd.nonfinite import explain_gradient, explain_value
from autograd.snapshot import copy_graph, reduce_node

__all__ = ["Value"]

_new = object.__new__
_MANY = object()
_NOT_COMPUTED = float("0")
"""The gradient no backward() has reached: equal to 0.0, told from a computed 0.0 by identity."""
_CONSTANT = table.Rule("constant", rules.add.rule.function, operands=(), symbol="")
"""Marks the leaf made for a plain number in an expression, when somebody looks at ``_prev``."""
_backward_lock = threading.RLock()


def _real(number: object, what: str) -> float:
    """The Python float of a real number; TypeError, naming the type, for anything else."""
    if isinstance(number, np.ndarray) and number.ndim == 0:
        number = number.item()
    if isinstance(number, (numbers.Real, np.bool_)):
        return float(number)
    if isinstance(number, Value):
        raise TypeError(f"{what} takes a number, not a Value: use it as it is, or .data for its number")
    if isinstance(number, np.ndarray):
        raise TypeError(f"{what} takes one number, not an array of shape {number.shape}: make a Value of each element")
    raise TypeError(f"{what} takes a number, not {type(number).__name__}")


class Value:
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
    __slots__ = ("_data", "_grad", "_local", "_other_local", "_other_parent", "_parent", "_rule", "label")

    _level = 0

    def __init__(self, data: Any, label: str = "") -> None:
        if not isinstance(label, str):
            raise TypeError(f"label is a str, not {type(label).__name__}")
        self._data: Any = data if type(data) is float else _real(data, "Value()")
        self._grad: Any = _NOT_COMPUTED
        self._parent: Any = None
        self._other_parent: Any = None
        self._local: Any = None
        self._other_local: Any = None
        self._rule: Any = None
        self.label = label

    # ── what a reader sees ──────────────────────────────────────────────────────────────────────────────────────────

    @property
    def data(self) -> float:
        """The number. Setting it changes this node alone: graphs already built keep the number they were built with."""
        data = self._data
        while isinstance(data, Value):
            data = data._data
        return data  # type: ignore[no-any-return]

    @data.setter
    def data(self, number: Any) -> None:
        self._data = number if type(number) is float else _real(number, "data")

    @property
    def grad(self) -> float:
        """∂root/∂self, from backward(). Leaves accumulate it over calls; other nodes hold that of the last call."""
        return self._grad  # type: ignore[no-any-return]

    @grad.setter
    def grad(self, number: Any) -> None:
        self._grad = number if type(number) is float else _real(number, "grad")

    @property
    def has_grad(self) -> bool:
        """Whether a gradient was computed or set: tells a gradient of 0 from none.

        >>> Value(1.0).has_grad
        False
        """
        return self._grad is not _NOT_COMPUTED

    @property
    def is_constant(self) -> bool:
        """Whether this leaf stands for a plain number in an expression, as 2 in ``2 * x``."""
        return self._rule is _CONSTANT

    @property
    def local_derivatives(self) -> tuple[float | None, ...]:
        """∂self/∂parent for each of ``_prev``, as computed at forward time; None for a constant.

        >>> (Value(2.0) * Value(-3.0)).local_derivatives
        (-3.0, 2.0)
        """
        return tuple(None if local is None else _number_of(local) for _, local in self._edges())

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The parents, in operand order: ``a * a`` has two. A plain number appears as a constant leaf."""
        if self._other_parent is _MANY:
            self._parent = tuple(_as_node(operand) for operand in self._parent)
        elif self._rule is not None and self._rule.fixed is not None:
            self._other_local = _as_node(self._other_local)
        return self._operands()

    @property
    def _op(self) -> str:
        """The symbol of the operation that made this node; "" for a leaf."""
        return self._rule.symbol if self._rule is not None else ""

    @property
    def _backward(self) -> Callable[[], None]:
        """This node's chain rule: adds ``local derivative * self.grad`` to the grad of each parent."""
        return functools.partial(_pull_back, self)

    def _operands(self) -> tuple[Any, ...]:
        """The operands in order: Values, and plain numbers where they were constants."""
        if self._parent is None:
            return ()
        if self._other_parent is _MANY:
            return self._parent  # type: ignore[no-any-return]
        if self._other_parent is not None:
            return (self._parent, self._other_parent)
        if self._rule.fixed is None:
            return (self._parent,)
        return (self._other_local, self._parent) if self._rule.fixed == 0 else (self._parent, self._other_local)

    def _edges(self) -> list[tuple[Any, Any]]:
        """(operand, local derivative) in order; None for a constant."""
        if self._parent is None:
            return []
        if self._other_parent is _MANY:
            return list(zip(self._parent, self._local, strict=True))
        if self._other_parent is not None:
            return [(self._parent, self._local), (self._other_parent, self._other_local)]
        edges = [(self._parent, self._local)]
        if self._rule.fixed is not None:
            edges.insert(self._rule.fixed, (self._other_local, None))
        return edges

    def _differentiable(self) -> list[Value]:
        """The operands a gradient flows to."""
        return [operand for operand, local in self._edges() if local is not None]

    def __repr__(self) -> str:
        grad = f", grad={_number_of(self._grad)!r}" if self.has_grad else ""
        label = f", label={self.label!r}" if self.label else ""
        return f"Value({self.data!r}{grad}{label})"

    def detach(self) -> Value:
        """A new leaf with the same number, through which no gradient flows back."""
        leaf: Value = _leaf(self.data, self._level)
        leaf.label = self.label
        return leaf

    # ── the backward pass ───────────────────────────────────────────────────────────────────────────────────────────

    def backward(self, grad: float = 1.0, *, allow_nonfinite: bool = False) -> None:
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
        seed = grad if isinstance(grad, Value) else _real(grad, "backward()")
        if not allow_nonfinite and not nx.isfinite(self._data):
            raise explain_value(self)
        with _backward_lock, paused_collector():
            _sweep(self, seed, allow_nonfinite)

    # ── meeting other numbers ───────────────────────────────────────────────────────────────────────────────────────

    def __float__(self) -> float:
        raise TypeError(
            "a Value is not turned into a float by itself, because its gradient would be lost: "
            "use v.exp() or autograd.exp(v) in place of math.exp(v), and v.data where the number alone is meant"
        )

    __int__ = __complex__ = __float__  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self._data)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec)

    def __round__(self, digits: int | None = None) -> float:
        return round(self.data, digits)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """NumPy's functions on a Value: the rule of that name; with an array, an object array of Values."""
        if method != "__call__" or options:
            return NotImplemented
        if any(isinstance(x, np.ndarray) and x.ndim for x in inputs):
            return ufunc(*(np.asarray(x, dtype=object) for x in inputs))
        compare = _COMPARISONS.get(ufunc.__name__)
        if compare is not None:
            return compare(*(_number_of(x) for x in inputs))
        if ufunc.__name__ in _NUMPY_NAMES:
            return _NUMPY_NAMES[ufunc.__name__](*inputs)
        raise TypeError(
            f"np.{ufunc.__name__} has no rule, so it would lose the gradient: add one with @autograd.rule, "
            "or use v.data where the number alone is meant"
        )

    # ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def __copy__(self) -> Value:
        twin = _new(type(self))
        for slot in _all_slots(type(self)):
            setattr(twin, slot, getattr(self, slot))
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return copy_graph(self, memo)  # type: ignore[no-any-return]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return reduce_node(self)

    @classmethod
    def _restored(
        cls, data: Any, grad: Any, label: str, rule: Any = None, operands: Sequence[Any] = (), local: Sequence[Any] = (),
        *, is_constant: bool = False,
    ) -> Value:  # fmt: skip
        """A node from what a snapshot holds of it."""
        node: Value = _leaf(data, 0)
        node._grad = _NOT_COMPUTED if grad is None else grad
        node.label = label
        if rule is not None:
            _connect(node, rule, operands, local)
        elif is_constant:
            node._rule = _CONSTANT
        return node

    # ── pictures ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from autograd.viz import value_mimebundle  # graphviz is loaded when a picture is asked for

        return value_mimebundle(self)

    # ── applying a rule ─────────────────────────────────────────────────────────────────────────────────────────────

    @staticmethod
    def _apply_named(name: str, operands: Sequence[Any]) -> Any:
        return table.RULES[name](*([operands] if table.RULES[name].sequences else operands))

    @staticmethod
    def _apply(rule: table.Rule, operands: Sequence[Any]) -> Any:
        """The rule on operands of which one at least is a Value; NotImplemented for a type that is not a number."""
        level, checked = 0, []
        for operand in operands:
            if isinstance(operand, Value):
                level = max(level, operand._level)
            elif isinstance(operand, np.ndarray) and operand.ndim:
                return rule._on_arrays(operands)
            elif type(operand) is not float:
                try:
                    operand = _real(operand, rule.name)
                except TypeError:
                    return NotImplemented
            checked.append(operand)
        active = [isinstance(operand, Value) and operand._level == level for operand in checked]
        inner = [operand._data if mine else operand for operand, mine in zip(checked, active, strict=True)]
        value, local = rule.evaluate(inner)
        if level:
            value = _at_level_below(rule, inner, value)
        node = _leaf(value, level)
        if not open_blocks or records(level):
            local = [None if not mine else x() if callable(x) else x for x, mine in zip(local, active, strict=True)]
            _connect(node, rule, checked, local)
        return node


class Nested(Value):
    """A Value whose number may be a Value of a lower level: what a transform hands to the function it differentiates.

    Operands of lower levels are constants to it, so that no derivative is confused with another's.
    """

    __slots__ = ("_level",)
    _level: int


def _leaf(data: Any, level: int) -> Any:
    node: Any = _new(Nested if level else Value)
    if level:
        node._level = level
    node._data = data
    node._grad = _NOT_COMPUTED
    node._parent = node._other_parent = node._local = node._other_local = node._rule = None
    node.label = ""
    return node


def _connect(node: Value, rule: table.Rule, operands: Sequence[Any], local: Sequence[Any]) -> None:
    """Make the node remember its operands, in the smallest form."""
    active = [i for i, derivative in enumerate(local) if derivative is not None]
    node._rule = rule
    if len(operands) > 2 or not active:
        node._parent, node._other_parent, node._local = tuple(operands), _MANY, tuple(local)
        return
    node._parent, node._local = operands[active[0]], local[active[0]]
    if len(active) == 2:
        node._other_parent, node._other_local = operands[1], local[1]
    elif len(operands) == 2:
        node._rule, node._other_local = rule.variant(fixed=1 - active[0]), operands[1 - active[0]]


def _at_level_below(rule: table.Rule, operands: Sequence[Any], value: Any) -> Any:
    """The operation itself one level down: its derivatives there are the rule's, not those of the steps inside it."""
    lower = next((operand for operand in operands if isinstance(operand, Value)), None)
    if lower is None or (isinstance(value, Value) and value._parent is lower):
        return value
    return Value._apply(rule, operands)


def _as_node(operand: Any) -> Value:
    if isinstance(operand, Value):
        return operand
    node: Value = _leaf(operand, 0)
    node._rule = _CONSTANT
    return node


def _number_of(x: Any) -> Any:
    return x.data if isinstance(x, Value) else x


@functools.cache
def _all_slots(cls: type) -> list[str]:
    return [slot for kind in cls.__mro__ for slot in getattr(kind, "__slots__", ())]


# ── the backward pass ───────────────────────────────────────────────────────────────────────────────────────────────


def _sweep(root: Value, seed: Any, allow_nonfinite: bool) -> None:
    """One backward pass. While it runs, `_grad` holds what has arrived; if it fails, every `_grad` is put back."""
    nodes: list[Value] = []
    leaves: list[Value] = []
    grads: list[Any] = []
    leaf_grads: list[Any] = []
    try:
        _order(root, float("0"), nodes, grads, leaves, leaf_grads)
        root._grad = seed
        _carry_back(nodes)
        if not allow_nonfinite:
            isfinite = math.isfinite if type(root) is Value else nx.isfinite
            for leaf in leaves:
                if not isfinite(leaf._grad):
                    raise explain_gradient(nodes, leaves)
        for leaf, before in zip(leaves, leaf_grads, strict=True):
            if before is not _NOT_COMPUTED:
                leaf._grad = before + leaf._grad
    except BaseException:
        for node, before in zip(nodes, grads, strict=False):
            node._grad = before
        for leaf, before in zip(leaves, leaf_grads, strict=False):
            leaf._grad = before
        raise


def lift(number: Any, level: int) -> Nested:
    """A leaf of a level, for a transform: its number is a float, or a Value of a lower level."""
    return _leaf(number, level)  # type: ignore[no-any-return]


def pull_back_from(root: Value, leaves: Sequence[Value], allow_nonfinite: bool) -> list[Any]:
    """∂root/∂leaf for each leaf, as floats or as Values of a lower level. Raises NonFiniteError like backward()."""
    if not allow_nonfinite and not nx.isfinite(root._data):
        raise explain_value(root)
    for leaf in leaves:
        leaf._grad = _NOT_COMPUTED
    with paused_collector():
        _sweep(root, 1.0, allow_nonfinite)
    return [leaf._grad + 0.0 if leaf._grad is _NOT_COMPUTED else leaf._grad for leaf in leaves]


def _order(root: Value, mark: float, nodes: list[Value], grads: list[Any], leaves: list[Value], leaf_grads: list[Any]) -> None:
    """Collect the graph in topological order (the inner nodes; the leaves apart) and set every `_grad` to ``mark``.

    ``mark`` is a zero made for this pass: a node whose `_grad` *is* it has been collected, so that no set of visited
    nodes is needed, and the pass starts from 0.
    """
    push_grad, push_node, push_leaf = grads.append, nodes.append, leaves.append
    if root._parent is None:
        leaf_grads.append(root._grad)
        push_leaf(root)
        return
    path = [root]
    while path:
        node = path[-1]
        parent, other = node._parent, node._other_parent
        if other is _MANY:
            waiting = []
            for operand, local in zip(parent, node._local, strict=True):
                if local is not None and operand._grad is not mark:
                    if operand._parent is None:
                        leaf_grads.append(operand._grad)
                        push_leaf(operand)
                        operand._grad = mark
                    else:
                        waiting.append(operand)
            if waiting:
                path.extend(reversed(waiting))
                continue
        else:
            if parent._grad is not mark:
                if parent._parent is None:
                    leaf_grads.append(parent._grad)
                    push_leaf(parent)
                    parent._grad = mark
                else:
                    path.append(parent)
                    continue
            if other is not None and other._grad is not mark:
                if other._parent is None:
                    leaf_grads.append(other._grad)
                    push_leaf(other)
                    other._grad = mark
                else:
                    path.append(other)
                    continue
        path.pop()
        if node._grad is not mark:  # it may have been collected while it waited beside its siblings
            push_grad(node._grad)
            push_node(node)
            node._grad = mark


def _carry_back(nodes: list[Value]) -> None:
    """THE chain rule: parent.grad += local derivative * upstream, from the root to the leaves.

    A zero upstream contributes nothing, even through a local derivative that is not finite: what a branch that was
    not taken holds cannot matter. (A Value that is zero may have derivatives: it goes on wherever it can.)
    """
    isfinite = nx.isfinite
    for node in reversed(nodes):
        upstream = node._grad
        if not upstream:
            if type(upstream) is not float:
                for parent, local in node._edges():
                    if local is not None and isfinite(local):
                        parent._grad += local * upstream
            continue
        other = node._other_parent
        if other is None:
            node._parent._grad += node._local * upstream
        elif other is _MANY:
            for parent, local in zip(node._parent, node._local, strict=True):
                if local is not None:
                    parent._grad += local * upstream
        else:
            node._parent._grad += node._local * upstream
            other._grad += node._other_local * upstream


def _pull_back(node: Value) -> None:
    """The same for one node on its own, on top of what its parents have."""
    parents = list(dict.fromkeys(node._differentiable()))
    before = [parent._grad for parent in parents]
    for parent in parents:
        parent._grad = 0.0
    _carry_back([node])
    for parent, grad in zip(parents, before, strict=True):
        parent._grad = grad + parent._grad


# ── the methods: every rule of the table, on the fast path ──────────────────────────────────────────────────────────


def _unary_method(rule: table.Rule) -> Callable[..., Any]:
    function, apply = rule.function, Value._apply

    def method(self: Value) -> Any:
        if open_blocks:
            return apply(rule, (self,))
        try:
            data, (local,) = function(self._data)
        except (ArithmeticError, ValueError):
            return apply(rule, (self,))
        if type(data) is not float:
            return apply(rule, (self,))
        node: Any = _new(Value)
        node._data = data
        node._grad = _NOT_COMPUTED
        node._local = local
        node._other_local = None
        node._other_parent = None
        node._parent = self
        node._rule = rule
        node.label = ""
        return node

    return method


def _binary_method(rule: table.Rule, reflected: bool = False) -> Callable[..., Any]:
    function, apply, fixed = rule.function, Value._apply, rule.variant(fixed=0 if reflected else 1)
    lazy = rule.lazy

    def method(self: Value, other: Any) -> Any:
        if type(other) is Value and not reflected:
            if open_blocks:
                return apply(rule, (self, other))
            try:
                data, (local, other_local) = function(self._data, other._data)
                if lazy:
                    local, other_local = _forced(local), _forced(other_local)
            except (ArithmeticError, ValueError):
                return apply(rule, (self, other))
            parent, made_by = other, rule
        else:
            operands = (other, self) if reflected else (self, other)
            if open_blocks or not (type(other) is float or type(other) is int):
                return apply(rule, operands)
            try:
                other_local = float(other)
                if reflected:
                    data, (_, local) = function(other_local, self._data)
                else:
                    data, (local, _) = function(self._data, other_local)
                if lazy:
                    local = _forced(local)
            except (ArithmeticError, ValueError):
                return apply(rule, operands)
            parent, made_by = None, fixed
        if type(data) is not float:
            return apply(rule, (other, self) if reflected else (self, other))
        node: Any = _new(Value)
        node._data = data
        node._grad = _NOT_COMPUTED
        node._local = local
        node._other_local = other_local
        node._other_parent = parent
        node._parent = self
        node._rule = made_by
        node.label = ""
        return node

    return method


def _general_method(rule: table.Rule, reflected: bool = False) -> Callable[..., Any]:
    def method(self: Value, *others: Any, **parameters: Any) -> Any:
        chosen = rule.variant(parameters=parameters) if parameters else rule
        operands = (*others, self) if reflected else (self, *others)
        if len(operands) != len(rule.operands):
            return chosen(*operands)
        return Value._apply(chosen, operands)

    return method


def _forced(local: Any) -> Any:
    return local() if callable(local) else local


_NUMPY_NAMES: dict[str, table.Rule] = {}
_COMPARISONS = {
    "less": operator.lt, "less_equal": operator.le, "greater": operator.gt, "greater_equal": operator.ge,
    "isfinite": np.isfinite, "isinf": np.isinf, "isnan": np.isnan,
}  # fmt: skip


def _install(rule: table.Rule) -> None:
    """Give Value the method, the operator and NumPy's name of a rule."""
    if rule.sequences:
        return
    if hasattr(Value, rule.name) and not hasattr(getattr(Value, rule.name), "rule"):
        raise RuleError(f"rule {rule.name}: Value has an attribute of that name already; choose another")
    _NUMPY_NAMES[rule.numpy] = rule
    names = {rule.name, rule.numpy} | ({f"__{rule.operator}__"} if rule.operator else set())
    for name in names:
        _set_method(rule, name, reflected=False)
    if rule.operator and len(rule.operands) == 2:
        _set_method(rule, f"__r{rule.operator}__", reflected=True)


def _set_method(rule: table.Rule, name: str, reflected: bool) -> None:
    general = _general_method(rule, reflected)
    fast: Callable[..., Any] = general
    if not _has_parameters(rule):
        if len(rule.operands) == 1 and not rule.lazy:
            fast = _unary_method(rule)
        elif len(rule.operands) == 2:
            fast = _binary_method(rule, reflected)
    for cls, method in ((Value, fast), (Nested, general)):
        method.__name__, method.__qualname__ = name, f"{cls.__name__}.{name}"
        method.__doc__ = rule.function.__doc__
        method.rule = rule  # type: ignore[attr-defined]
        setattr(cls, name, method)


def _has_parameters(rule: table.Rule) -> bool:
    return bool(rule.function.__code__.co_kwonlyargcount)


def _comparison(compare: Callable[[Any, Any], bool]) -> Callable[..., Any]:
    def method(self: Value, other: Any) -> Any:
        if isinstance(other, Value):
            other = other.data
        elif not isinstance(other, (int, float, np.number, np.bool_)):
            return NotImplemented
        return compare(self.data, other)

    return method


for _symbol, _compare in (("lt", operator.lt), ("le", operator.le), ("gt", operator.gt), ("ge", operator.ge)):
    setattr(Value, f"__{_symbol}__", _comparison(_compare))

table.subscribe(_install)
