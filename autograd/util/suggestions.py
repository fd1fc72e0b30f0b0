"""Errors about unknown names: advice for names of other libraries, otherwise the nearest known name."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from autograd.util.habits import ADVICE
from autograd.util.printable import printable, quoted

__all__ = [
    "BY_HAND",
    "USE_A_RULE",
    "Advised",
    "ReadOnly",
    "add_advice",
    "advice_for",
    "did_you_mean",
    "lookup_error",
    "missing",
    "missing_import",
    "refuse_habits",
    "refuse_keyword",
]


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return ``did you mean 'adam'?`` if a known name is similar, ignoring case; otherwise "".

    name: the unknown name.
    known: the names that exist.

    >>> did_you_mean("adamm", ["adam", "sgd"]), did_you_mean("lion", ["adam", "sgd"])
    ("did you mean 'adam'?", '')
    """
    if not isinstance(name, str):
        return ""
    import difflib  # takes a millisecond, so it waits until there is a mistake

    by_lower_case = {other.lower(): other for other in known}
    like = difflib.get_close_matches(name[:60].lower(), by_lower_case, 1, 0.75)
    return f"did you mean {by_lower_case[like[0]]!r}?" if like else ""


def lookup_error(
    kind: str, given: object, known: Iterable[str], or_else: str, shown: Sequence[str] | None = None
) -> str:
    """Return the message about an unknown name: the name, the nearest known one, and the known ones.

    kind: what the name stands for, such as "optimizer".
    given: the unknown name.
    known: the names that exist.
    or_else: another way to say it, after "or".
    shown: the names to list, by default all.

    >>> lookup_error("optimizer", "adamm", ["adam", "sgd"], "pass an optimizer")
    "unknown optimizer 'adamm' (did you mean 'adam'?); use one of adam, sgd, or pass an optimizer"
    """
    names = sorted(known)
    like = did_you_mean(given, names)
    listed = ", ".join(names if shown is None else shown)
    return f"unknown {kind} {given!r:.60}{f' ({like})' if like else ''}; use one of {listed}, or {or_else}"


def missing(what: str, name: str, owners: Sequence[str], known: Iterable[str]) -> AttributeError:
    """Return the error about a missing attribute, with advice or the nearest attribute.

    what: the object that lacks the attribute, in words.
    name: the attribute.
    owners: keys of the advice table; the first that knows the name gives the advice.
    known: the object's attributes.

    >>> print(missing("an optimizer", "learning_rate", ["Optimizer"], []))
    an optimizer has no 'learning_rate'
      try             optimizer.lr
    """
    explanation = _explanation(name, owners, known)
    # With an obj Python would print a second suggestion after this one.
    return AttributeError(f"{what} has no {quoted(name)}{explanation}", name=name, obj=None)


def missing_import(name: str) -> ModuleNotFoundError | None:
    """Return the error about ``from nn import DataLoader`` or ``import nn.functional``; None if there is no advice.

    Python would replace an AttributeError there by an ImportError without the advice, but looks for a module first.

    >>> print(missing_import("nn.EarlyStopping"))
    module 'nn' has no 'EarlyStopping'
      try             nn.fit(model, X, y, validation=(X, y), patience=5): it restores the best parameters
    """
    package, _, attribute = name.rpartition(".")
    known = getattr(sys.modules.get(package), "__all__", ())
    explanation = _explanation(attribute, [package], known) if package in ADVICE else ""
    return ModuleNotFoundError(f"module {package!r} has no {quoted(attribute)}{explanation}") if explanation else None


def refuse_keyword(function: str, names: Iterable[str], owner: str = "", known: Iterable[str] = ()) -> None:
    """Raise TypeError for the first of these unknown keywords, with advice or the nearest keyword.

    function: the function's name.
    names: the unknown keywords.
    owner: the key in the advice table, by default ``function()``.
    known: the keywords that the function has.

    >>> refuse_keyword("fit", ["verbose"])
    Traceback (most recent call last):
    TypeError: fit() got an unexpected keyword argument 'verbose'
      try             nn.fit(model, X, y, progress=False): True shows a bar; the default only in a terminal or notebook
    """
    for name in names:
        like = did_you_mean(name, known)
        advice = advice_for(owner or f"{function}()", name) or (f": {like}" if like else "")
        raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{advice}")


def _explanation(name: str, owners: Sequence[str], known: Iterable[str]) -> str:
    """The advice to add after a missing name; "" if there is none."""
    advice = next(filter(None, (advice_for(owner, name) for owner in owners)), "")
    if advice or name.startswith("_"):
        return advice
    like = did_you_mean(name, [x for x in known if not x.startswith("_")])
    return f": {like}" if like else ""


def refuse_habits(kind: type, options: Iterable[str], owner: str) -> None:
    """Raise TypeError for a keyword that a class does not take, if the table has advice for it."""
    for name in options:
        if advice_for(owner, name):
            import inspect  # only needed for a mistake

            parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
            takes_any = any(x.kind is inspect.Parameter.VAR_KEYWORD for x in parameters.values())
            if name not in parameters and not takes_any:
                refuse_keyword(kind.__name__, [name], owner)


def advice_for(owner: str, name: str) -> str:
    """Return the error's ``try`` line for a name; "" if the table has none."""
    rows = ADVICE.get(owner, {})
    if name not in rows:
        return ""
    code, words = rows[name]
    parts = [words, code] if "\n" in code else [code, words]
    between = ", " if words.startswith(("and ", "or ", "where ", "with ")) else ":\n" if "\n" in code else ": "
    return "\n  try             " + between.join(filter(None, parts)).replace("\n", "\n" + 18 * " ")


USE_A_RULE = "\n  try             @autograd.rule on a function that returns value and local derivatives: x * y, (y, x)"
"""What an error says where only a rule will do: it has derivatives of every order, and can be compiled."""

BY_HAND = (
    "\n  try             Value(a.data * b.data, (a, b), (b.data, a.data)): number, parents, the derivative in each;\n"
    "                  or @autograd.rule on a function that returns value and local derivatives: x * y, (y, x)"
)
"""What an error says to somebody who makes a node with parents and a closure of their own, as in a lecture."""


class ReadOnly(property):
    """A property that tells how a node was made: AttributeError says how to make another."""

    def __set__(self, thing: object, _: object) -> None:
        raise AttributeError(
            f"how a node was made cannot be changed (_backward, _prev, _op and their like){BY_HAND}", obj=None
        )


class Advised:
    """A base for classes whose missing attributes are explained by the table's advice for the class and its bases.

    A class may set ``_advised_as`` to another key of the table than its name.
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # a type checker would think that every attribute exists

        def __getattr__(self, name: str) -> Any:
            kind = type(self)
            if hasattr(kind, name):  # a property that raised an AttributeError itself
                return object.__getattribute__(self, name)
            owners = [vars(base).get("_advised_as", base.__name__) for base in kind.__mro__]
            raise missing(f"this {printable(kind.__name__)}", name, owners, object.__dir__(self))


class _Elsewhere:
    """An attribute of another library's class. Reading it raises AttributeError with the advice.

    An object with a ``__dict__``, such as one of a subclass, may define it.
    """

    def __init__(self, owner: str, name: str) -> None:
        self.owner, self.name = owner, name

    def __get__(self, thing: object, kind: type | None = None) -> Any:
        own = getattr(thing, "__dict__", {})
        if thing is not None and self.name in own:
            return own[self.name]
        raise missing(f"a {self.owner}", self.name, [self.owner], [])

    def __set__(self, thing: object, x: object) -> None:
        if not hasattr(thing, "__dict__"):
            self.__get__(thing)
        vars(thing)[self.name] = x


def add_advice(kind: type) -> None:
    """Explain the missing attributes of a class for which ``__getattr__`` would be too slow.

    NumPy asks each element of an object array for three attributes that a Value lacks. With ``__getattr__`` that would
    take thirty times as long.
    """
    for name in ADVICE[kind.__name__]:
        setattr(kind, name, _Elsewhere(kind.__name__, name))
