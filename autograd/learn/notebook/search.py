"""The search for a mistake in a notebook: the cell that defines the objects is checked once more, as a file is."""

from __future__ import annotations

import contextlib
import linecache
import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from types import FunctionType
from typing import Any

from autograd.learn.checking import check as checks
from autograd.learn.checking.check import CRASHED, WRONG, Result
from autograd.learn.exercises.exercise import Exercise
from autograd.learn.exercises.probes import Outcome, same

__all__ = ["cell_of", "checked_as_file", "functions_of", "searched"]


def searched(judged: Result, objects: Collection[object], folder: Path, looking: str) -> Result:
    """The result with the place of the mistake and what mends it; as it was where the cell is not all there is.

    The cell has to give what the objects gave. It does not where it uses names of other cells.

    objects: what was checked. folder: of the files of earlier exercises. looking: what the notebook shows meanwhile.
    """
    source = cell_of(objects)
    if judged.state not in (WRONG, CRASHED) or judged.problem not in ("", "raised") or not source:
        return judged
    with _shown(looking):
        found = checked_as_file(judged.exercise, source, judged.earlier, folder)
    is_alike = all(same(found.outcomes.get(name, Outcome()), outcome) for name, outcome in judged.outcomes.items())
    if not is_alike or found.located_in:
        return judged
    return replace(
        judged,
        diagnosis=found.diagnosis,
        places=found.places,
        repairs=found.repairs,
        named_at=found.named_at,
        changes=found.changes,
        shared=found.shared,
        source=source,
    )


def checked_as_file(
    exercise: Exercise, source: str, earlier: Collection[str], folder: Path, seconds: float = checks.SEARCH
) -> Result:
    """The result of a cell as a file of its own, beside the files of earlier exercises.

    seconds: how long the place of a mistake is looked for.
    """
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / f"{exercise.name}.py"
        path.write_text(source, encoding="utf-8")
        for part in earlier:
            shutil.copy(folder / f"{part}.py", name)
        return checks.check(exercise, path, passed=earlier, search_seconds=seconds)


def cell_of(objects: Collection[object]) -> str:
    """The text of the one cell, or file, that defines all of these functions and classes; "" where there is none."""
    files = {function.__code__.co_filename for defined in objects for function in functions_of(defined)}
    return "".join(linecache.getlines(files.pop())) if len(files) == 1 else ""


def functions_of(defined: object) -> Iterator[FunctionType]:
    """The function itself, or those of a class."""
    for member in vars(defined).values() if isinstance(defined, type) else [defined]:
        if isinstance(member, FunctionType):
            yield member


@contextlib.contextmanager
def _shown(text: str) -> Iterator[None]:
    """Show a line in the cell, which is gone afterwards; nothing outside of a notebook."""
    with contextlib.suppress(ImportError):
        from IPython import display, get_ipython

        if get_ipython() is not None:
            data = {"text/plain": text, "text/html": f"<p>{text}</p>"}
            line: Any = display.display(data, raw=True, display_id=True)  # type: ignore[no-untyped-call]
            try:
                yield
            finally:
                line.update({"text/plain": ""}, raw=True)
            return
    yield
