"""The gradients of a graph beside its finite differences, and what gradcheck says of them."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd.core.graph import topological
from autograd.errors import GradcheckError
from autograd.gradcheck import gradcheck
from autograd.transforms import grad
from autograd.value import Value
from autograd.viz.write.numbers import number

__all__ = ["Comparison", "compared"]

MOST_INPUTS = 40
"""Each is a row of a table, and needs the graph computed anew."""


@dataclass(frozen=True)
class Comparison:
    """The gradient of each input beside its finite difference, and what gradcheck says of them.

    rows: name, value, gradient by backward, by differences, whether they agree. left_out: so many inputs have no row.
    verdict: "right", "wrong" or "unchecked". words: gradcheck's, where it is wrong or unchecked.
    """

    rows: Sequence[tuple[str, str, str, str, bool]] = ()
    left_out: int = 0
    verdict: str = ""
    words: str = ""


def compared(root: Value, names: Mapping[Value, str]) -> Comparison:
    """Compare the gradients of a graph with (f(x + h) − f(x − h)) / 2h, the graph computed anew from its rules.

    names: of Values without a label. Raises TypeError for a node without a rule, NonFiniteError where a gradient is
    not finite.

    >>> a = Value(3.0, label="a")
    >>> compared(a * a, {}).rows
    [('a', '3', '6', '6', True)]
    """
    nodes = topological(root)
    inputs = [node for node in nodes if not node._prev and not node.is_constant]
    shown = inputs[:MOST_INPUTS]
    result = _as_function(nodes, shown)
    result.__name__ = root.label or names.get(root, "the result")
    titles = [leaf.label or names.get(leaf, f"Value({leaf.data!r})") for leaf in shown]
    numbers = [leaf.data for leaf in shown]
    gradients = grad(result, range(len(numbers)))(*numbers) if numbers else ()
    rows = [_row(titles[i], numbers[i], float(gradients[i]), _slope(result, numbers, i)) for i in range(len(numbers))]
    verdict, words = _gradchecked(result, numbers)
    return Comparison(rows, len(inputs) - len(shown), verdict, _with_titles(words, titles))


def _as_function(nodes: Sequence[Value], inputs: Sequence[Value]) -> Callable[..., Any]:
    """The graph as a function of these of its inputs."""

    def result(*numbers: Any) -> Any:
        known = dict(zip(inputs, numbers, strict=True))
        for node in nodes:
            if node not in known:
                operands = [known[operand] for operand in node._prev]
                known[node] = node._rule(*node._rule.grouped(operands)) if operands else node.data
        return known[nodes[-1]]

    return result


def _slope(result: Callable[..., Any], numbers: Sequence[float], i: int) -> float:
    """The central difference in number i."""
    h = 6e-6 * max(1.0, abs(numbers[i]))  # the cube root of the rounding error of a float
    up, down = (float(result(*numbers[:i], numbers[i] + shift, *numbers[i + 1 :])) for shift in (h, -h))
    return (up - down) / (2.0 * h)


def _row(title: str, data: float, gradient: float, slope: float) -> tuple[str, str, str, str, bool]:
    agrees = math.isclose(slope, gradient, rel_tol=1e-4, abs_tol=1e-6)
    return title, number(data), number(gradient), number(slope), agrees


def _gradchecked(result: Callable[..., Any], numbers: Sequence[float]) -> tuple[str, str]:
    """What gradcheck says: "right", "wrong" or "unchecked", and its words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            is_right = gradcheck(result, tuple(numbers))
        except GradcheckError as error:
            return "wrong", str(error)
    words = "\n".join(str(warning.message) for warning in caught)
    return ("right" if is_right and not caught else "unchecked"), words


def _with_titles(words: str, titles: Sequence[str]) -> str:
    """Words of gradcheck, with the inputs' names for "argument 0"."""
    return re.sub(r"argument (\d+)", lambda found: titles[int(found[1])], words)
