"""Which of the earlier exercises a check uses: a file that is not used is not run, so that it cannot be in the way."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping

from autograd.learn.checking.programs import imported
from autograd.learn.exercises.exercise import Exercise

__all__ = ["asks_for_more", "names_of_probes", "without_unused"]

File = tuple[str, str]
"""A file's source and path."""
_WORD = re.compile(r"(?<![\w.])[A-Za-z]\w*")


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
            waiting += _imported(files[name][0] if name in files else Exercise(name).source()) & set(earlier)
    return {name: file for name, file in files.items() if name in used}


def _imported(source: str) -> set[str]:
    """The exercises that a source imports from, also in its functions; none where it is no Python."""
    try:
        return set(imported(ast.parse(source)).values())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return set()


def asks_for_more(exercise: Exercise, probe: str) -> bool:
    """Whether a probe uses names that are not in the file of the exercise, so that it cannot be pasted after it."""
    return bool(set(_WORD.findall(probe)) & set(names_of_probes(exercise)) - set(exercise.names))


def names_of_probes(exercise: Exercise) -> list[str]:
    """The names that the probes use, the learner's first."""
    defined = [*exercise.names, *(name for part in exercise.needs for name in part.names)]
    words = set(_WORD.findall("\n".join(exercise.probes.values()))) - set(vars(builtins))
    helpers = sorted(name for name in vars(exercise.check) if name in words and name not in defined)
    return [name for name in defined if name in words] + helpers
