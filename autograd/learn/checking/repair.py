"""What mends it? Small edits of the learner's code where the mistake is, each tried, until everything passes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, combinations, product

from autograd.learn.checking.changes import Scope
from autograd.learn.checking.edits import KINDS, Edit, edits
from autograd.learn.checking.limits import TimeIsUp
from autograd.learn.checking.locate import Location, units_of
from autograd.learn.checking.programs import parts_of, reached
from autograd.learn.checking.sharing import made_anew
from autograd.learn.checking.trials import Replaced, Trials
from autograd.learn.exercises.exercise import Exercise

__all__ = ["Repair", "patchers_at", "repairs"]

MOST_PLACES = 5  # with more, there is no time for an edit of each
SIZES = sorted({*KINDS.values()})
SMALL = SIZES[:2]  # of one edit that is enough where the reference needs several places
PARTIAL = 24  # edits that mend a part, which are tried two at a time
BEST = 2  # of them, which are tried together with any other, as far as there is time


@dataclass(frozen=True)
class Repair:
    """A change of one line that mends it; where it took two of a kind, the first of them.

    kind: a key of ``edits.KINDS``. before, after: the piece of code as it is, and as it would be. alone: it mends it
    alone, although the reference has to be in several places.
    """

    exercise: str
    function: str
    line: int
    kind: str
    before: str
    after: str
    alone: bool = False


def patchers_at(trials: Trials, places: Sequence[Location]) -> list[Patcher]:
    """What tries edits at each of the places; nothing where none is looked for."""
    too_many = len(places) > MOST_PLACES and not _need_each_other(places)
    if too_many or any(_is_by_hand(place) for place in places):
        return []
    return [Patcher(trials, place) for place in places]


def repairs(trials: Trials, patchers: Sequence[Patcher]) -> Iterator[Repair]:
    """The smallest edits with which everything passes.

    At one place they are at most two, in different lines, and either will do. With several places it is one edit for
    each, as far as one is found, and it takes all of them; or one edit alone, if one is enough.
    """
    with suppress(TimeIsUp):
        if len(patchers) == 1:
            yield from _either(*patchers)
        elif repair := _alone(patchers):
            yield repair
        elif len(patchers) <= MOST_PLACES:
            yield from _each(trials, patchers)


def _need_each_other(places: Sequence[Location]) -> bool:
    """Whether methods are among the places: the reference's have attributes of their own, and may fit only together."""
    return any("." in place.function for place in places)


def _is_by_hand(place: Location) -> bool:
    """Whether numbers are filled in there: to mend one is to fill it in."""
    return place.function == "ANSWERS" or not getattr(Exercise(place.exercise).check, "SHOW_EXPECTED", True)


def _either(patcher: Patcher) -> Iterator[Repair]:
    lines: set[int] = set()
    for together in patcher.mending():
        edit = together[0]
        if edit.line not in lines:
            lines.add(edit.line)
            yield _repair(patcher, edit)
        if len(lines) == 2:
            return


def _alone(patchers: Sequence[Patcher]) -> Repair | None:
    """The edit with which everything passes while the reference is nowhere, if one can be."""
    if not _need_each_other([patcher.place for patcher in patchers]):
        return None
    tried = ((patcher, edit) for size in SMALL for patcher in patchers for edit in patcher.of_size(size))
    return next((replace(_repair(patcher, edit), alone=True) for patcher, edit in tried), None)


def _each(trials: Trials, patchers: Sequence[Patcher]) -> Iterator[Repair]:
    """An edit of each place, while the reference is in those that are not mended yet: the smallest first, then two."""
    waiting = list(patchers)
    for patcher in patchers:
        patcher.partial = []
    for size in [*SIZES, 0]:
        for patcher in list(waiting):
            patcher.replaced = units_of(other.place for other in waiting if other is not patcher)
            some = next(((edit,) for edit in patcher.of_size(size)) if size else patcher.pairs(), ())
            if some:
                repair = _repair(patcher, some[0])  # with the code as it is before it is changed
                patcher.keep(some)
                waiting.remove(patcher)
                yield repair
                if trials.passes({}):  # what is mended is used by the others
                    return


def _repair(patcher: Patcher, edit: Edit) -> Repair:
    return Repair(patcher.place.exercise, patcher.function_at(edit.line), edit.line, edit.kind, edit.before, edit.after)


class Patcher:
    """Tries edits of a file at a place. replaced: where the reference is in the meantime."""

    def __init__(self, trials: Trials, place: Location) -> None:
        self.trials, self.place, self.program = trials, place, trials.programs[place.exercise]
        self.replaced: Replaced = {}
        self.partial: list[tuple[tuple[int, int], Edit]] = []
        self.roots = self._roots(place)
        name = trials.stand_ins[place.exercise].get(place.function, place.function)
        ours = parts_of(ast.parse(trials.reference(place.exercise))).get(name)
        donors = [*([ours.node] if ours else []), *made_anew(place.function, self.program.units)]
        scope = Scope.of([*self.roots, *self.program.constants()], donors)
        self.edits = [*self._removals(), *edits(self.roots, scope)]

    def _roots(self, place: Location) -> list[ast.AST]:
        """The code of the place, and of what only the learner's file has and it uses."""
        units, shared = self.program.units, set(self.trials.shared(place.exercise))
        if not place.function:
            return [self.program.tree]
        own = [name for name in units if name in reached(place.function, units) and name not in shared]
        names = [place.function, *(name for name in own if "." not in name)]
        roots: list[ast.AST] = [units[name].node for name in names if name in units]
        return roots

    def _removals(self) -> Iterator[Edit]:
        """Without the method, where the place is one that the reference's class has not."""
        owner, _, method = self.place.function.partition(".")
        node = self.program.units[owner].node if method else None
        is_extra = method and self.place.function not in parts_of(ast.parse(self.trials.reference(self.place.exercise)))
        if is_extra and isinstance(node, ast.ClassDef):
            unit = self.program.units[self.place.function]
            others = [part for part in node.body if part is not unit.node]
            yield Edit("statement extra", unit.line, (node, "body", None, others or [ast.Pass()]), node.body)

    def function_at(self, line: int) -> str:
        """The function or method that a line is in; the place where it is in none, or where the place is a function."""
        units = self.program.units
        place = units.get(self.place.function)
        if place and not place.is_class and place.line <= line <= (getattr(place.node, "end_lineno", 0) or 0):
            return self.place.function
        around = [
            unit
            for unit in units.values()
            if isinstance(unit.node, ast.FunctionDef) and unit.line <= line <= (unit.node.end_lineno or 0)
        ]
        return around[-1].name if around else self.place.function

    def mending(self) -> Iterator[tuple[Edit, ...]]:
        """The edits with which everything passes, the smallest first; no larger ones than the first; else two."""
        for size in SIZES:
            is_mended = False
            for edit in self.of_size(size):
                is_mended = True
                yield (edit,)
            if is_mended:
                return
        yield from self.pairs()

    def of_size(self, size: int) -> Iterator[Edit]:
        """The edits of a size with which everything passes. Those that mend a part are tried in pairs later."""
        start = self.tried([])
        for edit in self.edits:
            if KINDS[edit.kind] != size:
                continue
            progress = self.tried([edit])
            if progress == (len(self.trials.order), 0):
                yield edit
            elif progress > start:
                self.partial.append((progress, edit))

    def pairs(self) -> Iterator[tuple[Edit, Edit]]:
        """Two edits with which everything passes, of which one, or each, mends a part."""
        best = [edit for _, edit in sorted(self.partial, key=lambda pair: pair[0], reverse=True)[:PARTIAL]]
        for one, other in chain(combinations(best, 2), product(best[:BEST], self.edits)):
            if one.change[:3] != other.change[:3] and self.tried([one, other]) == (len(self.trials.order), 0):
                yield (one, other)

    def tried(self, some: Sequence[Edit]) -> tuple[int, int]:
        """How far the probes come with these edits; less than all where they do not hold for other numbers."""
        return self.trials.journal.result(lambda: self._tried(some), (0, 0))

    def _tried(self, some: Sequence[Edit]) -> tuple[int, int]:
        codes = list(self.program.codes)
        old = [edit.apply() for edit in some]
        try:
            self.program.compile_again(edit.change[:2] for edit in some)
            progress = self.trials.progress(self.replaced)
            if progress == (len(self.trials.order), 0) and not self.trials.holds(self.replaced):
                return len(self.trials.order) - 1, 0
            return progress
        except (SyntaxError, ValueError, TypeError, RecursionError):  # a return outside of a function, an empty body
            return (0, 0)
        finally:
            for edit, before in zip(reversed(some), reversed(old), strict=True):
                edit.put(before)
            self.program.codes = codes

    def keep(self, some: Sequence[Edit]) -> None:
        """Leave these edits in the file."""
        for edit in some:
            edit.apply()
        self.program.compile_again(edit.change[:2] for edit in some)
