"""How things look in a notebook. What draws them is far above this floor: ``autograd/__init__.py`` puts it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

__all__ = ["Picture", "draw", "draw_program", "mimebundle"]


class Picture(Protocol):
    """What a notebook can show."""

    def _repr_mimebundle_(self) -> dict[str, str]: ...


def _nothing(*_: object, **__: object) -> Picture:
    raise NotImplementedError("nothing that draws has been loaded: import autograd")


draw: Callable[..., Picture] = _nothing
"""``autograd.viz.draw``, loaded when it is called."""
draw_program: Callable[..., Picture] = _nothing
"""``autograd.viz.compiled.program_drawing``, loaded when it is called."""


def mimebundle(thing: object) -> dict[str, str]:
    """A Value or a program in a notebook: its picture, or text where there is none. Never raises.

    >>> import autograd
    >>> sorted(mimebundle(autograd.Value(2.0)))
    ['text/html', 'text/plain']
    """
    try:
        bundle = draw(thing)._repr_mimebundle_()
        return bundle | {"text/plain": repr(thing)} if len(bundle) > 1 else bundle
    except Exception:
        return {"text/plain": repr(thing)}
