"""Functions of several operations, found in a finished graph by their form: softmax, a loss, logsumexp by hand.

The form is taken from examples, which are run: a function that is written anew is found as it is then.
"""

from __future__ import annotations

import contextvars
import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

from autograd import rules
from autograd.core.graph import topological
from autograd.rules import log_softmax, softmax
from autograd.util.known_functions import Example, known_functions, register_function
from autograd.value import Value
from autograd.viz.graph.function_calls import with_functions
from autograd.viz.graph.groups import Groups
from autograd.viz.graph.indexed import IndexedGraph

__all__ = ["find_functions"]

FEW_OPERANDS = 4
"""No function ends in an operation with more operands than these, other than one of many."""

LARGEST_PART = 5_000
"""More operations than these are not looked through for one function."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """How a value is made; there is one object for each form, as they are compared often. rule: its operation, ""
    of an argument of the function. operands: of an operation over a sequence, and of a sum, in any number; each
    has one of these forms. Else one form for each operand, in order.

    shared: pairs (i, j) of operands of which i is also j, or is among the operands of j.
    """

    rule: str
    operands: tuple[Form, ...] = ()
    is_constant: bool = False
    of_many: bool = False
    shared: frozenset[tuple[int, int]] = frozenset()


ARGUMENT, NUMBER = Form(""), Form("", is_constant=True)
Forms: TypeAlias = dict[tuple[str, tuple[Form, ...], bool, frozenset[tuple[int, int]]], Form]
"""The forms there are, by their parts."""
Match: TypeAlias = frozenset[int]
"""The values that were made inside of a function."""


def _values(*numbers: float) -> list[Value]:
    return [Value(number) for number in numbers]


def _softmax_by_hand() -> list[Value]:
    """exp(xᵢ)/Σ exp(xⱼ)."""
    powers = [rules.exp(x) for x in _values(0.0, 1.0)]
    return [power / (powers[0] + powers[1]) for power in powers]


def _logsumexp_by_hand() -> Value:
    """ln Σ exp(xⱼ)."""
    a, b = _values(0.0, 1.0)
    return rules.log(rules.exp(a) + rules.exp(b))  # type: ignore[no-any-return]


def _rms_norms() -> list[Value]:
    """xᵢ/√(mean x² + ε)."""
    xs = _values(0.5, 1.0)
    sizes = [mean + 1e-5 for mean in _mean_squares(xs)]
    scales = [scale for size in sizes for scale in (size**-0.5, 1.0 / rules.sqrt(size), rules.rsqrt(size))]
    roots = [root for size in sizes for root in (rules.sqrt(size), size**0.5)]
    roots += map(rules.sqrt, _mean_squares(xs))
    return [*(xs[0] * scale for scale in scales), *(xs[0] / root for root in roots)]


def _mean_squares(xs: Sequence[Value]) -> list[Value]:
    """(Σ xᵢ²)/n."""
    products, powers = [x * x for x in xs], [x**2 for x in xs]
    sums = rules.dot(xs, xs), products[0] + products[1], powers[0] + powers[1]
    return [rules.mean(products), rules.mean(powers), *(total / 2.0 for total in sums)]


def _layer_norms() -> list[Value]:
    """(xᵢ − mean)/√(variance + ε)."""
    return [*_layer_norms_around(rules.mean), *_layer_norms_around(lambda xs: (xs[0] + xs[1]) / 2.0)]


def _layer_norms_around(mean: Callable[[list[Value]], Value]) -> list[Value]:
    xs = _values(0.5, 1.0)
    middle = mean(xs)
    off = [x - middle for x in xs]
    spreads = [*_mean_squares(off), rules.var(xs)]
    return [
        *(off[0] / rules.sqrt(spread + 1e-5) for spread in spreads),
        *(off[0] * (spread + 1e-5) ** -0.5 for spread in spreads),
        off[0] / rules.std(xs),
    ]


for _function in (softmax, log_softmax):
    register_function(
        _function.__name__,
        *(functools.partial(lambda function, xs: function(_values(*xs)), _function, xs)
          for xs in ([0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 1.0, 2.0], [1.0, 1.0, 0.0])),
    )  # fmt: skip
register_function("softmax", _softmax_by_hand)
register_function("logsumexp", _logsumexp_by_hand)
register_function("rms_norm", _rms_norms)
register_function("layer_norm", _layer_norms)


# ── the forms of examples ───────────────────────────────────────────────────────────────────────────────────────────


def _forms() -> dict[str, list[tuple[str, Form]]]:
    """The forms of all known functions, with their names, by the rule of their last operation."""
    known = known_functions()
    return _forms_of(tuple((name, tuple(examples)) for name, examples in known.items()))


@functools.lru_cache(maxsize=1)
def _forms_of(known: tuple[tuple[str, tuple[Example, ...]], ...]) -> dict[str, list[tuple[str, Form]]]:
    return contextvars.Context().run(_learned, known)  # a context of its own, which no no_grad() block is open in


def _learned(known: Sequence[tuple[str, Sequence[Example]]]) -> dict[str, list[tuple[str, Form]]]:
    forms: dict[str, list[tuple[str, Form]]] = defaultdict(list)
    there: Forms = {}
    for name, examples in known:
        distinct: dict[Form, None] = {}
        for example in examples:
            results = example()
            for result in results if isinstance(results, list) else [results]:
                distinct[_form(result, there)] = None
        together: dict[str, list[Form]] = defaultdict(list)  # each term of a mean may have another of the forms
        for form in distinct:
            together[form.rule if form.of_many else ""].append(form)
        for rule, alike in together.items():
            if rule:
                operands = dict.fromkeys(chain.from_iterable(form.operands for form in alike))
                forms[rule].append((name, replace(alike[0], operands=tuple(operands))))
            else:
                for form in alike:
                    forms[form.rule].append((name, form))
    return dict(forms)


def _form(result: object, there: Forms) -> Form:
    """The form of an example's result, one of those that are there already if it can be."""
    if not isinstance(result, Value):
        raise TypeError(f"an example of a known function gives a Value, not {result!r:.60}")
    forms: dict[Value, Form] = {}
    for value in topological(result):
        operands = value._prev
        if not operands:
            forms[value] = NUMBER if value.is_constant else ARGUMENT
            continue
        of_many = _is_of_many(value)
        parts = tuple(forms[operand] for operand in _operands(value))
        parts = tuple(dict.fromkeys(parts)) if of_many else parts
        key = _rule(value), parts, of_many, frozenset[tuple[int, int]]() if of_many else _shared(operands)
        if key not in there:
            there[key] = Form(key[0], parts, of_many=of_many, shared=key[3])
        forms[value] = there[key]
    return forms[result]


def _shared(operands: Sequence[Value]) -> frozenset[tuple[int, int]]:
    """The pairs of operands of which the first is also the second, or is among its terms."""
    pairs = itertools.permutations(enumerate(operands), 2)
    return frozenset((i, j) for (i, a), (j, b) in pairs if not a.is_constant and (a is b or a in _operands(b)))


def _rule(value: Value) -> str:
    """The name of a value's operation: additions are sums."""
    name = value._rule.name
    return "sum" if name == "add" else str(name)


def _is_of_many(value: Value) -> bool:
    return value._rule.name == "add" or bool(value._rule.sequences)


def _terms(value: Value) -> list[Value]:
    """The terms of a tree of additions."""
    terms, waiting = [], list(value._prev)
    while waiting:
        term = waiting.pop()
        if term._prev and term._rule.name == "add":
            waiting += term._prev
        else:
            terms.append(term)
    return terms


def _operands(value: Value) -> Sequence[Value]:
    """The operands of an operation; of additions, the terms."""
    return _terms(value) if value._prev and value._rule.name == "add" else value._prev


# ── in a graph ──────────────────────────────────────────────────────────────────────────────────────────────────────


def find_functions(graph: IndexedGraph, groups: Groups) -> Groups:
    """The groups, with a call for each known function that was found; values without a name alone are inside of one.

    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> from autograd.viz.graph.groups import find_groups
    >>> a, b, c = (Value(x) for x in (1.0, 2.0, 3.0))
    >>> powers = [a.exp(), b.exp(), c.exp()]
    >>> graph = indexed_graph([powers[0] / sum(powers)])
    >>> [call.key for call in find_functions(graph, find_groups(graph, [])).calls]
    ['softmax']
    """
    forms = _Candidates(_forms())
    found: list[tuple[str, set[int], set[int]]] = []  # name, values, outputs
    owner: dict[int, int] = {}
    search = _Search(graph)
    for value in range(len(graph) - 1, -1, -1):
        if search.rules[value] not in forms.by_rule or graph.values[value]._rule.name == "add":
            continue
        candidates = forms.of(search.rules[value], [search.rules[x] for x in graph.operands(value)])
        matches = [(name, match) for name, form in candidates if (match := search.match(form, value)) is not None]
        if not matches:
            continue
        name, match = max(matches, key=lambda pair: len(pair[1]))
        others = {owner[inside] for inside in match if inside in owner}
        if not others:
            others = {len(found)}
            found.append((name, set(), set()))
        index = min(others)
        if len(others) == 1 and found[index][0] == name and value not in found[index][1]:
            found[index][1].update(match)
            found[index][2].add(value)
            owner.update(dict.fromkeys(match, index))
    whole = [(name, values) for name, values, outputs in found if values and search.is_closed(values, outputs)]
    return with_functions(graph, groups, whole)


class _Candidates:
    """The forms that a value may have, by its operation and those of its operands: mostly none."""

    def __init__(self, by_rule: Mapping[str, Sequence[tuple[str, Form]]]) -> None:
        self.by_rule = by_rule
        self.known: dict[tuple[str, ...], list[tuple[str, Form]]] = {}

    def of(self, rule: str, operands: Sequence[str]) -> list[tuple[str, Form]]:
        """The names and forms for an operation on what these operations made."""
        key = (rule, *operands) if len(operands) <= FEW_OPERANDS else (rule,)
        if key not in self.known:
            self.known[key] = [
                (name, form)
                for name, form in self.by_rule[rule]
                if form.of_many
                or (
                    len(form.operands) == len(operands)
                    and all(part.rule in ("", made_by) for part, made_by in zip(form.operands, operands, strict=True))
                )
            ]
        return self.known[key]


class _Search:
    """A search for forms in one graph. rules: the operation of each value, "" of a leaf."""

    def __init__(self, graph: IndexedGraph) -> None:
        self.graph = graph
        self.rules = ["" if value._parent is None else _rule(value) for value in graph.values]
        self.known: dict[tuple[Form, int], Match | None] = {}
        self.parts: dict[int, tuple[list[int], list[int]]] = {}

    def match(self, form: Form, value: int) -> Match | None:
        """The values from this one down to the function's arguments; None where it is made otherwise."""
        if not form.rule:
            return frozenset() if not form.is_constant or self.graph.values[value].is_constant else None
        if form.rule != self.rules[value]:
            return None
        key = form, value
        if key not in self.known:
            self.known[key] = self._made_so(form, value)
        return self.known[key]

    def _made_so(self, form: Form, value: int) -> Match | None:
        operands, inside = self._operands(value)
        if not form.of_many and (
            len(operands) != len(form.operands)
            or any(part.rule and part.rule != self.rules[x] for part, x in zip(form.operands, operands, strict=True))
        ):
            return None
        if len(operands) > LARGEST_PART:
            return None
        for i, j in form.shared:
            if operands[i] != operands[j] and operands[i] not in self._operands(operands[j])[0]:
                return None
        parts: list[Match] = [frozenset(inside)]
        for index, operand in enumerate(operands):
            choices = form.operands if form.of_many else form.operands[index : index + 1]
            matches = [match for choice in choices if (match := self.match(choice, operand)) is not None]
            if not matches:
                return None
            parts.append(max(matches, key=len))
        return frozenset(chain.from_iterable(parts))

    def _operands(self, value: int) -> tuple[list[int], list[int]]:
        """The operands of an operation, of additions the terms; and the values it consists of."""
        if value not in self.parts:
            self.parts[value] = self._terms(value)
        return self.parts[value]

    def _terms(self, value: int) -> tuple[list[int], list[int]]:
        if self.graph.values[value]._parent is None or self.graph.values[value]._rule.name != "add":
            return self.graph.operands(value), [value]
        terms, inside, waiting = list[int](), list[int](), [value]
        while waiting and len(terms) <= LARGEST_PART:
            term = waiting.pop()
            node = self.graph.values[term]
            if node._parent is not None and node._rule.name == "add":
                inside.append(term)
                waiting += self.graph.operands(term)
            elif node._parent is not None or not node.is_constant or node.data:  # sum() starts from a 0
                terms.append(term)
        return terms, inside

    def is_closed(self, values: set[int], outputs: set[int]) -> bool:
        """Whether nothing inside has a name or is used outside, but for the outputs."""
        inner = values - outputs
        if any(self.graph.values[value].label for value in inner) or not inner.isdisjoint(self.graph.roots):
            return False
        return all(values.issuperset(self.graph.users[value]) for value in inner)
