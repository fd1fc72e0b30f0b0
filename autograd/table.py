"""What a rule is, and the decorator that adds one to the table.

A rule is one Python function that returns an operation's value and its local derivatives. From it follow the public
function over floats, arrays and Values, the Value method and operator, the label in a picture, derivatives of any
order, the gradient checks over its samples, and the compiled instruction.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import numbers
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import numeric as nx
from autograd.errors import RuleError
from autograd.util.arrays import plain_array
from autograd.util.printable import kind_of, printable

__all__ = ["RULES", "Operation", "Rule", "rule"]

Operation = Callable[..., Any]
"""The public function made from a rule: numbers in, number out; Values in, Value out."""

RULES: dict[str, Rule] = {}
"""Every rule by name, in the order of definition: the one list of operations."""

_subscribers: list[Callable[[Rule], None]] = []


def subscribe(install: Callable[[Rule], None]) -> None:
    """Call ``install`` with every rule in the table, and with every rule added later."""
    _subscribers.append(install)
    for existing in RULES.values():
        install(existing)


class Rule:
    """One elementary operation: a function from operands to ``(value, (local derivative per operand, …))``.

    A *variant* of a rule shares its function and name: with keyword ``parameters`` bound, or with operand number
    ``constant_operand`` of two a plain number (no parent, no derivative). ``base`` is the rule in the table;
    ``builtin``: it is one of this package's, whose results need no check; ``lazy``: a local derivative may be a
    function; ``chooses``: a local derivative of 0 belongs to an operand that was not chosen, and nothing flows through.
    """

    __slots__ = (
        "_variants",
        "base",
        "builtin",
        "chooses",
        "constant_operand",
        "edges",
        "formula",
        "function",
        "hint",
        "lazy",
        "name",
        "numpy",
        "operands",
        "operator",
        "parameters",
        "refuse",
        "samples",
        "sequences",
        "symbol",
    )  # fmt: skip

    def __init__(self, name: str, function: Callable[..., Any], **attributes: Any) -> None:
        self.name = name
        self.function = function
        self.base: Rule = attributes.pop("base", self)
        self.symbol: str = attributes.pop("symbol", name)
        self.operands: tuple[str, ...] = attributes.pop("operands")
        self.parameters: Mapping[str, Any] = attributes.pop("parameters", {})
        self.constant_operand: int | None = attributes.pop("constant_operand", None)
        self.samples: tuple[tuple[Any, ...], ...] = tuple(attributes.pop("samples", ()))
        self.edges: tuple[tuple[Any, ...], ...] = tuple(attributes.pop("edges", ()))
        self.sequences: bool = attributes.pop("sequences", False)
        self.operator: str = attributes.pop("operator", "")
        self.numpy: str = attributes.pop("numpy", name)
        self.hint: str | Mapping[str, str] = attributes.pop("hint", "")
        self.formula: str = attributes.pop("formula", function.__doc__ or "" if function is not None else "")
        self.refuse: Callable[..., None] | None = attributes.pop("refuse", None)
        self.lazy: bool = attributes.pop("lazy", False)
        self.chooses: bool | Callable[..., Any] = attributes.pop("chooses", False)
        self.builtin: bool = attributes.pop("builtin", False)
        self._variants: dict[Any, Rule] = {}

    def __repr__(self) -> str:
        given = [*self.operands, *(f"{key}={value!r}" for key, value in self.parameters.items())]
        return f"<rule {self.name}({', '.join(given)})>"

    def variant(self, constant_operand: int | None = None, parameters: Mapping[str, Any] | None = None) -> Rule:
        """The same operation with one operand a plain number, or with other keyword parameters; made once and kept."""
        parameters = self.parameters if parameters is None else {**self.parameters, **parameters}
        parameters = {name: self._checked(name, parameter) for name, parameter in parameters.items()}
        key = (constant_operand, *sorted(parameters.items()))
        if key == (None,):
            return self.base
        if key not in self.base._variants:
            if len(self.base._variants) > 200:  # a parameter that changes at every step; nodes keep the one they use
                self.base._variants.clear()
            shared = {slot: getattr(self.base, slot) for slot in self.__slots__ if slot not in _OF_ONE_VARIANT}
            function = functools.partial(self.base.function, **parameters) if parameters else self.base.function
            made = Rule(**shared, function=function, constant_operand=constant_operand, parameters=parameters)
            self.base._variants[key] = made
        return self.base._variants[key]

    def _checked(self, name: str, parameter: Any) -> Any:
        """A keyword parameter as the rule takes it: a word where its default is a word, else a real number."""
        default = (getattr(self.base.function, "__kwdefaults__", None) or {}).get(name)
        if isinstance(parameter, np.generic):  # else what it meets would become a NumPy number, too
            parameter = _plain(parameter)
        if hasattr(type(parameter), "_apply"):
            raise TypeError(f"{self.name}: the parameter {name} is a Value, whose gradient would be lost")
        is_word, is_number = isinstance(parameter, str), isinstance(parameter, numbers.Real)
        if default is None and is_word:
            return parameter
        if is_word == isinstance(default, str) and (is_word or is_number):
            return nx.real(parameter) if type(default) is float else parameter
        wanted = f"a word, as {default!r}" if isinstance(default, str) else "a real number"
        given = "an array" if isinstance(parameter, np.ndarray) else repr(parameter)
        raise TypeError(f"{self.name}: the parameter {name} is {wanted}, not {given}")

    def evaluate(self, operands: Sequence[Any], active: Sequence[bool] | None = None) -> tuple[Any, Sequence[Any]]:
        """The value and the local derivatives at these operands (flat), as IEEE 754 has them.

        active: which operands a gradient flows to (all, if None); a derivative that is a function is called for these
        alone. Python's float raises where IEEE has an answer (1/0), or leaves the real numbers ((-8)**1.5); then the
        same rule runs again on NumPy's float, which does neither, also where plain numbers stand beside arrays or
        Values. Raises RuleError where the rule returns no such pair.
        """
        real = all(isinstance(operand, (int, float)) for operand in operands)
        try:
            value, local = self._parts(operands, active)
            if not self.builtin and real:
                return self._as_floats(value, local)
            if self.builtin or not any(map(_is_complex, (value, *local))) or any(map(_is_complex, operands)):
                return value, local
        except RuleError:
            raise
        except (ArithmeticError, ValueError):
            if any(map(_is_complex, operands)):
                raise
        except TypeError:  # a Value that met a complex power of Python's, say
            if real or self.builtin:
                raise
        with nx.ieee():
            value, local = self._parts([_numpys(operand, np.float64) for operand in operands], active)
        if not real:
            return _pythons(value), tuple(map(_pythons, local))
        try:
            return self._as_floats(value, local)
        except ArithmeticError as error:
            raise RuleError(f"rule {self.name}: it returns {error} at {', '.join(map(repr, operands))}") from None

    def unchosen(self, operands: Sequence[Any]) -> Any:
        """Whether, at these operands, a local derivative of 0 belongs to an operand that was not chosen."""
        return self.chooses(*operands, **self.parameters) if callable(self.chooses) else self.chooses

    def _parts(self, operands: Sequence[Any], active: Sequence[bool] | None) -> tuple[Any, Sequence[Any]]:
        result = self.function(*self._grouped(operands))
        if not self.builtin:
            _check_result(self, result, len(operands))
        value, local = result
        if self.sequences:
            local = tuple(itertools.chain.from_iterable(local))
        if self.lazy:
            wanted = [True] * len(local) if active is None else active
            local = tuple((x() if mine else None) if callable(x) else x for x, mine in zip(local, wanted, strict=True))
        return value, local

    def _as_floats(self, value: Any, local: Sequence[Any]) -> tuple[float, tuple[float | None, ...]]:
        derivatives = (None if x is None else _as_float(self, x, "a local derivative") for x in local)
        return _as_float(self, value, "its value"), tuple(derivatives)

    def _grouped(self, operands: Sequence[Any]) -> Sequence[Any]:
        """The operands as the function takes them: those of a rule over sequences in as many sequences."""
        if not self.sequences:
            return operands
        size = len(operands) // len(self.operands)
        return [operands[i * size : (i + 1) * size] for i in range(len(self.operands))]

    def flatten(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """The operands one after the other: of a rule over sequences, the elements of all of them."""
        if len(operands) != len(self.operands):
            names = ", ".join(self.operands)
            wanted = f"{len(self.operands)} operand{'s' * (len(self.operands) != 1)} ({names})"
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
            raise ValueError(f"{self.name} takes sequences of one length, not {lengths}")
        return tuple(itertools.chain.from_iterable(lists))

    def named(self, operands: Sequence[Any], names: Mapping[str, Any]) -> tuple[Rule, tuple[Any, ...]]:
        """The variant with these parameters, and the operands, of which the last may be among the names."""
        by_name = [name for name in self.operands[len(operands) :] if name in names]
        parameters = {name: x for name, x in names.items() if name not in by_name}
        chosen = self.variant(parameters=parameters) if parameters else self
        return chosen, (*operands, *(names[name] for name in by_name))

    def __call__(self, *operands: Any) -> Any:
        """The operation on numbers, arrays or Values. An operand called ``condition`` is a truth value."""
        flat = self.flatten(operands)
        if self.operands[0] == "condition":  # before every number becomes a float
            nx.refuse_no_truth(flat[0])
        for operand in flat:
            apply = getattr(type(operand), "_apply_or_refuse", None)
            if apply is not None:
                return apply(self, flat)
        if self.refuse is not None:
            self.refuse(*operands)
        if any(isinstance(operand, np.ndarray) for operand in flat):
            return self._on_arrays(flat)
        return self.evaluate([_real(self, operand) for operand in flat], [False] * len(flat))[0]

    def refusal(self, operands: Sequence[Any]) -> TypeError:
        """The error for operands that are not numbers."""
        kinds = " and ".join(sorted(set(map(kind_of, operands))))
        return TypeError(f"{self.name} takes numbers, arrays and Values, not {kinds}")

    def _on_arrays(self, operands: Sequence[Any]) -> Any:
        arrays = [
            nx.real(x) if isinstance(x, (int, float)) else plain_array(x, f"an operand of {self.name}")
            for x in operands
        ]
        kinds = {array.dtype.kind for array in arrays if isinstance(array, np.ndarray)}
        with nx.ieee():
            if "O" in kinds:
                return np.frompyfunc(lambda *row: self(*self._grouped(row)), len(arrays), 1)(*arrays)
            if not kinds <= set("iubfc"):
                raise self.refusal(operands)
            arrays = [_real_array(array) for array in arrays]
            try:
                value = self.function(*self._grouped(arrays))[0]
                if "c" in kinds or not _is_complex(value):
                    return value
            except (ArithmeticError, ValueError):  # of plain numbers among the arrays
                pass
            dtype = np.result_type(*(array for array in arrays if isinstance(array, np.ndarray)))
            return self.function(*self._grouped([_numpys(array, dtype.type) for array in arrays]))[0]


_OF_ONE_VARIANT = {"_variants", "constant_operand", "function", "parameters"}


def _real(made: Rule, operand: Any) -> Any:
    """A Python float; a complex number as it is, for the complex step."""
    if isinstance(operand, complex):
        return operand
    if isinstance(operand, (numbers.Real, np.bool_)):
        return nx.real(operand)
    raise made.refusal([operand])


def _is_complex(x: Any) -> bool:
    return isinstance(x, complex) or (isinstance(x, np.ndarray) and x.dtype.kind == "c")


def _numpys(x: Any, kind: Callable[[float], Any]) -> Any:
    """A plain number as NumPy's, which neither raises nor becomes complex."""
    return kind(x) if isinstance(x, (int, float)) else x


def _pythons(x: Any) -> Any:
    return float(x) if isinstance(x, np.floating) else x


def _plain(parameter: np.generic) -> Any:
    """Python's own number or word; a float of what has no counterpart in Python, as a long double."""
    plain = parameter.item()
    return float(plain) if isinstance(plain, np.floating) else plain


def _real_array(array: Any) -> Any:
    return array.astype(float) if isinstance(array, np.ndarray) and array.dtype.kind in "iub" else array


def _as_float(made: Rule, number: Any, what: str) -> float:
    if type(number) is float:
        return number
    if isinstance(number, (numbers.Real, np.bool_)) or (isinstance(number, np.ndarray) and number.ndim == 0):
        return float(number)
    if isinstance(number, complex):
        raise ArithmeticError("a complex number")  # NumPy's float may have a real one
    raise RuleError(f"rule {made.name}: {what} is a {kind_of(number)}, not a number")


def _check_result(made: Rule, result: Any, count: int) -> None:
    """That a rule returned ``(value, (local derivative, …))``."""
    pair = isinstance(result, (tuple, list)) and len(result) == 2
    if not pair or not isinstance(result[1], (tuple, list)):
        wanted = ", ".join(f"∂/∂{operand}" for operand in made.operands)
        raise RuleError(f"rule {made.name}: it does not return (value, ({wanted},)) but {result!r:.80}")
    local = result[1]
    if made.sequences:
        sequences = len(local) == len(made.operands) and all(hasattr(x, "__len__") for x in local)
        if not sequences:
            raise RuleError(f"rule {made.name}: each local derivative is a sequence, one for each operand")
        local = [x for sequence in local for x in sequence]
    if len(local) != count:
        wanted = f"{count} local derivative{'s' * (count != 1)}, one for each operand"
        raise RuleError(f"rule {made.name}: it returns {len(local)} of {wanted}")


def rule(
    function: Callable[..., Any] | None = None,
    *,
    symbol: str = "",
    samples: Sequence[tuple[Any, ...]] = (),
    edges: Sequence[tuple[Any, ...]] = (),
    operator: str = "",
    numpy: str = "",
    sequences: bool = False,
    chooses: bool | Callable[..., Any] = False,
    hint: str | Mapping[str, str] = "",
    refuse: Callable[..., None] | None = None,
) -> Any:
    """Add an operation to the table: a function that returns its value and its local derivatives.

    The function's positional arguments are the operands, its keyword-only arguments are parameters; it returns
    ``(value, (local derivative for each operand, …))``, written with ordinary arithmetic and ``autograd.numeric``, so
    that the same function serves floats, arrays and Values. A local derivative is None where an operand has none (a
    condition), and may be a function of no argument where it is costly and seldom needed.

    symbol: what stands on the node in a picture (the name, if empty).
    samples: operands away from kinks. The first is tried at once, for the form of what the function returns; whether
    the derivatives are right ``gradcheck`` says, and for the table's own rules the tests, at every sample.
    edges: operands at kinks and at the ends of the domain, where the tests compare the interpreters.
    operator: the Python operator that applies it, as in ``"add"`` for ``__add__`` and ``__radd__``.
    numpy: the name of NumPy's function, where it is another.
    sequences: every operand is a sequence of numbers, and so is every local derivative.
    chooses: the operation passes on one of its operands, or is constant in steps: a local derivative of 0 says that the
    operand was not chosen, so nothing flows back through it, not even where the slope beyond is infinite. Any other
    zero is a number, and 0·inf is refused. Or a function of the operands that says where it is so: not at a kink, where
    a slope of 0 is a convention.
    hint: what to write instead, when this operation is the first to give a nan or an infinity; or several, by "nan",
    "inf", "slope" (an infinite or undefined derivative), "zero" (such a derivative, at which a gradient of 0 arrives)
    and "" (the others).
    refuse: a function of the operands as they are given, numbers or Values, that raises ValueError for a mistake that
    shows in plain numbers.

    Raises RuleError when the function does not return that at the first sample, or when the name is taken.

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
    if function is None:
        return functools.partial(
            rule, symbol=symbol, samples=samples, edges=edges, operator=operator, numpy=numpy, sequences=sequences,
            chooses=chooses, hint=hint, refuse=refuse,
        )  # fmt: skip
    name = function.__name__
    if not (name.isidentifier() or name == "<lambda>") or not symbol.isprintable():
        raise RuleError(f"rule {printable(name)}: its name is a name of Python, and its symbol is printable")
    builtin = function.__module__ == "autograd.rules"
    made = Rule(
        name, function, symbol=symbol or name, samples=samples, edges=edges, operator=operator, numpy=numpy or name,
        sequences=sequences, chooses=chooses, hint=hint, refuse=refuse, operands=_operands(function), builtin=builtin,
        lazy=not builtin or _defines_functions(function),
    )  # fmt: skip
    _check(made)
    operation = _operation(made)
    for install in _subscribers:
        install(made)
    RULES[name] = made
    return operation


def _operation(made: Rule) -> Operation:
    @functools.wraps(made.function)
    def operation(*operands: Any, **parameters: Any) -> Any:
        if operands and not parameters:  # the method of the same rule is compiled: no list of operands to look through
            method = getattr(type(operands[0]), made.name, None)
            if getattr(method, "rule", None) is made and len(operands) == len(made.operands):
                return method(*operands)  # type: ignore[misc]
        chosen, operands = made.named(operands, parameters) if parameters else (made, operands)
        return chosen(*operands)

    operation.__doc__ = _documentation(made)
    setattr(operation, "rule", made)  # noqa: B010  (a function has no such attribute for a type checker)
    return operation


def _documentation(made: Rule) -> str:
    """The rule's own words, and its first sample as an example."""
    words = textwrap.dedent(made.formula or f"The operation {made.name}.")
    if not made.samples:
        return words
    sample = made.samples[0]
    value = made(*sample)
    return f"{words}\n\n>>> {made.name}({', '.join(map(repr, sample))})\n{value!r}\n"


def _operands(function: Callable[..., Any]) -> tuple[str, ...]:
    code = function.__code__
    if code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS):
        raise RuleError(f"rule {function.__name__}: name each operand; *args and **kwargs have no local derivatives")
    if not code.co_argcount:
        raise RuleError(f"rule {function.__name__}: it has no operands")
    return code.co_varnames[: code.co_argcount]


def _defines_functions(function: Callable[..., Any]) -> bool:
    """Whether a local derivative may be a function: then the body holds the code of one."""
    return any(inspect.iscode(constant) for constant in function.__code__.co_consts)


def _names_itself(made: Rule) -> bool:
    """Whether a derivative is written with the public function of its own rule, which is not there yet."""
    inner = [constant for constant in made.function.__code__.co_consts if inspect.iscode(constant)]
    return any(made.name in code.co_names for code in inner)


def _check(made: Rule) -> None:
    known = RULES.get(made.name)
    if known is not None and known.function.__module__ != made.function.__module__:
        raise RuleError(f"rule {made.name}: the table has one of that name already; choose another")
    for other in RULES.values():
        if made.operator and other.operator == made.operator and other.name != made.name:
            raise RuleError(f"rule {made.name}: the operator {made.operator!r} belongs to {other.name} already")
        if made.numpy == other.numpy and other.name != made.name:
            raise RuleError(f"rule {made.name}: NumPy's {made.numpy} belongs to {other.name} already")
    for sample in made.samples:
        if not isinstance(sample, (tuple, list)):
            raise RuleError(f"rule {made.name}: a sample is a tuple of its operands, as (0.5,), not {sample!r}")
    for sample in made.samples[:1]:
        try:
            operands = made.flatten(sample)
            made.evaluate(operands, [not _names_itself(made)] * len(operands))
        except RuleError as error:
            raise RuleError(f"{error} (at its sample {sample})") from error
        except (TypeError, ValueError) as error:
            raise RuleError(f"rule {made.name}: at its sample {sample}: {error}") from error
