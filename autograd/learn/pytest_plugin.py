"""``pytest exercises/`` runs the checks of ``autograd learn``: one test per file, marked ``ex04``, without tracebacks.

A file counts as an exercise if there is a ``learn-progress.json`` in its folder, or with ``--learn``. Exercises that
are not started are skipped. The progress file is not changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograd.learn.cases import named
from autograd.learn.checking.check import NOT_STARTED, PASSED, Result, check
from autograd.learn.course import Course
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.progress import FILE
from autograd.learn.reporting.layout import Style
from autograd.learn.reporting.plain_text import as_text
from autograd.learn.reporting.report import report
from autograd.learn.reporting.texts import Words

__all__ = ["ExerciseFile", "ExerciseItem"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("autograd learn")
    group.addoption("--learn", action="store_true", help="check exercises (e04_rules.py, …) in any folder")
    group.addoption("--learn-using", choices=("mine", "reference"), help="whose earlier exercises to build on")


def pytest_configure(config: pytest.Config) -> None:
    """Add a marker for each exercise."""
    for exercise in EXERCISES:
        config.addinivalue_line("markers", f"ex{exercise.number:02}: exercise {exercise.number}, {exercise.name[4:]}")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ExerciseFile | None:
    """Collect the file of an exercise."""
    exercise = next((exercise for exercise in EXERCISES if exercise.name == file_path.stem), None)
    if exercise is None or file_path.suffix != ".py":
        return None
    if not ((file_path.parent / FILE).is_file() or parent.config.getoption("--learn")):
        return None
    return ExerciseFile.from_parent(parent, path=file_path, exercise=exercise)


class ExerciseFile(pytest.File):
    """A learner's file with one check."""

    def __init__(self, *, exercise: Exercise, **options: Any) -> None:
        super().__init__(**options)
        self.exercise = exercise

    def collect(self) -> Iterator[ExerciseItem]:
        """Yield the file's check."""
        yield ExerciseItem.from_parent(self, name="check", exercise=self.exercise)


class ExerciseItem(pytest.Item):
    """The check of a learner's file."""

    def __init__(self, *, exercise: Exercise, **options: Any) -> None:
        super().__init__(**options)
        self.exercise = exercise
        self.add_marker(f"ex{exercise.number:02}")

    def runtest(self) -> None:
        """Run the check like ``autograd learn check``."""
        course = Course(self.path.parent)
        using = self.config.getoption("--learn-using")
        result = named(check(self.exercise, self.path, using, course.progress.passed()), course.mistakes)
        if result.state == NOT_STARTED:
            pytest.skip("not started")
        if result.state != PASSED:
            raise NotRight(result, course.words)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the report instead of a traceback."""
        if not isinstance(excinfo.value, NotRight):
            return super().repr_failure(excinfo, style)
        return excinfo.value.report()

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the test's name."""
        return self.path, 0, f"exercise {self.exercise.number}"


class NotRight(Exception):
    """Raised if a check has not passed."""

    def __init__(self, result: Result, words: Words) -> None:
        self.result, self.words = result, words
        super().__init__(f"{result.state} {result.bug or result.problem}".strip())

    def report(self) -> str:
        """Return the report that ``autograd learn check`` prints."""
        action = self.words.say("next_hint_plain", number=self.result.exercise.number)
        return as_text(report(self.result, self.words, action=action), Style())
