"""How an operation is written: its sign between its operands, or its name before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["MOST_OPERANDS", "applied", "bracketed", "expression", "of_vectors", "vector"]

MOST_OPERANDS = 4  # of a function in a formula: of more, the first three are written


def applied(symbol: str, operands: Sequence[str]) -> str:
    """An operation on its operands as it is written: an infix one between them, any other as a function.

    >>> applied("*", ["a", "−2"]), applied("tanh", ["x"])
    ('a · (−2)', 'tanh(x)')
    """
    if len(operands) == 2 and symbol in _INFIX:
        sign = {"*": "·", "-": "−"}.get(symbol, symbol)
        left, right = (
            _beside(symbol, operand, is_left) for operand, is_left in zip(operands, (True, False), strict=True)
        )
        return f"{left} {sign} {right}"
    if len(operands) == 1 and symbol in ("+", "*"):  # the same operand twice, which a set keeps once
        return applied(symbol, [*operands, *operands])
    if len(operands) == 1 and symbol.startswith("**"):  # micrograd keeps the exponent in the symbol
        return f"({operands[0]}){symbol}"
    shown = operands if len(operands) <= MOST_OPERANDS else [*operands[: MOST_OPERANDS - 1], "…"]
    return f"{symbol}({', '.join(shown)})"


def _beside(symbol: str, operand: str, is_left: bool) -> str:
    """An operand beside a sign, in brackets where it would else be read otherwise."""
    is_free = symbol == "+" or (is_left and (symbol == "-" or (symbol == "*" and not set(operand) & set("+−/%*"))))
    return operand if is_free and not operand.startswith("−") else bracketed(operand)


def bracketed(text: str) -> str:
    """An operand as it stands beside a sign: in brackets, unless it is a name, a number or a function of something.

    >>> bracketed("w[0]"), bracketed("w·x+b"), bracketed("−2"), bracketed("tanh(x)")
    ('w[0]', '(w·x+b)', '(−2)', 'tanh(x)')
    """
    return text if _ATOM.fullmatch(text) else f"({text})"


def expression(symbol: str, operands: Sequence[str]) -> str:
    """An operation as part of a longer expression: without spaces around the signs that bind most.

    >>> expression("+", [expression("*", ["w", "x"]), "b"]), expression("**", [expression("-", ["y", "1"]), "2"])
    ('w·x + b', '(y − 1)**2')
    """
    written = of_vectors(symbol, operands)
    return re.sub(r" (·|/|//|%|\*\*) ", r"\1", written) if symbol in _CLOSE else written


def of_vectors(symbol: str, operands: Sequence[str]) -> str:
    """An operation on the elements of vectors as one on the vectors, where these have names; on any others as it is.

    >>> of_vectors("dot", ["w[0]", "w[1]", "x[0]", "x[1]"]), of_vectors("mean", ["y[0]", "y[1]", "y[2]"])
    ('w · x', 'mean(y)')
    """
    half = len(operands) // 2
    parts = [operands[:half], operands[half:]] if symbol == "dot" else [operands]
    vectors = [vector(part) for part in parts]
    if symbol == "dot" and all(vectors) and len(operands) % 2 == 0:
        return applied("*", vectors)
    return applied(symbol, vectors if symbol not in _INFIX and len(operands) > 2 and all(vectors) else operands)


def vector(elements: Sequence[str]) -> str:
    """The name of a vector: what stands before the index of its elements; x, where all are numbers; "" otherwise.

    What the neurons of a layer give, ``layers[0].neurons[1]``, is the layer's.

    >>> vector(["w[0]", "w[1]"]), vector(["layers[0].neurons[0]", "layers[0].neurons[1]"]), vector(["a", "b"])
    ('w', 'layers[0]', '')
    """
    if elements and all(_NUMBER.fullmatch(element) for element in elements):
        return "x"
    names = {element if element.count("[") == 0 else element.rpartition("[")[0] for element in elements}
    is_named = len(names) == 1 and all(re.search(r"\[\d+\]$", element) for element in elements)
    if not is_named:
        return elements[0] if len({*elements}) == 1 < len(elements) else ""
    return names.pop().removesuffix(".neurons")


_INFIX = ("+", "-", "*", "/", "//", "%", "**")
_CLOSE = ("*", "/", "//", "%", "**")
_ATOM = re.compile(r"[\w.\[\]′…]+(#\d+)?|\w*\([^()]*(?:\([^()]*\)[^()]*)*\)(#\d+)?[₀-₉]*")
_NUMBER = re.compile(r"−?[\d.]+(e−?\+?\d+)?")
