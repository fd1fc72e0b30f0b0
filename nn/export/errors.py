"""What stands between a model and its export."""

from __future__ import annotations

import importlib
from typing import Any

from autograd import MissingExtraError

__all__ = ["ExportError", "extra"]


class ExportError(ValueError):
    """A model cannot be written in the other library's terms: the message says which part, and what to do."""


def extra(name: str) -> Any:
    """A package of the extra ``export``. Raises MissingExtraError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(f"this export needs {name}: pip install 'scalar-autograd[export]'") from None
