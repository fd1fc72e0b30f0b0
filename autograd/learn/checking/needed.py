"""Which of the earlier exercises a check uses: a file that is not used is not run, so that it cannot be in the way."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from autograd.learn.exercises.exercise import Exercise

__all__ = ["imported", "without_unused"]

File = tuple[str, str]
"""A file's source and path."""


def without_unused(exercise: Exercise, files: Mapping[str, File]) -> dict[str, File]:
    """The files that are used: the exercise's own, those the probes take a name from, and what these import.

    files: the learner's, by exercise; the references are in place of the others.
    """
    probes = "\n".join(exercise.probes.values())
    earlier = {part.name: part for part in exercise.needs}
    asked_for = [name for name, part in earlier.items() if any(re.search(rf"\b{x}\b", probes) for x in part.names)]
    waiting = [exercise.name, *asked_for]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += imported(files[name][0] if name in files else Exercise(name).source()) & set(earlier)
    return {name: file for name, file in files.items() if name in used}


def imported(source: str) -> set[str]:
    r"""The modules that a source imports, also in its functions; none where it is no Python.

    >>> sorted(imported("import math\ndef f():\n    from e04_rules import mul_rule"))
    ['e04_rules', 'math']
    """
    try:
        nodes = [*ast.walk(ast.parse(source))]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return set()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
