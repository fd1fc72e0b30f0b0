"""A random program as data, and as Python text that runs.

A program is a list of nodes over a few inputs (one number per row of a batch), parameters and constants.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import autograd

__all__ = ["COMPARISONS", "CONNECTIVES", "Node", "Operand", "Program", "Ref", "clipped", "is_sequence", "written"]

COMPARISONS = ("<", "<=", ">", ">=")
CONNECTIVES = ("&", "|")
INFIX = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "pow": "**", "mod": "%", "floordiv": "//"}


class Ref(NamedTuple):
    """An input, a parameter or a node ("x", "w", "t"); ``part`` of a node that is a list."""

    kind: str
    index: int
    part: int = -1

    def __str__(self) -> str:
        if self.kind != "t":
            return f"{self.kind}[{self.index}]"
        return f"t{self.index}" if self.part < 0 else f"t{self.index}[{self.part}]"


Operand = Any  # Ref, float, or a tuple of them: a sequence


@dataclass(frozen=True)
class Node:
    """One call. infix: written with Python's operator, where Values are what it meets."""

    name: str
    operands: tuple[Operand, ...]
    parameters: tuple[tuple[str, Any], ...] = ()
    infix: bool = False

    @property
    def is_condition(self) -> bool:
        """Whether the result is a truth value."""
        return self.name in COMPARISONS or self.name in CONNECTIVES

    def refs(self) -> Iterator[Ref]:
        """The nodes and leaves among the operands."""
        for operand in self.operands:
            yield from (x for x in (operand if is_sequence(operand) else (operand,)) if isinstance(x, Ref))

    def chosen_refs(self) -> Iterator[Ref]:
        """The nodes and leaves that the result can be made of: not the index of a pick, which gives a plain number of
        plain numbers."""
        return replace(self, operands=self.operands[:1]).refs() if self.name == "pick" else self.refs()

    def text(self, infix: bool) -> str:
        """The call in Python."""
        shown = [written(x) for x in self.operands]
        if self.is_condition:
            return f" {self.name} ".join(shown)
        symbol = INFIX.get(self.name)
        if infix and self.infix and symbol:
            return f" {symbol} ".join(f"({x})" if x.startswith("-") else x for x in shown)
        module = "" if self.name in ("clip", "detach") else "autograd."
        given = [*shown, *(f"{key}={value!r}" for key, value in self.parameters)]
        return f"{module}{self.name}({', '.join(given)})"


@dataclass(frozen=True)
class Program:
    """rows: the inputs' numbers, a row each. parameters: their numbers. output: what it returns.

    tame: every number in it is of middling size, and no operand was put on a kink.
    """

    rows: tuple[tuple[float, ...], ...]
    parameters: tuple[float, ...]
    nodes: tuple[Node, ...]
    output: Operand
    tame: bool = True

    def source(self, infix: bool = True, noisy: bool = False) -> str:
        """The function's text. noisy: each number that a node gives goes through ``noise(number, place)``."""
        lines = ["def f(x, w):"]
        values: set[int] = set()  # the nodes that are Values: of numbers alone, Python's own operators may raise
        for i, node in enumerate(self.nodes):
            if any(x.kind != "t" or x.index in values for x in node.chosen_refs()) and not node.is_condition:
                values.add(i)
            text = node.text(infix and i in values)
            if noisy and not node.is_condition:
                text = f"noise({text}, {i})"
            lines.append(f"    t{i} = {text}")
        return "\n".join([*lines, f"    return {written(self.output)}"])

    def function(self, infix: bool = True, noise: Any = None, detach: Any = None) -> Callable[..., Any]:
        """The function (x, w) ↦ result."""
        names = {"autograd": autograd, "clip": clipped, "detach": detach or detached, "noise": noise}
        names |= {"inf": math.inf, "nan": math.nan}
        exec(_code(self.source(infix, noise is not None)), names)  # noqa: S102  (the text that this module wrote)
        return names["f"]  # type: ignore[return-value]

    def uses(self, name: str) -> bool:
        """Whether an operation of this name is in it."""
        return any(node.name == name for node in self.nodes)

    @property
    def indices(self) -> set[Ref]:
        """The leaves that are the index of a pick."""
        return {node.operands[1] for node in self.nodes if node.name == "pick" and isinstance(node.operands[1], Ref)}

    def trimmed(self) -> Program:
        """The same without the nodes, inputs and parameters that nothing needs."""
        needed = {self.output} if isinstance(self.output, Ref) else set()
        for i in range(len(self.nodes) - 1, -1, -1):
            if any(x.kind == "t" and x.index == i for x in needed):
                needed.update(self.nodes[i].refs())
        new = {
            kind: {old: i for i, old in enumerate(sorted({x.index for x in needed if x.kind == kind}))}
            for kind in "xwt"
        }

        def renamed(x: Operand) -> Operand:
            if is_sequence(x):
                return tuple(map(renamed, x))
            return x._replace(index=new[x.kind][x.index]) if isinstance(x, Ref) else x

        rows = [tuple(row[i] for i in new["x"]) for row in self.rows]
        nodes = [replace(self.nodes[i], operands=tuple(map(renamed, self.nodes[i].operands))) for i in new["t"]]
        parameters = tuple(self.parameters[i] for i in new["w"])
        return Program(tuple(rows) if new["x"] else ((),), parameters, tuple(nodes), renamed(self.output), self.tame)


@functools.lru_cache(8)
def _code(source: str) -> Any:
    return compile(source, "<fuzz>", "exec")


def written(x: Operand) -> str:
    """An operand in Python."""
    if is_sequence(x):
        return f"[{', '.join(map(written, x))}]"
    return str(x) if isinstance(x, Ref) else repr(x)


def is_sequence(x: Operand) -> bool:
    """Whether an operand is a sequence of others."""
    return isinstance(x, tuple) and not isinstance(x, Ref)


def clipped(x: Any, lo: Any, hi: Any) -> Any:
    """clip, also of plain bounds that cross, which it refuses: here they may be computed."""
    crossed = isinstance(lo, float) and isinstance(hi, float) and lo > hi
    return autograd.minimum(autograd.maximum(x, lo), hi) if crossed else autograd.clip(x, lo, hi)


def detached(x: Any) -> Any:
    """x.detach() of a Value, and x of a number."""
    return x.detach() if isinstance(x, autograd.Value) else x
