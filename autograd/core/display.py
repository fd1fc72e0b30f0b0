"""Notebook display. The engine may not import the pictures, so ``autograd/__init__`` sets ``drawn_by``."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["drawn_by", "mimebundle"]

drawn_by: Callable[[object], dict[str, str]] | None = None
"""A function that returns an object's notebook forms by MIME type."""


def mimebundle(thing: object) -> dict[str, str]:
    """Return an object's notebook forms: its picture, or its text if drawing fails. It never raises."""
    try:
        return {"text/plain": repr(thing)} if drawn_by is None else drawn_by(thing)
    except Exception:
        return {"text/plain": repr(thing)}
