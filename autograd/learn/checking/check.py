"""Checks a learner's file: runs it in a process of its own, compares what came out, and says in which state it is."""

from __future__ import annotations

import contextlib
import re
import time
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from autograd.core.graph import without_collector
from autograd.learn.checking.by_hand import slips
from autograd.learn.checking.diagnose import Diagnosis, diagnose
from autograd.learn.checking.general import General, general_name
from autograd.learn.checking.graphs import WHOLE, Mark, Node, agree, first_wrong, outcome_and_graph
from autograd.learn.checking.misconceptions import bug_id
from autograd.learn.checking.needed import without_unused
from autograd.learn.checking.process import Answer, run
from autograd.learn.checking.ratios import Ratio, ratio_sentence
from autograd.learn.exercises.exercise import EXERCISES, Exercise
from autograd.learn.exercises.probes import Outcome, probe_outcome, same

__all__ = ["LIMIT", "Result", "check", "judge", "probe_seconds", "read_source"]

Vector = Mapping[str, Outcome]
LIMIT = 5.0  # seconds; a check takes 0.2, so that what takes longer has no end
NOT_STARTED, CRASHED, WRONG, PASSED = "not started", "crashed", "wrong", "passed"
UNWRITTEN = "NotImplementedError"


@dataclass(frozen=True)
class Result:
    """The state of an exercise, and what is known of the reason.

    problem: in one word why it is in this state; "" for a wrong answer and a right one. outcomes, right: what the
    probes gave, the learner's and the reference's. error: what a crash ended with. raised_in: where it was raised, if
    in the file of an earlier exercise, which is called from there. missing: the names that are asked for and not there.
    own: the exercises of which the learner's files were used. located_in: the one the mistake is in.
    """

    exercise: Exercise
    state: str
    problem: str = ""
    diagnosis: Diagnosis | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    right: Mapping[str, Outcome] = field(default_factory=dict)
    error: Outcome | None = None
    missing: tuple[str, ...] = ()
    defined: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    located_in: str = ""
    printed: str = ""
    path: Path | None = None
    source: str = ""
    graph: tuple[Node, ...] = ()
    mark: Mark | None = None
    table: tuple[str, ...] = ()
    raised_in: Outcome | None = None

    @property
    def bug(self) -> str | None:
        """The id of the mistake, where one is named."""
        return bug_id(self.diagnosis.bug) if self.diagnosis and self.diagnosis.bug else None

    @property
    def general(self) -> General | None:
        """The general name of the mistake, where it is none of those that are listed."""
        is_wrong = self.state in (WRONG, CRASHED) and self.problem in ("", "raised") and not self.bug
        return general_name(self.exercise, self.outcomes, self.right, self.error) if is_wrong else None

    @property
    def ratio(self) -> Ratio | None:
        """What the numbers say of a mistake without a name; nothing where the right ones are worked out by hand."""
        is_nameless = self.state == WRONG and not (self.problem or self.bug or self.general)
        is_by_hand = not getattr(self.exercise.check, "SHOW_EXPECTED", True)
        return ratio_sentence(self.exercise, self.outcomes, self.right) if is_nameless and not is_by_hand else None

    @property
    def slips(self) -> tuple[str, ...]:
        """The answers by hand that do not follow from those before them."""
        return slips(self.exercise, self.outcomes, self.right) if self.state == WRONG and not self.problem else ()

    @property
    def earlier(self) -> tuple[str, ...]:
        """The exercises before it of which the learner's files were used."""
        return tuple(name for name in self.own if name != self.exercise.name)

    @property
    def probe(self) -> str:
        """The name of the probe to show; "" where there is none."""
        return self.diagnosis.probe if self.diagnosis else ""

    @property
    def wrong(self) -> tuple[str, ...]:
        """The names of the probes that are wrong."""
        return self.diagnosis.wrong if self.diagnosis else ()

    @property
    def unwritten(self) -> tuple[str, ...]:
        """The functions that still raise NotImplementedError; where there is but one, the probes in which it does."""
        names = [name for name, outcome in self.outcomes.items() if outcome.error == UNWRITTEN]
        if len(self.exercise.names) == 1:
            return tuple(names)
        written = [self.exercise.probes[name] for name in self.outcomes if name not in names]
        blamed = set[str]()
        for name in names:
            used = {name_of for name_of in self.exercise.names if _uses(self.exercise.probes[name], name_of)}
            by_hand = used & {"ANSWERS"}
            if self.outcomes[name].message.startswith("nothing is filled in"):
                blamed |= by_hand
                continue
            works = {name_of for name_of in used if any(_uses(source, name_of) for source in written)}
            blamed |= (used - by_hand - works) or used - by_hand or used
        return tuple(name for name in self.exercise.names if name in blamed)


def _uses(source: str, name: str) -> bool:
    return bool(re.search(rf"\b{name}\b", source))


class Unreadable(Exception):
    """The file is there and is no text."""


def read_source(path: Path) -> str:
    """The text of a file, with plain line ends and no byte-order mark. Raises Unreadable where it is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Unreadable(str(error)) from None


def check(
    exercise: Exercise, path: Path, using: str | None = None, passed: Collection[str] = (), seconds: float | None = None
) -> Result:
    """The state of the exercise whose file this is.

    using: "mine" or "reference", for the earlier exercises it builds on; None takes the learner's files of those that
    are listed as passed. seconds: after which it is stopped; 5 unless given, or what the exercise allows.
    """
    seconds = seconds or limit(exercise)
    unfit = _unfit(exercise, path)
    if unfit:
        return unfit
    source = read_source(path)
    given = {exercise.name: (source, str(path.absolute())), **earlier(exercise, path.parent, using, passed)}
    files = without_unused(exercise, given)
    answer = run(exercise, files, path.parent, seconds, meanwhile=lambda: reference(exercise.name))
    result = replace(judge(exercise, answer, tuple(files)), path=path, source=source)
    if len(files) == 1 or result.state not in (WRONG, CRASHED) or result.problem == "earlier":
        return result

    def without(names: Collection[str]) -> Answer:
        """What it gives with the reference in place of these files."""
        others = {name: file for name, file in files.items() if name not in names}
        return run(exercise, others, path.parent, seconds)

    if result.bug:
        return replace(result, located_in=_location(result, without))
    return _blamed(result, judge(exercise, without(result.earlier)))


def _location(result: Result, without: Callable[[Collection[str]], Answer]) -> str:
    """The earlier exercise that a mistake is in: with the reference in place of its file the mistake is gone.

    "" where it is there still. Only mistakes that an earlier exercise can have are looked for.
    """

    @lru_cache
    def is_gone(names: tuple[str, ...]) -> bool:
        outcome = without(names).outcomes.get(result.probe)
        return outcome is not None and not same(outcome, result.outcomes[result.probe])

    planted = {name: {bug_id(bug) for bug in Exercise(name).check.MUTANTS} for name in result.earlier}
    likely = [name for name in result.earlier if result.bug in planted[name]]
    first = next((name for name in likely if is_gone((name,))), "")
    if first or not likely or not is_gone(result.earlier):
        return first
    return next((name for name in result.earlier if is_gone((name,))), likely[0])


def _blamed(result: Result, alone: Result) -> Result:
    """The result of a mistake without a name, with what is to be blamed, as far as the exercise alone tells.

    alone: the result with the references in place of the earlier files.
    """
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


def syntax_error(source: str, path: str) -> Outcome | None:
    """What Python says of a text that is no Python; None where it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, path, "exec")
    except SyntaxError as error:
        return Outcome(error=type(error).__name__, message=str(error.msg), file=path, line=error.lineno or 0)
    except (ValueError, MemoryError, RecursionError) as error:
        return Outcome(error=type(error).__name__, message=str(error), file=path)
    return None


def earlier(exercise: Exercise, folder: Path, using: str | None, passed: Collection[str]) -> dict[str, tuple[str, str]]:
    """The learner's files of the exercises it builds on, as far as they are to be used: name → (source, path)."""
    files = {}
    for part in exercise.needs:
        path = folder / f"{part.name}.py"
        if using == "reference" or (using is None and part.name not in passed) or not path.is_file():
            continue
        with contextlib.suppress(Unreadable):
            if not part.is_starter(source := read_source(path)):
                files[part.name] = source, str(path.absolute())
    return files


# ── the judgement ───────────────────────────────────────────────────────────────────────────────────────────────────


def judge(
    exercise: Exercise, answer: Answer, own: tuple[str, ...] = (), vectors: Mapping[str, Vector] | None = None
) -> Result:
    """The state that follows from what a run gave.

    own: the exercises whose files are the learner's. vectors: the outcomes of the mutants, where they are known.
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
        known = candidates(exercise, answer.outcomes, right) if vectors is None else vectors
        return replace(base, state=PASSED, diagnosis=diagnose(answer.outcomes, right, known))
    return _wrong(replace(base, right=counted), answer, vectors)


def _not_run(base: Result, answer: Answer) -> Result:
    """A file ended with an exception before there was anything to check."""
    assert answer.error is not None
    if answer.located_in != base.exercise.name:
        return replace(base, problem="earlier", located_in=answer.located_in)
    if answer.error.error == UNWRITTEN:
        return replace(base, state=NOT_STARTED, problem="unwritten")
    return replace(base, problem="raised")


def _wrong(base: Result, answer: Answer, vectors: Mapping[str, Vector] | None) -> Result:
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
    vectors = candidates(exercise, outcomes, written) if vectors is None else vectors
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


@lru_cache
def reference(name: str) -> dict[str, Outcome]:
    """The outcomes of an exercise on the solutions."""
    return Exercise(name).outcomes()


def candidates(exercise: Exercise, outcomes: Vector, right: Vector) -> dict[str, dict[str, Outcome]]:
    """The outcomes on each of the mutants that may be the learner's mistake, the quick probes first.

    A mutant that is wrong where the learner is right is not (``diagnose``), and one look at that is enough.
    """
    wrong = {name for name, outcome in right.items() if not same(outcomes[name], outcome)}
    seconds = probe_seconds(exercise)
    probes = {name: exercise.probes[name] for name in sorted(right, key=lambda name: seconds[name])}
    vectors = {}
    for bug, sources in exercise.mutants.items() if wrong else ():
        with without_collector(), exercise.ready(sources) as namespace:
            vector: dict[str, Outcome] = {}
            for name, source in probes.items():
                vector[name] = probe_outcome(source, dict(namespace))
                if name not in wrong and not same(vector[name], right[name]):
                    break
            else:
                vectors[bug] = vector
    return vectors


def probe_seconds(exercise: Exercise) -> dict[str, float]:
    """The processor time of each probe on the solutions, in seconds."""
    seconds = {}
    with exercise.ready() as namespace:
        for name, source in exercise.probes.items():
            start = time.process_time()
            probe_outcome(source, dict(namespace))
            seconds[name] = time.process_time() - start
    return seconds


def reference_graph(exercise: Exercise, probe: str) -> list[Node]:
    """The graph that a probe builds on the solutions."""
    with exercise.ready() as namespace:
        return outcome_and_graph(exercise.probes[probe], namespace)[1]
