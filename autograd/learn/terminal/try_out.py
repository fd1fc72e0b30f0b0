"""``autograd learn try``: a Python prompt in which what a check shows can be pasted."""

from __future__ import annotations

import code
import codeop
import contextlib
import sys
from typing import Any

from autograd.learn.checking import check as checks
from autograd.learn.checking.needed import names_of_probes, without_unused
from autograd.learn.course import Course, LearnError, prog
from autograd.learn.terminal import console

__all__ = ["Prompt", "try_out"]

_CLAUSES = ("else", "elif", "except", "finally", "case")


class Prompt(code.InteractiveConsole):
    """A Python prompt that takes lines as they are shown: indented, and with no empty line after a block."""

    indent = ""

    def push(self, line: str, *options: Any, **settings: Any) -> bool:
        """Take a line; the indentation of the first one is left out of all lines of a block."""
        if not self.buffer:
            self.indent = line[: len(line) - len(line.lstrip())]
        line = line.removeprefix(self.indent)
        ends_a_block = bool(line[:1].strip()) and not line.startswith(_CLAUSES)
        if self.buffer and ends_a_block and self._is_whole():
            super().push("", *options, **settings)
        return super().push(line, *options, **settings)

    def _is_whole(self) -> bool:
        try:
            return codeop.compile_command("\n".join([*self.buffer, ""])) is not None
        except (SyntaxError, ValueError, OverflowError):
            return False


def try_out(course: Course, which: str | None, using: str | None = None) -> int:
    """Open a prompt with the names of a check: the learner's, those of the exercises before it, and its helpers."""
    exercise, path = course.chosen(which)
    files = checks.earlier(exercise, path.parent, using, course.progress.passed())
    if path.is_file():
        with contextlib.suppress(checks.Unreadable):  # the check says it
            files[exercise.name] = checks.read_source(path), str(path.absolute())
    files = without_unused(exercise, files)
    sources = {name: source for name, (source, _) in files.items()}
    sys.path.append(str(path.parent.absolute()))
    with contextlib.ExitStack() as stack:
        try:
            namespace = stack.enter_context(exercise.ready(sources, {name: file for name, (_, file) in files.items()}))
        except (Exception, SystemExit):
            raise LearnError(course.word("try_not", prog=prog(), number=exercise.number)) from None
        names = ", ".join(name for name in names_of_probes(exercise) if name in namespace)
        console.print_wrapped(course.heading("try", exercise, names=names))
        _complete(namespace)
        with contextlib.suppress(SystemExit):
            Prompt({**namespace, "__name__": "__console__"}).interact("", "")
    return 0


def _complete(namespace: dict[str, Any]) -> None:
    """Let the tab key complete names, where there is a terminal with that."""
    with contextlib.suppress(ImportError):
        import readline
        import rlcompleter

        readline.set_completer(rlcompleter.Completer(namespace).complete)
        readline.parse_and_bind("tab: complete")
