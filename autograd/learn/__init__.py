"""The exercises: you write the engine, and every failing check names the mistake.

In a terminal, run ``autograd learn``. In a notebook, ``from autograd.learn import ex`` and ``ex(8).check(toposort)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograd.learn.notebook.exercise import NotebookExercise
    from autograd.learn.notebook.magic import Shell

__all__ = ["ex"]


def ex(which: int | str, language: str | None = None, using: str | None = None) -> NotebookExercise:
    """Get an exercise for a notebook: it has ``check``, ``hint``, ``try_out``, ``graph`` and ``solution``.

    which: the exercise's number or name.
    language: "en" or "zh"; by default the one chosen before.
    using: "mine" or "reference", to choose whose earlier exercises this one builds on.

    Afterwards you can import the modules of earlier exercises. By default those are your own if they have passed, as
    files or in this kernel, and the solutions otherwise; with ``using="reference"`` all are the solutions.
    """
    from autograd.learn.notebook.exercise import NotebookExercise

    return NotebookExercise(which, language, using)


def load_ipython_extension(shell: Shell) -> None:
    """Add the magic ``%%check 8``, which runs a cell and checks what it defines: ``%load_ext autograd.learn``."""
    from autograd.learn.notebook.magic import check_cell

    shell.register_magic_function(lambda line, cell: check_cell(shell, line, cell), "cell", "check")
