"""Trials: the probes on a learner's files in which something is replaced, a function by the reference's or a statement.

They run in the learner's process, one after the other, each with modules of its own and a time limit.
"""

from __future__ import annotations

import ast
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import product
from types import ModuleType
from typing import Any

from autograd.learn.checking.arguments import changes_argument
from autograd.learn.checking.by_hand import is_by_hand
from autograd.learn.checking.journal import Journal
from autograd.learn.checking.limits import TimeIsUp, limited
from autograd.learn.checking.programs import Program, imported, likeness, parts_of, reached, used_names, without
from autograd.learn.checking.renaming import renamings
from autograd.learn.checking.shared_state import shared_by_calls
from autograd.learn.exercises.exercise import Exercise, load_module
from autograd.learn.exercises.probes import Outcome, probe_outcome, run_probes, same

__all__ = ["WHOLE", "Replaced", "Trials"]

WHOLE = frozenset({""})
"""In place of the names of units: the whole file is the reference's."""
Replaced = Mapping[str, frozenset[str]]
"""Exercise → the units of its file that are the reference's."""
WRONG = 12  # of the wrong probes, in which it is looked for what calls share
SHORTEST, SLOWER = 0.1, 10  # seconds of a trial, and how many times as long as the reference it may take


class Trials:
    """The trials of one exercise.

    files: the learner's, exercise → (source, path). wanted: the probes that are to give what the reference gives.
    wrong: those that do not, on the files as they are. seconds: for all trials together.
    """

    def __init__(
        self,
        exercise: Exercise,
        files: Mapping[str, tuple[str, str]],
        wanted: list[str],
        wrong: list[str],
        seconds: float,
    ) -> None:
        self.end = time.perf_counter() + seconds
        self.journal, self.wrong = Journal(), set(wrong)
        self.exercise, self.parts, self.files = exercise, [*exercise.needs, exercise], files
        self.programs = {name: Program(*file) for name, file in files.items()}
        self.styles, self.whole = dict.fromkeys(files, "solution"), dict.fromkeys(files, "solution")
        """The right solutions that take the place of units, and of whole files."""
        self.with_aliases = True
        """Whether a method is replaced under all of its names, as of ``__radd__ = __add__``."""
        self.left_out = "" if any(is_by_hand(exercise.probes[name]) for name in wanted) else "ANSWERS"
        """A variable that no trial needs: to read it off a training may take longer than all the rest."""
        for program in self.programs.values():
            program.leave_out(self.left_out)
        self.stand_ins: dict[str, dict[str, str]] = {name: {} for name in files}
        """Exercise → function that only the learner's file has → the reference's that takes its place."""
        self.right: dict[str, Outcome] = {}
        took: dict[str, float] = {}
        namespace = self.solutions()
        for name in wanted:
            start = time.process_time()
            self.right[name] = probe_outcome(exercise.probes[name], dict(namespace))
            took[name] = time.process_time() - start
        self.order = sorted(wanted, key=lambda name: (name not in wrong, took[name]))
        """The quickest of the wrong probes first."""
        self.limit = max(SHORTEST, SLOWER * sum(took.values()))
        self.first_limit = max(SHORTEST / 2, SLOWER * sum(took[name] for name in self.order[:1]))

    @property
    def only_answers_are_wrong(self) -> bool:
        """Whether numbers are wrong that are read off the learner's own program, and that is right."""
        by_hand = {name for name, probe in self.exercise.probes.items() if is_by_hand(probe)}
        is_own = "ANSWERS" in self.programs[self.exercise.name].units
        return is_own and self.wrong <= by_hand < self.exercise.probes.keys()

    def patience(self, *, with_others: bool = False) -> float:
        """The seconds after which a trial hangs: its own limits should have ended it, also on a busy machine."""
        return 3 * (self.limit + (self.right_of_others[1] if with_others else 0.0))

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self.end - time.perf_counter()

    def references(self, name: str) -> list[str]:
        """The right solutions with whose units those of the learner's file are compared, the one most like it first."""
        part, tree = Exercise(name), self.programs[name].tree
        alike = {style: likeness(tree, ast.parse(part.source(style))) for style in ["solution", *part.alternatives]}
        return list(dict.fromkeys([max(alike, key=lambda style: alike[style]), "solution"]))

    def renamed_references(self, name: str) -> list[str]:
        """The same with the learner's names, or their default arguments, as ``solution 0`` and so on; often none."""
        styles = {
            style: renamings(Exercise(name).source(style), self.programs[name].source)
            for style in self.references(name)
        }
        return [f"{style} {position}" for style, sources in styles.items() for position in range(len(sources))]

    def shared(self, name: str) -> list[str]:
        """The names of the units that the learner's file and the reference have in common."""
        program, tree = self.programs[name], ast.parse(self.reference(name))
        reference = {*parts_of(tree), *imported(tree)}
        common = [unit for unit in program.units if unit in reference and unit != self.left_out]
        for unit in reference:  # a method that the learner's class lacks
            owner, _, method = unit.partition(".")
            if method and unit not in program.units and owner in program.units:
                common.append(unit)
        for unit in program.units:  # a method that Python calls, and that the reference's class lacks
            owner, _, method = unit.partition(".")
            if method.startswith("__") and unit not in reference and owner in reference:
                common.append(unit)
        return common

    @contextmanager
    def without_aliases(self) -> Iterator[None]:
        """In the block a method is replaced under its own name only."""
        self.with_aliases = False
        try:
            yield
        finally:
            self.with_aliases = True

    def try_stand_ins(self, name: str) -> Iterator[str]:
        """The functions that only the learner's file has, each with every one that only the reference has in its place.

        ``loaded`` knows which, until the next is asked for.
        """
        own, others = self.programs[name].units, parts_of(ast.parse(self.reference(name)))
        helpers = [unit for unit in own if own[unit].is_function and unit not in others]
        for helper, other in product(
            helpers, [unit for unit in others if others[unit].is_function and unit not in own]
        ):
            self.stand_ins[name] = {helper: other}
            yield helper
        self.stand_ins[name] = {}

    def reference(self, name: str) -> str:
        """The source of the right solution whose units take the place of the learner's."""
        style, _, position = self.styles[name].partition(" ")
        source = Exercise(name).source(style)
        return renamings(source, self.programs[name].source)[int(position)] if position else source

    def loaded(self, replaced: Replaced) -> dict[str, Any]:
        """The names that the probes see, with the reference in these places."""
        for part in self.parts:
            units = replaced.get(part.name, frozenset())
            if part.name not in self.programs or units == WHOLE:
                load_module(part.name, part.source(self.whole.get(part.name, "solution")), f"<{part.name}>")
            else:
                program, source = self.programs[part.name], without(self.reference(part.name), self.left_out)
                _run(part.name, program, source, units, self.stand_ins[part.name], self.with_aliases)
        return self.exercise.seen([sys.modules[part.name] for part in self.parts])

    def solutions(self) -> dict[str, Any]:
        """The names that the probes see of the solutions."""
        for part in self.parts:
            load_module(part.name, part.source(), f"<{part.name}>")
        return self.exercise.seen([sys.modules[part.name] for part in self.parts])

    def passes(self, replaced: Replaced) -> bool:
        """Whether all wanted probes are right with the reference in these places. Raises TimeIsUp at the end."""
        return self.journal.result(lambda: self.progress(replaced), (0, 0)) == (len(self.order), 0)

    def progress(self, replaced: Replaced) -> tuple[int, int]:
        """How many probes are right before the first that is not, and how many numbers of that one.

        Raises TimeIsUp at the end.
        """
        if self.left <= 0:
            raise TimeIsUp
        done = 0
        try:
            with limited(min(self.limit, self.left), of_processor=True):
                namespace = self.loaded(replaced)
            with limited(min(self.first_limit, self.left), of_processor=True):  # most trials end here
                outcome = probe_outcome(self.exercise.probes[self.order[0]], dict(namespace))
            with limited(min(self.limit, self.left), of_processor=True):
                while same(outcome, self.right[self.order[done]]):
                    done += 1
                    if done == len(self.order):
                        return done, 0
                    outcome = probe_outcome(self.exercise.probes[self.order[done]], dict(namespace))
            return done, _agreeing(outcome, self.right[self.order[done]])
        except (Exception, SystemExit):
            pass
        except TimeIsUp:
            if self.left <= 0:
                raise
            return done, 0
        return done, 0

    def outcomes(self, replaced: Replaced) -> str:
        """What the wanted probes give with the reference in these places, as JSON; "{}" where that takes too long."""

        def run() -> str:
            try:
                with limited(min(self.limit, self.left), of_processor=True):
                    namespace = self.loaded(replaced)
                    probes = {name: self.exercise.probes[name] for name in self.right}
                    return json.dumps({name: found.to_dict() for name, found in run_probes(probes, namespace).items()})
            except (Exception, SystemExit, TimeIsUp):
                return "{}"

        return self.journal.result(run, "{}")

    def changes_argument(self, probes: Sequence[str]) -> str:
        """The function that changes an argument in one of these probes, and in the reference does not; "" if none."""
        names = [name for part in self.programs for name in Exercise(part).names]
        for probe in [name for name in self.order if name in probes]:
            source = self.exercise.probes[probe]
            function = self._changes(source, names)
            if function and changes_argument(source, self.solutions(), names) != function:
                return function
        return ""

    def _changes(self, probe: str, names: Sequence[str]) -> str:
        """The function of the learner's that changes an argument in a probe."""

        def changes() -> str:
            try:
                with limited(min(self.limit, self.left), of_processor=True):
                    return changes_argument(probe, self.loaded({}), names)
            except (Exception, SystemExit, TimeIsUp):
                return ""

        return self.journal.result(changes, "")

    def shared_by_calls(self, name: str, function: str) -> str:
        """The variable of a file that the calls of a function share, and that matters where it is wrong; "" if none."""
        part, units = Exercise(name), self.programs[name].units
        used = {word for unit in (function, *reached(function, units)) for word in used_names(units[unit].node)}

        def loaded() -> tuple[dict[str, Any], list[ModuleType]]:
            return self.loaded({}), [sys.modules[name]]

        def shared() -> str:
            try:
                with limited(min(2 * self.limit, max(SHORTEST, self.left)), of_processor=True):
                    found = (shared_by_calls(self.exercise.probes[x], loaded, part.names) for x in self.order[:WRONG])
                    return next((x for x in found if x and set(x.split(".")) <= used), "")
            except (Exception, SystemExit, TimeIsUp):
                return ""

        return self.journal.result(shared, "") if function in units else ""

    def holds(self, replaced: Replaced) -> bool:
        """Whether also the probes with other numbers give what they give on the reference."""
        right, limit = self.right_of_others
        try:
            with limited(min(self.limit + limit, self.left), of_processor=True):
                namespace = self.loaded(replaced)
                pairs = ((probe_outcome(self.others[name], dict(namespace)), right[name]) for name in right)
                return all(same(outcome, other) for outcome, other in pairs)
        except (Exception, SystemExit, TimeIsUp):
            return False

    @cached_property
    def right_of_others(self) -> tuple[dict[str, Outcome], float]:
        """What the probes with other numbers give on the solutions, where that is a number; the limit for all of them.

        To be asked for before processes are forked, or each of them has to find it out.
        """
        start, outcomes = time.process_time(), dict[str, Outcome]()
        with suppress(TimeIsUp), limited(max(SHORTEST, self.left), of_processor=True):
            outcomes = run_probes(self.others, self.solutions())
        limit = max(SHORTEST, SLOWER * (time.process_time() - start))
        return {name: outcome for name, outcome in outcomes.items() if not outcome.error}, limit

    @cached_property
    def others(self) -> dict[str, str]:
        """The wanted probes with other numbers, where they have any: a bit larger, and then also with other signs."""
        others = {}
        for name in self.order:
            probe = self.exercise.probes[name]
            for kind, signs in (("larger", False), ("other_signs", True)):
                text = _with_other_numbers(probe, signs)
                if text != ast.unparse(ast.parse(probe)):
                    others[f"{name} {kind}"] = text
        return others


def _agreeing(found: Outcome, right: Outcome) -> int:
    """How many of the numbers are right; 0 where they are not as many."""
    if found.error or len(found.items) != len(right.items):
        return 0
    return sum(same(Outcome((a,)), Outcome((b,))) for a, b in zip(found.items, right.items, strict=True))


def _with_other_numbers(probe: str, signs: bool) -> str:
    """The probe with each number that is written with a point moved; 0.0 stays, which is often a border."""
    tree, by_chance = ast.parse(probe), random.Random(probe)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            away_from_1 = 1 if abs(node.value) >= 1 else -1  # a rate or a decay stays below 1
            node.value *= (1 + away_from_1 * by_chance.uniform(0.03, 0.2)) * (by_chance.choice((1, -1)) if signs else 1)
    return ast.unparse(tree)


def _run(
    name: str, program: Program, source: str, units: frozenset[str], stand_ins: Mapping[str, str], with_aliases: bool
) -> None:
    """Make a module of a learner's file, in which these units become the reference's as soon as they are bound.

    source: the reference's, whose code makes objects of the learner's classes. stand_ins: which of its functions takes
    the place of one that only the learner's file has.
    """
    module = sys.modules[name] = ModuleType(name)
    module.__file__ = program.path
    reference = load_module(f"_{name}", source, f"<{name}>") if units else ModuleType("")
    originals = dict(vars(reference))
    originals |= {helper: originals[other] for helper, other in stand_ins.items() if helper in units}
    classes = {part for part, unit in program.units.items() if unit.is_class and part in originals} - units
    due: dict[int, list[str]] = {}
    for part in units | classes:
        unit = program.units.get(part) or program.units[part.partition(".")[0]]
        due.setdefault(unit.statement, []).append(part)
    for position, code in enumerate(program.codes):
        if position != program.left_out:
            exec(code, module.__dict__)  # noqa: S102  (the learner's code)
        for part in sorted(due.get(position, ())):  # a class before its methods
            if part in classes:
                vars(reference)[part] = vars(module)[part]
            else:
                _put(part, vars(module), originals, with_aliases)


def _put(name: str, namespace: dict[str, Any], originals: Mapping[str, Any], with_aliases: bool) -> None:
    """Put the reference's unit in place of the learner's; what the reference's class lacks is removed."""
    owner, _, method = name.partition(".")
    if not method:
        namespace[owner] = originals[owner]
        return
    methods = vars(namespace[owner])
    if method not in vars(originals[owner]):
        delattr(namespace[owner], method)
        return
    old, new = methods.get(method), vars(originals[owner])[method]
    aliases = [other for other, thing in methods.items() if old is not None and thing is old]
    for alias in [method, *(aliases if with_aliases else [])]:
        setattr(namespace[owner], alias, new)
