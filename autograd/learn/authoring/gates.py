"""The gates: the checks are tested themselves.

Each gate is a function of an exercise that yields what is wrong, a line each: 1 right answers pass, 2 empty ones fail,
3 every mistake is named, 4 no two look alike, 5 texts, 6 fast and without a trace, 7 no probe is dead weight, 8 wrong
solutions as people write them, 9 those of strangers, who did not know the list of mistakes, 10 no other program passes.
7 to 9 look into a corpus, a folder of such solutions, and into the folder ``strangers`` beside it.
"""

from __future__ import annotations

import io
import os
import random
import re
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import combinations
from pathlib import Path
from types import FrameType

from autograd.learn.authoring.holes import edits_of
from autograd.learn.authoring.mutations import mutations, single_token_edits
from autograd.learn.authoring.predictions import Table, answered, ids_in, shows, table
from autograd.learn.authoring.strangers import Stranger, strangers
from autograd.learn.checking.check import LIMIT, NOT_STARTED, PASSED, Result, check, reference
from autograd.learn.checking.diagnose import is_evidence
from autograd.learn.checking.limits import TimeIsUp, limited
from autograd.learn.checking.misconceptions import BUGS, bug_id
from autograd.learn.exercises.exercise import Exercise, exercise
from autograd.learn.exercises.probes import probe_outcome, same
from autograd.learn.reporting.texts import page, words
from autograd.util.language import LANGUAGES

__all__ = ["Replay", "Replays", "answer_to", "gates", "replays", "replays_of", "replays_of_strangers"]

SECONDS = 0.3  # of a check, in processor time: nobody waits
MUTATION_SECONDS = 0.1  # a mutation may never end
LONGEST_SENTENCE = 160  # two lines of a terminal
NEAR = 1e-3  # a number this close to a kink got there by chance, and right engines may differ at it


# ── 1 and 2 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def right_answers(exercise: Exercise) -> Iterator[str]:
    """The reference passes, and at least two alternatives do."""
    for style in ["solution", *exercise.alternatives]:
        result = table(exercise.name).judged(answered(exercise, exercise.in_style(style)))
        if result.state != PASSED or result.bug:
            yield f"{style} does not pass: {result.state} {result.bug or ''} {', '.join(result.wrong)}"
    if len(exercise.alternatives) < 2:
        yield "there are fewer than two alternatives"


def empty_answers(exercise: Exercise) -> Iterator[str]:
    """The starter is not started; a body that returns None, 0, or the first expected value fails."""
    starter = table(exercise.name).judged(answered(exercise, {exercise.name: exercise.source("starter")}))
    if starter.state != NOT_STARTED:
        yield f"the starter is {starter.state}"
    for name, source in stubs(exercise).items():
        if table(exercise.name).judged(answered(exercise, {exercise.name: source})).state == PASSED:
            yield f"it passes with {name}"


def stubs(exercise: Exercise) -> dict[str, str]:
    """Files that do nothing, by what they return."""
    first = next(iter(reference(exercise.name).values())).items
    constants = {"None": None, "0": 0, "the first expected value": first[0] if len(first) == 1 else list(first)}
    with exercise.ready() as namespace:
        things = {name: namespace[name] for name in exercise.names}
    return {
        f"return {word}": "\n".join(_stub(*pair, value) for pair in things.items()) for word, value in constants.items()
    }


def _stub(name: str, thing: object, value: object) -> str:
    if isinstance(thing, type):
        return f"class {name}:\n    def __init__(self, *args, **options):\n        self.data = {value!r}\n"
    if callable(thing):
        return f"def {name}(*args, **options):\n    return {value!r}\n"
    return f"{name} = {value!r}\n"


# ── 3 and 4 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def named_mistakes(exercise: Exercise) -> Iterator[str]:
    """Every mutant fails and prints its own id and no other."""
    predictions = table(exercise.name)
    for bug in predictions.vectors:
        if not predictions.is_killed(bug):
            yield f"{bug} passes"
        elif not predictions.is_named(bug):
            yield f"{bug} prints {' '.join(sorted(ids_in(predictions.results[bug]))) or 'no id'}"


def lucky_inputs(exercise: Exercise) -> Iterator[str]:
    """No two mistakes give the same outcomes, none gives the right ones, and no probe is near a kink by chance."""
    predictions = table(exercise.name)
    for first, second in combinations(predictions.rows, 2):
        if predictions.rows[first] == predictions.rows[second] and bug_id(first) != bug_id(second):
            yield f"{first} and {second} look the same"
    for bug, row in predictions.rows.items():
        if not any(row.values()):
            yield f"{bug} looks right"
    for probe, x in near_kinks(exercise):
        if probe not in predictions.kinks:
            yield f"{probe}: relu({x}), at its kink"


def near_kinks(exercise: Exercise) -> Iterator[tuple[str, float]]:
    """The probes that call relu within a thousandth of 0."""
    inputs: list[float] = []

    def watch(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_name in ("relu_rule", "relu") and code.co_argcount:
            x = frame.f_locals[code.co_varnames[0]]
            inputs.append(float(getattr(x, "data", x)))

    with exercise.ready() as namespace:
        for name, source in exercise.probes.items():
            inputs.clear()
            before = sys.getprofile()
            sys.setprofile(watch)
            try:
                probe_outcome(source, dict(namespace))
            finally:
                sys.setprofile(before)
            yield from ((name, x) for x in inputs[:1000] if abs(x) < NEAR)  # training repeats them


# ── 5 and 6 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def texts(exercise: Exercise) -> Iterator[str]:
    """Three hints in both languages, the first two without a line of the solution; a short sentence for each id."""
    code = {line.strip() for line in exercise.source().splitlines()}
    telling = {
        line for line in code if len(line) > 12 and re.search(r"[=(]", line) and not line.startswith(("#", '"', "def "))
    }
    for language in LANGUAGES:
        if not (exercise.folder / f"text.{language}.md").is_file():
            yield f"there is no text.{language}.md"
            continue
        text = page(exercise.name, language)
        if len(text.hints) != 3 or not (text.title and text.task and text.learnt):
            yield f"text.{language}.md has {len(text.hints)} hints"
        yield from (f"a hint in {language} tells {line!r}" for line in telling if line in "\n".join(text.hints[:2]))
        for bug in sorted({bug_id(mutant) for mutant in exercise.mutants}):
            sentence = words(language).bug(bug)
            if bug not in BUGS or not sentence or len(sentence) > LONGEST_SENTENCE:
                yield f"{bug} has no sentence in {language} of at most {LONGEST_SENTENCE} characters: {len(sentence)}"


def without_a_trace(exercise: Exercise) -> Iterator[str]:
    """The real check is the same twice, takes less than 0.3 s, and leaves no file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{exercise.name}.py"
        path.write_text(exercise.source(), encoding="utf-8")
        seconds, results = [], []
        for _ in range(2):
            start = _spent()
            results.append(check(exercise, path, "reference"))
            seconds.append(_spent() - start)
        if results[0] != results[1] or results[0].state != PASSED:
            yield f"two checks of the solution: {results[0].state}, {results[1].state}"
        if min(seconds) > SECONDS:
            yield f"it takes {min(seconds):.2f} s"
        if [file.name for file in Path(folder).iterdir()] != [path.name]:
            yield "it leaves files"


def _spent() -> float:
    """Seconds of the processor, here and in the processes that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


# ── 7 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def dead_weight(exercise: Exercise, corpus: Path) -> Iterator[str]:
    """Each probe is needed: for a certain name, as the simplest evidence, for the corpus, or to catch a slip."""
    predictions = table(exercise.name)
    shown = {result.probe for result in predictions.results.values()}
    results = [attempt.result for attempt in replays(exercise.name, corpus)]
    results += [result for _, result in replays_of_strangers(exercise.name, corpus.with_name("strangers"))]
    shown |= {result.wrong[0] for result in results if len(result.wrong) == 1}
    left = [name for name in predictions.right if name not in shown and not _is_missed(predictions, name)]
    for sources in _mutated(exercise) if left else ():
        alone = _shows_alone(predictions, sources, left)
        left = [name for name in left if name != alone]
        if not left:
            return
    yield from (f"{name} could be left out" for name in left)


def _is_missed(predictions: Table, probe: str) -> bool:
    """Whether without the probe a mistake is not named for certain, or an empty answer passes."""
    rows = {bug: {name: x for name, x in row.items() if name != probe} for bug, row in predictions.rows.items()}
    for bug, row in rows.items():
        # a probe of a convention says nothing about other mistakes
        aside = frozenset() if predictions.is_note(bug) else predictions.kinks
        shown = shows(predictions.rows[bug]) - aside
        if len(shows(row) - aside) < 2 <= len(shown) or _evidence(predictions, bug, shown) == [probe]:
            return True
    seen: dict[tuple[int, ...], str] = {}
    return any(seen.setdefault(tuple(row.values()), bug_id(bug)) != bug_id(bug) for bug, row in rows.items())


def _evidence(predictions: Table, bug: str, probes: set[str]) -> list[str]:
    """The probes whose outcomes tell a bug from others."""
    return [name for name in probes if is_evidence(predictions.vectors[bug][name], predictions.right[name])]


def _mutated(exercise: Exercise) -> Iterator[dict[str, str]]:
    """The right answers with one sign, number, comparison or statement changed, or any one token of the solution."""
    for edit in single_token_edits(exercise.source()):
        yield {exercise.name: edit.source}
    for style in ["solution", *exercise.alternatives]:
        for source in mutations(exercise.source(style)):
            yield {**exercise.in_style(style), exercise.name: source}


def _shows_alone(predictions: Table, sources: Mapping[str, str], left: list[str]) -> str:
    """The one of these probes that shows what is wrong with the sources, if it alone does; "" otherwise."""
    exercise, alone = predictions.exercise, ""
    with suppress(Exception, TimeIsUp), limited(MUTATION_SECONDS), exercise.ready(sources) as namespace:
        for name in [*left, *(name for name in predictions.right if name not in left)]:
            if not (alone or name in left):
                return ""
            outcome = probe_outcome(exercise.probes[name], dict(namespace))
            if not same(outcome, predictions.right[name]):
                if alone or name not in left:
                    return ""
                alone = name
        return alone
    return ""


# ── 8 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Replays:
    """The wrong solutions of an exercise: named rightly, wrongly, not at all; and what else differs from its header."""

    right: int = 0
    wrong: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    surprises: tuple[str, ...] = ()


@lru_cache
def replays_of(name: str, corpus: Path) -> Replays:
    """Compare the diagnoses of an exercise's wrong solutions with those that their headers expect."""
    right = 0
    wrong: list[str] = []
    unnamed: list[str] = []
    surprises: list[str] = []
    for attempt in replays(name, corpus):
        answer, is_named = answer_to(attempt.result), any(word in BUGS for word in attempt.expected)
        right += is_named and answer in attempt.expected
        if answer not in attempt.expected and (is_named or not attempt.is_known):
            kind = wrong if answer in BUGS else unnamed if is_named else surprises
            kind.append(f"{attempt.file}: {' | '.join(attempt.expected)}, and it says {answer}")
    return Replays(right, tuple(wrong), tuple(unnamed), tuple(surprises))


@dataclass(frozen=True)
class Replay:
    """A file of the corpus, the diagnoses that would be right, and the result of its check."""

    file: str
    expected: tuple[str, ...]
    is_known: bool
    result: Result


@lru_cache
def replays(name: str, corpus: Path) -> tuple[Replay, ...]:
    """The files of a corpus that are of an exercise.

    They begin with comments: ``# exercise: 9`` and ``# expect: M01``, or ``M10 | M13`` where either will do; or
    ``not sure``, ``passed``, ``crashed``, ``not started``. ``# known:`` and a reason where it says something else.
    """
    files = []
    for path in sorted(corpus.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        headers = dict(re.findall(r"^# (exercise|expect|known): *(.*\S)", source, re.MULTILINE))
        if exercise(headers["exercise"]).name == name:
            expected = tuple(word.strip() for word in headers["expect"].split("|"))
            files.append(Replay(path.name, expected, "known" in headers, _replayed(Exercise(name), path, source)))
    return tuple(files)


@lru_cache
def replays_of_strangers(name: str, folder: Path) -> tuple[tuple[Stranger, Result], ...]:
    """The solutions of strangers on which the check of an exercise is run, and what it says of them, run here."""
    results = []
    for file in strangers(folder, name):
        source = file.path.read_text(encoding="utf-8")
        seconds = 10 * LIMIT if file.is_right else LIMIT  # what is right has an end, and the machine may be busy
        results.append((file, _replayed(file.checks, file.path, source, seconds, of=file.exercise.name)))
    return tuple(results)


def solutions_of_strangers(exercise: Exercise, corpus: Path) -> Iterator[str]:
    """No wrong solution of a stranger passes, and no right one is rejected."""
    for file, result in replays_of_strangers(exercise.name, corpus.with_name("strangers")):
        if file.is_right != (result.state == PASSED):
            yield f"{file.path.name} is {'right' if file.is_right else 'wrong'}, and it is {result.state}"


def _replayed(exercise: Exercise, path: Path, source: str, seconds: float = LIMIT, of: str = "") -> Result:
    """What is said of a file, of an earlier exercise if one is named, run here: it takes a tenth of the time."""
    name = of or exercise.name
    with open(os.devnull, encoding="utf-8") as nothing, redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, sys.stdin, chance = sys.stdin, nothing, random.getstate()
        try:
            return table(exercise.name).judged(answered(exercise, {name: source}, seconds, paths={name: str(path)}))
        finally:
            sys.stdin = before
            random.setstate(chance)


def answer_to(result: Result) -> str:
    """What a result says in one word: an id, "not sure", or the state."""
    return (result.bug or "not sure") if result.state == "wrong" else result.state


def wrong_solutions(exercise: Exercise, corpus: Path) -> Iterator[str]:
    """No wrong solution of the corpus is given a false name."""
    results = replays_of(exercise.name, corpus)
    yield from (*results.wrong, *results.surprises)


# ── 10 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def no_holes(exercise: Exercise) -> Iterator[str]:
    """No program passes that differs from the solution in one token, and from what it gives."""
    yield from (f"{edit} passes" for edit in edits_of(exercise.name).holes)


def gates(corpus: Path) -> dict[int, tuple[str, Callable[[Exercise], Iterator[str]]]]:
    """The gates by number, with what each holds. corpus: a folder of wrong solutions as people write them."""
    return {
        1: ("right answers pass", right_answers),
        2: ("empty answers fail", empty_answers),
        3: ("every mistake is named", named_mistakes),
        4: ("no two look alike", lucky_inputs),
        5: ("texts", texts),
        6: ("fast, and without a trace", without_a_trace),
        7: ("no probe is dead weight", partial(dead_weight, corpus=corpus)),
        8: ("the corpus", partial(wrong_solutions, corpus=corpus)),
        9: ("strangers", partial(solutions_of_strangers, corpus=corpus)),
        10: ("no holes", no_holes),
    }
