"""What a picture is of: a whole graph, the neighbourhood of one value, or the paths between two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from autograd.util.printable import kind_of, quoted
from autograd.value import Value
from autograd.viz.graph.arrays import between, nearby, shortest
from autograd.viz.graph.columns import Columns

__all__ = ["View", "listed", "view_of"]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The values a picture is made of. starts: those that are kept when not all of them fit, and what is near them.

    near: what is near, in words. ends: what is said of neighbours that are not shown, as in ``assemble``. path: one
    path of those that were asked for, to be shown alone where not all have room.
    """

    columns: Columns
    starts: tuple[int, ...]
    near: str
    ends: str
    notes: tuple[str, ...] = ()
    path: tuple[int, ...] = ()


def view_of(columns: Columns, focus: Any, radius: int, path: Any) -> View:
    """The view that was asked for. Errors as for ``picture``."""
    if focus is not None and path is not None:
        raise ValueError("focus= shows what is around one value, path= what is between two: give one of them")
    if focus is not None:
        return _neighbourhood(columns, _find(columns, focus, "focus"), radius)
    if path is not None:
        if not isinstance(path, (tuple, list)) or len(path) != 2:
            raise ValueError(f"path= takes two values, as in draw(loss, path=(w, loss)), not {path!r}")
        return _paths(columns, _find(columns, path[0], "path"), _find(columns, path[1], "path"))
    return View(columns, columns.graph.roots, "the result", "operands")


def _neighbourhood(columns: Columns, centre: int, radius: int) -> View:
    if not isinstance(radius, int) or radius < 0:
        raise ValueError(f"radius= is a number of edges, 0 or more, not {radius!r}")
    kept = nearby(columns.graph, centre, radius)
    name = _called(columns, centre)
    part = columns.part(kept, [centre])
    edges = "1 edge" if radius == 1 else f"{radius} edges"
    note = (
        f"what is within {edges} of {name}, {kept.sum()} of {len(kept)} values: "
        f'draw(…, focus="{name}", radius={radius + 1})'
    )
    return View(part, tuple(part.pinned), name, "operands and users", () if kept.all() else (note,))


def _paths(columns: Columns, start: int, end: int) -> View:
    kept = between(columns.graph, start, end)
    a, b = _called(columns, start), _called(columns, end)
    if not kept.any():
        back = between(columns.graph, end, start).any()
        hint = f'; there is one from {b} to {a}: path=("{b}", "{a}")' if back else ""
        raise ValueError(f"path=: no path leads from {a} to {b}, which was not made from it{hint}")
    part = columns.part(kept, [start, end])
    note = f"only what is on a path from {a} to {b}: {kept.sum()} of {len(kept)} values"
    ends = sorted(part.pinned)
    return View(part, tuple(ends), f"{a} and {b}", "", (note,), tuple(shortest(part.graph, ends[0], ends[-1])))


# ── finding a value ─────────────────────────────────────────────────────────────────────────────────────────────────


def _called(columns: Columns, value: int) -> str:
    return columns.short_name(value) or f"n{columns.graph.places[value]}"


def _find(columns: Columns, wanted: Any, argument: str) -> int:
    """The place of a value that is given itself, or by a name."""
    if isinstance(wanted, Value):
        for place, value in enumerate(columns.graph.values):
            if value is wanted:
                return place
        label = f" {quoted(wanted.label)}" if wanted.label else ""
        raise ValueError(f"{argument}=: the value{label} is not in this graph: the result was not made from it")
    if not isinstance(wanted, str):
        raise TypeError(f"{argument}= takes a Value, or the name of one, not {kind_of(wanted)}")
    known: dict[str, set[int]] = {}
    for place, name in (*columns.labels.items(), *columns.paths.items()):
        known.setdefault(name, set()).add(place)
    found = sorted(known.get(wanted, ()))
    if not found and wanted[:1] == "n" and wanted[1:].isdecimal() and int(wanted[1:]) < len(columns.graph):
        found = [int(wanted[1:])]  # its name in a picture
    if not found:
        hint = listed(wanted, known) if known else "none has a name: give them labels, or call autograd.label_locals()"
        raise ValueError(f"{argument}=: no value is called {wanted!r}; {hint}")
    if len(found) > 1:
        places = ", ".join(f"n{place}" for place in found[:5]) + (", …" if len(found) > 5 else "")
        raise ValueError(f"{argument}=: {len(found)} values are called {wanted!r}: name one of {places}")
    return found[0]


def listed(wanted: str, known: Mapping[str, Any] | Sequence[str], most: int = 8) -> str:
    """The names there are, near ones first.

    >>> listed("weigth", ["bias", "weight"])
    "there is 'weight', 'bias'"
    """
    names = list(dict.fromkeys(known))
    near = get_close_matches(wanted, names, n=most, cutoff=0.5)
    shown = [*near, *(name for name in names if name not in near)][:most]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"there is {', '.join(map(repr, shown))}{more}"
