"""Solutions of strangers: how far a check gets with mistakes that are not on the list.

The corpus of the gates is made of listed mistakes, so it cannot show how often a check gives a false name. The files
here were written by somebody who had read the exercises and not the list. Each begins with comments::

    # exercise: 9
    # wrong                                  or right
    # checked: 13                            only where the check of a later exercise is run on it
    # where: backward, line 14 | the file    the function, and others that would be as good an answer
    # mend: += for =
    # names: M01 | nothing returned          the names that would be true, or none
"""

from __future__ import annotations

import multiprocessing
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from autograd.learn.checking.check import PASSED, Result, check
from autograd.learn.exercises.exercise import Exercise, exercise

__all__ = ["WHOLE_FILE", "Checked", "Stranger", "check_all", "checked", "stranger", "strangers", "total_of"]

WHOLE_FILE = "the file"


@dataclass(frozen=True)
class Stranger:
    """A file of the corpus, and what its header says.

    path: of the file. exercise: the one it solves. checks: the one whose check is run. functions: where the mistake
    is, the first at this line; none in a right solution. names: those that would be true.
    """

    path: Path
    exercise: Exercise
    checks: Exercise
    is_right: bool
    functions: tuple[str, ...] = ()
    line: int = 0
    mend: str = ""
    names: tuple[str, ...] = ()


def stranger(path: Path) -> Stranger:
    """Read the header of a file. Raises ValueError where it is not as it should be."""
    head = path.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
    fields = dict(re.findall(r"^# (exercise|checked|where|mend|names): (.*\S)$", "\n".join(head), re.MULTILINE))
    if "exercise" not in fields or len(fields) + 1 != len(head) or head[1] not in ("# right", "# wrong"):
        raise ValueError(f"{path.name}: its header should have the lines exercise, right or wrong, where, mend, names")
    solved = exercise(fields["exercise"])
    checks = exercise(fields.get("checked", solved.name))
    if head[1] == "# right":
        return Stranger(path, solved, checks, True)
    if missing := {"where", "mend", "names"} - set(fields):
        raise ValueError(f"{path.name}: {', '.join(sorted(missing))} is missing in its header")
    places = [re.fullmatch(r"(.+?)(?:, line (\d+))?", place) for place in fields["where"].split(" | ")]
    functions = tuple(place[1] for place in places if place)
    line = int(places[0][2] or 0) if places[0] else 0
    names = () if fields["names"] == "none" else tuple(fields["names"].split(" | "))
    return Stranger(path, solved, checks, False, functions, line, fields["mend"], names)


def strangers(folder: Path, name: str | None = None) -> list[Stranger]:
    """The files of a folder; with a name those on which the check of this exercise is run."""
    files = [stranger(path) for path in sorted(folder.glob("*.py"))]
    return [file for file in files if name in (None, file.checks.name)]


@dataclass(frozen=True)
class Checked:
    """A stranger's solution and the result of its check."""

    stranger: Stranger
    result: Result

    @property
    def passed(self) -> bool:
        """Whether it passed."""
        return self.result.state == PASSED

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The names that the check gives to what is wrong."""
        general = getattr(self.result, "general", None)
        names = (self.result.bug, general and general.kind)
        return () if self.passed else tuple(name for name in names if name)

    @property
    def false(self) -> tuple[str, ...]:
        """The names that say another mistake, or point to another file."""
        is_elsewhere = self.result.located_in not in ("", self.stranger.exercise.name)
        return tuple(name for name in self.given if is_elsewhere or name not in self.stranger.names)

    @property
    def is_named(self) -> bool:
        """Whether it has a name, and only true ones."""
        return bool(self.given) and not self.false

    @property
    def is_located(self) -> bool:
        """Whether the check says the right function."""
        return self._is_there(getattr(self.result, "located", None))

    @property
    def is_repaired(self) -> bool:
        """Whether the check found a change in the right function that mends it."""
        return any(map(self._is_there, getattr(self.result, "repairs", ())))

    @property
    def has_ratio(self) -> bool:
        """Whether the check says how the numbers differ from the right ones."""
        return getattr(self.result, "ratio", None) is not None

    @property
    def is_useful(self) -> bool:
        """Whether the check says something that helps, and nothing false."""
        return not self.false and (self.is_named or self.is_repaired or self.has_ratio)

    def _is_there(self, place: Any) -> bool:
        """Whether a location or a repair is where the mistake is."""
        return (
            place is not None
            and place.exercise == self.stranger.exercise.name
            and (place.function or WHOLE_FILE) in self.stranger.functions
        )

    @property
    def fault(self) -> str:
        """What the check should not have answered, in a line; "" where there is nothing."""
        name, file = self.stranger.path.name, self.stranger
        if self.passed != file.is_right:
            return f"{name}: {file.mend or 'it is right'}, and it is {self.result.state} {self.result.problem}".rstrip()
        return f"{name}: {file.mend}, and it says {', '.join(self.false)}" if self.false else ""


def checked(file: Stranger) -> Checked:
    """Check a file as a learner's, with the references in place of the others."""
    with tempfile.TemporaryDirectory() as folder:
        for part in {file.checks, file.exercise}:
            text = file.path.read_text(encoding="utf-8") if part == file.exercise else part.source()
            (Path(folder) / f"{part.name}.py").write_text(text, encoding="utf-8")
        return Checked(file, check(file.checks, Path(folder) / f"{file.checks.name}.py", "mine"))


def check_all(files: Iterable[Stranger]) -> list[Checked]:
    """Check the files, on all processors."""
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(checked, files, chunksize=4))


def total_of(answers: Iterable[Checked]) -> str:
    """One line: how many are located, named, repaired, helped, falsely named, passed; and right ones rejected.

    >>> total_of([])
    'strangers: 0 wrong: 0 located (0 %), 0 named, 0 repaired, 0 useful (0 %), 0 false (0 % of names), 0 passed; \
0 right: 0 rejected'
    """
    answers = list(answers)
    wrong = [answer for answer in answers if not answer.stranger.is_right]
    right = [answer for answer in answers if answer.stranger.is_right]

    def count(of_kind: Callable[[Checked], bool]) -> int:
        return sum(map(of_kind, wrong))

    located, useful = count(lambda answer: answer.is_located), count(lambda answer: answer.is_useful)
    false, given = count(lambda answer: bool(answer.false)), count(lambda answer: bool(answer.given))
    parts = [
        f"{located} located ({_percent(located, wrong)} %)",
        f"{count(lambda answer: answer.is_named)} named",
        f"{count(lambda answer: answer.is_repaired)} repaired",
        f"{useful} useful ({_percent(useful, wrong)} %)",
        f"{false} false ({100 * false / max(given, 1):.0f} % of names)",
        f"{count(lambda answer: answer.passed)} passed",
    ]
    rejected = sum(not answer.passed for answer in right)
    return f"strangers: {len(wrong)} wrong: {', '.join(parts)}; {len(right)} right: {rejected} rejected"


def _percent(count: int, of: list[Checked]) -> str:
    return f"{100 * count / max(len(of), 1):.0f}"
