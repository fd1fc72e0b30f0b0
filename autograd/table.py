"""Rules, and the decorator ``rule`` that adds one to the table.

A rule is one Python function that returns an operation's value and its local derivatives. Everything else is derived
from it: the public function over floats, arrays and Values, the Value method and operator, the label in a picture,
derivatives of any order, the gradient checks over its samples, and the compiled instruction.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autograd import numeric as nx
from autograd.core.ieee import Double
from autograd.core.number_kinds import USE_AN_ARRAY, as_ieee, as_python, is_complex, without_integers
from autograd.core.rule_code import defines_functions, names_itself, operand_names
from autograd.errors import RuleError
from autograd.numeric import Numeric
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array, is_numpy_number, is_real_number, np
from autograd.util.printable import a_kind_of, kind_of, printable

__all__ = ["RULES", "Operation", "Rule", "rule"]

Operation = Callable[..., Any]
"""The public function made from a rule. Numbers give a number, Values give a Value."""

Result = tuple[Numeric, Sequence[Numeric]]
"""A rule's value, and a local derivative for each operand."""

RULES: dict[str, Rule] = {}
"""All operations: every rule by name, in the order of definition."""

_subscribers: list[Callable[[Rule], None]] = []


def subscribe(install: Callable[[Rule], None]) -> None:
    """Call ``install`` with every rule in the table now, and with every rule added later."""
    _subscribers.append(install)
    for existing in RULES.values():
        install(existing)


@dataclass(slots=True, eq=False, repr=False)
class Rule:
    """One elementary operation: a function from operands to ``(value, (local derivative per operand, …))``.

    The fields from ``symbol`` to ``refuse`` are the arguments of ``rule``; ``formula`` is the function's docstring.

    builtin: the rule belongs to this package, so its results need no check.
    lazy: a local derivative may be a function.
    constant_operand: the position of an operand that is a plain number, with no parent and no derivative.
    base: the rule in the table; this one may be a variant with bound keyword ``parameters`` or a constant operand.
    """

    name: str
    function: Callable[..., Result]
    operands: tuple[str, ...]
    symbol: str = ""
    samples: tuple[tuple[Numeric, ...], ...] = ()
    edges: tuple[tuple[Numeric, ...], ...] = ()
    operator: str = ""
    numpy: str = ""
    sequences: bool = False
    chooses: bool | Callable[..., Numeric] = False
    hint: str | Mapping[str, str] = ""
    refuse: Callable[..., None] | None = None
    builtin: bool = False
    lazy: bool = False
    formula: str = ""
    parameters: Mapping[str, Numeric] = field(default_factory=dict)
    constant_operand: int | None = None
    base: Rule = None  # type: ignore[assignment]  # itself, unless it is a variant
    _variants: dict[Any, Rule] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.symbol, self.numpy = self.symbol or self.name, self.numpy or self.name
        if self.base is None:
            self.base = self
            self.formula = (self.function.__doc__ if self.function is not None else "") or ""

    def __repr__(self) -> str:
        given = [*self.operands, *(f"{key}={value!r}" for key, value in self.parameters.items())]
        return f"<rule {self.name}({', '.join(given)})>"

    def variant(self, constant_operand: int | None = None, parameters: Mapping[str, Numeric] | None = None) -> Rule:
        """Return the variant with a plain number as one operand, or with other keyword parameters. It is cached."""
        parameters = self.parameters if parameters is None else {**self.parameters, **parameters}
        parameters = {name: self._checked(name, parameter) for name, parameter in parameters.items()}
        key = (constant_operand, *sorted(parameters.items()))
        if key == (None,):
            return self.base
        if key not in self.base._variants:
            if len(self.base._variants) > 200:  # a parameter that changes at every step; nodes keep the one they use
                self.base._variants.clear()
            function = functools.partial(self.base.function, **parameters) if parameters else self.base.function
            self.base._variants[key] = replace(
                self.base, function=function, constant_operand=constant_operand, parameters=parameters
            )
        return self.base._variants[key]

    def _checked(self, name: str, parameter: Numeric) -> Any:
        """Check a keyword parameter: a string where its default is a string, otherwise a real number."""
        default = (getattr(self.base.function, "__kwdefaults__", None) or {}).get(name)
        if is_numpy_number(parameter):  # otherwise every result would become a NumPy number
            parameter = as_python(parameter.item())  # a long double stays NumPy's: Python has no such type
        if nx.is_tracer(parameter):
            raise TypeError(f"{self.name}: the parameter {name} is a Value, whose gradient would be lost; use v.data")
        is_word, is_number = isinstance(parameter, str), is_real_number(parameter)
        if default is None and is_word:
            return parameter
        if is_word == isinstance(default, str) and (is_word or is_number):
            return nx.real(parameter) if type(default) is float else parameter
        wanted = f"a string, such as {default!r}" if isinstance(default, str) else "a real number"
        given = "an array" if is_array(parameter) else repr(parameter)
        raise TypeError(f"{self.name}: the parameter {name} must be {wanted}, not {given}")

    def evaluate(self, operands: Sequence[Numeric], active: Sequence[bool] | None = None) -> Result:
        """Compute the value and the local derivatives at these operands (flat), as IEEE 754 defines them.

        active: the operands that a gradient flows to, by default all. Other derivatives that are functions do not run.
        Python's float raises where IEEE has an answer (1/0), or becomes complex ((-8)**1.5). The rule then runs again
        on a float that does neither, also for plain numbers beside arrays or Values. Raises RuleError if the
        rule does not return a value and a local derivative per operand.
        """
        real = all(isinstance(operand, (int, float)) for operand in operands)
        try:
            value, local = self._parts(operands, active)
            if not self.builtin and real:
                return self._as_floats(value, local)
            if self.builtin or not any(map(is_complex, (value, *local))) or any(map(is_complex, operands)):
                return value, local
        except RuleError:
            raise
        except (ArithmeticError, ValueError):
            if any(map(is_complex, operands)):
                raise
        except TypeError:  # a Value that met a complex power of Python's, say
            if real or self.builtin:
                raise
        with contextlib.nullcontext() if self.builtin else nx.ieee():  # no rule of this package calls NumPy for floats
            value, local = self._parts([as_ieee(operand, Double) for operand in operands], active)
        if not real:
            return as_python(value), tuple(map(as_python, local))
        try:
            return self._as_floats(value, local)
        except ArithmeticError as error:
            raise RuleError(f"rule {self.name} returns {error} at {', '.join(map(repr, operands))}") from None

    def unchosen(self, operands: Sequence[Numeric]) -> Any:
        """Whether, at these operands, a local derivative of 0 belongs to an operand that was not chosen."""
        return self.chooses(*operands, **self.parameters) if callable(self.chooses) else self.chooses

    def _parts(self, operands: Sequence[Numeric], active: Sequence[bool] | None) -> Result:
        result = self.function(*self.grouped(operands))
        if not self.builtin:
            _check_result(self, result, len(operands))
        value, local = result
        if self.sequences:
            local = tuple(itertools.chain.from_iterable(local))
        if self.lazy:
            pairs = zip(local, [True] * len(local) if active is None else active, strict=True)
            local = tuple((x() if is_active else None) if callable(x) else x for x, is_active in pairs)
        return value, local

    def _as_floats(self, value: Numeric, local: Sequence[Numeric]) -> tuple[float, tuple[float | None, ...]]:
        derivatives = (None if x is None else _as_float(self, x, "a local derivative") for x in local)
        return _as_float(self, value, "its value"), tuple(derivatives)

    def grouped(self, operands: Sequence[Numeric]) -> Sequence[Any]:
        """Arrange flat operands as the function takes them: for a rule over sequences, in that many sequences."""
        if not self.sequences:
            return operands
        size = len(operands) // len(self.operands)
        return [operands[i * size : (i + 1) * size] for i in range(len(self.operands))]

    def flatten(self, operands: Sequence[Numeric]) -> tuple[Numeric, ...]:
        """Lay the operands end to end: for a rule over sequences, all their elements."""
        if len(operands) != len(self.operands):
            wanted = f"{len(self.operands)} operand{'s' * (len(self.operands) != 1)} ({', '.join(self.operands)})"
            name = f"autograd.{self.name}" if self.builtin else self.name
            raise TypeError(f"{name} takes {wanted}, not {len(operands)}")
        if not self.sequences:
            return tuple(operands)
        for operand in operands:
            if isinstance(operand, (str, bytes)) or not hasattr(operand, "__iter__"):
                raise TypeError(f"{self.name} takes a sequence of numbers or Values, not {kind_of(operand)}")
        lists = [operand if isinstance(operand, list) else list(operand) for operand in operands]
        if len(lists) > 1 and len(set(map(len, lists))) > 1:
            lengths = " and ".join(str(len(elements)) for elements in lists)
            raise ValueError(f"{self.name} takes sequences of the same length, not {lengths}")
        return tuple(itertools.chain.from_iterable(lists))

    def named(self, operands: Sequence[Numeric], names: Mapping[str, Numeric]) -> tuple[Rule, tuple[Numeric, ...]]:
        """Return the variant with these parameters, and all operands, some of which may be given by name."""
        by_name = [name for name in self.operands[len(operands) :] if name in names]
        parameters = {name: x for name, x in names.items() if name not in by_name}
        chosen = self.variant(parameters=parameters) if parameters else self
        return chosen, (*operands, *(names[name] for name in by_name))

    def __call__(self, *operands: Numeric) -> Any:
        """Apply the operation to numbers, arrays or Values. An operand named ``condition`` is a truth value."""
        flat = self.flatten(operands)
        if self.operands[0] == "condition":  # check before numbers become floats
            nx.refuse_no_truth(flat[0])
        for operand in flat:
            if nx.is_tracer(operand):
                return operand.__apply_rule__(self, flat)
        if self.refuse is not None:
            self.refuse(*operands)
        if any(map(is_array, flat)):
            return self.on_arrays(flat)
        return self.evaluate([_real(self, operand) for operand in flat], [False] * len(flat))[0]

    def refusal(self, operands: Sequence[Numeric]) -> TypeError:
        """Return the error for operands that are not numbers."""
        kinds = " and ".join(sorted(set(map(kind_of, operands))))
        return TypeError(f"{self.name} takes numbers, arrays or Values, not {kinds}{USE_AN_ARRAY * ('list' in kinds)}")

    def on_arrays(self, operands: Sequence[Numeric]) -> Any:
        """Compute the value where at least one operand is an array."""
        arrays = [
            nx.real(x) if isinstance(x, (int, float)) else plain_array(x, f"an operand of {self.name}")
            for x in operands
        ]
        kinds = {array.dtype.kind for array in arrays if is_array(array)}
        with nx.ieee():
            if "O" in kinds:
                return np.frompyfunc(lambda *row: self(*self.grouped(row)), len(arrays), 1)(*arrays)
            if not kinds <= set("iubfc"):
                raise self.refusal(operands)
            arrays = [without_integers(array) for array in arrays]
            try:
                value = self.function(*self.grouped(arrays))[0]
                if "c" in kinds or not is_complex(value):
                    return value
            except (ArithmeticError, ValueError):  # from plain numbers among the arrays
                pass
            dtype = np.result_type(*(array for array in arrays if is_array(array)))
            return self.function(*self.grouped([as_ieee(array, dtype.type) for array in arrays]))[0]


def _real(new: Rule, operand: Numeric) -> Any:
    """Convert to a Python float; a complex number, which the complex step needs, stays as it is."""
    if isinstance(operand, complex):
        return operand
    if is_real_number(operand):
        return nx.real(operand)
    raise new.refusal([operand])


def _as_float(new: Rule, number: Numeric, what: str) -> float:
    if type(number) is float:
        return number
    if is_real_number(number) or (is_array(number) and number.ndim == 0):
        return float(number)
    if isinstance(number, complex):
        raise ArithmeticError("a complex number")  # a Double may give a real one
    raise RuleError(f"rule {new.name}: {what} must be a number, not {a_kind_of(number)}")


def _check_result(new: Rule, result: Numeric, count: int) -> None:
    """Raise RuleError unless a rule returned ``(value, (local derivative, …))``."""
    pair = isinstance(result, (tuple, list)) and len(result) == 2
    if not pair or not isinstance(result[1], (tuple, list)):
        wanted = ", ".join(f"∂/∂{operand}" for operand in new.operands)
        raise RuleError(f"rule {new.name} must return (value, ({wanted},)), not {result!r:.80}")
    local = result[1]
    if new.sequences:
        sequences = len(local) == len(new.operands) and all(hasattr(x, "__len__") for x in local)
        if not sequences:
            raise RuleError(f"rule {new.name} must return one sequence of local derivatives for each operand")
        local = [x for sequence in local for x in sequence]
    if len(local) != count:
        wanted = f"{count} local derivative{'s' * (count != 1)}, one for each operand"
        raise RuleError(f"rule {new.name} must return {wanted}, not {len(local)}")


def rule(
    function: Callable[..., Result] | None = None,
    *,
    symbol: str = "",
    samples: Sequence[tuple[Numeric, ...]] = (),
    edges: Sequence[tuple[Numeric, ...]] = (),
    operator: str = "",
    numpy: str = "",
    sequences: bool = False,
    chooses: bool | Callable[..., Numeric] = False,
    hint: str | Mapping[str, str] = "",
    refuse: Callable[..., None] | None = None,
) -> Any:
    """Add an operation of your own: a function that returns its value and its local derivatives.

    The function's positional arguments are the operands; keyword-only arguments are parameters. It returns
    ``(value, (local derivative for each operand, …))``. Write it with ordinary arithmetic and ``autograd.numeric``, and
    that one function works on floats, arrays and Values. A local derivative is None where an operand has none (a
    condition). It may be a function without arguments if it is expensive and seldom needed.

    symbol: the text on the node in a picture; by default the function's name.
    samples: operands away from kinks. The first is tried at once, to check the form of the result. Whether the
    derivatives are right is checked by ``gradcheck``, and for the built-in rules by the tests at every sample.
    edges: operands at kinks and at the ends of the domain, where the tests compare the three ways to run a rule.
    operator: the Python operator that applies the rule, as ``"add"`` for ``__add__`` and ``__radd__``.
    numpy: the name of NumPy's function, if it differs.
    sequences: every operand is a sequence of numbers, and so is every local derivative.
    chooses: True if the operation passes on one of its operands, or is constant in steps. A local derivative of 0 then
    means that the operand was not chosen: nothing flows back through it, even if the slope further back is infinite.
    For any other rule zero is a number, and 0·inf raises an error. Give a function of the operands to say where this
    holds: not at a kink, where a slope of 0 is a convention.
    hint: the advice when this operation is the first to give a nan or an infinity. A dict gives it by case: "nan",
    "inf", "slope" (an infinite or undefined derivative), "zero" (the same, where a gradient of 0 arrives), "" (others).
    refuse: a function of the operands as given, numbers or Values, that raises ValueError for a mistake in them.

    Raises RuleError if the result at the first sample has another form, or if the name is taken.

    >>> import autograd
    >>> @autograd.rule(samples=[(0.7,), (-1.3,)])
    ... def cube_of(x):
    ...     '''x³.   ∂/∂x = 3x².'''
    ...     return x * x * x, (3 * x * x,)
    >>> v = autograd.Value(2.0)
    >>> v.cube_of().backward()
    >>> v.grad
    12.0
    >>> cube_of(2.0), autograd.grad(autograd.grad(cube_of))(2.0)
    (8.0, 12.0)
    """

    def add(function: Callable[..., Result]) -> Operation:
        name = function.__name__
        if not (name.isidentifier() or name == "<lambda>") or not symbol.isprintable():
            raise RuleError(f"rule {printable(name)}: the name must be an identifier, and the symbol printable text")
        builtin = function.__module__ == "autograd.rules"
        return _added(Rule(
            name, function, operand_names(function), symbol, tuple(samples), tuple(edges), operator, numpy, sequences,
            chooses, hint, refuse, builtin, lazy=not builtin or defines_functions(function),
        ))  # fmt: skip

    return add if function is None else add(function)


def _added(new: Rule) -> Operation:
    """Check a rule, add it to the table and return its operation."""
    _check(new)
    operation = _operation(new)
    for install in _subscribers:
        install(new)
    RULES[new.name] = new
    return operation


def _operation(new: Rule) -> Operation:
    @functools.wraps(new.function)
    def operation(*operands: Numeric, **parameters: Numeric) -> Any:
        if operands and not parameters:  # the rule's own method is faster: it checks no list of operands
            method = getattr(type(operands[0]), new.name, None)
            if getattr(method, "rule", None) is new and len(operands) == len(new.operands):
                return method(*operands)  # type: ignore[misc]
        chosen, operands = new.named(operands, parameters) if parameters else (new, operands)
        return chosen(*operands)

    operation.__doc__ = _documentation(new)
    setattr(operation, "rule", new)  # noqa: B010  (a function has no such attribute for a type checker)
    return operation


def _documentation(new: Rule) -> str:
    """The rule's docstring, with its first sample as an example."""
    words = textwrap.dedent(new.formula or f"The operation {new.name}.")
    if not new.samples:
        return words
    sample = new.samples[0]
    return f"{words}\n\n>>> {new.name}({', '.join(map(repr, sample))})\n{new(*sample)!r}\n"


def _check(new: Rule) -> None:
    known = RULES.get(new.name)
    if known is not None and known.function.__module__ != new.function.__module__:
        raise RuleError(f"rule {new.name}: this name is already in the table; choose another")
    for other in RULES.values():
        if new.operator and other.operator == new.operator and other.name != new.name:
            raise RuleError(f"rule {new.name}: the operator {new.operator!r} already belongs to {other.name}")
        if new.numpy == other.numpy and other.name != new.name:
            raise RuleError(f"rule {new.name}: NumPy's {new.numpy} already belongs to {other.name}")
    for sample in new.samples:
        if not isinstance(sample, (tuple, list)):
            raise RuleError(f"rule {new.name}: a sample must be a tuple of operands, as (0.5,), not {sample!r}")
    for sample in new.samples[:1]:
        try:
            operands = new.flatten(sample)
            new.evaluate(operands, [not names_itself(new.function, new.name)] * len(operands))
        except RuleError as error:
            raise RuleError(f"{error} (at the sample {sample})") from error
        except (TypeError, ValueError) as error:
            raise RuleError(f"rule {new.name} fails at the sample {sample}: {error}") from error
