"""Recipes: how a model is made again, as a file of ``Module.save`` says it."""

from __future__ import annotations

import json
from typing import Any

import autograd
from autograd.util.printable import kind_of, name_of, printable

__all__ = ["difference", "recipe_text"]


def recipe_text(module: object) -> str:
    """Return a module's recipe as JSON; if it has none, the name of its class."""
    try:
        return json.dumps(_recipe(module))
    except (NotImplementedError, TypeError, ValueError, RecursionError):  # something of the user's own is in it
        return json.dumps(kind_of(module))


def _recipe(thing: object) -> object:
    """Say how a thing is made again: a module by its class and arguments, a function of autograd by its name."""
    if hasattr(type(thing), "_settings"):
        if type(thing).__module__.partition(".")[0] != "nn":
            raise NotImplementedError
        settings: dict[str, object] = thing._settings()  # type: ignore[attr-defined]  # a Module, which imports this
        return {"class": type(thing).__name__, **{name: _recipe(x) for name, x in settings.items()}}
    if isinstance(thing, (list, tuple)):
        return [_recipe(x) for x in thing]
    if callable(thing):
        name = name_of(thing)
        if getattr(autograd, name, None) is not thing:
            raise NotImplementedError
        return {"function": name}
    return thing


def difference(text: str, module: object) -> str:
    """Return lines that say how the model in a file differs from this one, if ``nn.load`` can build that model.

    text: the recipe in the file.
    """
    try:
        there, here = json.loads(text or "null"), json.loads(recipe_text(module))
    except (ValueError, RecursionError):
        return ""
    if not isinstance(there, dict) or there == here:
        return ""
    lines = ""
    if not isinstance(here, dict) or there.get("class") != here["class"]:
        lines = f"\n  in the file     {printable(str(there.get('class')), 60)}, not {kind_of(module)}"
    else:
        names = [name for name, x in here.items() if name != "modules" and there.get(name) != x]
        if names:
            lines = f"\n  in the file     {_settings(there, names)}, not {_settings(here, names)}"
    return f"{lines}\n  try             nn.load(path), which also builds the model that was saved"


def _settings(recipe: dict[str, Any], names: list[str]) -> str:
    return printable(", ".join(f"{name}={recipe.get(name)}" for name in names), 200)
