"""An exercise is a folder: starter, solution, other right solutions, a check, and its text in two languages.

``check.py`` of a folder is plain data: ``NAMES`` (what the learner defines), ``NEEDS`` (the folders whose modules it
imports), ``MINUTES``, ``PROBES`` (name → source, in the order in which they build on one another) and ``MUTANTS`` (bug
id → the change to solution.py that plants the bug: ``(old, new)``, or a tuple of such pairs; a bug that is made in
several ways has further entries, as ``"M35/right"``). ``KINKS`` names the probes at a point where there is a convention
and no right or wrong. ``INHERITS = False`` says that the bugs of what it needs are not looked for here, ``UNSEEN``
names some of them that cannot show. ``SECONDS`` is how long a check may take where five are not enough, ``FOLLOWS`` how
an answer by hand follows from those before it. ``PROPERTIES`` are probes on random inputs, of the generator
``numbers``; ``OPEN`` says which changes of the solution the task leaves open, and why: both are for
``authoring.holes``. What else it defines is at hand in the probes; one that builds engines
of its own finds what it needs for that in its namespace.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from autograd.learn.exercises.probes import Outcome, run_probes
from autograd.learn.exercises.step_limit import Limited, RunsOn
from autograd.util.deep_graphs import DEPTH
from autograd.util.thread_locks import new_lock

__all__ = ["EXERCISES", "FOLDER", "Exercise", "Solutions", "exercise", "load_module", "modules_in_place"]

FOLDER = Path(__file__).parent
Change = tuple[str, str]
"""A piece of a source, and what takes its place."""
_one_at_a_time = new_lock()


@dataclass(frozen=True)
class Exercise:
    """One folder of ``exercises``, as ``e04_rules``; read when asked for."""

    name: str

    @property
    def number(self) -> int:
        """4 of e04_rules."""
        return int(self.name[1:3])

    @property
    def folder(self) -> Path:
        """Where it is."""
        return FOLDER / self.name

    def source(self, file: str = "solution") -> str:
        """The text of starter, solution or another right solution."""
        return _source(self.name, file)

    def is_starter(self, text: str) -> bool:
        """Whether a text is the starter, but for spaces and line ends."""
        return text.split() == self.source("starter").split()

    @property
    def alternatives(self) -> list[str]:
        """The names of the other right solutions, each in another style."""
        return sorted(path.stem for path in self.folder.glob("alt_*.py"))

    @property
    def check(self) -> ModuleType:
        """The module check.py."""
        return _check(self.name)

    def in_style(self, alternative: str) -> dict[str, str]:
        """The sources of an alternative: its own, and those of the same name among the exercises it builds on."""
        parts = [*self.needs, self]
        return {part.name: part.source(alternative) for part in parts if alternative in part.alternatives}

    @property
    def names(self) -> tuple[str, ...]:
        """What the learner defines."""
        return tuple(self.check.NAMES)

    @property
    def probes(self) -> dict[str, str]:
        """Name → source, in the order in which they build on one another."""
        return dict(self.check.PROBES)

    @property
    def properties(self) -> dict[str, str]:
        """Name → source of a probe on random inputs, which it draws from ``numbers``, a ``random.Random``."""
        return dict(getattr(self.check, "PROPERTIES", {}))

    @property
    def open(self) -> dict[str, str]:
        """The changes of the solution that the task leaves open, by a part of how they are printed → the reason."""
        return dict(getattr(self.check, "OPEN", {}))

    @property
    def kinks(self) -> frozenset[str]:
        """The names of the probes at a point where there is a convention, and no right or wrong."""
        return frozenset(getattr(self.check, "KINKS", ()))

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        """The names of the probes in groups: no function of the learner's is used in two of them."""
        return _groups(self.name)

    @property
    def minutes(self) -> int:
        """How long it takes, about."""
        return int(getattr(self.check, "MINUTES", 0))

    @property
    def seconds(self) -> float:
        """How long a check may take, if it is longer than for others; else 0."""
        return float(getattr(self.check, "SECONDS", 0.0))

    @property
    def needs(self) -> list[Exercise]:
        """The exercises whose modules it imports, and theirs, each after those it needs itself."""
        return list(_needs(self.name))

    @property
    def mutants(self) -> dict[str, dict[str, str]]:
        """Bug id → the sources it changes, by exercise: its own bugs, and those of the exercises it builds on."""
        inherited = reversed(self.needs) if getattr(self.check, "INHERITS", True) else ()
        unseen = getattr(self.check, "UNSEEN", ())
        bugs = [bug for part in [self, *inherited] for bug in part.check.MUTANTS if bug not in unseen]
        return {bug: self.planted(bug) for bug in bugs}

    def planted(self, *bugs: str) -> dict[str, str]:
        """The sources that these bugs change together. Raises ValueError where they change the same piece of text."""
        sources: dict[str, str] = {}
        for bug in bugs:
            part = next(part for part in [self, *reversed(self.needs)] if bug in part.check.MUTANTS)
            source = sources.get(part.name) or part.source()
            sources[part.name] = patched(source, part.check.MUTANTS[bug], f"{bug} of {part.name}")
        return sources

    @contextmanager
    def ready(
        self, sources: Mapping[str, str] | None = None, paths: Mapping[str, str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """What its probes see, made from the solutions, or from the sources given for some of the exercises.

        The modules can be imported until the end of the block: a function may import one when it is called.
        """
        sources, paths = sources or {}, paths or {}
        with modules_in_place():
            parts = [*self.needs, self]
            for part in parts:
                source = sources[part.name] if part.name in sources else part.source()
                load_module(part.name, source, paths.get(part.name, f"<{part.name}>"))
            yield self.seen([sys.modules[part.name] for part in parts])

    def seen(self, modules: list[ModuleType]) -> dict[str, Any]:
        """The names that the probes see: what check.py offers, and what the modules define of what is asked for."""
        namespace = {name: thing for name, thing in vars(self.check).items() if not name.startswith("__")}
        for part, module in zip([*self.needs, self], modules, strict=True):
            namespace.update({name: vars(module)[name] for name in part.names if name in vars(module)})
        return namespace

    def outcomes(self, sources: Mapping[str, str] | None = None) -> dict[str, Outcome]:
        """What its probes give on the solutions, with the sources given in place of some."""
        with self.ready(sources) as namespace:
            return run_probes(self.probes, namespace)


@lru_cache(maxsize=1024)  # a search asks for it thousands of times
def _source(name: str, file: str) -> str:
    return (FOLDER / name / f"{file}.py").read_text(encoding="utf-8")


@lru_cache
def _needs(name: str) -> tuple[Exercise, ...]:
    parts: dict[Exercise, None] = {}
    for other in getattr(_check(name), "NEEDS", ()):
        parts.update(dict.fromkeys([*_needs(other), Exercise(other)]))
    return tuple(parts)


@lru_cache
def _groups(name: str) -> tuple[frozenset[str], ...]:
    exercise = Exercise(name)
    groups: list[tuple[set[str], set[str]]] = []
    for probe, source in exercise.probes.items():
        functions = {function for function in exercise.names if re.search(rf"\b{function}\b", source)}
        joined = [group for group in groups if group[0] & functions]
        groups = [group for group in groups if not group[0] & functions]
        groups.append(
            (functions.union(*(group[0] for group in joined)), {probe}.union(*(group[1] for group in joined)))
        )
    return tuple(frozenset(probes) for _, probes in groups)


@lru_cache
def _check(name: str) -> ModuleType:
    module = ModuleType(f"check_{name}")
    vars(module).update(DEPTH=DEPTH, Exercise=Exercise, load_module=load_module, modules_in_place=modules_in_place)
    vars(module).update(Limited=Limited, RunsOn=RunsOn)
    loader = SourceFileLoader(module.__name__, str(FOLDER / name / "check.py"))
    if code := loader.get_code(module.__name__):  # kept as bytecode, as of any module: a list reads all of them
        exec(code, module.__dict__)  # noqa: S102
    return module


def patched(source: str, changes: Change | Sequence[Change], where: str) -> str:
    """The source with the changes made. Raises ValueError unless each applies at exactly one place."""
    for old, new in cast("Sequence[Change]", [changes] if isinstance(changes[0], str) else changes):
        if source.count(old) != 1:
            raise ValueError(f"{where}: {old!r} occurs {source.count(old)} times")
        source = source.replace(old, new)
    return source


def load_module(name: str, source: str, path: str) -> ModuleType:
    """A module of this source, said to be the file at the path; in ``sys.modules``, where a dataclass looks."""
    module = sys.modules[name] = ModuleType(name)
    module.__file__ = path
    exec(_code(source, path), module.__dict__)  # noqa: S102
    return module


@lru_cache(maxsize=1024)
def _code(source: str, path: str) -> Any:
    return compile(source, path, "exec")


class Solutions:
    """Finds the solution of an exercise that is imported and has no file; it is the last of ``sys.meta_path``."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """How to import an exercise; None for anything else."""
        return ModuleSpec(name, self) if (FOLDER / name / "solution.py").is_file() else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Python makes the module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the solution as this module."""
        name = module.__name__
        exec(_code(Exercise(name).source(), f"<{name}>"), module.__dict__)  # noqa: S102


@contextmanager
def modules_in_place() -> Iterator[dict[str, ModuleType]]:
    """``sys.modules``, put back as it was at the end: so that ``from e04_rules import …`` finds what is put there.

    What is not put there is found too: it is the solution.
    """
    with _one_at_a_time:
        before, solutions = dict(sys.modules), Solutions()
        sys.meta_path.append(solutions)
        try:
            yield sys.modules
        finally:
            sys.meta_path.remove(solutions)
            for name in set(sys.modules) - set(before):
                if name[:1] == "e" and name[1:3].isdigit():
                    del sys.modules[name]
            sys.modules.update(before)


EXERCISES = tuple(Exercise(path.parent.name) for path in sorted(FOLDER.glob("e*/check.py")))
"""All of them, in the order of the track."""


def exercise(which: int | str) -> Exercise:
    """By number, or by name or the beginning of one. Raises KeyError, listing them."""
    word = str(which).strip().lower()
    for candidate in EXERCISES:
        if word in (str(candidate.number), f"e{candidate.number:02}", candidate.name, candidate.name[4:]):
            return candidate
    known = ", ".join(f"{candidate.number} {candidate.name[4:]}" for candidate in EXERCISES)
    raise KeyError(f"there is no exercise {which!r}: there are {known}")
