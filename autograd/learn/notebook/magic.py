"""The optional cell magic ``%%check``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Protocol

from autograd.learn.notebook.exercise import Checked, NotebookExercise, TextView
from autograd.learn.notebook.shell import names_bound

__all__ = ["Shell", "check_cell"]


class Shell(Protocol):
    """The parts of an IPython shell that the magic uses."""

    user_ns: dict[str, object]

    def run_cell(self, raw_cell: str) -> Any:
        """Run a cell. The result has an attribute ``success``."""

    def transform_cell(self, raw_cell: str) -> str:
        """Return the cell as plain Python, without magics."""

    def register_magic_function(
        self, func: Callable[[str, str], object], magic_kind: str, magic_name: str | None
    ) -> None:
        """Register a function as the magic ``%%name``."""


def check_cell(shell: Shell, line: str, cell: str) -> Checked | TextView | None:
    """Run the cell and check the objects it defines, ignoring those from other cells."""
    exercise = NotebookExercise(line.strip())
    ran = shell.run_cell(cell)
    if not ran.success:
        return None
    defined = names_bound(ast.parse(shell.transform_cell(cell)))
    own = {name: shell.user_ns[name] for name in exercise.known_names if name in defined and name in shell.user_ns}
    return exercise.check(**own)
