"""play(root): one backward pass, step by step, in a notebook, as a page, in a terminal."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Unpack, get_args

from autograd.util.language import LANGUAGES, Language, language_of
from autograd.viz.backprop.observe import EngineNode
from autograd.viz.backprop.quiz import questions
from autograd.viz.backprop.record import Selecting, Steps, steps
from autograd.viz.backprop.step import Kind, Step
from autograd.viz.backprop.transcript import endings, flows, kind_of_step, remarks, slopes, transcript
from autograd.viz.graph.labels import notebook_names
from autograd.viz.graph.selection import listed
from autograd.viz.web.words import words
from autograd.viz.write.alt import alt_text, results
from autograd.viz.write.boxes import TEXT, text_width
from autograd.viz.write.layout import lay_out_all
from autograd.viz.write.numbers import number, plain
from autograd.viz.write.page import Mode, NotebookView, scrolling
from autograd.viz.write.player_page import data_url, packed, player_element, save_page
from autograd.viz.write.svg import svg_text

if TYPE_CHECKING:
    from autograd.viz.training.player import TrainingPlayer

__all__ = ["Player", "play"]

T = TypeVar("T")

MOST_BYTES = 110_000
"""Of a page, as far as what happens inside of folded boxes is sent: each takes 3,000 to 5,000, the rest some 60,000."""

STYLE = re.compile("<style>.*?</style>", re.DOTALL)  # the same in every picture of a page
QUIZ = ("ask", "check", "right", "no_number", "unknown")
NOT_IN_THE_SCRIPT = (
    "title",
    "title_around",
    "table",
    "step",
    "symbols",
    "numbers",
    "result",
    "more_steps",
    "order_off",
)
PAST = {"late": "early", "returns": "early", "again": "twice"}
"""The end of the id of a text in ``web/locale``, for a turn that should not have been when it is over."""


class _Options(Selecting, total=False):
    """Further arguments of `play`."""

    backward: Callable[[EngineNode], object] | None


def play(
    root: object,
    forward: bool = False,
    quiz: bool = False,
    compare: Literal["numeric"] | None = None,
    zero_grad: bool = True,
    mode: Mode = "auto",
    language: Language | None = None,
    max_nodes: int = 60,
    **selecting: Unpack[_Options],
) -> Player | TrainingPlayer:
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
    than max_nodes values, or more than a page is wide, modules, sums and repeats are folded as in `draw`, unless
    ``open`` names them: what happens inside of a folded box is one step, which can be entered. In a notebook, Values
    without a label have the names of the caller's variables.

    Raises TypeError for what has no backward pass, ValueError where the graph cannot be shown.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a")
    >>> print(play(a * a, language="en"))
    L = 9
       seed      ∂L/∂L = 1                                              L.grad = 1            L.grad: 0 → 1
    1  L = a · a   first: it is the result   ∂(a₁·a₂)/∂a₁ = a₂ = 3,  ∂(a₁·a₂)/∂a₂ = a₁ = 3
       pull      a.grad += L.grad · ∂(a₁·a₂)/∂a₁                        a.grad = 0 + (1 · 3)  a.grad: 0 → 3
       pull      a.grad += L.grad · ∂(a₁·a₂)/∂a₂                        a.grad = 3 + (1 · 3)  a.grad: 3 → 6
       complete  ∂L/∂a = L.grad · ∂(a₁·a₂)/∂a₁ + L.grad · ∂(a₁·a₂)/∂a₂  a.grad = 3 + 3        a.grad = 6
    """
    if compare not in (None, "numeric"):
        raise ValueError(f'play() takes compare="numeric" or nothing, not {compare!r}')
    chosen = language_of(language)
    if any(hasattr(root, name) for name in ("snapshots", "to_dict")):
        from autograd.viz.training.player import training_player  # 5 ms, of which a value needs nothing

        return training_player(root, mode=mode, language=language)
    numeric = compare == "numeric"
    names = notebook_names(depth=2)
    recorded = steps(
        root,
        forward=forward,
        zero_grad=zero_grad,
        numeric=numeric,
        max_nodes=max_nodes,
        names=names,
        language=chosen,
        **selecting,
    )
    return Player(recorded, quiz, mode, language)


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
        return _svgs([self])[0]

    def alt(self) -> str:
        """For a reader who does not see the picture: what it computes, its size, its largest gradient."""
        return alt_text(self.steps.picture, language_of(self.language))

    @cached_property
    def html(self) -> str:
        """The player, to be part of a page: an image and a table of the steps, and the script that plays them."""
        players = {name: self.inside(name) for name in self.steps.inside}
        svg, *svgs = _svgs([self, *players.values()])
        content, data = self._content(svg), self._data()
        room = MOST_BYTES - len(player_element("player", content, data).encode())
        inside: dict[str, str] = {}
        for (name, player), picture in zip(players.items(), svgs, strict=True):
            part = packed([player._content(STYLE.sub("", picture)), player._data() | {"words": {}}])
            room -= len(part)
            if room >= 0:
                inside[str(_id(name))] = part
        boxes = (node for node in self.steps.picture.nodes if node.opens and node.name in self.steps.summaries)
        opens = {str(_id(node.name)): escape(f'play(…, open="{node.opens}")') for node in boxes}
        more = {"inside": inside, "opens": {name: call for name, call in opens.items() if name not in inside}}
        return player_element("player", content, data | {name: part for name, part in more.items() if part})

    def _content(self, svg: str) -> str:
        """What a page shows of it without scripts."""
        return scrolling(data_url(svg).replace("&", "&amp;"), self.alt(), "picture") + self._table()

    def inside(self, name: str) -> Player:
        """The player of what happens inside of a folded box, by its name in the picture or in the formulas.

        Raises ValueError for a name that no folded box has.
        """
        boxes = self.steps.inside
        known = {**{self.steps.titles[node]: node for node in boxes}, **{node: node for node in boxes}}
        if name not in known:
            raise ValueError(f"inside(): no folded box is called {name!r}; {listed(name, known)}")
        return Player(
            self.steps.inside[known[name]], self.quiz, "static" if self.mode == "static" else "auto", self.language
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the player as one page that works from disk, and return its path.

        Raises `ValueError` for a suffix other than .html, `FileNotFoundError` where the folder does not exist.

        >>> import tempfile
        >>> from autograd import Value
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     play(Value(2.0) ** 2).save(Path(folder) / "step.html").name
        'step.html'
        """
        language = language_of(self.language)
        picture, say = self.steps.picture, words(language).say
        is_part = picture.about and not picture.roots
        title = say("title_around", picture.about) if is_part else say("title", results(picture, language))
        return save_page(path, title, self.html, language)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Player({len(self.steps)} steps)"

    # ── what the page gets ──────────────────────────────────────────────────────────────────────────────────────────

    def _table(self) -> str:
        texts = words(language_of(self.language))
        head = "".join(f'<th scope="col">{texts[name]}' for name in ("step", "symbols", "numbers", "result"))
        rows = "".join(f"<tr><td>{kind_of_step(step, texts)}{_cells(step.lines)}" for step in self.steps)
        summary = texts.say("table", len(self.steps))
        return f"<details><summary>{summary}</summary><table><thead><tr>{head}<tbody>{rows}</table></details>"

    def _data(self) -> dict[str, Any]:
        steps, folded = self.steps, self.steps.summaries
        rules = {
            node: [escape(formula), _formulas(steps.rules.get(node, {}))] for node, formula in steps.formulas.items()
        }
        return {
            "frames": [_frame(step) for step in steps],
            "titles": _by_id({node: escape(title) for node, title in steps.titles.items() if node[0] in "ng"}),
            "uses": _by_id(
                {step.node: _uses(steps, step.node) for step in steps if step.completes and step.node not in folded}
            ),
            "done": _by_id({step.node: index for index, step in enumerate(steps) if step.completes}),
            "rules": _by_id(rules),
            "order": _order(steps),
            "flawed": {str(_id(turn.node)): "!" for turn in steps.order if turn.why in PAST},
            "stale": _by_id({} if steps.is_zeroed else {node: number(grad) for node, grad in steps.stale.items()}),
            "remarks": _remarks(steps, self.quiz),
            "off": _by_id(_off(steps)),
            "sums": _by_id(_sums(steps)),
            "quiz": _quiz(steps) if self.quiz else {},
            "words": {language: self._words(language) for language in self._languages},
        }

    @property
    def _languages(self) -> tuple[Language, ...]:
        return (self.language,) if self.language else LANGUAGES

    def _words(self, language: Language) -> dict[str, str]:
        """The texts of the script; the names of the kinds of steps by their first letters."""
        texts = words(language)
        kinds = {step.kind for step in self.steps}
        unused = {*NOT_IN_THE_SCRIPT, *get_args(Kind)}
        if not self.quiz:
            unused |= {*QUIZ, *(name for name in texts if name.startswith("quiz_"))}
        order = texts["order_off" if any(turn.late or turn.returning for turn in self.steps.order) else "order"]
        sent = {name: text for name, text in texts.items() if name not in unused}
        return sent | {kind[0]: texts[kind] for kind in kinds} | {"order": order}


def _svgs(players: Sequence[Player]) -> list[str]:
    """The pictures of several players as SVG elements."""
    widest = {node: texts for player in players for node, texts in _widest(player.steps).items()}
    layouts = lay_out_all([player.steps.picture for player in players], widest)
    return [svg_text(layout, player.alt()) for layout, player in zip(layouts, players, strict=True)]


def _cells(lines: Iterable[str]) -> str:
    return "".join(f"<td>{escape(line)}" for line in lines)


def _formulas(equations: Mapping[int, str]) -> dict[int, str]:
    """What stands behind a local derivative, which is in the line of the step; nothing where that is its number."""
    parts = {position: text.split(" = ", 1)[1] for position, text in equations.items()}
    return {position: escape(text) for position, text in parts.items() if " " in text}


def _id(node: str) -> int | str:
    """12 of "n12", and the name of what is folded."""
    return int(node[1:]) if node[0] == "n" else node


def _by_id(by_node: Mapping[str, T]) -> dict[str, T]:
    return {str(_id(node)): item for node, item in by_node.items()}


def _remarks(steps: Steps, quiz: bool) -> dict[int, list[list[str]]]:
    """The remarks at each step that has any."""
    texts = {index: [list(map(escape, words)) for words in remarks(steps, index)] for index in range(len(steps))}
    for index, step in enumerate(steps):
        if step.kind == "inside":
            texts[index] += [list(map(escape, words)) for words in flows(steps, step.node)]
    texts[0] += [["quiz_start"]] * quiz + [["hint"]]
    leaves = slopes(steps) - steps.formulas.keys()
    for index, step in enumerate(steps):
        if step.completes and step.node in leaves:
            change = number(float(f"{step.after / 1000:.5g}"))
            texts[index].append(["nudge", escape(steps.titles[step.node]), change])
    texts[len(steps) - 1] += [list(map(escape, words)) for words in endings(steps)]
    return {index: words for index, words in texts.items() if words}


def _frame(step: Step) -> list[str | float | None]:
    """A step as the script takes it."""
    start: list[str | float | None] = [step.kind[0], _id(step.node), plain(step.after)]
    if step.kind in ("inside", "done"):
        return [*start, None, step.count]
    if step.kind in ("outside", "merged"):
        return [*start, _id(step.user) if step.user else None, step.count, plain(step.added)]
    if step.kind != "pull":
        return start
    local = 0.0 if step.local is None else float(f"{step.local:.9g}")
    return [*start, _id(step.user), step.position, plain(step.added), local]


def _uses(steps: Steps, node: str) -> int:
    """How many contributions a value gets."""
    return sum(step.count for step in steps.ledger(node))


def _order(steps: Steps) -> list[list[object]]:
    """The turns: the node's number, the step it begins at, the users before it, why it is next, and their names.

    Of one that should not have done so, last, what is to be said of it when its turn is over.
    """
    rows: list[list[object]] = []
    for turn, first in zip(steps.order, steps.starts, strict=True):
        names = [escape(steps.titles[user]) for user in turn.late or turn.returning or turn.users]
        if turn.outside:
            names.append(f"… {turn.outside}")
        row: list[object] = [_id(turn.node), first, list(map(_id, turn.users)), turn.why, ", ".join(names)]
        rows.append([*row, PAST[turn.why]] if turn.why in PAST else row)
    return rows


def _off(steps: Steps) -> dict[str, int]:
    """From which step on a gradient is not what has arrived."""
    starts: dict[str, int] = {}
    for index, step in enumerate(steps):
        if step.mistake == "overwrote":
            starts.setdefault(step.node, index)
    return starts


def _sums(steps: Steps) -> dict[str, str]:
    """The sum of the products along all paths, where that is not the gradient: a mistake, a stale gradient."""
    products: dict[str, float] = {}
    sums = {}
    if steps.summaries:  # along some path a product is not known
        return {}
    for step in sorted((step for step in steps if step.completes), key=lambda step: -int(step.node[1:])):
        ledger = steps.ledger(step.node)
        pulls = {(pull.user, pull.position): pull for pull in ledger if pull.kind == "pull"}.values()
        rest = sum(outside.added for outside in ledger if outside.kind == "outside")
        slope = rest + sum(products.get(pull.user, 0.0) * (pull.local or 0.0) for pull in pulls) if ledger else 1.0
        products[step.node] = slope
        if math.isfinite(slope) and not math.isclose(slope, step.after, rel_tol=1e-9, abs_tol=1e-12):
            sums[step.node] = plain(slope)
    return sums


def _quiz(steps: Steps) -> dict[int, list[list[Any]]]:
    """For each question, the values that its replies are said with, and the wrong answers by the name of the reply."""
    replies: dict[int, list[list[Any]]] = {}
    for index, question in questions(steps).items():
        step = steps[index]
        values = [number(value or 0.0) for value in (step.upstream, step.local, step.before)]
        wrong = [[f"quiz_{name}", float(f"{answer:.6g}")] for name, answer in question.mistakes.items()]
        replies[index] = [values, *wrong]
    return replies


def _widest(steps: Steps) -> dict[str, dict[str, str]]:
    """The widest gradient each box will show."""
    texts: dict[str, set[str]] = {}
    for step in steps:
        if step.kind != "forward":
            texts.setdefault(step.node, {"–"}).add(number(step.after))
    for node, grad in steps.stale.items():
        texts.setdefault(node, {"–"}).add(number(grad))
    return {node: {"grad": max(shown, key=lambda text: text_width(text, TEXT))} for node, shown in texts.items()}
