"""Which of the earlier exercises a check uses: a file that is not used is not run, so that it cannot be in the way."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Mapping
from types import FunctionType

from autograd.learn.checking.programs import imported
from autograd.learn.exercises.exercise import Exercise

__all__ = ["asks_for_more", "names_of_probes", "used_parts", "without_unused"]

File = tuple[str, str]
"""A file's source and path."""
_WORD = re.compile(r"(?<![\w.])[A-Za-z]\w*")


def without_unused(exercise: Exercise, files: Mapping[str, File]) -> dict[str, File]:
    """The files that are used.

    files: the learner's, by exercise; the references are in place of the others.
    """
    used = used_parts(exercise, {name: source for name, (source, _) in files.items()})
    return {name: file for name, file in files.items() if name in used}


def used_parts(exercise: Exercise, sources: Mapping[str, str]) -> set[str]:
    """The exercise itself, those the probes take a name from, and what these import.

    sources: the learner's, by exercise; the references are in place of the others.
    """
    probes = "\n".join(exercise.probes.values())
    earlier = {part.name: part for part in exercise.needs}
    asked_for = [name for name, part in earlier.items() if any(re.search(rf"\b{x}\b", probes) for x in part.names)]
    waiting = [exercise.name, *asked_for, *(_imported_by_helpers(exercise, probes) & set(earlier))]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            source = sources[name] if name in sources else Exercise(name).source()
            waiting += _imported(source) & set(earlier)
    return used


def _imported_by_helpers(exercise: Exercise, probes: str) -> set[str]:
    """The modules that functions of the check, which its probes call, import when they are called."""
    helpers = [vars(exercise.check).get(word) for word in set(_WORD.findall(probes))]
    codes = [helper.__code__ for helper in helpers if isinstance(helper, FunctionType)]
    return {name for code in codes for name in code.co_names}


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
