"""nn.load: a model from the file that ``Module.save`` wrote, made again and filled with its numbers."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import autograd
from autograd.util.printable import printable
from nn import activations, layers
from nn.module import Module, read_state

__all__ = ["load"]

_CLASSES: dict[str, Any] = {name: getattr(file, name) for file in (layers, activations) for name in file.__all__}
_ROOM = 1 << 24  # bytes that a file may unpack to, beyond 256 for each of its own: paths are packed well


def load(path: str | os.PathLike[str], *, allow_nonfinite: bool = False) -> Module:
    """Make the model again that ``model.save(path)`` wrote, with its parameters.

    path: of the file.
    allow_nonfinite: load nan and infinities too.

    Nothing is unpickled: the file says which layers of nn, and which functions of autograd, the model is made of.
    Raises ValueError for a file that is damaged, that ``save`` did not write, or that holds a model with a class or
    function of your own: make that model yourself, and call ``model.load(path)``. FileNotFoundError for no file.

    >>> import nn, tempfile
    >>> model = nn.Sequential(nn.Layer(2, 3, "tanh"), nn.Linear(3, 2), autograd.softmax)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     model.save(f"{folder}/model.npz")
    ...     copy = nn.load(f"{folder}/model.npz")
    >>> copy, copy.state_dict() == model.state_dict()
    (Sequential of [Layer of 3 tanhNeuron(2), Linear(3, 2), softmax], True)
    """
    file = Path(path)
    state, text = read_state(file, _ROOM + 256 * os.path.getsize(file))
    recipe = _read(file, text)
    if not isinstance(recipe, dict):
        raise ValueError(
            f"{file} does not say how its model is made: {recipe}\n"
            "  try             model.load(path), where model is made as the one that was saved"
        )
    try:
        if _parameters(recipe) != len(state):
            raise ValueError(f"{_parameters(recipe)} parameters, where the file has {len(state)} numbers")
        model = _made(recipe)
    except Exception as error:  # whatever damaged words lead to
        raise ValueError(f"{file} is damaged, or of another version; it describes no model: {error}") from error
    try:
        model.load_state_dict(state, allow_nonfinite=allow_nonfinite)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None
    return model  # type: ignore[no-any-return]


def _read(path: Path, text: str) -> Any:
    """The recipe; in its place, words that say why there is none."""
    if not text:
        return "it was written by version 0.1"
    try:
        recipe = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(f"{path} is damaged: its model is no JSON") from None
    return recipe if isinstance(recipe, dict) else f"{printable(str(recipe))} has a class or a function of your own"


def _parameters(recipe: Mapping[str, Any]) -> int:
    """How many numbers such a model has, before it is made: a damaged file may describe one beyond all memory."""
    widths = [recipe["nin"], *recipe.get("nouts", [recipe.get("nout", 1)])] if "nin" in recipe else []
    if not all(isinstance(width, int) and width > 0 for width in widths):
        raise ValueError(f"widths of {printable(repr(widths))}")
    own = [(i + 1) * o for i, o in pairwise(widths)]
    return int(sum(own)) + sum(_parameters(part) for part in recipe.get("modules", []))


def _made(recipe: Any) -> Any:
    """The module or function of a recipe; anything else is itself."""
    if not isinstance(recipe, dict):
        return recipe
    if set(recipe) == {"function"}:
        if recipe["function"] not in autograd.__all__:
            raise ValueError(f"autograd has no function {recipe['function']!r:.60}")
        return getattr(autograd, recipe["function"])
    settings = {name: _made(x) for name, x in recipe.items() if name not in ("class", "modules")}
    kind = _CLASSES.get(recipe.get("class", ""))
    if kind is None:
        raise ValueError(f"nn has no module {recipe.get('class')!r:.60}")
    return kind(*map(_made, recipe.get("modules", [])), **settings)
