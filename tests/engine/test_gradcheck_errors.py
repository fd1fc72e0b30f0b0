"""What gradcheck says: what is wrong, of which rule, and what it could not check."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import GradcheckError, GradcheckWarning, NonFiniteError, Value, gradcheck, rule
from autograd.util.lazy_numpy import np

pytestmark = pytest.mark.usefixtures("own_rules")


def complaint(f: Callable[..., Any], inputs: Any, **options: Any) -> str:
    with pytest.raises(GradcheckError) as caught:
        gradcheck(f, inputs, **options)
    return str(caught.value)


def wrong_square(factor: float) -> Any:
    """A rule for x² whose derivative is factor·x."""

    @rule
    def squared(x):
        """x²."""
        return x * x, (factor * x,)

    return squared


def test_a_failed_check_as_printed() -> None:
    wrong_square(4.0)
    lines = complaint(lambda x: x.squared(), 3.0).splitlines()
    assert lines == [
        "the gradient of f in argument 0 is wrong at 3.0",
        "  backward          12.0",
        "  differences       6.0",
        "  looks like        twice the right value: is a node visited twice, or a gradient not reset to 0?",
        "  first wrong rule  squared: ∂/∂x at (3.0) is 12.0 in the rule, 6.0 by differences",
    ]


@pytest.mark.parametrize(
    ("factor", "diagnosis"),
    [
        (4.0, "twice the right value: is a node visited twice"),
        (-2.0, "the sign"),
        (1.0, "half the right value"),
        (6.0, "3 times the right value"),
        (0.0, "no gradient at all"),
        (-5.0, "-2.5 times the right value: the sign and a factor"),
        (2.5, "1.25 times the right value: is a factor"),
    ],
)
@pytest.mark.parametrize("after", [lambda v: v, lambda v: v.sin() + v * 0.9], ids=["alone", "inside"])
def test_what_a_wrong_rule_looks_like(factor: float, diagnosis: str, after: Callable[[Value], Value]) -> None:
    square = wrong_square(factor)
    message = complaint(lambda x: after(square(x)), 3.0)
    assert f"looks like        {diagnosis}" in message
    assert f"first wrong rule  squared: ∂/∂x at (3.0) is {factor * 3.0!r} in the rule, 6.0 by differences" in message


def test_a_gradient_that_is_nearly_right_is_not_called_once_the_right_value() -> None:
    wrong_square(2.0001)
    message = complaint(lambda x: x.squared(), 3.0)
    assert "in argument 0 is wrong at 3.0" in message
    assert " 1 times" not in message and "more than once" not in message


def test_a_missing_upstream_factor_is_told_from_any_factor() -> None:
    @rule
    def forgets_its_upstream(x):
        """X, with the derivative that its own use multiplies by 7 taken out."""
        return x * 1.0, (1 / 7 + 0 * x,)

    message = complaint(lambda x: 7 * forgets_its_upstream(x), 3.0)
    assert "multiply the local derivative by 7.0, the gradient that arrives at this node" in message


def test_a_gradient_where_there_is_none() -> None:
    @rule
    def constant_three(x):
        """3, with a derivative it has not."""
        return 0.0 * x + 3.0, (1.0,)

    assert "a gradient where there is none" in complaint(lambda x: constant_three(x), 3.0)


def test_a_cut_path_is_recognised_and_no_rule_is_blamed() -> None:
    for cut in (lambda x: Value(x.data) ** 2, lambda x: x.detach() * 3, lambda x: x.data**2):
        message = complaint(cut, 3.0)
        assert "no gradient at all: is the path cut (.data, detach())" in message
        assert "first wrong rule" not in message
    message = complaint(lambda x: x * x.detach(), 3.0)
    assert "half the right value: does one use of a node overwrite another's" in message
    assert "first wrong rule" not in message


def test_the_first_wrong_rule_is_named_of_two() -> None:
    @rule
    def wrong_later(x):
        """2x."""
        return 2 * x, (5.0,)

    @rule
    def wrong_first(x):
        """3x."""
        return 3 * x, (4.0,)

    message = complaint(lambda x, y: wrong_later(y * wrong_first(x) + y), (0.5, 2.0))
    assert "first wrong rule  wrong_first: ∂/∂x at (0.5) is 4.0 in the rule, 3.0 by differences" in message


def test_a_wrong_rule_of_several_operands_names_the_operand() -> None:
    @rule
    def product(a, b):
        """A·b."""
        return a * b, (b, b)

    message = complaint(lambda a, b: product(a, b), (3.0, 2.0))
    assert "in argument 1 is wrong at 2.0" in message
    assert "product: ∂/∂b at (3.0, 2.0) is 2.0 in the rule, 3.0 by differences" in message

    @rule(sequences=True)
    def total(xs):
        """Σ xᵢ."""
        return sum(xs, 0.0), ([1.0, 1.0, 2.0],)

    assert "total: ∂/∂x2 at (1.0, 2.0, 3.0) is 2.0" in complaint(lambda xs: total(xs), ([1.0, 2.0, 3.0],))


@pytest.mark.parametrize(
    ("f", "inputs", "place"),
    [
        (lambda x, y: x * y.squared(), (1.0, 2.0), "in argument 1 is wrong at 2.0"),
        (lambda xs: xs[0] * xs[2].squared(), ([1.0, 5.0, 2.0],), "in argument 0, number 2 is wrong at 2.0"),
        (lambda p: p["w"] + p["b"].squared(), ({"w": 1.0, "b": 2.0},), "in argument 0, number 1 is wrong at 2.0"),
        (lambda t: t[0, 1].squared(), np.array([[1.0, 2.0]]), "in argument 0, number 1 is wrong at 2.0"),
        (lambda x: [x, x.squared()], 2.0, "the gradient of f, result 1 in argument 0 is wrong at 2.0"),
    ],
    ids=["argument", "list", "dict", "array", "result"],
)
def test_the_wrong_input_and_result_are_named(f: Callable[..., Any], inputs: Any, place: str) -> None:
    wrong_square(5.0)
    message = complaint(f, inputs)
    assert place in message
    assert "also wrong" not in message


def test_how_many_more_are_wrong() -> None:
    wrong_square(5.0)
    message = complaint(lambda xs: sum(x.squared() for x in xs), ([1.0, 2.0, 3.0],))
    assert "number 0 is wrong at 1.0" in message
    assert "also wrong        2 more of 3 inputs" in message


def test_a_wrong_second_derivative_is_found_at_second_order() -> None:
    @rule
    def cube(x):
        """x³, with a derivative that is right as a number and wrong as a function."""
        return x * x * x, (3.0 * x * autograd.numeric.detach(x),)

    assert gradcheck(lambda x: cube(x), 2.0)
    assert "derivative 1 of f" in complaint(lambda x: cube(x), 2.0, order=2)


def test_a_named_function_is_named() -> None:
    wrong_square(5.0)

    def energy(v: Any) -> Any:
        return v.squared()

    assert complaint(energy, 2.0).startswith("the gradient of energy in argument 0")


def test_a_function_that_is_not_one_function_is_refused() -> None:
    source = random.Random(0)
    with pytest.raises(ValueError, match="f gives different results for the same inputs"):
        gradcheck(lambda x: x * source.random(), 2.0)


def test_a_kink_is_said_and_the_rest_is_checked() -> None:
    with pytest.warns(GradcheckWarning) as caught:
        assert gradcheck(lambda x, y: autograd.relu(x) * y + abs(x) + y * y, (0.0, 2.0)) is True
    assert [str(warning.message).splitlines() for warning in caught] == [
        [
            "gradcheck could not check 1 of 2 derivatives:",
            "  f in argument 0 at 0.0: the slope is -1 on the left and 3 on the right: a kink",
        ]
    ]
    wrong_square(5.0)
    assert "in argument 1 is wrong" in complaint(lambda x, y: abs(x) + y.squared(), (0.0, 2.0))


@pytest.mark.parametrize(
    ("f", "x", "why"),
    [
        (autograd.relu, 0.0, "the slope is 0 on the left and 1 on the right: a kink"),
        (abs, 0.0, "the slope is -1 on the left and 1 on the right: a kink"),
        (lambda x: x.maximum(0.0), 0.0, "the slope is 0 on the left and 1 on the right: a kink"),
        (lambda x: x.clip(0.0, 1.0), 0.0, "the slope is 0 on the left and 1 on the right: a kink"),
        (autograd.sign, 0.0, "the function jumps, or its slope is infinite"),
        (lambda x: x.sign() + x, 0.0, "the function jumps, or its slope is infinite"),
        (lambda x: 2.0 * (x - 1.0) ** 1.5, 1.0, "not finite on the left"),
        (lambda x: 1e20 + autograd.erf(x - 3.0), 1.0, "rounding hides the slope: differences give"),
    ],
)
def test_a_check_of_nothing_is_no_pass(f: Callable[..., Any], x: float, why: str) -> None:
    with pytest.warns(GradcheckWarning, match=why):
        assert gradcheck(f, x) is False


@pytest.mark.filterwarnings("error")
def test_a_numpy_number_in_the_function_is_checked_without_a_warning() -> None:
    assert gradcheck(lambda x: x * np.float32(0.1), 1.5)
    wrong_square(5.0)
    assert "is wrong at 0.0" in complaint(lambda x: (x + 3.0).squared() + 0.0 * x.sign(), 0.0)


def energy(x: Value) -> None:
    """Nothing comes back."""


def test_gradcheck_refuses_what_it_cannot_check() -> None:
    with pytest.raises(ValueError, match="order must be 1 or more, not 0"):
        gradcheck(abs, 1.0, order=0)
    with pytest.raises(NonFiniteError, match="log"):
        gradcheck(autograd.log, 0.0)
    with pytest.raises(TypeError, match="argument 0 is a str"):
        gradcheck(abs, "a")
    with pytest.raises(TypeError, match="energy is a NoneType"):
        gradcheck(energy, 1.0)


@pytest.mark.parametrize(
    ("f", "inputs", "given"),
    [
        (lambda xs: autograd.sum(xs), [1.0, 2.0], "2 arguments"),
        (lambda: Value(1.0), [1.0], "1 argument"),
        (lambda x, y: x * y, 1.0, "1 argument"),
    ],
)
def test_inputs_that_are_not_the_functions_arguments_are_said(f: Callable[..., Any], inputs: Any, given: str) -> None:
    with pytest.raises(
        TypeError, match=rf"^inputs holds {given} for .*which cannot be called with {given}: "
    ) as caught:
        gradcheck(f, inputs)
    assert "try             gradcheck(f, (x, y)) for two arguments, gradcheck(f, [xs]) for one" in str(caught.value)
    assert gradcheck(lambda xs: autograd.sum(xs), [[1.0, 2.0]])
    assert gradcheck(lambda x, y: x * y, (1.0, 2.0))


@pytest.mark.parametrize("x", [1e-6, 1e-4, 1.5])
def test_a_wrong_rule_is_found_close_to_the_end_of_its_domain(x: float) -> None:
    @rule
    def wrong_logarithm(x: Any) -> Any:
        return autograd.numeric.log(x), (5.0 / x,)

    assert "5 times the right value" in complaint(wrong_logarithm, x)
    assert gradcheck(autograd.log, x)


def test_a_fast_oscillation_is_not_called_a_mistake() -> None:
    assert gradcheck(lambda v: (1e6 * v).sin(), 0.3)


def test_a_failed_check_leaves_the_gradients_of_others_alone() -> None:
    used, untouched = Value(3.0), Value(5.0)
    (used * 7.0).backward()
    complaint(lambda x: used * untouched * x * Value(x.data), 2.0)
    assert used.grad == 7.0
    assert not untouched.has_grad
