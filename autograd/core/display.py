"""How things look in a notebook. Pictures lie above the engine and the compiler: ``autograd/__init__`` names them."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["drawn_by", "mimebundle"]

drawn_by: Callable[[object], dict[str, str]] | None = None
"""What makes the forms of a thing that a notebook may show, by MIME type."""


def mimebundle(thing: object) -> dict[str, str]:
    """A thing in a notebook: its picture, or its text where there is none; never raises."""
    try:
        return {"text/plain": repr(thing)} if drawn_by is None else drawn_by(thing)
    except Exception:
        return {"text/plain": repr(thing)}
