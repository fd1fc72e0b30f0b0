"""Errors of the exports."""

from __future__ import annotations

import importlib
from typing import Any

from autograd import MissingExtraError

__all__ = ["ExportError", "extra"]


class ExportError(ValueError):
    """Raised if a model cannot be expressed in the other library; the message says which part, and what to do."""


def extra(name: str) -> Any:
    """Import a package of the extra ``export``. Raises MissingExtraError if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(f"this export needs {name}: pip install 'scalar-autograd[export]'") from None
