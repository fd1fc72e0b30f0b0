"""Notebooks made from the texts and the starters, so that there is one source of an exercise."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograd.learn.checking.needed import names_of_probes
from autograd.learn.course import LearnError
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.reporting.texts import Words, page
from autograd.util.files import write_whole

__all__ = ["as_notebook", "export", "for_cell"]

MAIN = '\nif __name__ == "__main__":\n'


def export(folder: Path, exercises: list[Exercise], words: Words) -> Iterator[tuple[Path, bool]]:
    """Write the notebooks that are not there into the folder; each path, and whether it was written.

    Raises LearnError where all are there.
    """
    paths = {exercise: folder / f"{exercise.name}.ipynb" for exercise in exercises}
    there = [path for path in paths.values() if path.exists()]
    if len(there) == len(paths):
        raise LearnError(words.say("notebook_there", files=", ".join(path.name for path in there)))
    for exercise, path in paths.items():
        if path in there:
            yield path, False
            continue
        text = json.dumps(as_notebook(exercise, words), ensure_ascii=False, indent=1) + "\n"
        try:
            write_whole(path, text.encode(), new=True)
        except OSError as error:
            raise LearnError(words.say("cannot_write", folder=folder, reason=error.strerror)) from None
        yield path, True


def as_notebook(exercise: Exercise, words: Words) -> dict[str, Any]:
    """The notebook of an exercise, as nbformat 4.5 has it."""
    text = page(exercise.name, words.language)
    number, names = exercise.number, ", ".join(exercise.names)
    cells = [
        _markdown("task", f"# {words.say('exercise', number=number, title=text.title)}\n\n{text.task}"),
        _code("begin", f"from autograd.learn import ex\n\nexercise = ex({number})"),
        _code("work", for_cell(exercise.source("starter"))),
        *([_code("try", tried)] if (tried := _main_block(exercise.source("starter"))) else []),
        _code("check", f"exercise.check({names})"),
        _markdown("help", words.say("notebook_help")),
        _code("hint", "# exercise.hint()"),
        *([_code("names", f"# exercise.try_out()  # {words.say('notebook_try')}")] if _has_helpers(exercise) else []),
        *([_code("graph", "# exercise.graph()")] if _has_graphs(exercise) else []),
        _code("solution", "# exercise.solution()"),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _has_helpers(exercise: Exercise) -> bool:
    """Whether its probes use names that the notebook does not define."""
    return bool(set(names_of_probes(exercise)) - set(exercise.names))


def _has_graphs(exercise: Exercise) -> bool:
    """Whether it computes with Values, so that there can be a graph to show."""
    return any("Value" in part.names for part in [exercise, *exercise.needs])


def for_cell(source: str) -> str:
    """A file as a cell: without what is done when it is run as a program."""
    return source.partition(MAIN)[0].strip("\n")


def _main_block(source: str) -> str:
    """What a file does when it is run as a program, commented out; "" where that is nothing."""
    lines = textwrap.dedent(source.partition(MAIN)[2]).strip("\n").splitlines()
    return "\n".join(f"# {line}".rstrip() for line in lines)


def _markdown(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text.splitlines(keepends=True)}


def _code(name: str, text: str) -> dict[str, Any]:
    lines = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": name, "metadata": {}, "outputs": [], "source": lines}
