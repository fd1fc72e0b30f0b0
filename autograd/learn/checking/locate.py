"""Where is the mistake? With the reference in its place, everything passes.

First one of the learner's files at a time, then one function, method or variable of it. What is found is always true,
whatever the mistake is called; with several mistakes it is a set from which none can be left out. The reference is the
solution, or the alternative that is most like the learner's file.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from autograd.learn.checking.limits import TimeIsUp
from autograd.learn.checking.programs import Unit, changed_units, imported, parts_of, reached
from autograd.learn.checking.trials import WHOLE, Replaced, Trials
from autograd.learn.exercises.exercise import Exercise

__all__ = ["Location", "can_be_at", "locate", "units_of"]

Mends = Callable[[Collection[str]], bool]


@dataclass(frozen=True)
class Location:
    """A place in a learner's files.

    function: ``sigmoid_rule``, ``Value.__mul__``, or a variable; "" for the whole file. line: where it begins; 0 for a
    whole file.
    """

    exercise: str
    function: str = ""
    line: int = 0


def locate(trials: Trials) -> tuple[Location, ...]:
    """The places in which the reference mends it: one where one is enough; () where the time does not suffice."""
    if trials.only_answers_are_wrong:
        return (_location(trials, trials.exercise.name, "ANSWERS"),)
    try:
        files = _files(trials)
    except TimeIsUp:
        return ()
    units = dict.fromkeys(files, WHOLE)
    try:
        for name in files:
            units[name] = _units(trials, name, units)
        if len(files) > 1 and not trials.passes(units):
            units = dict.fromkeys(files, WHOLE)
    except TimeIsUp:
        pass  # the files are true already
    places = [_location(trials, name, unit) for name in files for unit in units[name]]
    return tuple(sorted(places, key=lambda place: (files.index(place.exercise), place.line, place.function)))


def units_of(places: Iterable[Location]) -> Replaced:
    """What is replaced where the reference takes these places."""
    units: dict[str, frozenset[str]] = {}
    for place in places:
        units[place.exercise] = units.get(place.exercise, frozenset()) | {place.function}
    return units


def _location(trials: Trials, name: str, unit: str) -> Location:
    known = trials.programs[name].units
    return Location(name, unit, (known.get(unit) or known[unit.partition(".")[0]]).line) if unit else Location(name)


def _files(trials: Trials) -> list[str]:
    """The files that the mistake is in."""
    names = [part.name for part in trials.parts if part.name in trials.programs]
    if len(names) == 1:
        return names

    def mends(some: Collection[str]) -> bool:
        return trials.passes(dict.fromkeys(some, WHOLE))

    single = [name for name in names if mends([name])] or _in_their_own_style(trials, names, mends)
    if len(single) > 1:  # the reference may avoid an earlier function that the learner's code calls
        single = [name for name in single[:-1] if not _passes_its_own_check(trials, name)] or single[-1:]
    return single[:1] or _irreducible(names, mends)


def _in_their_own_style(trials: Trials, names: Collection[str], mends: Mends) -> list[str]:
    """The first file in whose place the alternative mends it that is most like it: one that fits the other files."""
    for name in names:
        before, trials.whole[name] = trials.whole[name], trials.references(name)[0]
        if trials.whole[name] != before and mends([name]):
            return [name]
        trials.whole[name] = before
    return []


def _passes_its_own_check(trials: Trials, name: str) -> bool:
    part = Exercise(name)
    wanted = [probe for probe in part.probes if probe not in part.kinks]
    own = Trials(part, {name: trials.files[name]}, wanted, [], trials.left)
    own.journal = trials.journal
    return own.passes({})


def _units(trials: Trials, name: str, others: Replaced) -> frozenset[str]:
    """The units of a file that the mistake is in; WHOLE where the reference's do not fit into the file."""
    known = trials.programs[name].units

    def mends(some: Collection[str]) -> bool:
        return trials.passes({**others, name: frozenset(some)})

    styles = [*trials.references(name), *trials.renamed_references(name)]
    for style in styles:
        trials.styles[name] = style
        units = trials.shared(name)
        classes = [unit for unit in units if unit in known and known[unit].is_class]
        single = [unit for unit in units if unit not in classes and mends([unit])]
        if single:
            return frozenset([_innermost(single, known)])
    trials.styles[name] = "solution"
    with trials.without_aliases():
        alone = next((unit for unit in trials.shared(name) if "." in unit and mends([unit])), "")
    if alone:
        return frozenset([alone])
    for unit in trials.try_stand_ins(name):
        if mends([unit]):
            return frozenset([unit])
    for trials.styles[name] in reversed(styles):  # in the end the reference as it is
        single = [unit for unit in classes if mends([unit])]
        if single:
            return frozenset(single[:1])
    smaller = [unit for unit in units if unit not in classes]
    together = next((some for some in (smaller, units) if some and mends(some)), [])
    return frozenset(_irreducible(together, mends)) or WHOLE


def _irreducible(names: Iterable[str], mends: Mends) -> list[str]:
    """Those of the names without any of which the others do not mend it; all of them do."""
    kept = list(names)
    for name in list(kept):
        others = [other for other in kept if other != name]
        if others and mends(others):
            kept = others
    return kept


def _innermost(names: list[str], known: Mapping[str, Unit]) -> str:
    """The first that uses none of the others: what it uses is replaced together with it."""
    return next((name for name in names if not reached(name, known) & (set(names) - {name})), names[0])


def can_be_at(place: Location, planted: Mapping[str, str], sources: Mapping[str, str]) -> bool:
    """Whether a mistake can be at a place.

    planted: exercise → the reference with the mistake. It can be in that file, in the same function; or in a later
    file, which has a function of its own in place of that. What the learner's file has too is the place itself, or is
    right. sources: the learner's files.
    """
    for name, source in planted.items():
        part, changed = Exercise(name), changed_units(Exercise(name).source(), source)
        if name == place.exercise:
            owner = place.function.partition(".")[0]
            own = {*part.names, *parts_of(ast.parse(sources[name]))}
            return place.function not in part.names or owner in changed or not changed <= own
        if part in Exercise(place.exercise).needs:
            return not changed or not changed <= set(imported(ast.parse(sources[place.exercise])))
    return False
