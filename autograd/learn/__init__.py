"""The exercises: the learner writes the engine, and every failing check names the mistake.

In a terminal ``autograd learn``; in a notebook ``from autograd.learn import ex``, then ``ex(8).check(toposort)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.learn.notebook.exercise import NotebookExercise
    from autograd.learn.notebook.magic import Shell

__all__ = ["ex"]


def ex(which: int | str, language: str | None = None, using: str | None = None) -> NotebookExercise:
    """An exercise by number or name, for a notebook: ``.check(…)``, ``.hint()``, ``.solution()``, ``.graph()``.

    The modules of earlier exercises can be imported from then on: yours as far as they have passed, as
    files or in this kernel; the solutions of the others, or of all with ``using="reference"``.
    """
    from autograd.learn.notebook.exercise import NotebookExercise

    return NotebookExercise(which, language, using)


def load_ipython_extension(shell: Shell) -> None:
    """``%load_ext autograd.learn``: a cell that begins with ``%%check 8`` is run, and what it defines is checked."""
    from autograd.learn.notebook.magic import check_cell

    shell.register_magic_function(lambda line, cell: check_cell(shell, line, cell), "cell", "check")
