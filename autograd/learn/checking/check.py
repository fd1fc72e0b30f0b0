"""Checks a learner's file: runs it in a process of its own, compares what came out, and says in which state it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from autograd.learn.checking import process
from autograd.learn.checking.arguments import changes_argument
from autograd.learn.checking.by_hand import is_by_hand
from autograd.learn.checking.diagnose import Diagnosis, diagnose
from autograd.learn.checking.expected import Vector, candidates, probe_seconds, reference, reference_graph
from autograd.learn.checking.files import Unreadable, earlier, read_source, syntax_error
from autograd.learn.checking.graphs import WHOLE, agree, first_wrong
from autograd.learn.checking.locate import can_be_at
from autograd.learn.checking.misconceptions import bug_id
from autograd.learn.checking.needed import without_unused
from autograd.learn.checking.process import TO_START, Answer, Runner
from autograd.learn.checking.result import CRASHED, NOT_STARTED, PASSED, WRONG, Result
from autograd.learn.checking.unwritten import UNWRITTEN
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.exercises.probes import Outcome, same

__all__ = [
    "CRASHED",
    "LIMIT",
    "NOT_STARTED",
    "PASSED",
    "SEARCH",
    "WRONG",
    "Result",
    "Unreadable",
    "check",
    "earlier",
    "judge",
    "probe_seconds",
    "read_source",
    "reference",
]

SEARCH, WHOLE_CHECK, SHORTEST_SEARCH = 1.2, 1.9, 0.4  # seconds; a wrong answer is waited for, and two are long
LIMIT = 5.0  # seconds; a check takes 0.2, so that what takes longer has no end


def check(
    exercise: Exercise,
    path: Path,
    using: str | None = None,
    passed: Collection[str] = (),
    seconds: float | None = None,
    *,
    search_seconds: float = SEARCH,
    searching: Callable[[], None] = lambda: None,
    runner: Runner = process,
) -> Result:
    """The state of the exercise whose file this is.

    using: "mine" or "reference", for the earlier exercises it builds on; None takes the learner's files of those that
    are listed as passed. seconds: after which it is stopped; 5 unless given, or what the exercise allows.
    search_seconds: how long the place of a mistake is looked for, 0 for not at all. searching: called when that begins.
    runner: runs the files.
    """
    start, seconds = time.perf_counter(), seconds or limit(exercise)
    if unfit := _unfit(exercise, path):
        return unfit
    source = read_source(path)
    given = {exercise.name: (source, str(path.absolute())), **earlier(exercise, path.parent, using, passed)}
    files = without_unused(exercise, given)

    def with_own(names: Collection[str]) -> Answer:
        """What these of the learner's files give, with the reference in place of the others."""
        some = {name: file for name, file in files.items() if name in names}
        return runner.run(exercise, some, path.parent, seconds, meanwhile=lambda: reference(exercise.name))

    answer = with_own(files)
    wanted = _wanted(exercise, answer)
    wrong = [name for name in wanted if not same(answer.outcomes.get(name, Outcome()), reference(exercise.name)[name])]
    judged: list[Result] = []

    def judge_it() -> None:
        end = float("inf") if answer.ended else start + 3 * seconds  # a name is worth waiting for
        judged.append(replace(judge(exercise, answer, tuple(files), end=end), path=path, source=source))

    if not wrong or search_seconds <= 0:
        judge_it()
        return _without_search(judged[0], with_own)
    searching()
    if not answer.ended:  # what has no end has taken longer already
        search_seconds = min(search_seconds, max(start + WHOLE_CHECK - TO_START - time.perf_counter(), SHORTEST_SEARCH))
    found = runner.search(exercise, files, path.parent, wanted, wrong, search_seconds, meanwhile=judge_it)
    sources = {name: text for name, (text, _) in files.items()}
    result = replace(judged[0], places=found.places, repairs=found.repairs, changes=found.changes, shared=found.shared)
    return _with_a_name_of_its_own(_with_places(result, with_own, sources), found.alone, sources, start + WHOLE_CHECK)


def _wanted(exercise: Exercise, answer: Answer) -> list[str]:
    """The probes that a search is to make right; none where it is not worth while.

    It is not where a file cannot be run, and where nothing is written yet.
    """
    if answer.ended not in ("", "timeout") or set(exercise.names) - set(answer.defined):
        return []
    written = [name for name, outcome in answer.outcomes.items() if outcome.error != UNWRITTEN]
    unanswered = [name for name in exercise.probes if name not in answer.outcomes]
    wanted = [name for name in [*written, *unanswered] if name not in exercise.kinks] if written or answer.ended else []
    right = reference(exercise.name)
    own = [name for name in wanted if is_by_hand(exercise.probes[name])]  # read off the learner's own program
    others = [name for name in wanted if name not in own]
    are_right = all(same(answer.outcomes.get(name, Outcome()), right[name]) for name in others)
    return wanted if are_right else others


# ── which file is to blame ──────────────────────────────────────────────────────────────────────────────────────────


def _with_places(result: Result, with_own: Callable[[Collection[str]], Answer], sources: Mapping[str, str]) -> Result:
    """The result with what follows from the places of its mistake: which file it is in, and no name from elsewhere."""
    if not result.places or result.state not in (WRONG, CRASHED) or result.problem == "earlier":
        diagnosis = result.diagnosis
        if diagnosis and diagnosis.bug and not diagnosis.certain and result.problem != "earlier":
            result = _nameless(result, diagnosis)  # nobody knows whether the place is one where the mistake can be
        return _without_search(replace(result, places=(), repairs=()), with_own)
    files = {place.exercise for place in result.places}
    earlier_file = min(files) if len(files) == 1 and result.exercise.name not in files else ""
    result = replace(_without_false_name(result, sources), located_in=earlier_file)
    if earlier_file and result.problem == "raised":  # the error is what came of it
        return replace(result, state=WRONG, problem="")
    error = result.error
    if result.problem == "raised" and error and Path(error.file).stem in result.earlier:
        return _blamed(result, with_own)
    return result


def _without_false_name(result: Result, sources: Mapping[str, str]) -> Result:
    """The result without the name of a mistake that this one cannot be: it is elsewhere, or changes an argument."""
    diagnosis, place = result.diagnosis, result.located
    if not (diagnosis and diagnosis.bug and place):
        return result
    planted = result.exercise.planted(diagnosis.bug)
    if can_be_at(place, planted, sources) and _changes_the_same(result, planted):
        return result
    return _nameless(result, diagnosis)


def _with_a_name_of_its_own(
    result: Result, alone: Collection[Vector], sources: Mapping[str, str], end: float
) -> Result:
    """The result with the name of one of several mistakes, which it has with the reference in place of the others.

    alone: what the probes give then, for each place. end: a time of ``time.perf_counter``, after which none is begun.
    """
    if result.state != WRONG or result.problem or (result.diagnosis and result.diagnosis.certain):
        return result
    if len(result.places) != len(alone):  # one edit alone mends it, or there is no place any more
        return result
    for place, outcomes in zip(result.places, alone, strict=True):
        if time.perf_counter() > end:
            break
        right = {name: outcome for name, outcome in result.right.items() if name in outcomes}
        diagnosis = diagnose(outcomes, right, candidates(result.exercise, outcomes, right))
        if not (diagnosis and diagnosis.certain and diagnosis.bug):
            continue
        shown = [name for name in diagnosis.wrong if same(outcomes[name], result.outcomes.get(name, Outcome()))]
        if shown and can_be_at(place, result.exercise.planted(diagnosis.bug), sources):
            others = len(result.wrong) - len(diagnosis.wrong)
            named = Diagnosis(diagnosis.bug, True, shown[0], result.wrong, others)
            return replace(result, diagnosis=named, named_at=place, graph=(), mark=None)
    return result


def _nameless(result: Result, diagnosis: Diagnosis) -> Result:
    nameless = Diagnosis(None, False, diagnosis.wrong[0], diagnosis.wrong, len(diagnosis.wrong))
    return replace(result, diagnosis=nameless, graph=(), mark=None)


def _changes_the_same(result: Result, planted: Mapping[str, str]) -> bool:
    """Whether a mistake changes an argument if the learner's code does, which the solution does not."""
    if not result.changes:
        return True

    def changes(probe: str, sources: Mapping[str, str]) -> str:
        with result.exercise.ready(sources) as namespace:
            return changes_argument(result.exercise.probes[probe], namespace, result.exercise.names)

    return any(changes(name, planted) != changes(name, {}) for name in result.wrong)


def _without_search(result: Result, with_own: Callable[[Collection[str]], Answer]) -> Result:
    """The result, with what is known of the file that the mistake is in."""
    if len(result.own) == 1 or result.state not in (WRONG, CRASHED) or result.problem == "earlier":
        return result
    if result.bug:
        return replace(result, located_in=_location(result, with_own))
    return _blamed(result, with_own)


def _location(result: Result, with_own: Callable[[Collection[str]], Answer]) -> str:
    """The earlier exercise that a mistake is in: with the reference in place of its file the mistake is gone.

    "" where it is there still. Only mistakes that an earlier exercise can have are looked for.
    """

    @lru_cache
    def is_gone(names: tuple[str, ...]) -> bool:
        outcome = with_own(set(result.own) - set(names)).outcomes.get(result.probe)
        return outcome is not None and not same(outcome, result.outcomes[result.probe])

    planted = {name: {bug_id(bug) for bug in Exercise(name).check.MUTANTS} for name in result.earlier}
    likely = [name for name in result.earlier if result.bug in planted[name]]
    first = next((name for name in likely if is_gone((name,))), "")
    if first or not likely or not is_gone(result.earlier):
        return first
    return next((name for name in result.earlier if is_gone((name,))), likely[0])


def _blamed(result: Result, with_own: Callable[[Collection[str]], Answer]) -> Result:
    """The result of a mistake without a name, with what is to be blamed, as far as the exercise alone tells."""
    alone = judge(result.exercise, with_own([result.exercise.name]))
    if alone.state == PASSED:
        return replace(result, state=WRONG, problem="earlier")
    before, error = result.error, alone.error
    if before is None or error is None or not error.line or before.file in ("", error.file):
        return result
    is_same = (alone.problem, error.error) == (result.problem, before.error)
    return replace(result, error=error, raised_in=before) if is_same else result


def limit(exercise: Exercise) -> float:
    """The seconds after which a check of the exercise is stopped."""
    return max(LIMIT, exercise.seconds)


# ── before it is run ────────────────────────────────────────────────────────────────────────────────────────────────


def _unfit(exercise: Exercise, path: Path) -> Result | None:
    """The state of a file that need not be run: it is missing, no text, no Python, or the starter."""
    if not path.is_file():
        return Result(exercise, NOT_STARTED, "no file", path=path)
    try:
        source = read_source(path)
    except Unreadable as error:
        return Result(exercise, CRASHED, "encoding", error=Outcome(error="", message=str(error)), path=path)
    if not source.strip() or exercise.is_starter(source):
        return Result(exercise, NOT_STARTED, "unchanged" if source.strip() else "empty", path=path, source=source)
    wrong = syntax_error(source, str(path.absolute()))
    return Result(exercise, CRASHED, "syntax", error=wrong, path=path, source=source) if wrong else None


# ── the judgement ───────────────────────────────────────────────────────────────────────────────────────────────────


def judge(
    exercise: Exercise,
    answer: Answer,
    own: tuple[str, ...] = (),
    vectors: Mapping[str, Vector] | None = None,
    end: float = float("inf"),
) -> Result:
    """The state that follows from what a run gave.

    own: the exercises whose files are the learner's. vectors: the outcomes of the mutants, where they are known; else
    they are computed, until the end, a time of ``time.perf_counter``.
    """
    right = reference(exercise.name)
    base = Result(
        exercise,
        CRASHED,
        outcomes=answer.outcomes,
        right=right,
        error=answer.error,
        defined=answer.defined,
        own=own,
        printed=answer.printed,
        table=answer.table,
    )
    if answer.ended == "failed":
        return _not_run(base, answer)
    missing = tuple(name for name in exercise.names if name not in answer.defined)
    if missing and (answer.defined or answer.outcomes or not answer.ended):
        return replace(base, problem="names", missing=missing)
    if answer.ended:
        return replace(base, problem=answer.ended)
    kinks = exercise.kinks
    counted = {name: outcome for name, outcome in right.items() if name not in kinks}
    if all(same(answer.outcomes[name], outcome) for name, outcome in counted.items()):
        known = candidates(exercise, answer.outcomes, right, end) if vectors is None else vectors
        return replace(base, state=PASSED, diagnosis=diagnose(answer.outcomes, right, known))
    return _wrong(replace(base, right=counted), answer, vectors, end)


def _not_run(base: Result, answer: Answer) -> Result:
    """A file ended with an exception before there was anything to check."""
    assert answer.error is not None
    if answer.located_in != base.exercise.name:
        return replace(base, problem="earlier", located_in=answer.located_in)
    if answer.error.error == UNWRITTEN:
        return replace(base, state=NOT_STARTED, problem="unwritten")
    return replace(base, problem="raised")


def _wrong(base: Result, answer: Answer, vectors: Mapping[str, Vector] | None, end: float) -> Result:
    """Something is wrong: what is not written yet, a crash, or a mistake with a name."""
    exercise, outcomes, right = base.exercise, base.outcomes, base.right
    written = {name: outcome for name, outcome in right.items() if outcomes[name].error != UNWRITTEN}
    left = {Path(outcomes[name].file).stem for name in right if name not in written}
    left &= {other.name for other in EXERCISES if other != exercise}
    if left:
        return replace(base, problem="earlier", located_in=min(left))
    if outcomes[next(iter(right))].error == UNWRITTEN and not any(
        same(outcomes[name], right[name]) for name in written
    ):
        return replace(base, state=NOT_STARTED, problem="unwritten")
    vectors = candidates(exercise, outcomes, written, end) if vectors is None else vectors
    diagnosis = diagnose(outcomes, written, vectors, exercise.groups)
    if diagnosis is None:
        return replace(base, state=WRONG, problem="unwritten")
    predicted: Vector = vectors[diagnosis.bug] if diagnosis.bug else {}
    for name in diagnosis.wrong:
        outcome = outcomes[name]
        if diagnosis.bug and name == diagnosis.probe:
            break
        if outcome.error and outcome.line and not (name in predicted and same(outcome, predicted[name])):
            diagnosis = Diagnosis(None, False, name, diagnosis.wrong, len(diagnosis.wrong))
            return replace(base, problem="raised", error=outcome, diagnosis=diagnosis)
    located_in = next(iter(exercise.planted(diagnosis.bug))) if diagnosis.bug else ""
    graph = answer.graphs.get(diagnosis.probe, [])
    right_graph = reference_graph(exercise, diagnosis.probe) if graph else []
    mark = first_wrong(graph, right_graph) if graph else None
    is_of_use = mark or (len(graph) <= WHOLE and not agree(graph, right_graph))
    if outcomes[diagnosis.probe].error or not is_of_use or not any(node.operands for node in graph):
        graph = []
    return replace(
        base,
        state=WRONG,
        diagnosis=diagnosis,
        located_in=located_in if located_in in base.own and located_in != exercise.name else "",
        graph=tuple(graph),
        mark=mark,
    )
