"""A learner's course: the folder of the exercises, the progress, the language, and which exercise is next."""

from __future__ import annotations

import os
import re
import sys
from functools import cached_property
from pathlib import Path

from autograd.learn.cases import MISTAKES, Mistake, mistakes
from autograd.learn.exercises.exercise import EXERCISES, FOLDER, Exercise, exercise
from autograd.learn.progress import FILE, Progress
from autograd.learn.reporting.texts import Page, Words, page, words
from autograd.util.language import system_language

__all__ = ["Course", "LearnError", "hiding", "prog"]


_NUMBER = re.compile(r"(?:exercise|ex|e|#)?[ _-]?(\d{1,9})", re.ASCII)
"""The number of an exercise as it is typed: 4, 04, e4, ex04, "exercise 4", #4."""
_LIBRARIES = frozenset({"autograd", "nn", "numpy"})


class LearnError(Exception):
    """What a command cannot do, in one line."""

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython shows instead of a traceback, which would lead through this package."""
        return [f"{type(self).__name__}: {self}"]


def prog() -> str:
    """Return what to type before a command: the same as the user typed."""
    name = os.path.basename(sys.argv[0] if sys.argv else "")
    return "python -m autograd learn" if name in ("__main__.py", "-m") else "autograd learn"


def hiding(folder: Path) -> list[str]:
    """The names of the files and packages in a folder that hide a module of Python, NumPy or this package."""
    modules = sys.stdlib_module_names | _LIBRARIES
    files = [path.name for path in folder.glob("*.py") if path.stem in modules]
    return sorted(files + [path.parent.name for path in folder.glob("*/__init__.py") if path.parent.name in modules])


def _nearest(typed: str) -> str:
    """The number or name of an exercise that was probably meant; "" where none is near."""
    import difflib  # a millisecond of every command, for a mistake

    numbers = [str(exercise.number) for exercise in EXERCISES]
    if typed.isdigit():
        ends = min((EXERCISES[0].number, EXERCISES[-1].number), key=lambda number: abs(number - int(typed)))
        return str(ends) if abs(ends - int(typed)) < 3 else next(iter(difflib.get_close_matches(typed, numbers, 1)), "")
    names = [name for exercise in EXERCISES for name in (exercise.name[4:], exercise.name)]
    return next(iter(difflib.get_close_matches(typed[:60], names, 1)), "")


class Course:
    """A learner's folder, progress and language, for the command line and the notebook."""

    def __init__(self, folder: Path | None = None, language: str | None = None) -> None:
        if not EXERCISES:
            raise LearnError(
                f"there are no exercises in {FOLDER.parent}: they are files, so install scalar-autograd with pip "
                "instead of importing it from a zip"
            )
        self._given = folder
        self.progress = Progress(self.folder)
        self.words: Words = words(language or self.progress.language or system_language())
        self.mistakes: list[Mistake] = []
        self.trouble = ""
        self._add_mistakes()
        if language and self.is_started:
            self.progress.choose(language)

    @cached_property
    def folder(self) -> Path:
        """The exercises' folder: the one given, the nearest one upwards with a progress file, or ./exercises."""
        if self._given:
            return self._given
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / FILE).is_file():
                return folder
        return here / "exercises"

    def _add_mistakes(self) -> None:
        """Read the mistakes that were named for this folder."""
        try:
            self.mistakes = mistakes(self.folder)
        except (OSError, ValueError) as error:
            self.trouble = self.word("mistakes_damaged", file=self.folder / MISTAKES, reason=error)
        self.words = self.words.with_private({m.id: (m.title, m.sentence) for m in self.mistakes})

    @property
    def is_started(self) -> bool:
        """Whether the exercises have been copied to the folder."""
        return (self.folder / FILE).is_file() or any(self.path(e).is_file() for e in EXERCISES)

    @property
    def started_folder(self) -> Path:
        """The exercises' folder. Raises LearnError if they have not been copied yet."""
        if not self.is_started:
            raise LearnError(self.word("no_folder", prog=prog()))
        return self.folder

    def path(self, exercise: Exercise) -> Path:
        """Return the learner's file for an exercise."""
        return self.folder / f"{exercise.name}.py"

    def short_path(self, path: Path) -> str:
        """Return a path relative to the current folder, if it is inside."""
        try:
            return os.path.relpath(path) if not os.path.relpath(path).startswith("..") else str(path)
        except ValueError:  # another drive of Windows
            return str(path)

    # ── which exercise ──────────────────────────────────────────────────────────────────────────────────────────────

    def current(self) -> Exercise | None:
        """Return the first exercise that is not passed."""
        passed = self.progress.passed()
        return next((exercise for exercise in EXERCISES if exercise.name not in passed), None)

    def following(self, exercise: Exercise) -> Exercise | None:
        """Return the next exercise that is not passed, starting over at the end; None if all are passed."""
        passed = self.progress.passed() | {exercise.name}
        after = [other for other in EXERCISES if other.number > exercise.number]
        return next((other for other in [*after, *EXERCISES] if other.name not in passed), None)

    def chosen(self, which: str | None) -> tuple[Exercise, Path]:
        """Return an exercise and its file, by number, name or file; by default the current one."""
        if which is None:
            exercise = self.current() or EXERCISES[-1]
            return exercise, self.started_folder / f"{exercise.name}.py"
        given = Path(which)
        is_file = given.suffix == ".py" or len(given.parts) > 1
        exercise = self.named(given.stem if is_file else which)
        if is_file:
            self.folder = given.absolute().parent
            self.progress = Progress(self.folder)
            self._add_mistakes()
            return exercise, given
        return exercise, self.started_folder / f"{exercise.name}.py"

    def named(self, which: str) -> Exercise:
        """Return the exercise with this number or name. Raises LearnError, listing all, for any other."""
        number = _NUMBER.fullmatch(which.strip().lower())
        try:
            return exercise(int(number[1]) if number else which)
        except KeyError:
            near = _nearest(number[1] if number else which.lower())
            known = ", ".join(f"{exercise.number} {exercise.name[4:]}" for exercise in EXERCISES)
            shown = which if len(which) <= 60 else f"{which[:60]}…"
            text = self.word("no_such_near", which=shown, near=near) if near else self.word("no_such", which=shown)
            raise LearnError(f"{text} {self.word('there_are', known=known)}") from None

    def exercises(self, which: str | None, everything: bool) -> list[tuple[Exercise, Path]]:
        """Return all exercises, or the one that ``which`` names."""
        if everything:
            return [(exercise, self.started_folder / f"{exercise.name}.py") for exercise in EXERCISES]
        return [self.chosen(which)]

    def page(self, exercise: Exercise) -> Page:
        """Return an exercise's text in the learner's language."""
        return page(exercise.name, self.words.language)

    def title(self, exercise: Exercise) -> str:
        """Return an exercise's title in the learner's language."""
        return self.page(exercise).title

    def last_check(self, exercise: Exercise, hint: str) -> str:
        """Return what the last check of an exercise has found, to be said before a hint; "" if it found nothing.

        hint: what to type for the hints of another exercise, with its {number}.
        """
        entry = self.progress.entry(exercise.name)
        number = int(entry["where"][1:3]) if entry.get("where") else exercise.number
        bug = entry.get("bug") or ""
        named = self.word("last_named", bug=bug, sentence=self.words.bug(bug)) if self.words.bug(bug) else ""
        if number == exercise.number:
            return named
        elsewhere = self.word("last_elsewhere", file=f"{entry['where']}.py", command=hint.format(number=number))
        return " ".join(filter(None, [named, elsewhere]))

    def heading(self, key: str, exercise: Exercise, **values: object) -> str:
        """Return the text with this id, filled in with an exercise's number and title."""
        return self.word(key, number=exercise.number, title=self.title(exercise), **values)

    def word(self, key: str, **values: object) -> str:
        """Return the text with this id, with its fields filled in."""
        return self.words.say(key, **values)
