"""Write docs/pictures/architecture.svg and the lists in docs/architecture.md: `make architecture`.

The picture comes from the floors and imports in ``tools.imports``; the trips are run by ``tools.trips``.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from tools.imports import FLOORS, ROOT, imports_of, sources
from tools.trips import TRIPS, Stop, stops

PAGE = ROOT / "docs" / "architecture.md"
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
SHOWN = ("autograd", "nn")


class Room(NamedTuple):
    """A folder or file on a floor: its description, the rooms it depends on, and the files and folders in it."""

    name: str
    floor: int
    says: str
    stands_on: frozenset[str]
    holds: tuple[str, ...]


def rooms() -> list[Room]:
    """The rooms of the packages, from the ground up."""
    named = {room: number for number, floor in enumerate(FLOORS) for room in floor if room.startswith(SHOWN)}
    stands_on: dict[str, set[str]] = {room: set() for room in named}
    for path in sources(*SHOWN):
        here = _room(path, named)
        stands_on[here] |= {_room(other, named) for other in imports_of(path) if other.startswith(SHOWN)} - {here}
    return [
        Room(room, floor, first_sentence(room), frozenset(stands_on[room]), tuple(_holds(room, named)))
        for room, floor in named.items()
    ]


def _holds(room: str, named: Mapping[str, int]) -> Iterator[str]:
    """Return the names of the files and folders in a room that are not rooms themselves."""
    for path in sorted((ROOT / room).iterdir()) if (ROOT / room).is_dir() else ():
        is_code = path.suffix == ".py" or any(path.glob("*.py"))
        if is_code and not path.name.startswith("__") and path.relative_to(ROOT).as_posix() not in named:
            yield path.stem if path.suffix else f"{path.name}/"


def _room(path: str, named: Mapping[str, int]) -> str:
    """Return the room that a file is in: the closest one that contains it."""
    return max((room for room in named if path == room or path.startswith(f"{room}/")), key=len)


def first_sentence(room: str) -> str:
    """Return the first sentence of a file or of a folder's ``__init__``, without the full stop."""
    file = ROOT / room if room.endswith(".py") else ROOT / room / "__init__.py"
    words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(words.split("\n\n")[0].split()).partition(". ")[0].removesuffix(".")


def needed(there: Sequence[Room]) -> list[tuple[str, str]]:
    """Return the arrows to draw: from a room to each room it depends on, unless another of those depends on it too.

    No arrows are drawn between rooms on the same floor: look at the imports for those.
    """
    floor = {room.name: room.floor for room in there}
    below: dict[str, set[str]] = {}
    for room in sorted(there, key=lambda room: room.floor):
        below[room.name] = set(room.stands_on).union(*(below.get(other, set()) for other in room.stands_on))
    return [
        (room.name, other)
        for room in there
        for other in sorted(room.stands_on)
        if floor[other] < room.floor and not any(other in below[between] for between in room.stands_on - {other})
    ]


# ── the picture ─────────────────────────────────────────────────────────────────────────────────────────────────────

WIDTH, MARGIN = 1200, 12
ROW, BETWEEN = 78, 18  # the height of a room; between two floors there is room for arrows to bend
LETTER, BOLD = 6.3, 8.6  # the width of a letter of the small text and of a name, about
STYLE = """text{font:600 13px system-ui,sans-serif;fill:#1a1a1a}
.says,.holds{font:11px system-ui,sans-serif;fill:#333}.holds{fill:#777}
.room{fill:#fff;stroke:#a9b0bb}.engine .room{fill:#eef4ff}.viz .room{fill:#f1f8ee}.learn .room{fill:#fff6e8}
.compiler .room{fill:#f6f0fb}.nn .room{fill:#fdf0f0}path{fill:none;stroke:#8793a3;stroke-width:1.1}
@media (prefers-color-scheme:dark){text{fill:#eee}.says{fill:#d5d8dd}.holds{fill:#9aa1ab}
.room{fill:#22262c;stroke:#5b6470}.engine .room{fill:#1f2a3d}
.viz .room{fill:#20301f}.learn .room{fill:#382c18}.compiler .room{fill:#2d2338}.nn .room{fill:#3a2323}
path{stroke:#7d8896}}"""

TOWERS = {
    "roof": (0.0, 1.0),
    "learn": (0.32, 0.62),
    "viz": (0.0, 0.32),
    "nn": (0.62, 1.0),
    "compiler": (0.0, 1.0),
    "engine": (0.0, 1.0),
}
"""From the roof down: the part of the width that each takes. What is on top of the compiler stands side by side."""
SHIFT = 2  # floors by which the exercises stand higher than the pictures: above those of its rooms that they use


def tower(room: str) -> str:
    """Return the tower that a room belongs to."""
    if room == "autograd/__main__.py":
        return "roof"
    return next((name for name in TOWERS if f"/{name}/" in f"/{room}/"), "engine")


def drawing(there: Sequence[Room]) -> str:
    """Draw the picture as SVG."""
    boxes = dict(_boxes(there))
    height = max(y for _, y, _ in boxes.values()) + ROW + MARGIN
    by_name = {room.name: room for room in there}
    arrows = "".join(_arrow(boxes[above], boxes[below]) for above, below in needed(there))
    drawn = "".join(_box(by_name[name], *where) for name, where in boxes.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img">'
        f"<title>The rooms of the house, and what each stands on</title><style>{STYLE}</style>"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 1L7 4L0 7"/></marker></defs>'
        f"{arrows}{drawn}</svg>\n"
    )


def _boxes(there: Sequence[Room]) -> Iterable[tuple[str, tuple[float, float, float]]]:
    """Yield (name, (x, y, width)) for every room."""
    floors = {name: sorted({room.floor for room in there if tower(room.name) == name}) for name in TOWERS}
    base = {"engine": 0, "compiler": len(floors["engine"])}
    base["viz"] = base["nn"] = base["compiler"] + len(floors["compiler"])
    base["learn"] = base["viz"] + SHIFT
    base["roof"] = max(base[name] + len(floors[name]) for name in base)
    top = base["roof"] + len(floors["roof"])
    for name, (left, right) in TOWERS.items():
        for number, floor in enumerate(floors[name]):
            row = [room for room in there if tower(room.name) == name and room.floor == floor]
            x0, x1 = MARGIN + left * (WIDTH - MARGIN), right * (WIDTH - MARGIN)
            step = (x1 - x0) / len(row)
            y = MARGIN + (top - 1 - base[name] - number) * (ROW + BETWEEN)
            for i, room in enumerate(row):
                width = min(step - MARGIN, 330)
                yield room.name, (x0 + (i + 0.5) * step - width / 2, y, width)


def _box(room: Room, x: float, y: float, width: float) -> str:
    says = _lines(room.says, width, 2 if room.holds else 4)
    holds = _lines(" · ".join(room.holds), width, 4 - len(says))
    name = room.name.removeprefix("autograd/")
    if len(name) * BOLD > width - 14:  # the colour of the box says whose it is
        name = name.rpartition("/")[2]
    lines = [f'<text x="{x + 8:.1f}" y="{y + 18:g}">{escape(name)}</text>']
    for number, (line, style) in enumerate([*((line, "says") for line in says), *((line, "holds") for line in holds)]):
        lines.append(f'<text class="{style}" x="{x + 8:.1f}" y="{y + 33 + 13 * number:g}">{escape(line)}</text>')
    return (
        f'<g class="{tower(room.name)}"><title>{escape(room.name)}: {escape(room.says)}</title>'
        f'<rect class="room" x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{ROW}" rx="5"/>{"".join(lines)}</g>'
    )


def _lines(text: str, width: float, count: int) -> list[str]:
    return textwrap.wrap(text.replace("``", ""), int((width - 14) / LETTER), max_lines=count, placeholder=" …")


def _arrow(above: tuple[float, float, float], below: tuple[float, float, float]) -> str:
    x0, y0, x1, y1 = above[0] + above[2] / 2, above[1] + ROW, below[0] + below[2] / 2, below[1]
    bend = BETWEEN if y1 - y0 <= BETWEEN else (y1 - y0) / 2
    curve = f"M{x0:.1f} {y0:g}C{x0:.1f} {y0 + bend:g} {x1:.1f} {y1 - bend:g} {x1:.1f} {y1:g}"
    return f'<path d="{curve}" marker-end="url(#tip)"/>'


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────────


def page() -> str:
    """Return the page with up-to-date lists. Each list is between two comments, and the first one names it."""
    lists = {trip.name: _table(stops(trip)) for trip in TRIPS}
    return re.sub(
        r"(<!-- (?!end)(\w+) -->\n).*?(?=<!-- end -->)",
        lambda block: block[1] + lists[block[2]],
        PAGE.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )


def _table(there: Sequence[Stop]) -> str:
    lines = ["| | file | enters by | what it is |", "|---|---|---|---|"]
    for number, stop in enumerate(there, 1):
        where = f"`{stop.file}`" + " *(in the child)*" * stop.is_in_child
        lines.append(f"| {number} | {where} | `{stop.function}` | {first_sentence(stop.file).replace('``', '`')} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the picture and the page, or with --check say which is out of date."""
    parser = argparse.ArgumentParser(prog="python -m tools.architecture", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something would change")
    is_check, stale = parser.parse_args().check, []
    for file, text in ((PICTURE, drawing(rooms())), (PAGE, page())):
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(file.name)
            if not is_check:
                file.write_text(text, encoding="utf-8")
    if is_check and stale:
        print(f"{' and '.join(stale)}: out of date; run `make architecture`", file=sys.stderr)
    return int(is_check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
