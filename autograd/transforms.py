"""Transforms that turn a function into its derivatives: grad, value_and_grad, jacobian, hessian and hvp.

Each transform calls the function on Values of its own level, so transforms nest to any order without confusing their
derivatives. There is one backward pass for each output.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, TypeVar

from autograd import numeric as nx
from autograd.backward import gradients_of
from autograd.core.modes import new_level
from autograd.numeric import Numeric
from autograd.pytree import Structure, array_of, flatten, unflatten
from autograd.util.lazy_numpy import is_array
from autograd.util.printable import a_kind_of, name_of
from autograd.util.suggestions import refuse_keyword
from autograd.value import LevelValue, Value, lift

__all__ = ["grad", "hessian", "hvp", "jacobian", "value_and_grad"]

Function = Callable[..., Any]
_Transform = TypeVar("_Transform", bound=Function)


def _of_a_function(transform: _Transform) -> _Transform:
    """Wrap a transform so that a call in PyTorch's style, with a result or with f and a point, raises at once."""
    name, known = transform.__name__, set(inspect.signature(transform).parameters)

    @functools.wraps(transform)
    def checked(*args: object, **options: object) -> Any:
        if not args or callable(args[0]):
            refuse_keyword(name, [option for option in options if option not in known], "backward()", known)
        require_function(args[0] if args else options.get("f", transform), name)
        position = args[1] if len(args) > 1 else options.get("argnums", 0)
        if len(args) > 2 or not _are_positions(position):
            given = f"argnums={position!r:.60}" if len(args) < 3 else f"{len(args)} arguments"
            raise TypeError(
                f"{name} takes a function and argnums (a position, or a tuple of positions), not {given}\n"
                f"  try             {_call_of(name)}: {name} returns a function of f's arguments"
            )
        return transform(*args, **options)

    return checked  # type: ignore[return-value]


def require_function(f: object, name: str) -> None:
    """Raise TypeError, showing the right call, unless f is a function."""
    if callable(f):
        return
    remedy = f"{_call_of(name)}, where f is the function that computes it"
    if isinstance(f, Value):
        remedy = f"y.backward() and then x.grad, where y is this Value, or {remedy}"
    raise TypeError(f"{name} takes a function, not {_kind(f)}\n  try             {remedy}")


def _call_of(name: str) -> str:
    """The right way to call the function of this name."""
    calls = {"gradcheck": "(f, x)", "hvp": "(f)(x, v)"}
    return f"autograd.{name}{calls.get(name, '(f)(x)')}"


def _are_positions(argnums: object) -> bool:
    several = argnums if isinstance(argnums, (tuple, list, range)) else [argnums]
    return all(isinstance(x, Integral) and not isinstance(x, bool) for x in several)


@_of_a_function
def grad(f: Function, argnums: int | Sequence[int] = 0, *, allow_nonfinite: bool = False) -> Function:
    """Return the gradient function x ↦ ∂f/∂x. It takes the same arguments as f.

    The gradient has the structure of the argument at ``argnums``. It consists of floats. Where it depends on Values
    that f closes over or is given, it consists of Values, and you can differentiate it again.

    f: takes numbers, sequences, dicts or arrays (nested as you like) and returns one number.
    argnums: the position of the argument to differentiate; a tuple of positions gives a tuple of gradients.
    allow_nonfinite: let a nan or an infinite gradient through instead of raising NonFiniteError.

    Raises TypeError if f does not return one number.

    >>> from autograd import grad, sin
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(sin))(0.0)
    0.0
    >>> grad(lambda p: p["w"] * p["x"][1])({"w": 2.0, "x": [3.0, 5.0]})
    {'w': 5.0, 'x': [0.0, 2.0]}
    """
    both = value_and_grad(f, argnums, allow_nonfinite=allow_nonfinite)

    @_describe(f, "gradient")
    def gradient(*args: object, **kwargs: object) -> Any:
        return both(*args, **kwargs)[1]

    return gradient


@_of_a_function
def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, *, allow_nonfinite: bool = False) -> Function:
    """Return the function x ↦ (f(x), ∂f/∂x), which computes both from one forward pass.

    f: as for ``grad``.
    argnums: as for ``grad``.
    allow_nonfinite: as for ``grad``.

    Raises the same errors as ``grad``.

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (10.0, (5.0, 2.0))
    """

    @_describe(f, "value and gradient")
    def evaluate(*args: object, **kwargs: object) -> Any:
        level = new_level()
        lifted, inputs = _lift(args, argnums, level)
        out = f(*lifted, **kwargs)
        out = out.item() if is_array(out) and not out.ndim else out
        if not _is_number(out):
            raise TypeError(
                f"{_name(f)} returned {_kind(out)}: grad takes a function that returns one number\n"
                "  try             autograd.jacobian(f)(x), for a function that returns several"
            )
        grads = _pull_back(out, inputs, level, allow_nonfinite)
        return _lower(out, level), inputs.rebuild(grads)

    return evaluate


@_of_a_function
def jacobian(f: Function, argnums: int | Sequence[int] = 0, *, allow_nonfinite: bool = False) -> Function:
    """Return the Jacobian function x ↦ ∂fᵢ/∂xⱼ. It takes the same arguments as f.

    The result has the structure of f's result, with a gradient in the structure of the argument in place of each
    number. If both are arrays, it is one array of shape ``f(x).shape + x.shape``. If f returns an array and the
    argument is a structure, it is that structure with such an array for each of its arrays.

    f: takes numbers, sequences, dicts or arrays and returns a number or a structure of numbers.
    argnums: as for ``grad``.
    allow_nonfinite: as for ``grad``.

    Raises TypeError if f returns anything but numbers.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1]])([2.0, 5.0])
    [[5.0, 2.0], [1.0, 1.0]]
    >>> import numpy as np
    >>> jacobian(lambda x: x * x)(np.array([2.0, 5.0]))
    array([[ 4.,  0.],
           [ 0., 10.]])
    """

    @_describe(f, "jacobian")
    def evaluate(*args: object, **kwargs: object) -> Any:
        level = new_level()
        lifted, inputs = _lift(args, argnums, level)
        outputs, shape = flatten(f(*lifted, **kwargs), f"the result of {_name(f)}")
        rows = [_pull_back(out, inputs, level, allow_nonfinite) for out in outputs]
        return unflatten(shape, rows, inputs.rebuild, inputs.rebuild_columns)

    return evaluate


@_of_a_function
def hessian(f: Function, argnums: int | Sequence[int] = 0, *, allow_nonfinite: bool = False) -> Function:
    """Return the Hessian function x ↦ ∂²f/∂xᵢ∂xⱼ, the Jacobian of the gradient. An array (n,) gives an array (n, n).

    f: as for ``grad``.
    argnums: as for ``grad``.
    allow_nonfinite: as for ``grad``.

    Raises the same errors as ``grad``.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """
    gradient = grad(f, argnums, allow_nonfinite=allow_nonfinite)
    return _describe(f, "hessian")(jacobian(gradient, argnums, allow_nonfinite=allow_nonfinite))


@_of_a_function
def hvp(f: Function, argnums: int = 0, *, allow_nonfinite: bool = False) -> Function:
    """Return the function (…, x, …, v) ↦ Σⱼ ∂²f/∂xᵢ∂xⱼ vⱼ: the Hessian times a vector, without forming the Hessian.

    It takes f's arguments and then v, which has the structure of the argument at ``argnums``.

    f: as for ``grad``.
    argnums: the position of one argument.
    allow_nonfinite: as for ``grad``.

    Raises the same errors as ``grad``, and ValueError if v has another structure than the argument.

    >>> hvp(lambda x: x[0] ** 2 * x[1])([3.0, 5.0], [1.0, 0.0])
    [10.0, 6.0]
    """

    @_describe(f, "hessian-vector product")
    def product(*args: object, **kwargs: object) -> Any:
        if len(args) < 2:
            raise TypeError(
                f"a Hessian-vector product takes the arguments of {_name(f)} and then v, but {len(args)} "
                f"{'was' if len(args) == 1 else 'were'} given\n"
                "  try             autograd.hvp(f)(x, v)"
            )
        *point, v = args
        direction, v_shape = flatten(v, "v")

        def slope(*args: object) -> Any:
            gradient = grad(f, argnums, allow_nonfinite=allow_nonfinite)(*args, **kwargs)
            parts, shape = flatten(gradient, "the gradient")
            v_ordered, ordered = v_shape.ordered_as(shape, direction)
            if shape != v_ordered:
                raise ValueError(f"v must have the structure of argument {argnums}, {shape}, not {v_shape}")
            return sum(a * b for a, b in zip(parts, ordered, strict=True))

        return grad(slope, argnums, allow_nonfinite=allow_nonfinite)(*point)

    return product


class _Inputs:
    """The Values that replace the numbers in the chosen arguments, and the way to build results in their structure."""

    def __init__(self) -> None:
        self.values: list[LevelValue] = []
        self.shapes: list[tuple[Structure, int]] = []
        self.is_single = True

    def rebuild(self, grads: Sequence[Numeric], **builders: Callable[..., object]) -> Any:
        parts, start = [], 0
        for shape, count in self.shapes:
            parts.append(unflatten(shape, grads[start : start + count], **builders))
            start += count
        return parts[0] if self.is_single else tuple(parts)

    def rebuild_columns(self, outer: tuple[int, ...], rows: Sequence[Sequence[Numeric]]) -> Any:
        """Arrange an array's derivatives: an array for each number, and one with both shapes for each array."""
        columns = [[row[i] for row in rows] for i in range(len(self.values))]

        def number(column: Sequence[Numeric]) -> Any:
            return array_of(outer, column)

        def array(inner: tuple[int, ...], columns: Sequence[Sequence[Numeric]]) -> Any:
            return array_of(outer + inner, [column[i] for i in range(len(rows)) for column in columns])

        return self.rebuild(columns, number=number, array=array)


def _lift(args: tuple[object, ...], argnums: int | Sequence[int], level: int) -> tuple[list[Any], _Inputs]:
    chosen: list[Any] = list(argnums) if isinstance(argnums, (tuple, list, range)) else [argnums]
    inputs = _Inputs()
    inputs.is_single = isinstance(argnums, Integral)
    lifted = list(args)
    known: dict[int, tuple[list[LevelValue], Structure]] = {}
    for position in chosen:
        if not -len(args) <= position < len(args):
            given = "1 was" if len(args) == 1 else f"{len(args)} were"
            raise ValueError(f"argnums={argnums} names argument {position}, but {given} given (the first is 0)")
        index = position % len(args)
        if index not in known:
            numbers, shape = flatten(args[index], f"argument {index}")
            known[index] = [lift(number, level) for number in numbers], shape
        values, shape = known[index]
        inputs.values += values
        inputs.shapes.append((shape, len(values)))
        lifted[index] = unflatten(shape, values)
    return lifted, inputs


def _pull_back(out: object, inputs: _Inputs, level: int, allow_nonfinite: bool) -> list[Any]:
    """Compute ∂out/∂input for each input, as floats or Values of a lower level."""
    if not isinstance(out, Value) or out._level != level:
        return [0.0] * len(inputs.values)  # the result does not depend on the inputs
    return gradients_of(out, inputs.values, allow_nonfinite)


def _lower(out: object, level: int) -> Any:
    return out._datum if isinstance(out, Value) and out._level == level else _float(out)


def _float(out: object) -> Any:
    return out if isinstance(out, Value) else nx.real(out)


def _is_number(out: object) -> bool:
    return isinstance(out, (Value, Real))


def _kind(out: object) -> str:
    return f"an array of shape {out.shape}" if is_array(out) else f"{a_kind_of(out)}"


def _name(f: Function) -> str:
    return name_of(f)


def _describe(f: Function, what: str) -> Callable[[Function], Function]:
    def described(function: Function) -> Function:
        functools.update_wrapper(function, f, assigned=("__module__",), updated=())
        function.__name__ = function.__qualname__ = f"{what.replace(' ', '_').replace('-', '_')}_of_{_name(f)}"
        function.__doc__ = f"The {what} of {_name(f)}."
        return function

    return described
