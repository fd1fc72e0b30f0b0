"""Gradient checking: whether a gradient is right, wrong or cannot be checked, and what is wrong with a wrong one."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from autograd.checking.complex_step import Step
from autograd.checking.diagnosis import first_wrong_rule, looks_like, rounded, sensitivities
from autograd.checking.judge import Question, Verdict, judge
from autograd.core.modes import no_grad, track_everything
from autograd.errors import GradcheckError, GradcheckWarning
from autograd.numeric import Numeric
from autograd.pytree import Structure, flatten, unflatten
from autograd.transforms import grad, require_function
from autograd.util.printable import name_of
from autograd.value import Value

__all__ = ["gradcheck"]

Function = Callable[..., Any]


def gradcheck(f: Function, inputs: object, order: int = 1, *, rtol: float = 1e-5, atol: float = 0.0) -> bool:
    """Compare the derivatives of f at ``inputs`` with a reference that uses no derivative rule.

    The reference r is the complex step Im f(x + ih) / h where f has one, otherwise central differences of order 8 with
    an error bound e. A derivative d agrees if ``|d − r| ≤ atol + rtol·|r|``, give or take rounding.

    f: takes Values (or sequences, dicts or arrays of them) and returns one, or a structure of them.
    inputs: f's arguments in a tuple or list; a number or an array is f's only argument.
    order: check derivatives up to this order; above the first, along one fixed direction each.
    rtol: the relative tolerance.
    atol: the absolute tolerance.

    Each input is found *right*, *wrong* or *not checkable*. An input cannot be checked at a kink or a jump, where f is
    not finite on one side, and where e exceeds the tolerance. Returns True if some inputs are right and none is wrong,
    and False if no input could be checked (at some order). One GradcheckWarning lists the inputs that could not be
    checked, with reasons.

    Raises GradcheckError if a derivative is wrong: it shows the input, both numbers and what the mistake looks like.
    Raises NonFiniteError if the gradient is not finite, and ValueError if f gives different results for the same
    inputs.

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
      looks like        half the right value: does one use of a node overwrite another's, or is one use cut off (.data)?
      first wrong rule  square_with_a_mistake: ∂/∂x at (3.0) is 3.0 in the rule, 6.0 by differences
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     gradcheck(autograd.relu, 0.0)
    False
    >>> print(caught[0].message)
    gradcheck could not check 1 of 1 derivatives:
      relu in argument 0 at 0.0: the slope is 0 on the left and 1 on the right: a kink
    """
    require_function(f, "gradcheck")
    if order < 1:
        raise ValueError(f"order must be 1 or more, not {order}")
    point = _Point(tuple(inputs) if isinstance(inputs, (tuple, list)) else (inputs,))
    _require_arguments(f, len(point.args))
    components = _components(f, point)
    unchecked: list[str] = []
    answers: list[list[Verdict]] = [[] for _ in range(order)]
    for component, name in components:
        checked = component
        for k, of_this_order in enumerate(answers):
            what = f"derivative {k} of {name}" if k else name
            verdicts = _check(checked, point, what, component, rtol, atol)
            of_this_order += verdicts
            unchecked += _unchecked(verdicts, what, point)
            checked = _along(checked, point)
    if unchecked:
        count = sum(map(len, answers))
        lines = "\n  ".join((f"gradcheck could not check {len(unchecked)} of {count} derivatives:", *unchecked))
        warnings.warn(lines, GradcheckWarning, stacklevel=2)
    return all(not verdicts or any(verdict.is_right for verdict in verdicts) for verdicts in answers)


def _require_arguments(f: Function, count: int) -> None:
    """Raise TypeError if f cannot be called with so many arguments."""
    try:
        signature = inspect.signature(f)
    except (TypeError, ValueError):  # some functions of C have none
        return
    try:
        signature.bind(*[0.0] * count)
    except TypeError as error:
        given = f"{count} argument{'s' * (count != 1)}"
        raise TypeError(
            f"inputs holds {given} for {name_of(f, 'f')}, which cannot be called with {given}: {error}\n"
            "  try             gradcheck(f, (x, y)) for two arguments, gradcheck(f, [xs]) for one that is a list"
        ) from None


class _Point:
    """The point at which f is checked: its arguments as one list of numbers, each with a label."""

    def __init__(self, args: tuple[object, ...]) -> None:
        self.args = args
        self.numbers: list[float] = []
        self.shapes: list[Structure] = []
        self.labels: list[str] = []
        for i, arg in enumerate(self.args):
            numbers, shape = flatten(arg, f"argument {i}")
            self.numbers += [x.data if isinstance(x, Value) else x for x in numbers]
            self.shapes.append(shape)
            label = f"argument {i}"
            self.labels += [label] if shape.container is None else [f"{label}, number {j}" for j in range(len(numbers))]

    def arguments(self, numbers: Sequence[Numeric]) -> list[Any]:
        args, start = [], 0
        for shape in self.shapes:
            args.append(unflatten(shape, numbers[start : start + shape.size]))
            start += shape.size
        return args

    def values(self) -> list[Value]:
        return [Value(number) for number in self.numbers]

    def flat(self, structures: Sequence[object]) -> list[Any]:
        return [x for structure in structures for x in flatten(structure, "the gradient")[0]]

    def with_number(self, j: int, x: Numeric, make: Callable[[float], Numeric]) -> list[Any]:
        """The arguments with number j replaced by x, and every other number passed through ``make``."""
        return self.arguments([x if i == j else make(number) for i, number in enumerate(self.numbers)])


def _components(f: Function, point: _Point) -> list[tuple[Function, str]]:
    """One function for each number that f returns."""
    name = name_of(f, "f").replace("<lambda>", "f")
    first, second = ([_number(x) for x in flatten(f(*point.arguments(point.values())), name)[0]] for _ in range(2))
    if any(a != b and (a == a or b == b) for a, b in zip(first, second, strict=True)):
        raise ValueError(
            f"{name} gives different results for the same inputs, so it cannot be checked\n"
            "  try             a fixed seed, and no state that changes from call to call"
        )

    def component(i: int) -> Function:
        def result(*args: object) -> Any:
            return flatten(f(*args), name)[0][i]

        return result

    return [(component(i), name if len(first) == 1 else f"{name}, result {i}") for i in range(len(first))]


def _along(f: Function, point: _Point) -> Function:
    """The derivative of f along one fixed direction, whose components all differ."""
    direction = [1.0 + 0.5 * math.cos(1.0 + i) for i in range(len(point.numbers))]
    gradient = grad(f, range(len(point.args)))
    return lambda *args: sum(a * b for a, b in zip(point.flat(gradient(*args)), direction, strict=True))


def _check(f: Function, point: _Point, name: str, original: Function, rtol: float, atol: float) -> list[Verdict]:
    """Judge the derivative in each number of the point. Raises GradcheckError if one is wrong."""
    claims = [_number(x) for x in point.flat(grad(f, range(len(point.args)))(*point.args))]
    verdicts = [
        judge(claim, question, rtol, atol) for claim, question in zip(claims, _questions(f, point), strict=True)
    ]
    wrong = [j for j, verdict in enumerate(verdicts) if verdict.is_right is False]
    if wrong:
        raise GradcheckError(_complaint(wrong, verdicts, point, name, original))
    return verdicts


def _questions(f: Function, point: _Point) -> list[Question]:
    """One question for each number of the point: f as a function of that number alone."""
    leaves = point.values()
    with track_everything():
        out = f(*point.arguments(leaves))
    graph = sensitivities(out)

    def question(j: int) -> Question:
        def on_floats(x: float) -> float:
            with no_grad():
                return _number(f(*point.with_number(j, Value(x), Value)))

        def on_steps(x: Step) -> Any:
            return f(*point.with_number(j, x, Step))

        terms = graph.terms.get(leaves[j], 0.0)
        return Question(on_floats, on_steps, point.numbers[j], _number(out), graph.noise, terms)

    return [question(j) for j in range(len(leaves))]


def _complaint(wrong: Sequence[int], verdicts: Sequence[Verdict], point: _Point, name: str, original: Function) -> str:
    first = wrong[0]
    ours, reference = verdicts[first].claim, verdicts[first].reference
    with track_everything():
        graph = sensitivities(original(*point.arguments(point.values())))
    upstreams = [graph.upstream.get(node, 0.0) for node in graph.nodes if node._op]
    lines = [
        f"the gradient of {name} in {point.labels[first]} is wrong at {point.numbers[first]!r}",
        f"  backward          {rounded(ours)!r}",
        f"  differences       {rounded(reference)!r}",
        f"  looks like        {looks_like(ours, reference, upstreams)}",
    ]
    blamed = first_wrong_rule(graph.nodes)
    if blamed:
        lines.append(f"  first wrong rule  {blamed}")
    if len(wrong) > 1:
        lines.append(f"  also wrong        {len(wrong) - 1} more of {len(verdicts)} inputs")
    return "\n".join(lines)


def _unchecked(verdicts: Sequence[Verdict], name: str, point: _Point) -> list[str]:
    """A line for each input that could not be checked."""
    return [
        f"{name} in {label} at {number!r}: {verdict.why}"
        for verdict, label, number in zip(verdicts, point.labels, point.numbers, strict=True)
        if verdict.is_right is None
    ]


def _number(x: Numeric) -> float:
    return x.data if isinstance(x, Value) else float(x)
