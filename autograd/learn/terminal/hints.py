"""``autograd learn hint``: the hints of an exercise, one by one, after what the last check has found."""

from __future__ import annotations

from autograd.learn.course import Course, prog
from autograd.learn.terminal import commands, console

__all__ = ["hint"]


def hint(course: Course, which: str | None, *, again: bool = False) -> int:
    """Show what the last check has found and the next hint, or the hints already read."""
    exercise, _ = course.chosen(which)
    hints = course.page(exercise).hints
    used = min(course.progress.entry(exercise.name)["tier"], len(hints))
    if found := course.last_check(exercise, f"{prog()} hint {{number}}"):
        console.print_wrapped(found)
        console.print_lines()
    if used >= len(hints) and not again:
        console.print_wrapped(course.word("hints_used", count=len(hints), prog=prog(), number=exercise.number))
        return 0
    for tier in range(1, used + 1) if again else [used + 1]:
        console.print_wrapped(course.heading("hint", exercise, tier=tier, all=len(hints)), "1")
        console.print_text(f"\n{hints[tier - 1]}")
        console.print_lines()
    if not again:
        course.progress.hinted(exercise.name, used + 1)
        console.print_wrapped(course.word("hints_count", used=used + 1, all=len(hints)), "2")
        commands.print_trouble(course)
    return 0
