"""The table of exercises in the pages for teachers: ``python docs/hooks/exercises.py`` writes it."""

from __future__ import annotations

import re
from pathlib import Path

from autograd.learn.checking.misconceptions import BUGS, bug_id
from autograd.learn.exercises.exercise import EXERCISES
from autograd.learn.reporting.texts import page

DOCS = Path(__file__).parent.parent
PAGES = (DOCS / "teachers.md", DOCS / "zh" / "teachers.md")
MARKS = re.compile(r"(<!-- begin: .* -->\n).*?(<!-- end -->)", re.DOTALL)


def table() -> str:
    """A row for each exercise: its number and title, the minutes it takes, and the mistakes that it names."""
    rows = ["| | exercise | minutes | names |", "|---|---|---|---|"]
    for exercise in EXERCISES:
        own = dict.fromkeys(bug_id(bug) for bug in exercise.check.MUTANTS)
        names = "; ".join(f"{BUGS[bug]} ({bug})" for bug in own if bug in BUGS)
        is_inherited = bool(exercise.needs) and getattr(exercise.check, "INHERITS", True)
        inherited = "; and what the exercises before it name" * is_inherited
        rows.append(
            f"| {exercise.number} | {page(exercise.name, 'en').title} | {exercise.check.MINUTES} | {names}{inherited} |"
        )
    return "\n".join(rows)


def with_table(text: str) -> str:
    """The page with the table as it is now."""
    return MARKS.sub(lambda found: f"{found[1]}\n{table()}\n\n{found[2]}", text)


if __name__ == "__main__":
    for teachers in PAGES:
        teachers.write_text(with_table(teachers.read_text(encoding="utf-8")), encoding="utf-8")
