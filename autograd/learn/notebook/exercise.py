"""Exercises in a notebook: ``ex(8).check(toposort)`` checks the object itself, and the cell shows the result."""

from __future__ import annotations

import ast
import contextlib
import linecache
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from autograd.learn.cases import named
from autograd.learn.checking import check as checks
from autograd.learn.checking.check import PASSED, Result
from autograd.learn.checking.graphs import WHOLE, Mark, Node, outcome_and_graph
from autograd.learn.checking.limits import TimeIsUp, limited
from autograd.learn.checking.needed import names_of_probes
from autograd.learn.checking.process import Answer
from autograd.learn.checking.worker import Printed, table
from autograd.learn.course import Course, hiding
from autograd.learn.exercises.exercise import EXERCISES, Exercise, load_module
from autograd.learn.exercises.probes import Outcome, failed, probe_outcome, same
from autograd.learn.notebook.saving import keep
from autograd.learn.notebook.search import functions_of, searched
from autograd.learn.notebook.shell import define, defined_here
from autograd.learn.reporting.html import inline_html, picture_html, report_html, text_html
from autograd.learn.reporting.layout import Style, paragraphs
from autograd.learn.reporting.places import changes, kinds, lines
from autograd.learn.reporting.plain_text import as_text
from autograd.learn.reporting.report import Block, Report, report
from autograd.learn.terminal.export_notebook import export

if TYPE_CHECKING:
    from autograd.viz.picture import Picture

__all__ = ["Checked", "NotebookExercise", "TextView", "export"]

_passed: dict[str, dict[str, object]] = {}
"""The objects that have passed in this kernel, by exercise; later exercises use them."""
_sources: dict[str, str] = {}
"""The texts of the earlier exercises that are importable: another notebook may have written a file again."""
_last: dict[str, Result] = {}
"""The last result of a check in this kernel, by exercise; ``ex(4)`` is a new object each time."""


class NotebookExercise:
    """An exercise in a notebook."""

    def __init__(self, which: int | str, language: str | None = None, using: str | None = None) -> None:
        self.course = Course(language=language)
        if not self.course.is_started:  # the notebook is the file, and the progress is kept beside it
            self.course = Course(Path.cwd(), language)
        self.exercise = self.course.named(str(which))
        self.using = using
        self.own: tuple[str, ...] = ()
        self.broken: dict[str, Outcome] = {}
        self._importable()

    @property
    def last(self) -> Result | None:
        """The last result of this exercise in this kernel."""
        return _last.get(self.exercise.name)

    @property
    def known_names(self) -> list[str]:
        """The names that ``check`` accepts: the exercise's own, then those of the exercises it builds on."""
        return [name for part in [self.exercise, *reversed(self.exercise.needs)] for name in part.names]

    def check(self, *objects: object, **named: object) -> Checked | TextView:
        """Check your objects. They are recognised by their names, or pass a name: ``check(toposort=my_sort)``.

        Without any, those that the notebook defines are checked.
        """
        given, left = self._recognised(objects)
        given |= named or ({} if objects else defined_here(self.exercise.names))
        unknown = [name for name in given if name not in self.known_names] + [repr(thing)[:60] for thing in left]
        if unknown:
            return TextView(self.course.word("cell_unknown", names=", ".join(unknown), call=self.call))
        own = {name: thing for name, thing in given.items() if name in self.exercise.names}
        no_function = [name for name in self._functions if name in own and not callable(own[name])]
        if no_function:
            return TextView(self.course.word("cell_no_function", name=no_function[0], call=self.call))
        if outdated := self._outdated(own.values()):
            return TextView(
                self.course.word(
                    "cell_outdated", names=", ".join(outdated), number=self.exercise.number, call=self.call
                )
            )
        try:
            return self._checked(given, own)
        except KeyboardInterrupt:
            return TextView(self.course.word("interrupted"))

    def _checked(self, given: Mapping[str, object], own: dict[str, object]) -> Checked:
        answer = self._run(given) if len(own) == len(self.exercise.names) else Answer(defined=tuple(own))
        result = named(checks.judge(self.exercise, answer, self.own), self.course.mistakes)
        result = self._located(_with_source(result))
        if not self.in_no_file:
            looking = self.course.word("looking")
            result = searched(result, [*own.values()], self.course.folder, looking)
        _last[self.exercise.name] = result
        self.course.progress.checked(self.exercise.name, result.state, result.bug, result.located_in)
        notes: list[str] = []
        if result.state == PASSED:
            result, notes = self._kept(result, given, own)
        said = report(result, self.course.words, action=self._action(result))
        evidence = [Block("code", tuple(lines(result))), *said.evidence] if said.question else said.evidence
        return Checked(result, replace(said, evidence=tuple(evidence), notes=(*said.notes, *notes, *self._warnings())))

    def _kept(self, result: Result, given: Mapping[str, object], own: dict[str, object]) -> tuple[Result, list[str]]:
        """The result of a check that has passed with its table; and a line if the cell is kept as a file."""
        _passed[self.exercise.name] = own
        with contextlib.suppress(TimeIsUp), limited(checks.limit(self.exercise)):
            result = replace(result, table=tuple(table(self.exercise, self._namespace(given))))
        if self.using or self.in_no_file:
            return result, []
        file = keep(self.exercise, own, result.earlier, self.course.progress)
        return result, [self.course.word("cell_kept", file=file)] if file else []

    def hint(self, line: bool = False) -> TextView:
        """Show what the last check found and what kind of change mends it, and the next hint, or the last one again.

        line: show the change itself instead.
        """
        if line:
            if self.last is None or self.last.state in (PASSED, checks.NOT_STARTED):
                return TextView("", self.course.word("cell_line_not_yet", call=self.call))
            texts = changes(self.last, self.course.words)
            return TextView("", "\n\n".join(texts) or self.course.word("cell_line_none"))
        hints, used = self.course.page(self.exercise).hints, self._tier
        tier = min(used + 1, len(hints))
        self.course.progress.hinted(self.exercise.name, tier)
        words, last = self.course.words, self.last
        found = [*report(last, words).findings] if last and last.state != PASSED else []
        found = [line for text in found for line in text.split("\n")]
        found = found or [self.course.last_check(self.exercise, "ex({number}).hint()")]
        about = ["\n".join(f"    {line}" for line in lines(last))] if last else []
        mends = kinds(last, words) if last else []
        offer = [self.course.word("cell_line_offer", number=self.exercise.number)] if mends else []
        after = [self._give_up] if tier == len(hints) and self._state != PASSED else []
        text = "\n\n".join(filter(None, [*found, *about, *mends, *offer, hints[tier - 1], *after]))
        return TextView(self.course.heading("hint", self.exercise, tier=tier, all=len(hints)), text)

    def solution(self, give_up: bool = False) -> TextView:
        """Show a solution.

        give_up: show it before the exercise is passed; all hints must be used first.
        """
        hints = self.course.page(self.exercise).hints
        if self._state != PASSED:
            if self._tier >= len(hints) and not give_up:
                return TextView("", self._give_up)
            if self._tier < len(hints):
                call = f"ex({self.exercise.number}).hint()"
                return TextView(self.course.word("cell_solution_later", used=self._tier, all=len(hints), call=call))
            self.course.progress.helped(self.exercise.name)
        return TextView(self.course.heading("solution", self.exercise), code=self.exercise.source())

    def graph(self) -> TextView:
        """Show the graph that was wrong in the last check; without one, a correct graph of this exercise."""
        if self.last and self.last.graph:
            return self._shown_graph("graph", "", self.last.graph, self.last.mark)
        with self.exercise.ready() as namespace:
            for source in self.exercise.probes.values():
                _, nodes = outcome_and_graph(source, namespace)
                if 2 < len(nodes) <= WHOLE:
                    return self._shown_graph("graph_worked", source, nodes)
        return TextView(self.course.word("graph_none"))

    def try_out(self) -> TextView:
        """Define the names that the checks use in the notebook, so that what a check shows can be run in a cell."""
        there = self._namespace({})
        names = [name for name in names_of_probes(self.exercise) if name in there and name not in self.exercise.names]
        defined = define({name: there[name] for name in names})
        key = "cell_try" if defined else "cell_try_none"
        return TextView("", self.course.word(key, names=", ".join(f"`{name}`" for name in defined)))

    def _shown_graph(self, heading: str, code: str, nodes: Sequence[Node], mark: Mark | None = None) -> TextView:
        from autograd.learn.reporting.pictures import as_picture  # 40 ms, which few cells need

        return TextView(self.course.word(heading), code=code, picture=as_picture(nodes, mark, self.course.words))

    @property
    def call(self) -> str:
        """The code that checks the exercise in a cell."""
        return f"ex({self.exercise.number}).check({', '.join(self.exercise.names)})"

    def __repr__(self) -> str:
        title, task = self._heading
        return "\n".join([title, "", *paragraphs(task, 80, Style().ink), "", self.call])

    def _repr_html_(self) -> str:
        title, task = self._heading
        return f"<h3>{escape(title)}</h3>{text_html(task)}<pre>{escape(self.call)}</pre>"

    @property
    def _heading(self) -> tuple[str, str]:
        return self.course.heading("exercise", self.exercise), self.course.page(self.exercise).task

    @property
    def _tier(self) -> int:
        return int(self.course.progress.entry(self.exercise.name)["tier"])

    @property
    def _state(self) -> str:
        return self.course.progress.entry(self.exercise.name)["state"]

    @property
    def _give_up(self) -> str:
        """What to type when all hints are used."""
        return self.course.word("cell_give_up", call=f"ex({self.exercise.number}).solution(give_up=True)")

    @property
    def _functions(self) -> list[str]:
        """The names of functions and classes; others are data, such as ANSWERS."""
        statements = ast.parse(self.exercise.source()).body
        return [node.name for node in statements if isinstance(node, (ast.FunctionDef, ast.ClassDef))]

    @property
    def in_no_file(self) -> bool:
        """Whether it builds on an exercise that has passed in this kernel and is in no file."""
        return any(part.name in _passed and not self._files.get(part.name) for part in self.exercise.needs)

    def _outdated(self, objects: Iterable[object]) -> list[str]:
        """The earlier exercises from which the notebook has imported something that is another thing now.

        It is the starter, where that cell ran before ``ex(…)`` did.
        """
        scopes = [function.__globals__ for defined in objects for function in functions_of(defined)]
        outdated = set()
        for part in self.exercise.needs:
            for name in part.names:
                used = [scope[name] for scope in scopes if getattr(scope.get(name), "__module__", "") == part.name]
                if any(thing is not getattr(sys.modules[part.name], name, None) for thing in used):
                    outdated.add(part.name)
        return sorted(outdated)

    def _recognised(self, objects: tuple[object, ...]) -> tuple[dict[str, object], list[object]]:
        """Match objects to names, by their own names or else in order; also return the objects that are left over."""
        recognised = {name: thing for thing in objects if (name := getattr(thing, "__name__", "")) in self.known_names}
        left = [thing for thing in objects if getattr(thing, "__name__", "") not in recognised]
        free = [name for name in self.exercise.names if name not in recognised]
        return {**recognised, **dict(zip(free, left, strict=False))}, left[len(free) :]

    def _importable(self) -> None:
        """Make earlier exercises importable: files that have passed, objects that have passed here, or solutions."""
        files = checks.earlier(self.exercise, self.course.folder, self.using, self.course.progress.passed())
        self._files = files
        here = {} if self.using == "reference" else _passed
        self.broken, is_new = {}, False
        for part in self.exercise.needs:
            reference = part.source(), f"<{part.name}>"
            source, path = files.get(part.name, reference)
            origin = path + " and yours" * (part.name in here)
            try:
                before = getattr(sys.modules.get(part.name), "__file__", None), _sources.get(part.name, source)
                if is_new or before != (origin, source):  # what was imported from it before is to be imported again
                    load_module(part.name, source, path).__file__ = origin
                    _sources[part.name], is_new = source, True
            except (Exception, SystemExit) as error:  # of a file that was changed after it passed
                self.broken[part.name] = failed(error)
                load_module(part.name, *reference)
            vars(sys.modules[part.name]).update(here.get(part.name, {}))
        own = (files.keys() - self.broken.keys()) | here.keys()
        self.own = tuple(part.name for part in self.exercise.needs if part.name in own)

    def _warnings(self) -> Iterator[str]:
        """A line for each earlier file that cannot be run, and for each file whose name hides a module."""
        for name, error in self.broken.items():
            yield self.course.word("earlier_replaced", file=f"{name}.py", error=error.error)
        for name in hiding(self.course.folder):
            yield self.course.word("hides", file=name, name=name.removesuffix(".py"))

    def _run(self, given: Mapping[str, object]) -> Answer:
        """Run the probes on the given objects and the importable modules, in this process."""
        outcomes: dict[str, Outcome] = {}
        graphs: dict[str, list[Node]] = {}
        printed: list[str] = []
        stuck: Outcome | None = None
        namespace = self._namespace(given)
        with _captured(printed):
            try:
                with limited(checks.limit(self.exercise)):
                    for name, source in self.exercise.probes.items():
                        outcomes[name], graphs[name] = outcome_and_graph(source, namespace)
            except TimeIsUp as error:
                stuck = failed(error)
        ended = "timeout" if stuck else ""
        return Answer(outcomes, graphs, self.exercise.names, "".join(printed), ended, error=stuck)

    def _namespace(self, given: Mapping[str, object]) -> dict[str, object]:
        """What the probes see."""
        modules = [sys.modules[part.name] for part in self.exercise.needs]
        return {**self.exercise.seen([*modules, ModuleType(self.exercise.name)]), **given}

    def _located(self, result: Result) -> Result:
        """Return the result, but blame an earlier exercise only if it fails its own check."""
        if not result.located_in:
            return result
        part = Exercise(result.located_in)
        seen = part.seen([sys.modules[needed.name] for needed in [*part.needs, part]])
        passes = all(
            same(probe_outcome(source, dict(seen)), checks.reference(part.name)[name])
            for name, source in part.probes.items()
        )
        return replace(result, located_in="") if passes else result

    def _action(self, result: Result) -> str:
        if result.state == PASSED:
            following = self.course.following(self.exercise)
            if following is None:
                return self.course.word("next_all_passed", count=len(EXERCISES))
            file, title = f"{following.name}.ipynb", self.course.title(following)
            if Path(file).is_file():
                return self.course.word("cell_open", file=file, title=title)
            return self.course.word("cell_next", call=f"ex({following.number})", title=title)
        if result.missing or result.state == checks.NOT_STARTED:
            names = result.missing or self.exercise.names
            return self.course.word("cell_write", call=self.call, names=", ".join(names))
        if result.problem == "raised" and result.error and result.error.line:
            return self.course.word("cell_fix", call=self.call)
        hints = self.course.page(self.exercise).hints
        if self._tier >= len(hints):
            return self._give_up
        return self.course.word("cell_hint", call=f"ex({self.exercise.number}).hint()", used=self._tier, all=len(hints))


class Checked:
    """The result of a check. A cell shows it with its numbers and, if there is one, its graph."""

    def __init__(self, result: Result, report: Report) -> None:
        self.result, self.report = result, report
        self.state, self.bug = result.state, result.bug

    @property
    def passed(self) -> bool:
        """Whether the check has passed."""
        return self.state == PASSED

    def __repr__(self) -> str:
        return as_text(self.report, Style())

    def _repr_html_(self) -> str:
        return report_html(self.report)


class TextView:
    """A text with a heading, and perhaps code and a graph, which a cell shows."""

    def __init__(self, heading: str, text: str = "", code: str = "", picture: Picture | None = None) -> None:
        self.heading, self.text, self.code, self.picture = heading, text, code, picture

    def __repr__(self) -> str:
        heading = Style().ink(self.heading)
        parts = [heading, "\n".join(paragraphs(self.text, 80, Style().ink)) if self.text else "", self.code]
        if self.picture:
            from autograd.learn.reporting.pictures import as_lines  # 40 ms, which few cells need

            parts.append("\n".join(as_lines(self.picture)))
        return "\n\n".join(filter(None, parts))

    def _repr_html_(self) -> str:
        code = f"<pre>{escape(self.code)}</pre>" if self.code else ""
        picture = picture_html(self.picture) if self.picture else ""
        heading = f"<h4>{inline_html(self.heading)}</h4>" if self.heading else ""
        return f"{heading}{text_html(self.text)}{code}{picture}"


def _with_source(result: Result) -> Result:
    """Add the text of the cell that raised an error to the result."""
    if not (result.error and result.error.line):
        return result
    lines = linecache.getlines(result.error.file)
    return replace(result, path=Path(result.error.file), source="".join(lines))


def _captured(printed: list[str]) -> contextlib.redirect_stdout[Any]:
    """Collect printed text, at most as much as can be shown."""
    return contextlib.redirect_stdout(Printed(lambda **output: printed.append(output["printed"])))
