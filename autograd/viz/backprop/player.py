"""play(root): one backward pass, step by step, in a notebook, as a page, in a terminal."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, Literal, get_args

from autograd.util.language import LANGUAGES, Language, language_of
from autograd.viz.backprop.frames import Frame, Kind
from autograd.viz.backprop.quiz import questions
from autograd.viz.backprop.record import Steps, steps
from autograd.viz.backprop.transcript import endings, remarks, slopes, transcript
from autograd.viz.drawing import Drawing
from autograd.viz.web.script import script
from autograd.viz.web.words import words
from autograd.viz.write.boxes import TEXT, text_width
from autograd.viz.write.layout import lay_out
from autograd.viz.write.numbers import number, signed
from autograd.viz.write.page import Mode, NotebookView, data_url, save_page, scrolling
from autograd.viz.write.svg import svg_text
from autograd.viz.write.theme import player_colors

__all__ = ["Player", "play"]

QUIZ = ("ask", "check", "right", "no_number", "unknown")
NOT_IN_THE_SCRIPT = ("table", "step", "symbols", "numbers", "result", "more_steps", "order_off")
PAST = {"late": "early", "returns": "early", "again": "twice"}
"""What a turn that should not have been is called when it is over: the end of the id of a text in ``web/locale``."""


def play(
    root: Any,
    forward: bool = False,
    quiz: bool = False,
    compare: Literal["numeric"] | None = None,
    zero_grad: bool = True,
    mode: Mode = "auto",
    language: Language | None = None,
    max_nodes: int = 80,
    **view: Any,
) -> Any:
    """One backward pass from a value, to go through edge by edge; every ``.grad`` is afterwards what it was.

    It shows what the engine does while it runs: each contribution upstream · local derivative, the gradient it is added
    to, and why the next value is next.

    root: a Value; a node of an engine of your own, with data, grad, _prev, _backward and backward() as in micrograd, or
    with parents and pull as in the exercises (then ``backward=`` is your function); or the history of a training that
    kept snapshots, which is played instead.
    forward: the forward pass first. quiz: ask for the number of each step. compare: "numeric" for the finite difference
    of each input. zero_grad: False to start from the gradients as they are. mode: "static" for a plain image, in a
    notebook that is committed or printed. language: "en" or "zh", otherwise that of the page or the system.
    focus, radius, path: what to show of a large graph, as for `draw`; ``path=(w, loss)`` follows one weight. Of more
    than max_nodes values the ones nearest to the result are shown.

    Raises TypeError for what has no backward pass, ValueError where the graph cannot be shown.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a")
    >>> print(play(a * a, language="en"))
    L = 9
       seed      ∂L/∂L = 1                              L.grad = 1            L.grad: 0 → 1
       complete  ∂L/∂L = 1                              L.grad = 1            L.grad = 1
    1  L = a · a   first: it is the result   a·b. ∂/∂a = b, ∂/∂b = a.
       pull      ∂L/∂a += ∂L/∂L · ∂L/∂a                 a.grad = 0 + (1 × 3)  a.grad: 0 → 3
       pull      ∂L/∂a += ∂L/∂L · ∂L/∂a                 a.grad = 3 + (1 × 3)  a.grad: 3 → 6
       complete  ∂L/∂a = ∂L/∂L · ∂L/∂a + ∂L/∂L · ∂L/∂a  a.grad = 3 + 3        a.grad = 6
    """
    if compare not in (None, "numeric"):
        raise ValueError(f'play() takes compare="numeric" or nothing, not {compare!r}')
    if language is not None:
        language_of(language)
    if any(hasattr(root, name) for name in ("snapshots", "to_dict")):
        from autograd.viz.training.player import training_player  # NumPy alone, but a player of its own

        return training_player(root, mode=mode, language=language)
    numeric = compare == "numeric"
    film = steps(root, forward=forward, zero_grad=zero_grad, numeric=numeric, max_nodes=max_nodes, **view)
    return Player(film, quiz, mode, language)


class Player(NotebookView):
    """A backward pass to go through: shown in a notebook, printed as lines, saved as a page.

    `steps` is the pass as plain data.
    """

    def __init__(self, steps: Steps, quiz: bool = False, mode: Mode = "auto", language: Language | None = None) -> None:
        super().__init__(mode)
        self.steps = steps
        self.quiz = quiz
        self.language = language

    def text(self, max_lines: int | None = 60) -> str:
        """The whole pass as aligned lines; None for all of a long one."""
        return transcript(self.steps, language_of(self.language), max_lines)

    def svg(self) -> str:
        """The graph at the end of the pass, as an SVG element. Raises what `draw(…).save` raises."""
        return svg_text(lay_out(self.steps.picture, _widest(self.steps)), self.alt())

    def alt(self) -> str:
        """For a reader who does not see the picture: what it computes, its size, its largest gradient."""
        return Drawing(self.steps.picture).alt()

    @cached_property
    def html(self) -> str:
        """The player, to be part of a page: an image and a table of the steps, and the script that plays them."""
        source = data_url(self.svg()).replace("&", "&amp;")
        content = scrolling(source, self.alt(), "picture") + self._table()
        data = self._data()
        name = hashlib.sha256(f"{content}{data}".encode()).hexdigest()[:12]
        where = f'[data-autograd-player="{name}"]'
        code = script("player", ("controls.js", "player.js"), ("style.css", "player.css"), player_colors(), data, where)
        return f'<div data-autograd-player="{name}">{content}{code}</div>'

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the player as one page that works from disk, and return its path.

        Raises `ValueError` for a suffix other than .html, `FileNotFoundError` where the folder does not exist.

        >>> import tempfile
        >>> from autograd import Value
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     play(Value(2.0) ** 2).save(Path(folder) / "step.html").name
        'step.html'
        """
        return save_page(path, self.alt().split(". ")[0], self.html, self.language)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Player({len(self.steps)} steps)"

    # ── what the page gets ──────────────────────────────────────────────────────────────────────────────────────────

    def _table(self) -> str:
        texts = words(language_of(self.language))
        head = "".join(f'<th scope="col">{texts[name]}' for name in ("step", "symbols", "numbers", "result"))
        rows = "".join(f"<tr><td>{texts[frame.kind]}{_cells(frame.lines)}" for frame in self.steps)
        summary = texts.say("table", len(self.steps))
        return f"<details><summary>{summary}</summary><table><thead><tr>{head}<tbody>{rows}</table></details>"

    def _data(self) -> dict[str, Any]:
        film = self.steps
        kinds = list(dict.fromkeys(self._kind(node) for node in film.formulas))
        rules = {node: [escape(formula), kinds.index(self._kind(node))] for node, formula in film.formulas.items()}
        said = {place: [list(map(escape, words)) for words in remarks(film, place)] for place in range(len(film))}
        said[0].append(["hint"])
        leaves = slopes(film) - film.formulas.keys()
        for place, frame in enumerate(film):
            if frame.kind == "done" and frame.node in leaves:
                said[place].append(
                    ["nudge", escape(film.titles[frame.node]), signed(float(f"{frame.after / 1000:.5g}"))]
                )
        said[len(film) - 1] += [list(map(escape, words)) for words in endings(film)]
        return {
            "frames": [_frame(frame) for frame in film],
            "titles": _by_place({node: escape(title) for node, title in film.titles.items() if node[0] == "n"}),
            "uses": _by_place({frame.node: _uses(film, frame.node) for frame in film if frame.kind == "done"}),
            "done": _by_place({frame.node: place for place, frame in enumerate(film) if frame.kind == "done"}),
            "rules": _by_place(rules),
            "kinds": kinds,
            "order": _order(film),
            "flawed": {_place(place.node): "!" for place in film.order if place.why in PAST},
            "stale": _by_place({} if film.is_zeroed else {node: number(grad) for node, grad in film.stale.items()}),
            "remarks": {place: found for place, found in said.items() if found},
            "off": _by_place(_off(film)),
            "sums": _by_place(_sums(film)),
            "quiz": _quiz(film) if self.quiz else {},
            "words": {language: self._words(language) for language in self._languages},
        }

    @property
    def _languages(self) -> tuple[Language, ...]:
        return (self.language,) if self.language else LANGUAGES

    def _kind(self, node: str) -> str:
        rule = self.steps.rules.get(node, "")
        return f"<b>{escape(self.steps.picture[node].operation)}</b> {escape(rule)}" if rule else ""

    def _words(self, language: Language) -> dict[str, str]:
        """What the script says, with the names of the kinds of frames by their first letters."""
        texts = words(language)
        kinds = {frame.kind for frame in self.steps}
        unused = {*NOT_IN_THE_SCRIPT, *get_args(Kind)}
        if not self.quiz:
            unused |= {*QUIZ, *(name for name in texts if name.startswith("quiz_"))}
        order = texts["order_off" if any(place.late or place.returning for place in self.steps.order) else "order"]
        sent = {name: text for name, text in texts.items() if name not in unused}
        return sent | {kind[0]: texts[kind] for kind in kinds} | {"order": order}


def _cells(lines: Iterable[str]) -> str:
    return "".join(f"<td>{escape(line)}" for line in lines)


def _place(node: str) -> int:
    return int(node[1:])


def _by_place(found: dict[str, Any]) -> dict[int, Any]:
    return {_place(node): each for node, each in found.items()}


def _frame(frame: Frame) -> list[Any]:
    """A frame as the script takes it."""
    start = [frame.kind[0], _place(frame.node), number(frame.after)]
    if frame.kind == "outside":
        return [*start, None, frame.count, number(frame.added)]
    if frame.kind != "pull":
        return start
    local = 0.0 if frame.local is None else float(f"{frame.local:.9g}")
    return [*start, _place(frame.user), frame.position, number(frame.added), local]


def _uses(film: Steps, node: str) -> int:
    return sum(frame.count for frame in film.ledger(node))


def _order(film: Steps) -> list[list[Any]]:
    """Who passes on: its number, at which frame that begins, after which users, why, and their names.

    Of one that should not have done so, last, what is to be said of it when its turn is over.
    """
    found = []
    for place, first in zip(film.order, film.starts, strict=True):
        names = [escape(film.titles[user]) for user in place.late or place.returning or place.users]
        if place.outside:
            names.append(f"… {place.outside}")
        turn = [_place(place.node), first, list(map(_place, place.users)), place.why, ", ".join(names)]
        found.append([*turn, PAST[place.why]] if place.why in PAST else turn)
    return found


def _off(film: Steps) -> dict[str, int]:
    """From which frame on a gradient is not what has arrived."""
    found: dict[str, int] = {}
    for place, frame in enumerate(film):
        if frame.mistake == "overwrote":
            found.setdefault(frame.node, place)
    return found


def _sums(film: Steps) -> dict[str, str]:
    """What the products along all paths add up to, where that is not the gradient: a mistake, a stale gradient."""
    products: dict[str, float] = {}
    found = {}
    for frame in sorted((frame for frame in film if frame.kind == "done"), key=lambda frame: -_place(frame.node)):
        ledger = film.ledger(frame.node)
        edges = {(each.user, each.position): each for each in ledger if each.kind == "pull"}.values()
        rest = sum(each.added for each in ledger if each.kind == "outside")
        slope = rest + sum(products.get(each.user, 0.0) * (each.local or 0.0) for each in edges) if ledger else 1.0
        products[frame.node] = slope
        if math.isfinite(slope) and not math.isclose(slope, frame.after, rel_tol=1e-9, abs_tol=1e-12):
            found[frame.node] = number(slope)
    return found


def _quiz(film: Steps) -> dict[int, Any]:
    """For each question, the values that its replies are said with, and the wrong answers by the name of the reply."""
    found = {}
    for place, question in questions(film).items():
        frame = film[place]
        values = [signed(value or 0.0) for value in (frame.upstream, frame.local, frame.before)]
        wrong = [[f"quiz_{name}", float(f"{answer:.6g}")] for name, answer in question.mistakes.items()]
        found[place] = [values, *wrong]
    return found


def _widest(film: Steps) -> dict[str, dict[str, str]]:
    """The widest gradient each box will show."""
    texts: dict[str, set[str]] = {}
    for frame in film:
        if frame.kind != "forward":
            texts.setdefault(frame.node, {"–"}).add(number(frame.after))
    for node, grad in film.stale.items():
        texts.setdefault(node, {"–"}).add(number(grad))
    return {node: {"grad": max(found, key=lambda text: text_width(text, TEXT))} for node, found in texts.items()}
