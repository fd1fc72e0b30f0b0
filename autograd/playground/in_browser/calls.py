"""The door between the page and Python: a name and JSON in, JSON out."""

from __future__ import annotations

import json
import sys
from importlib import import_module

from autograd.playground.in_browser.left_out import explain

__all__ = ["MODULES", "call"]

MODULES = ("learn", "play")
"""The modules whose public functions a page may call, as ``play.run``. Arguments and results are plain data."""

if sys.platform == "emscripten":
    explain()


def call(name: str, arguments: str) -> str:
    r"""Call a function with keyword arguments, given as a JSON object, and return its result as JSON.

    Raises KeyError for a name that is no public function of `MODULES`, and what the function raises.

    >>> call("play.run", '{"source": "print(1 + 1)", "language": "en"}')[:16]
    '{"output": "2\\n"'
    """
    module, _, function = name.partition(".")
    if module not in MODULES:
        raise KeyError(name)
    functions = import_module(f"{__package__}.{module}")  # what a page does not use takes a second to import there
    if function not in functions.__all__:
        raise KeyError(name)
    return json.dumps(getattr(functions, function)(**json.loads(arguments)))
