"""The error of a site that cannot be built."""

from __future__ import annotations

__all__ = ["BuildError"]


class BuildError(Exception):
    """The playground cannot be built. The message says what is missing and what to do."""
