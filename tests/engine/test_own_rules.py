"""Rules of the user's own."""

from __future__ import annotations

import functools
import linecache
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fixtures.operations import INF, NAN, all_close, close, columns, gradients, same

import autograd
from autograd import RULES, RuleError, Value, grad, gradcheck, hessian, value_and_grad
from autograd import numeric as nx
from autograd.table import Rule
from autograd.util.lazy_numpy import np


def check_own(operation: Callable[..., Any], f: Callable[..., float], slopes: Callable[..., Sequence[float]]) -> None:
    """A unary or binary rule of the user's, at its samples: every interpreter against plain float functions."""
    rule: Rule = operation.rule  # type: ignore[attr-defined]
    assert RULES[rule.name] is rule
    assert rule.samples
    positions = range(len(rule.operands))
    for sample in rule.samples:
        expected, derivatives = f(*sample), list(slopes(*sample))
        assert close(operation(*sample), expected, 1e-15)
        for write in (operation, getattr(Value, rule.name)):
            leaves = [Value(x) for x in sample]
            out = write(*leaves)
            assert type(out) is Value
            assert type(out.data) is float
            assert close(out.data, expected, 1e-15)
            assert out._op == rule.symbol
            assert all_close(gradients(out, leaves), derivatives, 1e-14)
        for i, derivative in enumerate(derivatives):
            mixed: list[Any] = list(sample)
            mixed[i] = leaf = Value(sample[i])
            assert close(gradients(operation(*mixed), [leaf])[0], derivative, 1e-14)
        assert all_close(grad(operation, positions)(*sample), derivatives, 1e-14)
        through = grad(lambda *xs: value_and_grad(operation, positions)(*xs)[0], positions)(*sample)
        assert all_close(through, derivatives, 1e-14), f"through a nested level {through}, flat {derivatives}"
    stacked = operation(*columns([list(sample) for sample in rule.samples]))
    assert all_close(stacked.tolist(), [f(*sample) for sample in rule.samples], 1e-14)


def derivative_of_order(f: Callable[[Any], Any], order: int) -> Callable[[Any], Any]:
    for _ in range(order):
        f = grad(f)
    return f


@pytest.mark.usefixtures("own_rules")
class TestOwnRules:
    def test_unary(self) -> None:
        @autograd.rule(samples=[(0.7,), (-1.3,)])
        def fourth_power(x: Any) -> Any:
            """x⁴.   ∂/∂x = 4x³."""
            return x * x * x * x, (4.0 * x * x * x,)

        check_own(fourth_power, lambda x: x**4, lambda x: [4 * x**3])
        for documented in (fourth_power, Value.fourth_power):
            assert (documented.__doc__ or "").startswith("x⁴.   ∂/∂x = 4x³.")
        orders = [derivative_of_order(fourth_power, order)(1.5) for order in range(6)]
        assert orders == pytest.approx([1.5**4, 4 * 1.5**3, 12 * 1.5**2, 24 * 1.5, 24.0, 0.0], rel=1e-14)
        assert gradcheck(fourth_power, 0.7, order=5)
        made = fourth_power(np.array([Value(2.0), Value(3.0)], dtype=object))
        assert [x.data for x in made] == [16.0, 81.0]

    def test_binary_with_a_symbol_and_numpy_s_name(self) -> None:
        @autograd.rule(symbol="⊖", numpy="float_power", samples=[(2.0, 3.0), (0.5, -1.5)])
        def squared_distance(a: Any, b: Any) -> Any:
            d = a - b
            return d * d, (2.0 * d, -2.0 * d)

        check_own(squared_distance, lambda a, b: (a - b) ** 2, lambda a, b: [2 * (a - b), -2 * (a - b)])
        assert Value(1.0).squared_distance(4.0)._op == "⊖"
        assert np.float_power(Value(1.0), 4.0).data == np.float_power(4.0, Value(1.0)).data == 9.0
        assert hessian(lambda xs: squared_distance(*xs))([2.0, 5.0]) == [[2.0, -2.0], [-2.0, 2.0]]
        assert gradcheck(squared_distance, (2.0, 3.0), order=4)

    def test_over_a_sequence(self) -> None:
        @autograd.rule(sequences=True, samples=[([1.0, -2.0, 3.0],)])
        def sum_of_squares(xs: Any) -> Any:
            return sum([x * x for x in xs], 0.0), ([2.0 * x for x in xs],)

        leaves = [Value(1.0), Value(-2.0), Value(3.0)]
        out = sum_of_squares(leaves)
        assert (out.data, out._op, out._prev) == (14.0, "sum_of_squares", tuple(leaves))
        assert gradients(out, leaves) == [2.0, -4.0, 6.0]
        assert not hasattr(Value, "sum_of_squares")
        mixed = [Value(1.0), 2, np.float64(3.0)]
        assert gradients(sum_of_squares(mixed), [mixed[0]]) == [2.0]
        assert sum_of_squares(iter([3.0, 4.0])) == sum_of_squares(np.array([3.0, 4.0])) == 25.0
        assert sum_of_squares([np.array([1.0, 2.0]), np.array([3.0, 4.0])]).tolist() == [10.0, 20.0]
        assert hessian(sum_of_squares)([1.0, -2.0]) == [[2.0, 0.0], [0.0, 2.0]]
        assert gradcheck(sum_of_squares, ([1.0, -2.0, 3.0],), order=3)

    def test_over_two_sequences(self) -> None:
        @autograd.rule(sequences=True, samples=[([1.0, -2.0], [0.5, 4.0])])
        def squared_error(xs: Any, ys: Any) -> Any:
            gaps = [x - y for x, y in zip(xs, ys, strict=True)]
            return sum([gap * gap for gap in gaps], 0.0), ([2.0 * gap for gap in gaps], [-2.0 * gap for gap in gaps])

        xs, ys = [Value(1.0), Value(-2.0)], [0.5, Value(4.0)]
        assert gradients(squared_error(xs, ys), [*xs, ys[1]]) == [1.0, -12.0, 12.0]
        assert gradcheck(squared_error, ([1.0, -2.0], [0.5, 4.0]), order=3)

    def test_with_a_parameter(self) -> None:
        @autograd.rule(samples=[(2.0,), (-3.0,)])
        def scaled_square(x: Any, *, scale: float = 1.0) -> Any:
            return scale * x * x, (2.0 * scale * x,)

        check_own(scaled_square, lambda x: x * x, lambda x: [2 * x])
        for write in (scaled_square, Value.scaled_square):
            leaf = Value(3.0)
            assert gradients(write(leaf, scale=0.5), [leaf]) == [3.0]
        assert scaled_square(np.array([1.0, 2.0]), scale=10.0).tolist() == [10.0, 40.0]
        assert derivative_of_order(lambda x: scaled_square(x, scale=5.0), 2)(0.3) == 10.0
        assert derivative_of_order(lambda x: scaled_square(x, scale=5.0), 3)(0.3) == 0.0
        with pytest.raises(TypeError, match="scael"):
            scaled_square(1.0, scael=2.0)
        assert gradcheck(lambda x: scaled_square(x, scale=-2.0), 0.4, order=3)

    @pytest.mark.parametrize("write", [lambda f, x, p: f(x, scale=p), lambda f, x, p: getattr(x, f.__name__)(scale=p)])
    def test_a_value_as_a_parameter_is_refused(self, write: Callable[..., Any]) -> None:
        """Its gradient would be lost, or the number of the result would be a Value."""

        @autograd.rule
        def scaled(x: Any, *, scale: float = 1.0) -> Any:
            return scale * x, (scale,)

        with pytest.raises(TypeError, match="scale"):
            write(scaled, Value(2.0), Value(3.0))

    def test_a_lazy_derivative_is_called_for_variables_alone(self) -> None:
        calls = []

        @autograd.rule(samples=[(2.0, 3.0)])
        def product(a: Any, b: Any) -> Any:
            def slope() -> Any:
                calls.append(1)
                return a

            return a * b, (b, slope)

        check_own(product, lambda a, b: a * b, lambda a, b: [b, a])
        calls.clear()
        product(Value(2.0), 3.0)
        Value(2.0).product(3.0)
        product(2.0, 3.0)
        assert not calls
        product(2.0, Value(3.0))
        assert calls

    @pytest.mark.parametrize(
        ("steps", "slope"),
        [
            ("", "lambda: 2.0 * x"),
            ("", "lambda factor=2.0: factor * x"),
            ("", "partial(mul, 2.0, x)"),
            ("slope = partial(mul, 2.0, x)", "slope"),
            ("slope = lambda: 2.0 * x", "slope"),
            ("def slope():\n        return 2.0 * x", "slope"),
            ("", "2.0 * x if x is None else lambda: 2.0 * x"),
            ("", "[lambda: 2.0 * x][0]"),
        ],
    )
    def test_a_lazy_derivative_in_any_form(self, steps: str, slope: str) -> None:
        source = f"@rule(samples=[(3.0,)])\ndef lazy(x):\n    {steps}\n    return x * x, ({slope},)\n"
        operation = from_source(source, {"partial": functools.partial, "mul": operator.mul})["lazy"]
        check_own(operation, lambda x: x * x, lambda x: [2 * x])
        assert derivative_of_order(operation, 2)(3.0) == 2.0

    def test_a_derivative_that_uses_the_rule_itself(self) -> None:
        """As eˣ is its own derivative: in a module, the name is that of the public function."""
        source = "@rule(samples=[(0.5,), (-1.0,)])\ndef own_exp(x):\n    return nx.exp(x), (lambda: own_exp(x),)\n"
        operation = from_source(source, {"nx": nx})["own_exp"]
        check_own(operation, math.exp, lambda x: [math.exp(x)])
        assert derivative_of_order(operation, 5)(0.5) == pytest.approx(math.exp(0.5), rel=1e-14)

    def test_no_derivative(self) -> None:
        @autograd.rule(samples=[(2.5, 2.0), (-2.5, 2.0)])
        def gated(gate: Any, x: Any) -> Any:
            return nx.where(gate > 0, x, 0.0) * 1.0, (None, nx.where(gate > 0, 1.0, 0.0))

        for write in (gated, Value.gated):
            gate, x = Value(2.5), Value(2.0)
            out = write(gate, x)
            assert out.local_derivatives == (None, 1.0)
            assert gradients(out, [gate, x]) == [0.0, 1.0]
        assert grad(gated, (0, 1))(2.5, 2.0) == (0.0, 1.0)
        gate, x = Value(2.5), Value(2.0)
        assert gradients(gated(2.5, x), [x]) == [1.0]
        assert gradients(gated(gate, 2.0), [gate]) == [0.0]

    @pytest.mark.parametrize("source", ["return x * 1.0, (None,)", "local = None; return x * 1.0, (local,)"])
    def test_no_derivative_at_all(self, source: str) -> None:
        operation = from_source(f"@rule(samples=[(2.5,)])\ndef cut(x):\n    {source}\n", {})["cut"]
        for write in (operation, Value.cut):
            leaf = Value(2.5)
            assert gradients(write(leaf) * leaf, [leaf]) == [2.5]
            assert grad(lambda x, f=write: f(x) * x)(2.5) == 2.5
        leaf = Value(2.5)
        leaf.cut().backward()
        assert leaf.grad == 0.0

    @pytest.mark.parametrize(
        ("value", "slope", "x", "expected", "derivative"),
        [
            ("1.0 / x", "-1.0 / x**2", 0.0, INF, -INF),
            ("1.0 / x", "-1.0 / x**2", -0.0, -INF, -INF),
            ("1.0 / x", "-1.0 / x**2", 1e-200, 1e200, -INF),
            ("1.0 / x", "lambda: -1.0 / x**2", 0.0, INF, -INF),
            ("x**1.5", "1.5 * x**0.5", -8.0, NAN, NAN),
            ("x**1.5", "lambda: 1.5 * x**0.5", -8.0, NAN, NAN),
            ("x**2", "2.0 * x", 1e200, INF, 2e200),
            ("x * x", "2.0 / (1.0 / x)", 0.0, 0.0, 0.0),
            ("x * x", "lambda: 2.0 / (1.0 / x)", 0.0, 0.0, 0.0),
            ("x * x", "2.0 * x**0.5 * x**0.5", -2.0, 4.0, NAN),
            ("x * x", "lambda: 2.0 * x**0.5 * x**0.5", -2.0, 4.0, NAN),
        ],
    )
    def test_raw_arithmetic_follows_ieee(
        self, value: str, slope: str, x: float, expected: float, derivative: float
    ) -> None:
        """What Python's floats refuse (1/0), or answer with a complex number ((-8)**1.5), is IEEE's answer."""
        operation = from_source(f"@rule\ndef raw(x):\n    return {value}, ({slope},)\n", {})["raw"]
        assert gradcheck(operation, 0.7, order=3)
        assert all(same(number, expected) for number in (operation(x), operation(np.array([x]))[0]))
        for write in (operation, Value.raw):
            leaf = Value(x)
            out = write(leaf)
            assert all(map(same, [out.data, *gradients(out, [leaf])], [expected, derivative]))
            pair = value_and_grad(lambda x, f=write: f(x), allow_nonfinite=True)(x)
            assert all(map(same, pair, [expected, derivative]))
            assert all(type(number) is float for number in (out.data, leaf.grad, *pair))

    @pytest.mark.parametrize("result", ["3, (1,)", "True, (False,)", "np.float64(3), (np.float32(1),)", "3.0, (1,)"])
    def test_results_are_python_s_floats_whatever_the_rule_returns(self, result: str) -> None:
        source = f"@rule(samples=[(2.0,)])\ndef returns(x):\n    return {result}\n"
        operation = from_source(source, {"np": np})["returns"]
        assert type(operation(2.0)) is float
        for write in (operation, Value.returns):
            leaf = Value(2.0)
            out = write(leaf)
            assert type(out.data) is float
            assert all(type(derivative) is float for derivative in out.local_derivatives)
            assert type(gradients(out, [leaf])[0]) is float
        assert all(type(x) is float for x in value_and_grad(operation)(2.0))

    def test_a_derivative_that_is_not_the_value_s_own(self) -> None:
        """A straight-through estimator and a gradient reversal keep their derivative at every level."""

        @autograd.rule(samples=[(0.3,), (-2.0,)])
        def straight_through_sign(x: Any) -> Any:
            return nx.sign(x), (1.0,)

        @autograd.rule(samples=[(0.3,), (-2.0,)])
        def reversed_gradient(x: Any) -> Any:
            return x * 1.0, (-1.0,)

        check_own(straight_through_sign, lambda x: math.copysign(1.0, x), lambda x: [1.0])
        check_own(reversed_gradient, lambda x: x, lambda x: [-1.0])

    @pytest.mark.parametrize(
        "name", ["_datum", "_local", "_node", "_new", "_rule", "_self", "_other", "_Value", "data"]
    )
    def test_a_name_in_a_rule_means_what_it_means_in_its_module(self, name: str) -> None:
        source = f"@rule\ndef uses{name}(x, y):\n    return {name} * x * y, ({name} * y, {name} * x)\n"
        operation = from_source(source, {name: 3.0})[f"uses{name}"]
        assert operation(2.0, 5.0) == 30.0
        left, right = Value(2.0), Value(5.0)
        assert gradients(getattr(left, f"uses{name}")(right), [left, right]) == [15.0, 6.0]
        assert gradients(getattr(Value(2.0), f"uses{name}")(right), [right]) == [12.0]  # and 6 from before

    @pytest.mark.parametrize("name", ["_self", "_other", "_datum", "_local", "_node", "_rule", "self", "value"])
    def test_an_operand_may_have_any_name(self, name: str) -> None:
        from_source(f"@rule\ndef with_name({name}, y):\n    return {name} * y, (y, {name})\n", {})
        left, right = Value(2.0), Value(5.0)
        assert gradients(left.with_name(right), [left, right]) == [5.0, 2.0]

    def test_a_rule_without_source_text(self) -> None:
        source = "@rule(samples=[(3.0,)])\ndef unseen(x):\n    return x * x, (2.0 * x,)\n"
        operation = from_source(source, {}, visible=False)["unseen"]
        check_own(operation, lambda x: x * x, lambda x: [2 * x])

    def test_a_second_definition_replaces_the_first(self) -> None:
        def define(factor: float) -> Callable[..., Any]:
            @autograd.rule(samples=[(1.0,)])
            def scaled_by(x: Any) -> Any:
                return factor * x, (factor,)

            return scaled_by

        define(2.0)
        leaf = Value(1.0)
        assert gradients(leaf.scaled_by(), [leaf]) == [2.0]
        define(5.0)
        leaf = Value(1.0)
        assert gradients(leaf.scaled_by(), [leaf]) == [5.0]
        assert grad(lambda x: x.scaled_by())(1.0) == 5.0
        assert RULES["scaled_by"].evaluate([1.0]) == (5.0, (5.0,))

    @pytest.mark.parametrize("name", ["exp", "add", "max", "data", "grad", "backward", "label", "detach", "_prev"])
    def test_a_name_in_use_is_refused(self, name: str) -> None:
        before = dict(RULES)
        with pytest.raises(RuleError, match=name):
            define_named(name)
        assert before == RULES

    @pytest.mark.parametrize("name", ["absolute", "multiply", "arcsin", "divide"])
    def test_numpy_s_name_of_another_rule_is_refused(self, name: str) -> None:
        before = getattr(np, name)(*[Value(0.5)] * getattr(np, name).nin).data
        with pytest.raises(RuleError, match=name):
            define_named(name)
        assert getattr(np, name)(*[Value(0.5)] * getattr(np, name).nin).data == before

    def test_an_operator_in_use_is_refused(self) -> None:
        with pytest.raises(RuleError, match=r"add|\+"):

            @autograd.rule(operator="add")
            def my_sum(a: Any, b: Any) -> Any:
                return a + b, (1.0, 1.0)

    @pytest.mark.parametrize(
        ("definition", "message"),
        [
            ("(samples=[(1.0,)])|x|x, (1.0, 1.0)", "must return 1 local derivative, one for each operand, not 2"),
            ("(samples=[(1.0, 2.0)])|a, b|a, (1.0,)", "must return 2 local derivatives, one for each operand, not 1"),
            ("(samples=[(1.0, 2.0)])|a, b|a * b", r"must return \(value, \(.*\), not "),
            ("(samples=[(1.0,)])|x|x", r"must return \(value, \(.*\), not "),
            ("(samples=[(1.0,)])|x|(x, 1.0, 1.0)", r"must return \(value, \(.*\), not "),
            ("(samples=[(1.0,)])|x|(x, 1.0)", r"must return \(value, \(.*\), not "),
            ("(samples=[(1.0,)])|x|None", r"must return \(value, \(.*\), not "),
            ("(samples=[(1.0,)])|x|('x', (1.0,))", "str"),
            ("(samples=[1.0])|x|(x, (1.0,))", r"a sample must be a tuple of operands, as \(0.5,\), not 1.0"),
            ("(samples=[(1.0, 2.0)])|x|(x, (1.0,))", "takes 1 operand"),
            ("(samples=[(1.0,)])|x|(x, ('1',))", "str"),
            ("(samples=[(1.0,)])|x|(x, (lambda: '1',))", "str"),
            ("(samples=[([1.0, 2.0],)], sequences=True)|xs|(xs[0], (1.0, 0.0))", "wrong"),
            (
                "(samples=[([1.0, 2.0],)], sequences=True)|xs|(xs[0], ([1.0],))",
                "must return 2 local derivatives, one for each operand, not 1",
            ),
            ("|*xs|(xs[0], (1.0,))", r"\*args"),
            ("|x, **parameters|(x, (1.0,))", r"\*\*kwargs"),
            ("|*, x|(x, (1.0,))", "no operands"),
            ("||(1.0, ())", "no operands"),
        ],
    )
    def test_an_error_of_definition_is_a_rule_error(self, definition: str, message: str) -> None:
        """It names the rule and says what is wrong, and the table is as it was."""
        options, operands, result = definition.split("|")
        before = dict(RULES)
        with pytest.raises(RuleError, match=message) as raised:
            from_source(f"@rule{options}\ndef wrong({operands}):\n    return {result}\n", {})
        assert "rule wrong" in str(raised.value)
        assert before == RULES
        assert not hasattr(Value, "wrong")

    def test_a_sample_of_another_number_of_operands_is_an_error(self) -> None:
        with pytest.raises((RuleError, TypeError), match=r"2 operands \(a, b\)"):
            from_source("@rule(samples=[(1.0,)])\ndef wrong(a, b):\n    return a, (1.0, 0.0)\n", {})
        assert "wrong" not in RULES

    @pytest.mark.parametrize("local", [(), (1.0, 1.0)], ids=["too few", "too many"])
    def test_a_wrong_number_of_derivatives_found_in_use(self, local: tuple[float, ...]) -> None:
        """A rule without samples is not tried when it is defined: its first use says what is wrong."""

        @autograd.rule
        def untried(x: Any) -> Any:
            return x * 1.0, local

        for use in (lambda: untried(Value(1.0)), lambda: Value(1.0).untried(), lambda: grad(untried)(1.0)):
            with pytest.raises(RuleError, match="untried"):
                use()


def from_source(source: str, namespace: dict[str, Any], visible: bool = True) -> dict[str, Any]:
    """Run the source as a module would be: with text that ``inspect`` can find, if it is to be visible."""
    filename = f"<rules {len(linecache.cache)}>"
    if visible:
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace.update(__name__="rules_of_a_user", rule=autograd.rule)
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102  (text of this file)
    return namespace


def define_named(name: str) -> None:
    def function(x: Any) -> Any:
        return x * 1.0, (1.0,)

    function.__name__ = name
    autograd.rule(function)


@pytest.mark.usefixtures("own_rules")
def test_a_rule_that_returns_an_int_still_makes_floats() -> None:
    @autograd.rule(samples=[(2.0,)])
    def steps_up(x):
        """1 whatever x is, as an int."""
        return 1, (0,)

    for made in (Value(2.0).steps_up(), steps_up(Value(2.0)), Value(2.0).steps_up()):
        assert type(made.data) is float
        made.backward()
        assert type(made._prev[0].grad) is float


@pytest.mark.usefixtures("own_rules")
def test_a_rule_whose_value_is_no_number_makes_no_value() -> None:
    @autograd.rule
    def says_a(x):
        """No number."""
        return "a", (1.0,)

    with pytest.raises((TypeError, ValueError)):
        Value(2.0).says_a()
    with pytest.raises((TypeError, ValueError)):
        says_a(Value(2.0))
