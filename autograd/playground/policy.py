"""The Content-Security-Policy of the pages: what they may load, and which scripts run in their frames."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

__all__ = ["policy"]


def policy(scripts: Iterable[str] = ()) -> str:
    """The policy of a page. scripts: the inline scripts that may run in its frames, by their hashes.

    >>> "unsafe-inline" in policy() or "unsafe-eval" in policy().replace("wasm-unsafe-eval", "")
    False
    """
    hashes = "".join(f" 'sha256-{base64.b64encode(hashlib.sha256(x.encode()).digest()).decode()}'" for x in scripts)
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'wasm-unsafe-eval'{hashes}",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
