"""What a picture shows: the values of a graph near its roots, as plain data that no later step changes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice

from autograd.graph import topological
from autograd.value import Value

__all__ = ["COUNTED", "Box", "number", "snapshot"]

COUNTED = 20_000
LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Box:
    """One value as it was when it was drawn. `operands`: (index, local derivative) of those that are drawn."""

    index: int
    label: str
    operation: str
    data: float
    grad: float | None
    is_constant: bool
    is_root: bool
    operands: tuple[tuple[int, float | None], ...]
    hidden: int

    @property
    def name(self) -> str:
        """The label, or the name the box has in the DOT source."""
        return self.label or f"n{self.index}"

    @property
    def gradient(self) -> str:
        """The gradient as it is written: – until a backward pass has reached the value."""
        return "–" if self.grad is None else number(self.grad)


def snapshot(roots: tuple[Value, ...], max_nodes: int) -> tuple[list[Box], int]:
    """The values nearest to the roots, breadth first, put in topological order; and how many there are.

    They are counted up to one more than `COUNTED`: a picture is no reason to walk a graph of a million values.
    """
    parents: dict[Value, tuple[Value, ...]] = {}
    waiting = deque(roots)
    while waiting and len(parents) <= max(COUNTED, max_nodes):
        value = waiting.popleft()
        if value not in parents:
            parents[value] = value._prev
            waiting.extend(parents[value])
    near = set(islice(parents, max_nodes))
    order = topological(*roots, parents=lambda value: [parent for parent in parents[value] if parent in near])
    index = {value: position for position, value in enumerate(order)}
    return [_box(value, parents[value], index, value in roots) for value in order], len(parents)


def _box(value: Value, parents: tuple[Value, ...], index: dict[Value, int], is_root: bool) -> Box:
    edges = zip(parents, value.local_derivatives, strict=True)
    operands = tuple((index[parent], derivative) for parent, derivative in edges if parent in index)
    grad = getattr(value.grad, "data", value.grad)  # a Value itself while a derivative of a derivative is made
    return Box(
        index=index[value],
        label=_printable(str(value.label)),
        operation=_printable(value._op),
        data=value.data,
        grad=grad if value.has_grad else None,
        is_constant=value.is_constant,
        is_root=is_root,
        operands=operands,
        hidden=len(parents) - len(operands),
    )


def number(value: float) -> str:
    """A number as every picture writes it.

    >>> number(6.8813735870195432), number(1e-300), number(-0.0), number(float("nan"))
    ('6.8814', '1e-300', '-0', 'nan')
    """
    return f"{value:.5g}"


def _printable(text: str) -> str:
    """On one line, at most 40 characters, with control characters and lone surrogates as Python writes them."""
    start = text[: LONGEST_LABEL + 1]
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in start)
    return line if len(line) <= LONGEST_LABEL else line[: LONGEST_LABEL - 1] + "…"
