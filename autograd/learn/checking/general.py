"""Mistakes that every programmer makes, named by what Python says of them or by what came out in place of numbers.

They are in no list of an exercise, and need no mutants: a method that is missing, too few arguments, nothing returned.
Each kind has a sentence in the ``general`` table of ``locale``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome, same, same_item

__all__ = ["General", "general_name"]

Vector = Mapping[str, Outcome]
_METHODS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "** or pow()": "pow", "//": "floordiv", "%": "mod"}


@dataclass(frozen=True)
class General:
    """A mistake that every programmer makes.

    key: of its sentence, in the ``general`` table of ``locale``. fields: what is filled into that. probe: where it
    shows.
    """

    key: str
    fields: Mapping[str, object] = field(default_factory=dict)
    probe: str = ""

    @property
    def kind(self) -> str:
        """The name of the mistake; "" where the sentence only says what Python's exception means."""
        if self.key == "first_only" and self.fields["count"] == 1:
            return "returned inside the loop"
        return next((kind for kind, keys in _NAMES.items() if self.key in keys), "")


_NAMES = {
    "missing method": ("missing_method", "missing_reflected", "missing_operator"),
    "wrong number of arguments": ("few_arguments", "many_arguments", "keyword"),
    "nothing returned": ("none",),
    "text for a number": ("text",),
    "a generator": ("generator",),
    "Value for a number": ("value_for_number",),
    "number for a Value": ("number_for_value",),
    "wrong keys": ("keys", "key"),
    "wrong shape": ("shapes", "shapes_unknown", "list_for_number", "set", "dictionary"),
    "name not defined": ("not_defined", "not_imported", "unset", "no_module", "missing_in_module"),
    "recursion without end": ("recursion",),
    "argument changed": ("argument_changed",),
    "state shared by calls": ("shared_state",),
}
"""Name → the keys of the sentences that say it."""


def general_name(exercise: Exercise, outcomes: Vector, right: Vector, error: Outcome | None = None) -> General | None:
    """The general name of what is wrong first; None where there is none.

    error: what a crash ended with, which comes before the outcomes.
    """
    if error is not None and error.error:
        return of_error(error)
    wrong = [name for name in right if name in outcomes and not same(outcomes[name], right[name])]
    for name in wrong[:1]:
        general = of_error(outcomes[name]) if outcomes[name].error else _of_items(outcomes[name], right[name])
        return general and General(general.key, general.fields, name)
    return None


# ── exceptions ──────────────────────────────────────────────────────────────────────────────────────────────────────

_KINDS_OF_TYPES = {
    "NoneType": "none",
    "str": "text",
    "Value": "value_for_number",
    "function": "function",
    "builtin_function_or_method": "function",
    "method": "function",
    **dict.fromkeys(("generator", "map", "zip", "filter", "reversed"), "generator"),
    **dict.fromkeys(("list", "tuple", "dict", "set"), "list_for_number"),
}
"""Type → the kind of mistake where a number was needed."""

_PATTERNS = [
    # exception, what its message is like, key; the groups are fields of the sentence
    ("AttributeError", r"'NoneType' object has no attribute", "none"),
    ("AttributeError", r"'(?:float|int|bool)' object has no attribute '(?P<name>\w+)'", "number_for_value"),
    ("AttributeError", r"'(?P<type>list|tuple|dict|set)' object has no attribute '(?:data|grad)'", "list_for_number"),
    ("AttributeError", r"'(?:function|method)' object has no attribute", "function"),
    ("AttributeError", r"'(?P<type>\w+)' object has no attribute '(?P<name>\w+)'", "missing_method"),
    ("AttributeError", r"module '(?P<type>\w+)' has no attribute '(?P<name>\w+)'", "missing_in_module"),
    ("TypeError", r"(?P<function>[\w.<>]+)\(\) missing \d+ required .*arguments?: (?P<names>.*)", "few_arguments"),
    (
        "TypeError",
        r"(?P<function>[\w.<>]+)\(\) takes (?P<takes>.+) positional arguments? but (?P<given>\d+) w",
        "many_arguments",
    ),
    ("TypeError", r"(?P<function>[\w.<>]+)\(\) got an unexpected keyword argument '(?P<name>\w+)'", "keyword"),
    ("TypeError", r"unpack non-iterable NoneType|'NoneType' object is not (?:iterable|subscriptable)", "none"),
    ("TypeError", r"unpack non-iterable (?P<type>\w+)", "one_for_several"),
    ("TypeError", r"'(?:generator|map|zip)' object is not subscriptable|'(?:generator|map|zip)' has no", "generator"),
    ("TypeError", r"'set' object is not subscriptable", "set"),
    ("TypeError", r"'(?:function|method)' object is not (?:iterable|subscriptable)", "function"),
    (
        "TypeError",
        r"'(?P<type>\w+)' object is not (?:iterable|subscriptable)|'(?P<of>\w+)' has no len",
        "one_for_several",
    ),
    ("TypeError", r"'NoneType' object is not callable", "none_called"),
    ("TypeError", r"'(?P<type>\w+)' object is not callable", "not_callable"),
    ("TypeError", r"can't multiply sequence by non-int", "sequence"),
    ("TypeError", r"'float' object cannot be interpreted as an integer|indices must be integers", "integer"),
    (
        "ValueError",
        r"not enough values to unpack \(expected (?:at least )?(?P<expected>\d+), got (?P<given>\d+)",
        "unpack",
    ),
    ("ValueError", r"too many values to unpack \(expected (?P<expected>\d+)", "unpack_many"),
    ("ValueError", r"math domain error|expected a (?:positive|nonnegative) input", "domain"),
    ("ValueError", r"could not convert string to float", "text"),
    ("ValueError", r"broadcast together with shapes (?P<shapes>.*\S)", "shapes"),
    ("ValueError", r"shapes? (?P<shapes>\(.*\).*\)) not aligned", "shapes"),
    ("ValueError", r"mismatch in its core dimension", "shapes_unknown"),
    ("UnboundLocalError", r"variable '(?P<name>\w+)'", "unset"),
    ("NameError", r"name '(?P<name>\w+)' is not defined", "not_defined"),
    ("ModuleNotFoundError", r"No module named '(?P<name>[\w.]+)'", "no_module"),
    ("ImportError", r"cannot import name '(?P<name>\w+)' from '(?P<type>[\w.]+)'", "missing_in_module"),
    ("KeyError", r"(?P<name>.*)", "key"),
    ("IndexError", r"", "index"),
    ("ZeroDivisionError", r"", "division_by_zero"),
    ("OverflowError", r"", "overflow"),
    ("RecursionError", r"", "recursion"),
]
_OPERANDS = re.compile(r"unsupported operand type\(s\) for (?P<sign>.+?)=?: '(?P<left>\w+)' and '(?P<right>\w+)'")
_TYPES = re.compile(
    r"must be real number, not (?:'?)(\w+)|bad operand type for (?:unary .|abs\(\)): '(\w+)'"
    r"|not supported between instances of '(\w+)' and '(\w+)'|argument must be .*, not '(\w+)'"
    r"|can only concatenate (\w+)"
)


def of_error(error: Outcome) -> General | None:
    """The general name of an exception.

    >>> of_error(Outcome(error="AttributeError", message="'Value' object has no attribute 'tanh'"))
    General(key='missing_method', fields={'type': 'Value', 'name': 'tanh'}, probe='')
    """
    message = error.message.partition("\n")[0]
    for name, pattern, kind in _PATTERNS:
        match = re.search(pattern, message) if name == error.error else None
        if match:
            fields = match.groupdict()
            if "of" in fields:
                fields["type"] = fields["type"] or fields.pop("of")
            if kind == "not_defined" and fields["name"] in sys.stdlib_module_names:
                kind = "not_imported"
            return General(kind, {key: text for key, text in fields.items() if text is not None})
    return _of_types(message) if error.error == "TypeError" else None


def _of_types(message: str) -> General | None:
    """The general name of an operation that two types do not have."""
    operands = _OPERANDS.search(message)
    if operands:
        left, right = operands["left"], operands["right"]
        method, numbers = _METHODS.get(operands["sign"], ""), ("int", "float", "bool")
        sign = operands["sign"].removesuffix(" or pow()")
        if sign == "^":
            return General("caret")
        if method and right == "Value" and left in numbers:
            return General("missing_reflected", {"sign": sign, "name": f"__r{method}__"})
        if method and left == "Value" and right in (*numbers, "Value"):
            return General("missing_operator", {"sign": sign, "name": f"__{method}__"})
        types = [left, right]
    else:
        match = _TYPES.search(message)
        types = [name for name in match.groups() if name] if match else []
    kinds = {name: _KINDS_OF_TYPES[name] for name in types if name in _KINDS_OF_TYPES}
    if len(kinds) > 1:
        kinds.pop("Value", None)
    return next((General(kind, {"type": name}) for name, kind in kinds.items()), None)


# ── what came out ───────────────────────────────────────────────────────────────────────────────────────────────────


def _of_items(outcome: Outcome, right: Outcome) -> General | None:
    """The general name of an outcome that is no exception: other things than numbers, or another count of them."""
    items, expected = outcome.items, right.items
    keys = [item for item in expected if isinstance(item, str)]
    if keys and len(keys) < len(expected):
        return _of_keys([item for item in items if isinstance(item, str)], keys)
    if not all(isinstance(item, float) for item in expected):
        return None
    if outcome.form.lstrip("[(").startswith("{") and "{" not in right.form:
        return General("dictionary")
    odd = [item for item in items if not isinstance(item, float)]
    if odd:
        return General("none_there") if odd[0] is None and len(items) > 1 else _of_odd(odd[0])
    return _of_count(items, expected) if len(items) != len(expected) else None


def _of_odd(item: object) -> General | None:
    """What stands where a number was expected."""
    if item is None:
        return General("none")
    name = str(item)[1:-1] if re.fullmatch(r"<\w+>", str(item)) else "str"
    if name == "str" and not re.fullmatch(r"\s*[-+]?[\d.]+(e[-+]?\d+)?\s*", str(item)):
        return None  # a word of the check's own
    kind = "set" if name in ("set", "frozenset") else _KINDS_OF_TYPES.get(name)
    return General(kind, {"type": name}) if kind else None


def _of_keys(keys: list[str], expected: list[str]) -> General | None:
    if not keys or set(keys) == set(expected) or len(set(expected)) < len(expected):
        return None
    return General("keys", {"given": ", ".join(dict.fromkeys(keys)), "expected": ", ".join(expected)})


def _of_count(items: tuple[object, ...], expected: tuple[object, ...]) -> General:
    """The general name of too few or too many numbers."""
    fields = {"count": len(items), "expected": len(expected)}
    if not items:
        return General("empty", fields)
    if len(items) > len(expected) and all(map(same_item, items[-len(expected) :], expected)):
        return General("kept" if expected else "count", fields)
    if all(map(same_item, items, expected)):  # as far as the shorter one goes
        return General("first_only" if len(items) < len(expected) else "more_after", fields)
    return General("count", fields)
