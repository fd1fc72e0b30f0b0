"""nn.load: a model rebuilt from a file that ``Module.save`` wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import autograd
from autograd.util.printable import printable
from nn import activations, gpt, layers
from nn.module import Module, read_state

__all__ = ["load"]

_CLASSES: dict[str, type[Module]] = {
    name: getattr(file, name) for file in (layers, activations, gpt) for name in file.__all__
}
_ROOM = 1 << 24  # bytes that a file may unpack to, beyond 256 per byte of its size: paths compress well


def load(path: str | os.PathLike[str], *, allow_nonfinite: bool = False) -> Module:
    """Rebuild the model that ``model.save(path)`` wrote, with its parameters.

    path: the file.
    allow_nonfinite: load nan and infinities too.

    Nothing is unpickled: the file lists the nn layers and autograd functions that the model consists of. If the model
    uses a class or function of your own, create it yourself and call ``model.load(path)``: ``nn.load`` raises
    ValueError for it, as for a file that is damaged or was not written by ``save``. It raises FileNotFoundError if
    there is no file.

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
            f"{file} does not say how to build its model: {recipe}\n"
            "  try             building the same model yourself, then model.load(path)"
        )
    try:
        if _parameters(recipe) != len(state):
            raise ValueError(f"it has {_parameters(recipe)} parameters, but the file has {len(state)} numbers")
        model = _made(recipe)
    except Exception as error:  # whatever damaged words lead to
        raise ValueError(
            f"{file} is damaged or from another version, so no model can be built from it: {error}"
        ) from error
    try:
        model.load_state_dict(state, allow_nonfinite=allow_nonfinite)
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None
    return model  # type: ignore[no-any-return]


def _read(path: Path, text: str) -> Any:
    """Return the recipe, or a sentence that says why there is none."""
    if not text:
        return "it was written by version 0.1"
    try:
        recipe = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(f"{path} is damaged: its model is not JSON") from None
    return recipe if isinstance(recipe, dict) else f"{printable(str(recipe))} uses a class or a function of your own"


def _parameters(recipe: Mapping[str, Any]) -> int:
    """Count a model's numbers before it is made: a damaged file may describe one that does not fit into memory."""
    own = _class(recipe)._count(recipe)
    return int(own + sum(_parameters(part) for part in recipe.get("modules", []) if "class" in part))


def _made(recipe: Any) -> Any:
    """Make the module or function of a recipe; return anything else as it is."""
    if not isinstance(recipe, dict):
        return recipe
    if set(recipe) == {"function"}:
        if recipe["function"] not in autograd.__all__:
            raise ValueError(f"autograd has no function {recipe['function']!r:.60}")
        return getattr(autograd, recipe["function"])
    settings = {name: _made(x) for name, x in recipe.items() if name not in ("class", "modules")}
    return _class(recipe)(*map(_made, recipe.get("modules", [])), **settings)


def _class(recipe: Mapping[str, Any]) -> type[Module]:
    kind = _CLASSES.get(recipe.get("class", ""))
    if kind is None:
        raise ValueError(f"nn has no module {recipe.get('class')!r:.60}")
    return kind
