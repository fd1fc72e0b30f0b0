"""What a local derivative looks like: the user's names in every place, and none of the letters of a rule."""

from __future__ import annotations

import re

import pytest

import autograd
from autograd import RULES, Value
from autograd.table import Rule
from autograd.viz.backprop.notation import local_derivative, slots
from autograd.viz.backprop.record import steps
from autograd.viz.backprop.transcript import transcript
from autograd.viz.write.formula import bracketed

pytestmark = pytest.mark.usefixtures("nothing_on_stderr")

NAMES = [f"kiwi{index}" for index in range(12)]
OWN = [rule for rule in RULES.values() if rule.builtin and rule.samples]


def equations(root: Value) -> list[str]:
    """Those of the last operation of a graph."""
    return list(steps(root).rules[f"n{steps(root).total - 1}"].values())


def applied(rule: Rule) -> Value:
    """A rule at its first sample, on Values that are named as no rule names its operands."""
    operands = [Value(float(x), label=name) for x, name in zip(rule.flatten(rule.samples[0]), NAMES, strict=False)]
    out = rule(*rule.grouped(operands))
    assert isinstance(out, Value)
    out.label = "melon"
    return out


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.name)
def test_no_letter_of_a_rule_is_left(rule: Rule) -> None:
    letters = {*rule.operands, *(name.removesuffix("s") for name in rule.operands), "out", "aᵇ", "α"}
    letters |= (getattr(rule.function, "__kwdefaults__", None) or {}).keys()
    out = applied(rule)
    texts = equations(out)
    assert len(texts) == sum(local is not None for local in out.local_derivatives)
    for text in texts:
        words = re.findall(r"[A-Za-z]+(?!\w*\()", re.sub(r"kiwi\d+|melon", "", text))
        assert letters.isdisjoint(words), text
        assert not re.search(r"[ᵃᵇˣʸⁿᵢ]", text), text


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.name)
def test_the_number_is_the_engines(rule: Rule) -> None:
    out = applied(rule)
    numbers = [local for local in out.local_derivatives if local is not None]
    for text, expected in zip(equations(out), numbers, strict=True):
        shown = re.search(r" = (−?[\d.]+(?:e[−+]?\d+)?)(?: \((?:.*\))?.*)?$", text)
        assert shown and float(shown[1].replace("−", "-")) == pytest.approx(expected, rel=1e-4), text


def arithmetic(x: str) -> float:
    """The arithmetic of an equation's middle, as Python computes it, at a = 2, b = 3 and t = 0.25."""
    return float(
        eval(x.replace("−", "-").replace("·", "*").replace("²", "**2").replace("^", "**"), {"a": 2, "b": 3, "t": 0.25})
    )


@pytest.mark.parametrize(
    "root",
    [
        lambda a, b, t: b / a,
        lambda a, b, t: a / b,
        lambda a, b, t: a * b,
        lambda a, b, t: (a + b) / (a - b),
        lambda a, b, t: (a + b) * (a - b),
        lambda a, b, t: (a * b) ** 3,
        lambda a, b, t: (a - b).square(),
        lambda a, b, t: (a + t).reciprocal(),
        lambda a, b, t: autograd.lerp(a + b, b - a, t),
        lambda a, b, t: autograd.dot([a, b], [b + t, t]),
        lambda a, b, t: autograd.mean([a, b, t]),
    ],
)
def test_what_stands_between_the_signs_of_equality_has_the_number_after_them(root) -> None:  # type: ignore[no-untyped-def]
    a, b, t = Value(2.0, label="a"), Value(3.0, label="b"), Value(0.25, label="t")
    out = root(a, b, t)
    for text in equations(out):
        _, *middle, number = text.split(" = ")
        assert all(arithmetic(x) == pytest.approx(arithmetic(number), rel=1e-4) for x in middle), text


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (lambda a, b: a * a, ["∂(a₁·a₂)/∂a₁ = a₂ = 2", "∂(a₁·a₂)/∂a₂ = a₁ = 2"]),
        (lambda a, b: b / a, ["∂(b/a)/∂b = 1/a = 0.5", "∂(b/a)/∂a = −b/a² = −0.75"]),
        (lambda a, b: 2 * a, ["∂(2·a)/∂a = 2"]),
        (lambda a, b: a - b, ["∂(a−b)/∂a = 1", "∂(a−b)/∂b = −1"]),
        (lambda a, b: (a * b).tanh(), ["∂tanh(a·b)/∂(a·b) = 1 − tanh² (a·b) = 2.4577e−05"]),
        (lambda a, b: a.relu(), ["∂relu(a)/∂a = 1 (1 above 0, else 0)"]),
        (lambda a, b: a.leaky_relu(slope=0.2), ["∂leaky_relu(a)/∂a = 1 (1 above 0, else 0.2)"]),
        (lambda a, b: a**3, ["∂(a**3)/∂a = 3·a^(3−1) = 12"]),
        (lambda a, b: autograd.dot([a], [b]), ["∂dot(a,b)/∂a = b = 3", "∂dot(a,b)/∂b = a = 2"]),
        (lambda a, b: a.selu(), ["∂selu(a)/∂a = 1.0507"]),
    ],
)
def test_equations(root, expected: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert equations(root(Value(2.0, label="a"), Value(3.0, label="b"))) == expected


def test_a_local_derivative_never_has_the_form_of_the_derivative_of_the_result() -> None:
    a = Value(3.0, label="a")
    lines = [step.lines[0] for step in steps(a * a) if step.kind == "pull"]
    assert lines == ["a.grad += L.grad · ∂(a₁·a₂)/∂a₁", "a.grad += L.grad · ∂(a₁·a₂)/∂a₂"]
    assert transcript(steps(a * a)).count("∂L/∂a") == 1  # where it is complete, and nowhere else


@pytest.mark.usefixtures("own_rules")
def test_the_formula_of_a_users_rule_stands_beside_the_number_because_it_may_be_wrong() -> None:
    @autograd.rule(samples=[(0.5,)])
    def doubtful_cube(x):  # type: ignore[no-untyped-def]
        """x³.   ∂/∂x = 3x²."""
        return x * x * x, (x * x,)

    w = Value(2.0, label="w")
    assert equations(doubtful_cube(w)) == ["∂doubtful_cube(w)/∂w = 4 (3·w²)"]


def test_of_many_operands_the_one_in_question_is_written() -> None:
    assert local_derivative("sum", list("abcde"), 0) == "∂sum(a,…)/∂a"
    assert local_derivative("sum", list("abcde"), 2) == "∂sum(…,c,…)/∂c"
    assert local_derivative("sum", list("abcde"), 4) == "∂sum(…,e)/∂e"
    assert local_derivative("+", ["layers[0].neurons[1].w[0]", "b"], 1) == "∂(…+b)/∂b"


def test_slots_and_brackets() -> None:
    assert slots(["w·x", "w·x"]) == ["(w·x)₁", "(w·x)₂"]
    assert [bracketed(x) for x in ("a₁", "(w·x)₁", "layers[0].neurons[1]#2", "−1", "a+b", "f(g(x))")] == [
        "a₁", "(w·x)₁", "layers[0].neurons[1]#2", "(−1)", "(a+b)", "f(g(x))",
    ]  # fmt: skip
