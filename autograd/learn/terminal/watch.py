"""``autograd learn watch``: check whenever the file is saved, until it passes."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from autograd.learn.checking.check import PASSED, Result
from autograd.learn.course import Course
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.reporting.plain_text import as_text
from autograd.learn.terminal import check_command, commands, console, hints

__all__ = ["watch"]

POLL = 0.3  # seconds: soon enough for a reader, and no load


def watch(course: Course, which: str | None = None, using: str | None = None) -> int:
    """Watch the file of an exercise by polling, which also works in network folders.

    At a terminal the keys n h t r l x q work, and after passing it waits for one; elsewhere it ends with the pass.
    """
    with keys() as pressed:
        return Watch(course, using, pressed, *course.chosen(which)).run()


class Watch:
    """A file to watch."""

    def __init__(
        self, course: Course, using: str | None, pressed: Callable[[float], str] | None, exercise: Exercise, path: Path
    ) -> None:
        self.course, self.using, self.pressed = course, using, pressed
        self.exercise, self.path = exercise, path
        self.state = ""
        self.result: Result | None = None
        self.asked_to_reset = False

    def run(self) -> int:
        """Check, wait and check again. Return the exit status of the last check."""
        seen = self.check()
        while True:
            if self.state == PASSED and self.pressed is None:
                break
            key = self.wait()
            if key == "q":
                break
            if key:
                seen = self.act(key, seen)
            elif stamp(self.path) != seen:
                self.settle()
                seen = self.check()
        return commands.STATUS[self.state]

    def wait(self) -> str:
        """Return the key pressed within one poll; "" for none."""
        if self.pressed:
            return self.pressed(POLL)
        time.sleep(POLL)
        return ""

    def settle(self) -> None:
        """Wait until an editor has finished writing, that is, until the file is the same twice."""
        before = None
        for _ in range(20):  # a second at most, of an editor that writes piece by piece
            now = stamp(self.path)
            if now == before and now != (0, 0):
                return
            before = now
            time.sleep(0.05)

    def check(self, clear: bool = True) -> tuple[int, int]:
        """Check and report. Return the file's stamp."""
        seen = stamp(self.path)
        if clear:
            self.clear()
        console.print_wrapped(self.course.heading("checking", self.exercise), "2")
        self.result = check_command.checked(self.course, self.exercise, self.path, self.using)
        self.state = self.result.state
        if clear and console.style().colours:
            self.clear()  # also of what it says while it is checking
        self.show_result()
        return seen

    def show_result(self) -> None:
        """Print the last result, and the keys."""
        if self.result:
            console.print_lines(as_text(check_command.report_of(self.course, self.result), console.style()))
            commands.print_trouble(self.course)
            commands.print_hiding(self.course, self.path.parent)
        self.show_keys()

    def clear(self) -> None:
        """Clear the screen before a check, without losing earlier output; without a screen, print a line."""
        console.print_lines("\x1b[H\x1b[2J" if console.style().colours else "─" * console.NARROWEST)

    def show_keys(self) -> None:
        """Print the keys that work now."""
        console.print_lines()
        if self.state != PASSED:
            console.print_wrapped(self.course.word("watching", file=self.course.short_path(self.path)), "2")
        if self.pressed:
            console.print_wrapped(self.course.word("watch_keys"), "2")

    def act(self, key: str, seen: tuple[int, int]) -> tuple[int, int]:
        """Do what a key means. Return the file's stamp afterwards."""
        again, self.asked_to_reset = self.asked_to_reset and key == "x", False
        console.print_lines()
        if key == "h":
            hints.hint(self.course, self.exercise.name)
            self.show_keys()
        elif key == "t":
            commands.task(self.course, self.exercise)
            self.show_keys()
        elif key == "r":
            self.show_result()
        elif key == "l":
            commands.show_list(self.course, todo=False)
            self.show_keys()
        elif key == "x" and again:
            commands.reset(self.course, self.exercise.name, everything=False)
            return self.check(clear=False)
        elif key == "x":
            self.asked_to_reset = True
            console.print_wrapped(self.course.word("watch_reset"), "33")
        elif key == "n":
            return self.next()
        return seen

    def next(self) -> tuple[int, int]:
        """Go on to the next exercise that is not passed."""
        if following := self.course.following(self.exercise):
            self.exercise, self.path = self.course.chosen(following.name)
        return self.check()


def stamp(path: Path) -> tuple[int, int]:
    """Return when the file was written, and its size: (0, 0) if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


@contextlib.contextmanager
def keys() -> Iterator[Callable[[float], str] | None]:
    """Return a function that waits some seconds for a key, without Return; None if there is no keyboard."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield None
    elif sys.platform == "win32":
        yield _windows_key
    else:
        import termios
        import tty

        before = termios.tcgetattr(sys.stdin)
        try:
            tty.setcbreak(sys.stdin)
            yield _posix_key
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _posix_key(seconds: float) -> str:
    import os
    import select

    if not select.select([sys.stdin], [], [], seconds)[0]:
        return ""
    read = os.read(sys.stdin.fileno(), 32)  # an arrow key sends several bytes, and counts as one
    return read.decode(errors="ignore").lower()[:1] if read else "q"


def _windows_key(seconds: float) -> str:
    import msvcrt

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            return str(msvcrt.getwch()).lower()  # type: ignore[attr-defined,unused-ignore]
        time.sleep(0.03)
    return ""
