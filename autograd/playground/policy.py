"""The Content-Security-Policy of the pages: what they may load, and which scripts run in their frames."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

__all__ = ["NUMPY", "policy"]

NUMPY = "https://cdn.jsdelivr.net/pyodide/v314.0.7/full/"
"""Pyodide's own distribution of NumPy. Only pages on which the reader switched it on may ask for anything there."""


def policy(scripts: Iterable[str] = (), distribution: str = "") -> str:
    """The policy of a page.

    scripts: the inline scripts that may run in its frames, by their hashes.
    distribution: an address from which the page may load more.

    >>> any(word in policy() for word in ("unsafe-inline", "'unsafe-eval'", "http"))
    False
    """
    hashes = "".join(f" 'sha256-{base64.b64encode(hashlib.sha256(x.encode()).digest()).decode()}'" for x in scripts)
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'wasm-unsafe-eval'{hashes}",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"'self' {distribution}".strip(),
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
