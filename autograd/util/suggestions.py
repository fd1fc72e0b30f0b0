"""Errors about names: what to write instead of a name of another library, or else the nearest name."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from autograd.util.habits import ADVICE
from autograd.util.printable import printable, quoted

__all__ = [
    "Advised",
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
    """``did you mean 'adam'?`` where a known name is like this one, upper or lower case; else "".

    >>> did_you_mean("adamm", ["adam", "sgd"]), did_you_mean("lion", ["adam", "sgd"])
    ("did you mean 'adam'?", '')
    """
    if not isinstance(name, str):
        return ""
    import difflib  # a millisecond of every `import autograd`, for a mistake

    by_lower_case = {other.lower(): other for other in known}
    like = difflib.get_close_matches(name[:60].lower(), by_lower_case, 1, 0.75)
    return f"did you mean {by_lower_case[like[0]]!r}?" if like else ""


def lookup_error(
    kind: str, given: object, known: Iterable[str], or_else: str, shown: Sequence[str] | None = None
) -> str:
    """The words of an error about a name that is in no table: the name, the nearest one, and all there are.

    shown: some of the names, in place of all.

    >>> lookup_error("optimizer", "adamm", ["adam", "sgd"], "pass an optimizer")
    "unknown optimizer 'adamm' (did you mean 'adam'?); use one of adam, sgd, or pass an optimizer"
    """
    names = sorted(known)
    like = did_you_mean(given, names)
    listed = ", ".join(names if shown is None else shown)
    return f"unknown {kind} {given!r:.60}{f' ({like})' if like else ''}; use one of {listed}, or {or_else}"


def missing(what: str, name: str, owners: Sequence[str], known: Iterable[str]) -> AttributeError:
    """The error about an attribute that is missing.

    what: the thing without it. owners: of the table of advice, the first that knows the name. known: its attributes.

    >>> print(missing("an optimizer", "learning_rate", ["Optimizer"], []))
    an optimizer has no 'learning_rate'
      try             optimizer.lr
    """
    explanation = _explanation(name, owners, known)
    # With an obj Python would print a second suggestion after this one.
    return AttributeError(f"{what} has no {quoted(name)}{explanation}", name=name, obj=None)


def missing_import(name: str) -> ModuleNotFoundError | None:
    """The error about ``from nn import DataLoader`` or ``import nn.functional``; None where there is nothing to say.

    Python turns an AttributeError there into an ImportError without its words, and asks for a module before.

    >>> print(missing_import("nn.EarlyStopping"))
    module 'nn' has no 'EarlyStopping'
      try             nn.fit(model, X, y, validation=(X, y), patience=5): the best parameters are kept
    """
    package, _, attribute = name.rpartition(".")
    known = getattr(sys.modules.get(package), "__all__", ())
    explanation = _explanation(attribute, [package], known) if package in ADVICE else ""
    return ModuleNotFoundError(f"module {package!r} has no {quoted(attribute)}{explanation}") if explanation else None


def refuse_keyword(function: str, names: Iterable[str], owner: str = "", known: Iterable[str] = ()) -> None:
    """Raise TypeError for the first of these keywords, which a function does not have.

    owner: of the table of advice, ``function()`` if it is left out. known: the keywords that the function has.

    >>> refuse_keyword("fit", ["verbose"])
    Traceback (most recent call last):
    TypeError: fit() got an unexpected keyword argument 'verbose'
      try             nn.fit(model, X, y, progress=False): progress=True shows a bar, None one where somebody looks on
    """
    for name in names:
        like = did_you_mean(name, known)
        advice = advice_for(owner or f"{function}()", name) or (f": {like}" if like else "")
        raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{advice}")


def _explanation(name: str, owners: Sequence[str], known: Iterable[str]) -> str:
    """What an error goes on with after the missing name; "" where there is nothing to say."""
    advice = next(filter(None, (advice_for(owner, name) for owner in owners)), "")
    if advice or name.startswith("_"):
        return advice
    like = did_you_mean(name, [x for x in known if not x.startswith("_")])
    return f": {like}" if like else ""


def refuse_habits(kind: type, options: Iterable[str], owner: str) -> None:
    """Raise TypeError for a keyword that a class does not take, where the table knows it."""
    for name in options:
        if advice_for(owner, name):
            import inspect  # for a mistake alone

            parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
            takes_any = any(x.kind is inspect.Parameter.VAR_KEYWORD for x in parameters.values())
            if name not in parameters and not takes_any:
                refuse_keyword(kind.__name__, [name], owner)


def advice_for(owner: str, name: str) -> str:
    """The line of an error that says what to write instead of a name; "" where the table has none."""
    rows = ADVICE.get(owner, {})
    if name not in rows:
        return ""
    code, words = rows[name]
    parts = [words, code] if "\n" in code else [code, words]
    between = ", " if words.startswith(("and ", "or ", "where ", "with ")) else ":\n" if "\n" in code else ": "
    return "\n  try             " + between.join(filter(None, parts)).replace("\n", "\n" + 18 * " ")


class Advised:
    """The base of classes whose missing attributes are explained, by the rows of the table for any of their bases.

    owner: the rows, in place of the name of the class.
    """

    __slots__ = ()

    if not TYPE_CHECKING:  # a type checker would believe that every attribute is there

        def __getattr__(self, name: str) -> Any:
            kind = type(self)
            if hasattr(kind, name):  # a property, which raised an AttributeError of its own
                return object.__getattribute__(self, name)
            owners = [vars(base).get("_advised_as", base.__name__) for base in kind.__mro__]
            raise missing(f"this {printable(kind.__name__)}", name, owners, object.__dir__(self))


class _Elsewhere:
    """An attribute that only another library has: AttributeError says what to write instead.

    An object with attributes of its own, as one of a subclass, may have it.
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
    """Explain the missing attributes of a class that is too busy for ``__getattr__``.

    NumPy asks each element of an object array for three attributes that a Value has not: with ``__getattr__`` that
    takes thirty times as long.
    """
    for name in ADVICE[kind.__name__]:
        setattr(kind, name, _Elsewhere(kind.__name__, name))
