"""Probes: short programs that are run on a learner's code, on the reference and on every mutant, and what came out.

A probe is source text. What the learner is shown as evidence is what was run, so it can be pasted and tried. The value
of its last line is the outcome: numbers, words, or the exception it ended with.
"""

from __future__ import annotations

import ast
import math
import os
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from itertools import islice
from numbers import Real
from typing import Any

from autograd.util.deep_graphs import free_kept, keep, keep_error

__all__ = ["NOT_OWN", "Outcome", "failed", "is_own", "probe_outcome", "run_probes", "same", "same_item"]

TOLERANCE = 1e-6  # relative; the gates see to it that every listed mistake is farther off
SMALLEST = 1e-9  # a difference below it is rounding where the right number is 0
_LONGEST, _LONGEST_FORM = 2_000, 20  # items that are compared, and that are shown in their brackets
_LONGEST_TEXT = 200  # characters that are compared; the longest right text has 70
NOT_OWN = (
    os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), ""),
    os.path.join(os.path.dirname(os.__file__), ""),
    "<frozen ",
)
"""How the paths begin of files that are no learner's: of this package, of Python's library."""


@dataclass(frozen=True)
class Outcome:
    """What a probe gave: the items of its last line, flat, or the error it ended with and the learner's line of it.

    An item is a float (ints, bools and fractions become floats), a str, None, or "<type name>" for anything else. form
    is how they were put together, as "[%s, %s]", with a place for each; it is shown, and not compared.
    """

    items: tuple[Any, ...] = ()
    error: str = ""
    message: str = ""
    file: str = ""
    line: int = 0
    form: str = field(default="", repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it; ``Outcome.from_dict`` reads it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Outcome:
        """The outcome that ``to_dict`` wrote down."""
        return cls(**{**fields, "items": tuple(fields["items"])})


def run_probes(probes: Mapping[str, str], namespace: Mapping[str, object]) -> dict[str, Outcome]:
    """The outcome of each probe, each run in a fresh copy of the namespace."""
    return {name: probe_outcome(source, dict(namespace)) for name, source in probes.items()}


def probe_outcome(source: str, namespace: dict[str, object]) -> Outcome:
    r"""Run one probe. Names it sets stay in the namespace, where a picture finds the graph it built.

    In a browser the namespace is emptied when the next probe is run (``deep_graphs`` says why).

    >>> probe_outcome("a = 2\na + 1, 'x', [True]", {})
    Outcome(items=(3.0, 'x', 1.0), error='', message='', file='', line=0)
    >>> probe_outcome("1 / 0", {}).error
    'ZeroDivisionError'
    """
    body, last = _compiled(source)
    free_kept()
    keep(namespace)
    try:
        exec(body, namespace)  # noqa: S102  (the probe, and with it the learner's code)
        form: list[str] = []
        items = tuple(_flat(eval(last, namespace), form))
        return Outcome(items[:_LONGEST], form="".join(form) if len(items) <= _LONGEST_FORM else "")
    except (Exception, SystemExit) as error:
        keep_error(error)
        return failed(error)


def same(a: Outcome, b: Outcome) -> bool:
    """Whether two outcomes are equal: numbers to 1e-6 relative, errors by their type."""
    if a is b or a.error or b.error:
        return a.error == b.error
    return len(a.items) == len(b.items) and all(map(same_item, a.items, b.items))


def same_item(a: object, b: object) -> bool:
    """Whether two items are equal: numbers to 1e-6 relative, a number and a word never."""
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=SMALLEST) or (math.isnan(a) and math.isnan(b))
    return bool(type(a) is type(b) and a == b)


@lru_cache(maxsize=1024)
def _compiled(source: str) -> tuple[Any, Any]:
    """The statements before the last line, and the last line as an expression."""
    tree = ast.parse(source, "<probe>")
    last = tree.body.pop()
    if not isinstance(last, ast.Expr):
        raise SyntaxError(f"the last line of a probe is an expression: {source!r}")
    return compile(tree, "<probe>", "exec"), compile(ast.Expression(last.value), "<probe>", "eval")


def _flat(value: object, form: list[str]) -> Iterable[object]:
    """The items of a value; how they are put together is added to the form."""
    if isinstance(value, (list, tuple, Iterator)):
        form.append("(" if isinstance(value, tuple) else "[")
        for position, item in enumerate(islice(value, _LONGEST)):
            form.append(", " if position else "")
            yield from _flat(item, form)
        form.append(")" if isinstance(value, tuple) else "]")
    elif isinstance(value, dict):
        form.append("{")
        for position, (key, item) in enumerate(value.items()):
            form.append((", " if position else "") + _in_place_of_an_item(repr(key)) + ": ")
            yield _shortened(str(key))
            yield from _flat(item, form)
        form.append("}")
    elif hasattr(value, "tolist") and not isinstance(value, Real):  # of NumPy
        yield from _flat(value.tolist(), form)
    else:
        form.append(_in_place_of_an_item(str(value)) if isinstance(value, bool) else "%s")
        yield _item(value)


def _in_place_of_an_item(text: str) -> str:
    """The text in a form, which takes the place of the item."""
    return text[:40].replace("%", "%%") + "%.0s"


def _item(value: object) -> float | str | None:
    if isinstance(value, Real):
        size: Any = abs(value)
        return float(value) if size < 1e308 or math.isinf(value) or math.isnan(value) else "<int>"
    if isinstance(value, str):
        return _shortened(value)
    return None if value is None else f"<{type(value).__name__[:60]}>"


def _shortened(text: str) -> str:
    """The text, its end left out if it is long: a learner's may have ten million characters."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def failed(error: BaseException) -> Outcome:
    """The outcome of an exception, with the last line of the learner's own on its way."""
    own = [(path, line) for path, line in _places(error) if is_own(path)]
    file, line = own[-1] if own else ("", 0)
    return Outcome(error=type(error).__name__, message=str(error)[:500], file=file, line=line)


def _places(error: BaseException) -> list[tuple[str, int]]:
    return [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]


def is_own(path: str) -> bool:
    """Whether the file is the learner's: not this package, not Python's library, not an installed one."""
    if path.startswith("<"):
        return path.startswith("<ipython-")
    return not (path.startswith(NOT_OWN) or "site-packages" in path)
