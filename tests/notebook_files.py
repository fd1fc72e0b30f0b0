"""Notebook files as nbformat reads and judges them, without its import, which takes seconds in every process."""

import functools
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

__all__ = ["read", "validate"]


class Node(dict):
    """An object of the file: its keys are attributes too, and a list of lines is one text."""

    def __init__(self, entries: dict[str, Any]) -> None:
        super().__init__({key: _text(x) if key in ("source", "text") else x for key, x in entries.items()})
        if "output_type" in self and "data" in self:
            self["data"] = Node({kind: _text(x) for kind, x in self["data"].items()})

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _text(x: Any) -> Any:
    return "".join(x) if isinstance(x, list) else x


@functools.cache
def read(path: Path) -> Any:
    """The notebook in this file."""
    return json.loads(path.read_text(encoding="utf-8"), object_hook=Node)


@functools.cache
def _judge() -> Callable[[Any], Any]:
    compiler = pytest.importorskip("fastjsonschema", reason="it comes with nbformat")
    schema = Path(importlib.util.find_spec("nbformat").origin).parent / "v4" / "nbformat.v4.5.schema.json"
    return compiler.compile(json.loads(schema.read_text(encoding="utf-8")))


def validate(notebook: Any) -> None:
    """Raise where this is no notebook of format 4.5, or two of its cells have one id."""
    _judge()(notebook)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
