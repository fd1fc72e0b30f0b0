"""What stands for a number: every kind has the two methods by which rules and functions reach it. And how it looks."""

from __future__ import annotations

import math
from typing import Any

import pytest

import autograd
from autograd import RULES, Value
from autograd import numeric as nx
from autograd.checking.complex_step import Step
from autograd.core import display
from autograd.value import lift


def compilers_array() -> Any:
    from autograd.compiler import trace  # which needs NumPy

    return trace._Traced({}, trace.Operand(0))


def untraceable() -> type[Exception]:
    from autograd.compiler.trace import Untraceable

    return Untraceable


TRACERS = {
    "a Value": lambda: Value(0.5),
    "a Value of a level": lambda: lift(Value(0.5), 1),
    "a Value of two levels": lambda: lift(lift(0.5, 1), 2),
    "a complex step": lambda: Step(0.5 + 0j),
    "a compiler's array": compilers_array,
}
NUMBERS = [0.5, 1, True, 0.5 + 0j, None, "x", [0.5]]


@pytest.mark.parametrize("make", TRACERS.values(), ids=TRACERS)
def test_a_tracer_has_what_the_protocol_says(make: Any) -> None:
    wanted = {name for name in vars(nx.Tracer) if name.startswith("__apply_")}
    assert wanted == {"__apply_function__", "__apply_rule__"}
    assert nx.is_tracer(make()) and wanted <= set(dir(type(make())))


@pytest.mark.parametrize("make", TRACERS.values(), ids=TRACERS)
def test_the_names_that_are_of_no_rule(make: Any) -> None:
    x = make()
    is_array = make is compilers_array
    for found, expected in [(nx.equal(x, 0.5), True), (nx.equal(0.5, x), True), (nx.step(x, 0.25), 1.0)]:
        assert isinstance(found, type(x)) if is_array else found == expected
    assert nx.detach(x) is x if is_array or isinstance(x, Step) else nx.detach(x) == 0.5
    assert not nx.is_tracer(nx.where(True, 1.0, 2.0))
    with pytest.raises((KeyError, TypeError, *([untraceable()] if is_array else []))):
        x.__apply_function__("no_such_function", (x,))


@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_what_is_no_tracer(number: Any) -> None:
    assert not nx.is_tracer(number)


def test_a_rule_of_the_users_named_as_a_function_of_numeric_changes_no_derivative(own_rules: None) -> None:
    @autograd.rule
    def step(x: Any) -> Any:
        return x, (math.nan,)

    @autograd.rule
    def equal(x: Any) -> Any:
        return x, (math.nan,)

    assert {"step", "equal"} <= RULES.keys()
    assert autograd.grad(autograd.grad(autograd.relu))(2.0) == 0.0
    assert autograd.grad(autograd.max)([1.0, 2.0]) == [0.0, 1.0]


# ── how it looks ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [lambda: Value(2.0) * 3, lambda: autograd.compile(lambda x: x * x).record([1.0])])
def test_where_nothing_draws_there_is_text(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    thing = make()
    assert set(thing._repr_mimebundle_()) == {"text/html", "text/plain"}
    monkeypatch.setattr(display, "drawn_by", None)
    assert thing._repr_mimebundle_() == {"text/plain": repr(thing)}
