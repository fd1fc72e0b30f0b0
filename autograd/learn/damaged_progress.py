"""What can be read of a progress file that is damaged: cut off, or with the marks of a merge in it."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["salvaged"]

_NAME = re.compile(r'"(e\d\d_\w{1,40})"\s*:\s*', re.ASCII)
_LANGUAGE = re.compile(r'"language"\s*:\s*"(\w{2,9})"', re.ASCII)
_FIELD = re.compile(r'"(state|at|passed_at|bug|attempts|tier|helped)"\s*:\s*("[^"\n]*"|\d+|true|false|null)')
_NAMED = re.compile(r'\{\s*"(?:id|at)"\s*:\s*"[^"\n]*"\s*,\s*"(?:id|at)"\s*:\s*"[^"\n]*"\s*\}')


def salvaged(text: str) -> dict[str, object]:
    """The content of a damaged file, as far as it can be read; an exercise found twice is the better of both.

    >>> salvaged('{"exercises": {"e01_nudge": {"state": "passed", "tier": 2}, "e02_partials": {"sta')["exercises"]
    {'e01_nudge': {'state': 'passed', 'tier': 2}}
    """
    names = [*_NAME.finditer(text)]
    exercises: dict[str, dict[str, Any]] = {}
    for index, name in enumerate(names):
        end = names[index + 1].start() if index + 1 < len(names) else len(text)
        entry = _entry(text, name.end(), end)
        if entry:
            before = exercises.get(name[1])
            exercises[name[1]] = _better(before, entry) if before else entry
    language = _LANGUAGE.search(text)
    return {**({"language": language[1]} if language else {}), "exercises": exercises}


def _entry(text: str, start: int, end: int) -> dict[str, Any]:
    """The entry that begins there: whole, or else those of its fields that can be read, each as the better of two."""
    try:
        entry, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        fields: dict[str, Any] = {}
        for found in _FIELD.finditer(_NAMED.sub("", text[start:end])):
            fields = _better(fields, {found[1]: json.loads(found[2])})
        diagnoses = [json.loads(found) for found in _NAMED.findall(text[start:end])]
        return {**fields, "diagnoses": diagnoses} if diagnoses else fields
    return entry if isinstance(entry, dict) else {"state": entry} if isinstance(entry, str) else {}


def _better(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """Two entries of one exercise as one: passed if it is in one of them, with the larger counts and both histories."""
    entry = {**a, **b}
    if "passed" in (a.get("state"), b.get("state")):
        entry |= {"state": "passed", "bug": None}
    for name in ("attempts", "tier", "helped"):
        numbers = [fields[name] for fields in (a, b) if isinstance(fields.get(name), int)]
        entry |= {name: max(numbers)} if numbers else {}
    histories = [fields["diagnoses"] for fields in (a, b) if isinstance(fields.get("diagnoses"), list)]
    if len(histories) == 2:
        entry["diagnoses"] = histories[0] + [named for named in histories[1] if named not in histories[0]]
    return entry
