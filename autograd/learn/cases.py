"""Wrong solutions of a class that no listed mistake explains, and the names that a teacher gives them.

A *case* is what one or more learners wrote: the source without comments, docstrings and names of authors, and what its
probes gave. Cases are collected on request into ``learn-cases.json``. A case with a name is a *private mistake*: it is
kept in ``learn-mistakes.json`` beside the exercises of a folder, and checks in that folder give its name to every
solution whose probes give exactly the same. Both files are only written and read here; nothing is sent anywhere.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.learn.checking.states import WRONG
from autograd.learn.exercises.probes import Outcome, same
from autograd.util.files import read_whole, write_whole

if TYPE_CHECKING:
    from autograd.learn.checking.result import Result

__all__ = [
    "CASES",
    "MISTAKES",
    "Case",
    "Mistake",
    "anonymous",
    "case_of",
    "merged",
    "mistakes",
    "named",
    "read",
    "write",
]

CASES, MISTAKES = "learn-cases.json", "learn-mistakes.json"
_LARGEST = 1 << 24  # bytes, of some thousand cases
_LONGEST = 400  # characters of a title or a sentence

Outcomes = Mapping[str, Outcome]


@dataclass(frozen=True)
class Case:
    """A wrong solution without a name. count: how many learners had it."""

    exercise: str
    source: str
    outcomes: Outcomes
    count: int = 1


@dataclass(frozen=True)
class Mistake:
    """A case with a name: "P1", a title of a few words, and the sentence that a check says."""

    id: str
    exercise: str
    title: str
    sentence: str
    outcomes: Outcomes


# ── collecting ──────────────────────────────────────────────────────────────────────────────────────────────────────


def case_of(result: Result) -> Case | None:
    """The case that a result is; None where it is right, could not be run or has a name already.

    Where nothing but exceptions is wrong there is no case: other mistakes end with the same exceptions.
    """
    is_unknown = result.state == WRONG and not result.problem and result.bug is None
    if not is_unknown or all(result.outcomes[name].error for name in result.wrong):
        return None
    return Case(result.exercise.name, anonymous(result.source), dict(result.outcomes))


def anonymous(source: str) -> str:
    r"""A source without what may tell who wrote it: comments, docstrings, and names such as __author__.

    >>> anonymous('# by Bo\n__author__ = "Bo"\ndef f(x):\n    "Bo did this."\n    return x  # Bo')
    'def f(x):\n    return x'
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [statement for statement in body if not _is_personal(statement)]
            node.body = kept or ([ast.Pass()] if body else [])  # type: ignore[attr-defined]
    return ast.unparse(ast.fix_missing_locations(tree))


def _is_personal(statement: ast.stmt) -> bool:
    """Whether it is a text that is not used, or an assignment to a name such as __author__."""
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    names = [target.id for target in getattr(statement, "targets", ()) if isinstance(target, ast.Name)]
    return bool(names) and all(name.startswith("__") and name.endswith("__") for name in names)


def merged(cases: Iterable[Case]) -> list[Case]:
    """The cases, those with the same outcomes as one; the most frequent first, each with its shortest source."""
    groups: list[Case] = []
    for case in cases:
        for index, group in enumerate(groups):
            if group.exercise == case.exercise and _agree(group.outcomes, case.outcomes):
                source = min(group.source, case.source, key=len)
                groups[index] = replace(group, source=source, count=group.count + case.count)
                break
        else:
            groups.append(case)
    return sorted(groups, key=lambda case: (-case.count, case.exercise))


def _agree(a: Outcomes, b: Outcomes) -> bool:
    return a.keys() == b.keys() and all(same(outcome, b[name]) for name, outcome in a.items())


# ── naming ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def named(result: Result, known: Iterable[Mistake]) -> Result:
    """The result with the name of the private mistake that gives exactly its outcomes, if it has no other name."""
    if result.state != WRONG or result.problem or result.bug or not result.diagnosis:
        return result
    fits = [mistake for mistake in known if mistake.exercise == result.exercise.name and _fits(result, mistake)]
    if len({mistake.id for mistake in fits}) != 1:
        return result
    diagnosis = result.diagnosis
    return replace(result, diagnosis=replace(diagnosis, bug=fits[0].id, certain=len(diagnosis.wrong) > 1, others=0))


def _fits(result: Result, mistake: Mistake) -> bool:
    outcomes = mistake.outcomes
    return all(name in outcomes and same(result.outcomes[name], outcomes[name]) for name in result.right)


# ── the files ───────────────────────────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> list[Case]:
    """The cases in a file. Raises OSError or ValueError where it cannot be read as such."""
    return [
        Case(_text(entry, "exercise"), _text(entry, "source", 1 << 20), _outcomes(entry), max(1, int(entry["count"])))
        for entry in _entries(path, "cases")
    ]


def mistakes(folder: Path) -> list[Mistake]:
    """The private mistakes of a folder; none where there is no such file. Raises ValueError where it is damaged."""
    path = folder / MISTAKES
    if not path.is_file():
        return []
    return [_mistake(entry) for entry in _entries(path, "mistakes")]


def _mistake(entry: Mapping[str, Any]) -> Mistake:
    bug, exercise, title, sentence = (_text(entry, name) for name in ("id", "exercise", "title", "sentence"))
    return Mistake(bug, exercise, title, sentence, _outcomes(entry))


def write(path: Path, items: Iterable[Case | Mistake]) -> None:
    """Write cases or mistakes into a file."""
    entries = [
        {**vars(item), "outcomes": {name: _without_place(outcome) for name, outcome in item.outcomes.items()}}
        for item in items
    ]
    kind = "mistakes" if path.name == MISTAKES else "cases"
    write_whole(path, f"{json.dumps({'schema': 1, kind: entries}, ensure_ascii=False, indent=1)}\n".encode())


def _without_place(outcome: Outcome) -> dict[str, Any]:
    """An outcome for a file: without the path of the learner's file and the message, which may quote their text."""
    return replace(outcome, file="", line=0, message="").to_dict()


def _entries(path: Path, kind: str) -> list[dict[str, Any]]:
    content = json.loads(read_whole(path, _LARGEST).decode("utf-8-sig"))
    entries = content.get(kind) if isinstance(content, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(f"{path.name} has no list of {kind}")
    return entries


def _text(entry: Mapping[str, Any], name: str, longest: int = _LONGEST) -> str:
    text = entry.get(name)
    if not isinstance(text, str) or len(text) > longest:
        raise ValueError(f"{name} is no text of at most {longest} characters")
    return text


def _outcomes(entry: Mapping[str, Any]) -> Outcomes:
    try:
        return {str(name): Outcome.from_dict(fields) for name, fields in entry["outcomes"].items()}
    except (AttributeError, KeyError, TypeError):
        raise ValueError("outcomes are not what a check wrote") from None
