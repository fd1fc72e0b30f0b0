"""The optional cell magic ``%%check``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Protocol

from autograd.learn.notebook.exercise import Checked, NotebookExercise, TextView

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


def names_bound(tree: ast.Module) -> set[str]:
    r"""Return the names that the statements of a cell define.

    >>> sorted(names_bound(ast.parse("import math\ndef f(x): y = x\nclass A: pass\nb = c = 1")))
    ['A', 'b', 'c', 'f', 'math']
    """
    names: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            names.add(statement.name)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
        else:
            names |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and _is_target(node)}
    return names


def _is_target(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
