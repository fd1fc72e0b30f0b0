"""Checking a gradient against finite differences, and saying what is wrong with a wrong one."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.errors import GradcheckError
from autograd.grad_mode import no_grad
from autograd.graph import topological
from autograd.transforms import grad
from autograd.tree import Tree, flatten, unflatten
from autograd.value import Value

__all__ = ["gradcheck"]

Function = Callable[..., Any]


def gradcheck(f: Function, inputs: Any, order: int = 1, *, rtol: float = 1e-5, atol: float = 1e-7) -> bool:
    """Compare the derivatives of f at ``inputs`` with finite differences; True, or GradcheckError.

    f: takes Values (or sequences, dicts or arrays of them) and returns one, or a structure of them.
    inputs: a tuple or list of f's arguments, or its one argument if that is a number or an array.
    order: check derivatives up to this order; those above the first along one fixed direction each.
    The reference is the central difference (f(x + h) − f(x − h)) / 2h, extrapolated from two h, and Im f(x + ih) / h
    where f takes complex numbers. They agree within ``atol + rtol·|reference|``.

    An input at a kink of f is skipped; if all are, a warning says that nothing was checked. Raises GradcheckError
    with the input, both numbers and what the error looks like; NonFiniteError where the gradient is not finite;
    ValueError if f gives different results for the same inputs.

    >>> import autograd
    >>> gradcheck(lambda x, y: x * autograd.sin(y), (2.0, 0.5), order=3)
    True
    >>> @autograd.rule
    ... def square_with_a_mistake(x):
    ...     return x * x, (x,)
    >>> gradcheck(square_with_a_mistake, 3.0)
    Traceback (most recent call last):
    autograd.errors.GradcheckError: the gradient of square_with_a_mistake in argument 0 is wrong at 3.0
      backward          3.0
      differences       6.0
      looks like        half the right value: does one use of a node overwrite another's, or is one cut (.data)?
      first wrong rule  square_with_a_mistake: ∂/∂x at (3.0) is 3.0 in the rule, 6.0 by differences
    """
    if order < 1:
        raise ValueError(f"order is 1 or more, not {order}")
    point = _Point(tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,))
    for component, name in _components(f, point):
        checked = component
        for k in range(1, order + 1):
            _check(checked, point, name if k == 1 else f"derivative {k - 1} of {name}", component, rtol, atol)
            checked = _along(checked, point)
    return True


@dataclass
class _Point:
    """Where f is checked: its arguments as one list of numbers, with the place of each."""

    args: tuple[Any, ...]

    def __post_init__(self) -> None:
        self.numbers: list[float] = []
        self.shapes: list[Tree] = []
        self.places: list[str] = []
        for i, arg in enumerate(self.args):
            numbers, shape = flatten(arg, f"argument {i}")
            self.numbers += [x.data if isinstance(x, Value) else x for x in numbers]
            self.shapes.append(shape)
            place = f"argument {i}"
            self.places += [place] if shape.kind is None else [f"{place}, number {j}" for j in range(len(numbers))]

    def arguments(self, numbers: Sequence[Any]) -> list[Any]:
        args, start = [], 0
        for shape in self.shapes:
            args.append(unflatten(shape, numbers[start : start + shape.size]))
            start += shape.size
        return args

    def values(self) -> list[Any]:
        """The arguments with new Values in them."""
        return self.arguments([Value(number) for number in self.numbers])

    def flat(self, structures: Sequence[Any]) -> list[Any]:
        return [x for structure in structures for x in flatten(structure, "the gradient")[0]]

    def at(self, f: Function, j: int, x: Any) -> float:
        """F with number j replaced; not recorded."""
        numbers = [*self.numbers[:j], x, *self.numbers[j + 1 :]]
        with no_grad():
            return _number(f(*self.arguments([Value(number) for number in numbers])))


def _components(f: Function, point: _Point) -> list[tuple[Function, str]]:
    """One function for each number that f returns."""
    name = getattr(f, "__name__", "f").replace("<lambda>", "f")
    first, second = ([_number(x) for x in flatten(f(*point.values()), name)[0]] for _ in range(2))
    if any(a != b and (a == a or b == b) for a, b in zip(first, second, strict=True)):
        raise ValueError(f"{name} gives different results for the same inputs: fix its randomness or its state first")

    def component(i: int) -> Function:
        def result(*args: Any) -> Any:
            out = f(*args)
            return out if isinstance(out, complex) else flatten(out, name)[0][i]

        return result

    return [(component(i), name if len(first) == 1 else f"{name}, result {i}") for i in range(len(first))]


def _along(f: Function, point: _Point) -> Function:
    """The derivative of f along one fixed direction, with no two parts alike."""
    direction = [1.0 + 0.5 * math.cos(1.0 + i) for i in range(len(point.numbers))]
    gradient = grad(f, range(len(point.args)))
    return lambda *args: sum(a * b for a, b in zip(point.flat(gradient(*args)), direction, strict=True))


def _check(f: Function, point: _Point, name: str, original: Function, rtol: float, atol: float) -> None:
    backward = [_number(x) for x in point.flat(grad(f, range(len(point.args)))(*point.args))]
    references = [_reference(f, point, j) for j in range(len(point.numbers))]
    if point.numbers and all(reference is None for reference in references):
        warnings.warn(f"gradcheck: every input of {name} lies at a kink, so nothing was checked", stacklevel=3)
    wrong = [
        (j, ours, reference)
        for j, (ours, reference) in enumerate(zip(backward, references, strict=True))
        if reference is not None and not abs(ours - reference) <= atol + rtol * abs(reference)
    ]
    if wrong:
        j, ours, reference = wrong[0]
        lines = [
            f"the gradient of {name} in {point.places[j]} is wrong at {point.numbers[j]!r}",
            f"  backward          {_rounded(ours)!r}",
            f"  differences       {_rounded(reference)!r}",
            f"  looks like        {_looks_like(ours, reference, _upstreams(original, point))}",
        ]
        blamed = _first_wrong_rule(original, point)
        if blamed:
            lines.append(f"  first wrong rule  {blamed}")
        if len(wrong) > 1:
            lines.append(f"  also wrong        {len(wrong) - 1} more of {len(backward)} inputs")
        raise GradcheckError("\n".join(lines))


def _reference(f: Function, point: _Point, j: int) -> float | None:
    """∂f/∂xⱼ by differences; None at a kink."""
    differences = _central(lambda x: point.at(f, j, x), point.numbers[j])
    if differences is None:
        return None
    exact = _complex_step(f, point, j)
    if exact is not None and abs(exact - differences) <= 1e-4 * (1.0 + abs(differences)):
        return exact
    return differences


def _central(f: Callable[[float], Any], x: float) -> float | None:
    """The central difference, extrapolated from h, h/2 and h/4, with the h that promises the smallest error.

    None where the slopes on the two sides stay apart as h shrinks, or grow with 1/h: a kink, or a jump.
    """
    widest = max(1e-3 * max(1.0, abs(x)) ** 0.5, 1e-5 * abs(x))
    middle = f(x)
    best, least = None, math.inf
    for h in (widest / 10**k for k in range(7)):
        slopes, gaps = [], []
        for width in (h, h / 2, h / 4):
            above, below = f(x + width), f(x - width)
            slopes.append((above - below) / (2 * width))
            gaps.append(abs((above - middle) - (middle - below)) / width)
        if not all(map(math.isfinite, slopes)):
            continue
        once = [(4 * slopes[i + 1] - slopes[i]) / 3 for i in (0, 1)]
        slope = (16 * once[1] - once[0]) / 15
        noise = 1e-15 * max(abs(middle), abs(x * slope)) / h
        error = abs(slope - once[1]) + noise
        if error < least:
            stays, grows = 0.7 * gaps[1] + 1e3 * noise, [1.5 * abs(slope) + 1e3 * noise for slope in slopes]
            is_kink = gaps[2] > stays and gaps[2] > 1e-5 * (1.0 + abs(slope))
            is_jump = abs(slopes[1]) > grows[0] and abs(slopes[2]) > max(grows[1], 1e-5)
            best, least = (None if is_kink or is_jump else float(slope)), error
    return best


def _complex_step(f: Function, point: _Point, j: int) -> float | None:
    """Im f(x + ih) / h: exact to rounding where f is made of analytic functions; None where it is not."""
    h = 1e-30
    numbers: list[Any] = [*point.numbers]
    numbers[j] = complex(numbers[j], h)
    try:
        out = f(*point.arguments(numbers))
    except Exception:  # a function that takes no complex numbers may say so in any way
        return None
    return out.imag / h if isinstance(out, complex) and math.isfinite(out.imag) else None


def _looks_like(ours: float, reference: float, upstreams: Sequence[float]) -> str:
    """What kind of mistake makes this number of that one."""
    if ours == 0.0:
        return "no gradient at all: is the path cut (.data, detach()), or a parent forgotten?"
    if abs(reference) < 1e-9:
        return "a gradient where there is none: is the operand constant here?"
    ratio = ours / reference
    if _close(ratio, 1.0):
        return f"almost the right value: off by {abs(ratio - 1.0):.1e} of it, a rounded number or a bound set too tight"
    if _close(ratio, -1.0):
        return "the sign: the right value, negated"
    if _close(ratio, 2.0):
        return "twice the right value: is a node visited twice, or a gradient not set back to 0?"
    if any(_close(ratio * upstream, 1.0) for upstream in upstreams if not _close(abs(upstream), 1.0)):
        return (
            f"a missing upstream factor: it should be multiplied by {_rounded(1 / ratio)!r}, which arrives from above"
        )
    if _close(ratio, 0.5):
        return "half the right value: does one use of a node overwrite another's, or is one cut (.data)?"
    if _close(ratio, round(ratio)) and abs(ratio) < 100:
        return f"{round(ratio)} times the right value: is a node visited more than once?"
    if ratio < 0:
        return f"{_rounded(ratio)!r} times the right value: the sign and a factor"
    return f"{_rounded(ratio)!r} times the right value: is a factor of the chain rule missing, or one too many?"


def _upstreams(f: Function, point: _Point) -> list[float]:
    """The gradient that arrives at each operation of f."""
    out = f(*point.values())
    if not isinstance(out, Value):
        return []
    nodes = topological(out)
    before = [node._grad for node in nodes]
    out.backward(allow_nonfinite=True)
    arrived = [node.grad for node in nodes if node._op]
    for node, grad_before in zip(nodes, before, strict=True):  # f may close over Values of the user's own
        node._grad = grad_before
    return arrived


def _first_wrong_rule(f: Function, point: _Point) -> str:
    """The first operation whose own local derivative disagrees with differences of its own value."""
    out = f(*point.values())
    nodes = topological(out) if isinstance(out, Value) else []
    return next(filter(None, map(_wrong_derivative, nodes)), "")


def _wrong_derivative(node: Value) -> str:
    rule, operands = node._rule, [_number(operand) for operand in node._operands()]
    for i, local in enumerate(node.local_derivatives):
        if local is None:
            continue

        def value_at(x: float, i: int = i) -> Any:
            return float(rule.evaluate([*operands[:i], x, *operands[i + 1 :]])[0])

        reference = _central(value_at, operands[i])
        if reference is not None and not abs(local - reference) <= 1e-7 + 1e-4 * abs(reference):
            name = f"x{i}" if rule.sequences else rule.operands[i]
            at = ", ".join(map(repr, operands))
            found = f"{_rounded(local)!r} in the rule, {_rounded(reference)!r} by differences"
            return f"{rule.name}: ∂/∂{name} at ({at}) is {found}"
    return ""


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-4)


def _rounded(x: float) -> float:
    return float(f"{x:.8g}")


def _number(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x)
