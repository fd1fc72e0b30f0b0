"""The subject of a picture: a whole graph, the neighbourhood of one value, or the paths between two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from autograd.util.printable import kind_of, printable, quoted
from autograd.value import Value
from autograd.viz.graph.indexed import between, nearby, shortest
from autograd.viz.graph.node_table import NodeTable
from autograd.viz.web.words import picture_words

__all__ = ["Selection", "listed", "selection_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The values a picture is made of. starts: those that stay when not all of them fit, and what is near them.

    near: the starts in words. ends: what is said of neighbours that are not shown, as in ``assemble``. path: one
    path of those that were asked for, to be shown alone where not all have room. arguments: of ``draw``, which choose
    this part: ``focus="w", radius=2, ``; "" of a whole graph.
    """

    table: NodeTable
    starts: tuple[int, ...]
    near: str
    ends: str
    notes: tuple[str, ...] = ()
    path: tuple[int, ...] = ()
    arguments: str = ""


def selection_of(
    table: NodeTable, focus: Value | str | None, radius: int, path: tuple[Value | str, Value | str] | None
) -> Selection:
    """The selection that was asked for. Errors as for ``picture``."""
    if focus is not None and path is not None:
        raise ValueError("focus= shows what is around one value, path= what is between two: give one of them")
    if focus is not None:
        return _neighbourhood(table, _find(table, focus, "focus"), radius)
    if path is not None:
        if not isinstance(path, (tuple, list)) or len(path) != 2:
            raise ValueError(f"path= takes two values, as in draw(loss, path=(w, loss)), not {path!r}")
        return _paths(table, _find(table, path[0], "path"), _find(table, path[1], "path"))
    return Selection(table, table.graph.roots, picture_words(table.language)["result"], "operands")


def _neighbourhood(table: NodeTable, centre: int, radius: int) -> Selection:
    if not isinstance(radius, int) or radius < 0:
        raise ValueError(f"radius= is a number of edges, 0 or more, not {radius!r}")
    is_near = nearby(table.graph, centre, radius)
    name = _called(table, centre)
    part = table.part(is_near, [centre])
    focus = f'focus="{_found_by(table, centre)}"'
    call = f"draw(…, {focus}, radius={radius + 1})"
    note = picture_words(table.language).say("around", name, sum(is_near), len(is_near), call, count=radius)
    return Selection(
        part,
        tuple(part.pinned),
        name,
        "operands and users",
        notes=() if all(is_near) else (note,),
        arguments=f"{focus}, radius={radius}, ",
    )


def _paths(table: NodeTable, start: int, end: int) -> Selection:
    is_between = between(table.graph, start, end)
    a, b = _called(table, start), _called(table, end)
    if not any(is_between):
        back = any(between(table.graph, end, start))
        hint = f"; there is one from {b} to {a}: {_path(table, end, start)}" if back else ""
        raise ValueError(f"path=: no path leads from {a} to {b}, which was not made from it{hint}")
    part = table.part(is_between, [start, end])
    words = picture_words(table.language)
    note = words.say("between", a, b, sum(is_between), len(is_between))
    ends = sorted(part.pinned)
    way = shortest(part.graph, ends[0], ends[-1])
    arguments = f"{_path(table, start, end)}, "
    return Selection(part, tuple(ends), words.say("both", a, b), "", (note,), tuple(way), arguments)


def _path(table: NodeTable, start: int, end: int) -> str:
    return f'path=("{_found_by(table, start)}", "{_found_by(table, end)}")'


# ── finding a value ─────────────────────────────────────────────────────────────────────────────────────────────────


def _called(table: NodeTable, value: int) -> str:
    return table.short_name(value) or f"n{table.graph.numbers[value]}"


def _found_by(table: NodeTable, value: int) -> str:
    """The name that finds this value and no other, as it can be typed between quotes."""
    known = _names(table)
    own = [name for names in _kinds_of_names(table) if (name := names.get(value))]
    names = [name for name in own if printable(name) == name and not set(name) & set('"\\')]
    return next((name for name in names if _matches(table, known, name) == [value]), f"n{table.graph.numbers[value]}")


def _kinds_of_names(table: NodeTable) -> tuple[dict[int, str], ...]:
    return table.labels, table.paths, table.input_names, table.weights


def _names(table: NodeTable) -> dict[str, set[int]]:
    """The values that have each name."""
    known: dict[str, set[int]] = {}
    for names in _kinds_of_names(table):
        for index, name in names.items():
            known.setdefault(name, set()).add(index)
    return known


def _matches(table: NodeTable, known: Mapping[str, set[int]], wanted: str) -> list[int]:
    """The values of a name, which may be that in a picture: n12."""
    matches = sorted(known.get(wanted, ()))
    if not matches and wanted[:1] == "n" and wanted[1:].isdecimal() and int(wanted[1:]) < len(table.graph):
        matches = [int(wanted[1:])]
    return matches


def _find(table: NodeTable, wanted: object, argument: str) -> int:
    """The index of a value that is given itself, or by a name."""
    if isinstance(wanted, Value):
        for index, value in enumerate(table.graph.values):
            if value is wanted:
                return index
        label = f" {quoted(wanted.label)}" if wanted.label else ""
        raise ValueError(f"{argument}=: the value{label} is not in this graph: the result was not made from it")
    if not isinstance(wanted, str):
        raise TypeError(f"{argument}= takes a Value, or the name of one, not {kind_of(wanted)}")
    known = _names(table)
    matches = _matches(table, known, wanted)
    if not matches:
        hint = listed(wanted, known) if known else "none has a name: give them labels, or call autograd.label_locals()"
        raise ValueError(f"{argument}=: no value is called {wanted!r}; {hint}")
    if len(matches) > 1:
        names = ", ".join(f"n{index}" for index in matches[:5]) + (", …" if len(matches) > 5 else "")
        raise ValueError(f"{argument}=: {len(matches)} values are called {wanted!r}: name one of {names}")
    return matches[0]


def listed(wanted: str, known: Iterable[str], most: int = 8) -> str:
    """The names there are, near ones first: those that end in what is wanted, then those that are spelled alike.

    >>> listed("weigth", ["bias", "weight"])
    "there is 'weight', 'bias'"
    >>> listed("w[1]", ["w[0]", "layers[0].w[1]"])
    "there is 'layers[0].w[1]', 'w[0]'"
    >>> listed("weights[0][2][4]", ["weights[0][4][2]"])
    "position 2 does not see position 4, which is later; there is 'weights[0][4][2]'"
    """
    names = list(dict.fromkeys(known))
    weight = re.fullmatch(r"(.*\bweights\[\d+\]\[)(\d+)(\]\[)(\d+)\]", wanted)  # of attention: head, position, seen
    if (
        weight
        and int(weight[2]) < int(weight[4])
        and (earlier := f"{weight[1]}{weight[4]}{weight[3]}{weight[2]}]") in names
    ):
        return f"position {weight[2]} does not see position {weight[4]}, which is later; there is {earlier!r}"
    longer = [name for name in names if name.endswith(f".{wanted}")]
    near = dict.fromkeys([*longer[:most], *get_close_matches(wanted, names, n=most, cutoff=0.5)])
    shown = [*near, *(name for name in names if name not in near)][:most]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"there is {', '.join(map(repr, shown))}{more}"
