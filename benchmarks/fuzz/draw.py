"""A random program from a seed.

The operations are the table's rules and the functions built from them (``autograd.rules.__all__``). A new one is drawn
automatically, with the operands of its signature, its samples and edges, and its keyword parameters.
"""

from __future__ import annotations

import functools
import inspect
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd import RULES, numeric, rules
from benchmarks.fuzz.programs import COMPARISONS, CONNECTIVES, Node, Operand, Program, Ref, clipped, is_sequence

__all__ = ["draw", "kinds"]

EDGES = [0.0, -0.0, math.inf, -math.inf, math.nan, 1e308, -1e308, 5e-324, -5e-324, 1e-310, 1.0, -1.0, 2.0, 0.5]
LARGEST, SMALLEST = 1e3, 1e-3  # of a number in a tame program, so that a judge has something to hold on to

# ── what can be drawn ───────────────────────────────────────────────────────────────────────────────────────────────


class Kind(NamedTuple):
    """An operation: for each operand whether it is a sequence; numbers to try, an operand each; keyword parameters."""

    name: str
    sequences: tuple[bool, ...]
    samples: tuple[Any, ...]
    edges: tuple[Any, ...]
    parameters: tuple[tuple[str, tuple[Any, ...]], ...]


def kinds() -> list[Kind]:
    """Every operation of the table, and the functions made of them, as far as they have a name in ``autograd``."""
    return _kinds(tuple(name for name in dict.fromkeys([*rules.__all__, *RULES]) if hasattr(autograd, name)))


@functools.cache
def _kinds(names: tuple[str, ...]) -> list[Kind]:
    found = []
    for name in names:
        rule = RULES.get(name)
        if rule is not None:
            places = (rule.sequences,) * len(rule.operands)
            options = _options(rule.function, rule.samples)
            found.append(Kind(name, places, tuple(rule.samples), tuple(rule.edges), options))
        else:
            function = getattr(autograd, name)
            given = inspect.signature(function).parameters.values()
            places = tuple("Sequence" in str(x.annotation) for x in given if x.kind is x.POSITIONAL_OR_KEYWORD)
            found.append(Kind(name, places, (), (), _options(function, ())))
    return found


def _options(function: Callable[..., Any], samples: Sequence[Any]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """What each keyword parameter may be: numbers near its default; of words those that the function compares with."""
    options = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not parameter.KEYWORD_ONLY:
            continue
        default = parameter.default
        if isinstance(default, bool):
            tried: list[Any] = [False, True]
        elif isinstance(default, int):
            tried = [default, default + 1]
        elif isinstance(default, float):
            tried = [default, 0.5 * default + 0.125, 2.0 * default, 0.0, -0.5]
        else:
            words = [x for x in function.__code__.co_consts if isinstance(x, str) and x.isidentifier()]
            tried = list(dict.fromkeys([default, *words]))
        options.append((parameter.name, tuple(x for x in tried if _is_accepted(function, samples, parameter.name, x))))
    return tuple((name, choices) for name, choices in options if choices)


def _is_accepted(function: Callable[..., Any], samples: Sequence[Any], name: str, choice: Any) -> bool:
    try:
        for sample in samples[:1]:
            function(*sample, **{name: choice})
    except (TypeError, ValueError):
        return False
    return True


# ── a program from a seed ───────────────────────────────────────────────────────────────────────────────────────────


def draw(seed: int) -> Program:
    """The program of a seed."""
    return _Writer(seed).program()


class _Writer:
    """A program as it grows, with the numbers that its nodes have in each row."""

    def __init__(self, seed: int) -> None:
        self.random, self.kinds = random.Random(seed), kinds()
        self.tame = self.random.random() < 0.6
        self.count = self.random.choice([1, 2, 3, 3])
        self.columns: list[list[float]] = []
        self.parameters: list[float] = []
        self.nodes: list[Node] = []
        self.numbers: dict[Ref, list[Any]] = {}
        self.unused: list[Ref] = []
        self.most_leaves = self.random.randint(2, 7)

    def program(self) -> Program:
        size = self.random.randint(3, 12)
        for _ in range(4 * size):
            if len(self.nodes) >= size:
                break
            roll = self.random.random()
            if roll < 0.2:
                self._repeated()
            elif roll < 0.23 and len(self.nodes) < 4:
                self._layer()
            elif roll < 0.25 and len(self.nodes) < 4:
                self._triangle()
            else:
                self._node(self.random.choice(self.kinds))
        output = self._output()  # it may add nodes, and a leaf
        rows = tuple(zip(*self.columns, strict=True)) if self.columns else ((),)
        return Program(rows, tuple(self.parameters), tuple(self.nodes), output, self.tame).trimmed()

    def _output(self) -> Operand:
        open_ends = [x for x in self.unused if not isinstance(self.numbers[x][0], bool)]
        if not open_ends:
            return self._leaf(None, 0)
        total = open_ends[-1]
        if len(open_ends) > 1:
            name = self.random.choice(["sum", "mean", "add"])
            if name != "add":
                return self._add(Node(name, (tuple(open_ends),))) or total
            for other in open_ends[:-1]:
                total = self._add(Node("add", (total, other), infix=True)) or total
        return total

    # ── operands ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _operand(self, kind: Kind | None, place: int) -> Operand:
        roll = self.random.random()
        if roll < 0.5 and self.unused:
            plain = [x for x in self.unused if not isinstance(self.numbers[x][0], bool)]
            if plain:
                return self.random.choice(plain)
        known = [x for x in self.numbers if not isinstance(self.numbers[x][0], bool)]
        if roll < 0.7 and known:
            return self.random.choice(known)
        if roll < 0.88 and len(self.columns) + len(self.parameters) < self.most_leaves:
            return self._leaf(kind, place)
        if roll < 0.94 and known:
            return self.random.choice(known)
        return self._number(kind, place)

    def _number(self, kind: Kind | None, place: int) -> float:
        """A number that suits an operand: near a sample of the rule's, or on an edge."""
        if not self.tame and self.random.random() < 0.4:
            edges = [x for x in (_at(sample, place) for sample in (kind.edges if kind else ())) if x]
            return self.random.choice(self.random.choice(edges) if edges and self.random.random() < 0.5 else EDGES)
        samples = [x for x in (_at(sample, place) for sample in (kind.samples if kind else ())) if x]
        if samples and self.random.random() < 0.7:
            number = self.random.choice(self.random.choice(samples))
            number *= self.random.uniform(0.8, 1.2) if self.random.random() < 0.8 else 1.0
        else:
            number = self.random.gauss(0.0, 1.5)
        return float(np.float32(number))  # so that float32 starts from the same number

    def _leaf(self, kind: Kind | None, place: int) -> Ref:
        if self.random.random() < 0.65:
            ref = Ref("x", len(self.columns))
            self.columns.append([self._number(kind, place) for _ in range(self.count)])
            self.numbers[ref] = self.columns[-1]
        else:
            ref = Ref("w", len(self.parameters))
            self.parameters.append(self._number(kind, place))
            self.numbers[ref] = [self.parameters[-1]] * self.count
        return ref

    def _sequence(self, kind: Kind, place: int, length: int) -> tuple[Operand, ...]:
        return tuple(self._operand(kind, place) for _ in range(length))

    def _condition(self) -> Operand:
        made = self._add(Node(self.random.choice(COMPARISONS), (self._operand(None, 0), self._operand(None, 0))))
        if made is not None and self.random.random() < 0.25:
            other = self._add(Node(self.random.choice(COMPARISONS), (self._operand(None, 0), self._operand(None, 0))))
            if other is not None:
                made = self._add(Node(self.random.choice(CONNECTIVES), (made, other)))
        return made if made is not None else self._operand(None, 0)

    def _index(self, length: int) -> Operand:
        if self.random.random() < 0.3:
            return float(self.random.randrange(length))
        ref = Ref("x", len(self.columns))
        self.columns.append([float(self.random.randrange(length)) for _ in range(self.count)])
        self.numbers[ref] = self.columns[-1]
        return ref

    # ── nodes ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _node(self, kind: Kind) -> Ref | None:
        for _ in range(6):
            made = self._add(self._call(kind, [self._filled(kind, place) for place in range(len(kind.sequences))]))
            if made is not None:
                if self.random.random() < 0.06:
                    return self._add(Node("detach", (made,)))
                return made
        return None

    def _filled(self, kind: Kind, place: int) -> Operand:
        """An operand, or a function that makes it when the lengths are known."""
        if kind.sequences[place]:
            return functools.partial(self._sequence, kind, place)
        if kind.name == "where" and place == 0 and self.random.random() < 0.75:
            return self._condition()
        return self._index if kind.name == "pick" else self._operand(kind, place)

    def _call(self, kind: Kind, operands: Sequence[Any]) -> Node:
        length = self.random.choice([0, 1, 1, 2, 2, 3, 3, 4, 5])
        if kind.name == "pick":
            length = max(1, length)
        given = tuple(x(length) if callable(x) else x for x in operands)
        parameters = tuple(
            (name, self.random.choice(choices)) for name, choices in kind.parameters if self.random.random() < 0.6
        )
        return Node(kind.name, given, parameters, self.random.random() < 0.7)

    def _repeated(self) -> None:
        """The same little expression over several operands, then all of them in one: what the compiler re-rolls."""
        scalar = [kind for kind in self.kinds if not any(kind.sequences)]
        steps = [self.random.choice(scalar) for _ in range(self.random.choice([1, 1, 2]))]
        shared = [[self._operand(kind, i) for i in range(len(kind.sequences))] for kind in steps]
        own = [{0} | {i for i in range(len(kind.sequences)) if self.random.random() < 0.5} for kind in steps]
        forms = [self._call(kind, operands) for kind, operands in zip(steps, shared, strict=True)]
        ends: list[Ref] = []
        for _ in range(self.random.choice([2, 3, 4]) if len(steps) > 1 or self.random.random() < 0.9 else 9):
            end: Ref | None = None
            for kind, form, mine in zip(steps, forms, own, strict=True):
                given = [self._operand(kind, i) if i in mine else x for i, x in enumerate(form.operands)]
                if end is not None:
                    given[-1 if kind.name == "where" else 0] = end
                end = self._add(replace(form, operands=tuple(given)))
                if end is None:
                    break
            if end is not None:
                ends.append(end)
        if len(ends) > 1:
            self._gathered(ends)

    def _layer(self) -> None:
        """Each of a few units a sum of the same numbers times its own weights: what becomes a matrix product."""
        inputs = self._sequence(self.kinds[0], 0, self.random.choice([2, 2, 3]))
        activation = self.random.choice([kind for kind in self.kinds if kind.sequences == (False,)])
        as_dot = self.random.random() < 0.4
        ends = []
        for _ in range(self.random.choice([2, 2, 3])):
            weights = []
            for _ in inputs:
                weights.append(Ref("w", len(self.parameters)))
                self.parameters.append(self._number(None, 0))
                self.numbers[weights[-1]] = [self.parameters[-1]] * self.count
            if as_dot:
                total = self._add(Node("dot", (tuple(weights), inputs)))
            else:
                products = [self._add(Node("mul", pair, infix=True)) for pair in zip(weights, inputs, strict=True)]
                total = None if None in products else self._add(Node("sum", (tuple(products),)))
            end = self._add(Node(activation.name, (total,))) if total is not None else None
            if end is not None:
                ends.append(end)
        if len(ends) > 1:
            self._gathered(ends)

    def _triangle(self) -> None:
        """Of the first number something of one term, of the second of two, and so on: what becomes a rectangle."""
        numbers = self._sequence(self.kinds[0], 0, self.random.choice([4, 4, 5]))
        binary = [kind for kind in self.kinds if kind.sequences == (False, False) and kind.name != "pick"]
        kind = self.random.choice([x for x in self.kinds if x.sequences == (True,)])
        step, shares = self.random.choice(binary), self.random.random() < 0.4
        ends: list[Ref] = []
        for i, x in enumerate(numbers):
            terms = [self._add(self._call(step, [x, y])) for y in numbers[: i + 1]]
            if None in terms:
                return
            end = self._add(Node("softmax", (tuple(terms),))) if shares else self._add(self._call(kind, [tuple(terms)]))
            if end is not None:
                ends.append(end._replace(part=0) if shares else end)
        if len(ends) > 1:
            self._gathered(ends)

    def _gathered(self, ends: list[Ref]) -> None:
        over_one = [kind for kind in self.kinds if kind.sequences == (True,)]
        chain = self.random.choice(["add", "mul", "maximum", "minimum", "logaddexp"])
        if self.random.random() < 0.5:
            kind = self.random.choice(over_one)
            self._add(self._call(kind, [tuple(ends)]))
        elif self.random.random() < 0.3:
            self._add(Node("dot", (tuple(ends), self._sequence(self.kinds[0], 0, len(ends)))))
        else:
            total: Ref | None = ends[0]
            for end in ends[1:]:
                total = self._add(Node(chain, (total, end), infix=True)) if total is not None else None

    def _add(self, node: Node) -> Ref | None:
        """Append a node, if it can be computed (and, in a tame program, has numbers of middling size)."""
        results = self._results(node)
        if results is None:
            return None
        ref = Ref("t", len(self.nodes))
        parts = results[0] if isinstance(results[0], list) else None
        made = [ref] if parts is None else [ref._replace(part=i) for i in range(len(parts))]
        columns = [results] if parts is None else [list(column) for column in zip(*results, strict=True)]
        if self.tame and any(not isinstance(x, bool) and not _is_tame(x) for column in columns for x in column):
            return None
        self.nodes.append(node)
        self.numbers.update(zip(made, columns, strict=True))
        used = set(node.refs())
        self.unused = [x for x in self.unused if x not in used] + made
        return made[-1] if made else None

    def _results(self, node: Node) -> list[Any] | None:
        """The node's number, or list of numbers, in each row; None where there is none."""
        function = _compute(node)
        results = []
        for row in range(self.count):

            def number(x: Operand, row: int = row) -> Any:
                if is_sequence(x):
                    return [number(y) for y in x]
                return self.numbers[x][row] if isinstance(x, Ref) else x

            try:
                results.append(function(*map(number, node.operands), **dict(node.parameters)))
            except (TypeError, ValueError, OverflowError, IndexError):
                return None
        return results


def _at(sample: Any, place: int) -> list[float]:
    """The numbers that a sample has for an operand."""
    x = sample[place]
    return [float(y) for y in x] if isinstance(x, (list, tuple)) else [float(x)]


def _is_tame(x: float) -> bool:
    return x == 0.0 or SMALLEST < abs(x) < LARGEST


def _compute(node: Node) -> Callable[..., Any]:
    if node.is_condition:
        return {
            "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
            "&": lambda a, b: a and b, "|": lambda a, b: a or b,
        }[node.name]  # fmt: skip
    if node.name in ("clip", "detach"):
        return clipped if node.name == "clip" else numeric.detach
    return getattr(autograd, node.name)  # type: ignore[no-any-return]
