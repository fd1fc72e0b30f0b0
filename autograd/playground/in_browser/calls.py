"""The door between the page and Python: a name and JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from autograd.playground.in_browser import learn, play

__all__ = ["FUNCTIONS", "call"]

FUNCTIONS: Mapping[str, Callable[..., object]] = {
    f"{module.__name__.rpartition('.')[2]}.{name}": getattr(module, name)
    for module in (play, learn)
    for name in module.__all__
}
"""What a page may call: the public functions of each module, as ``play.run``. Arguments and results are plain data."""


def call(name: str, arguments: str) -> str:
    r"""Call a function with keyword arguments, given as a JSON object, and return its result as JSON.

    Raises KeyError for a name that is not in `FUNCTIONS`, and what the function raises.

    >>> call("play.run", '{"source": "print(1 + 1)", "language": "en"}')[:16]
    '{"output": "2\\n"'
    """
    return json.dumps(FUNCTIONS[name](**json.loads(arguments)))
