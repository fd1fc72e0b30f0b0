"""The gates: the checks are tested themselves. ``autograd learn verify`` prints them; the tests call them.

Each gate is a function of an exercise that yields what is wrong, a line each: 1 right answers pass, 2 empty ones fail,
3 every mistake is named, 4 no two look alike, 5 texts, 6 fast and without a trace, 7 no probe is dead weight, 8 wrong
solutions as people write them.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from autograd.learn.bugs import BUGS, bug_id
from autograd.learn.exercise import EXERCISES, Exercise, exercise
from autograd.learn.limits import TimeIsUp, limited
from autograd.learn.probes import Outcome, failed, run_probes, same
from autograd.learn.report import Style, as_text, report
from autograd.learn.runner import LIMIT, NOT_STARTED, PASSED, Answer, Result, check, judge, reference
from autograd.learn.slips import slips
from autograd.learn.texts import LANGUAGES, page, words

__all__ = ["GATES", "Corpus", "Pairs", "Table", "corpus", "pairs", "table", "verify"]

SECONDS = 0.3
SLIP_SECONDS = 0.1
LONGEST_SENTENCE = 160
CORPUS = Path(__file__).parents[2] / "tests" / "learn_corpus"


class Table:
    """The outcomes of an exercise on its mutants, and who is named for each.

    Outcomes are numbered for each probe, 0 for the right one, so that to compare them is quick.
    """

    def __init__(self, one: Exercise) -> None:
        self.one = one
        self.right = reference(one.name)
        self.kinds: dict[str, list[Outcome]] = {name: [outcome] for name, outcome in self.right.items()}
        self.slow = self._slow()
        self.kinks = set(getattr(one.check, "KINKS", ()))
        vectors = {bug: one.outcomes(sources) for bug, sources in one.mutants.items()}
        self.rows = {bug: self.row(vector) for bug, vector in vectors.items()}
        self.vectors = {bug: self.outcomes(row) for bug, row in self.rows.items()}
        self.met: dict[tuple[str, int], list[str]] = {}
        for bug, row in self.rows.items():
            for shown in row.items():
                self.met.setdefault(shown, []).append(bug)

    def row(self, vector: Mapping[str, Outcome]) -> dict[str, int]:
        """The outcomes as numbers; equal ones have equal numbers."""
        found = {}
        for name, known in self.kinds.items():
            number = next((i for i, outcome in enumerate(known) if same(outcome, vector[name])), len(known))
            if number == len(known):
                known.append(vector[name])
            found[name] = number
        return found

    def outcomes(self, row: Mapping[str, int]) -> dict[str, Outcome]:
        """What the numbers stand for: the same object for equal outcomes, which are compared at once."""
        return {name: self.kinds[name][number] for name, number in row.items()}

    def _slow(self) -> set[str]:
        """The probes that take more than a millisecond on the solution."""
        seconds = {}
        with self.one.ready() as namespace:
            for name, source in self.one.probes.items():
                start = time.process_time()
                run_probes({name: source}, namespace)
                seconds[name] = time.process_time() - start
        return {name for name, taken in seconds.items() if taken > 1e-3}

    def judged(self, answer: Answer) -> Result:
        """What is said of it; only the mutants that agree with it somewhere are compared."""
        row = self.row(answer.outcomes) if answer.outcomes else {}
        near = {bug for shown in row.items() if shown[1] for bug in self.met.get(shown, ())}
        vectors = {bug: vector for bug, vector in self.vectors.items() if bug in near}
        return judge(self.one, replace(answer, outcomes=self.outcomes(row)), vectors=vectors)

    def of(self, vector: Mapping[str, Outcome]) -> Result:
        """What is said of these outcomes."""
        return self.judged(Answer(vector, defined=self.one.names))

    @cached_property
    def results(self) -> dict[str, Result]:
        """Mutant → what is said of it."""
        return {bug: self.of(vector) for bug, vector in self.vectors.items()}

    def is_killed(self, bug: str) -> bool:
        """It does not pass, or passes with a note where there is a convention only."""
        return self.results[bug].state != PASSED or self.is_note(bug)

    def is_named(self, bug: str) -> bool:
        """Its own id and no other is printed."""
        return ids_in(self.results[bug]) == {bug_id(bug)}

    def is_certain(self, bug: str) -> bool:
        """Two probes agree with the name."""
        diagnosis = self.results[bug].diagnosis
        return bool(diagnosis and diagnosis.certain)

    def is_note(self, bug: str) -> bool:
        """It differs at a kink only."""
        return {name for name, number in self.rows[bug].items() if number} <= self.kinks


@lru_cache
def table(name: str) -> Table:
    """The table of an exercise, made once."""
    return Table(Exercise(name))


def ids_in(result: Result) -> set[str]:
    """The ids of mistakes in what is printed."""
    text = as_text(report(result, words("en"), why=True), Style())
    return set(re.findall(r"\b[A-Z]+\d+\b", text)) & set(BUGS)


# ── 1 and 2 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def right_answers(one: Exercise) -> Iterator[str]:
    """The reference passes, and at least two alternatives do."""
    for style in ["solution", *one.alternatives]:
        result = table(one.name).judged(answered(one, one.in_style(style)))
        if result.state != PASSED or result.bug:
            yield f"{style} does not pass: {result.state} {result.bug or ''} {', '.join(result.wrong)}"
    if len(one.alternatives) < 2:
        yield "there are fewer than two alternatives"


def answered(one: Exercise, sources: Mapping[str, str], seconds: float = LIMIT) -> Answer:
    """What the probes give on these sources, run here."""
    try:
        with limited(seconds), one.ready(sources) as namespace:
            return Answer(run_probes(one.probes, namespace), defined=tuple(namespace))
    except TimeIsUp:
        return Answer(ended="timeout")
    except Exception as error:
        return Answer(ended="failed", place=one.name, error=failed(error))


def empty_answers(one: Exercise) -> Iterator[str]:
    """The starter is not started; a body that returns None, 0, or the first expected value fails."""
    starter = table(one.name).judged(answered(one, {one.name: one.source("starter")}))
    if starter.state != NOT_STARTED:
        yield f"the starter is {starter.state}"
    for name, source in stubs(one).items():
        if table(one.name).judged(answered(one, {one.name: source})).state == PASSED:
            yield f"it passes with {name}"


def stubs(one: Exercise) -> dict[str, str]:
    """Files that do nothing, by what they return."""
    first = next(iter(reference(one.name).values())).items
    constants = {"None": None, "0": 0, "the first expected value": first[0] if len(first) == 1 else list(first)}
    with one.ready() as namespace:
        things = {name: namespace[name] for name in one.names}
    return {
        f"return {word}": "\n".join(_stub(*pair, value) for pair in things.items()) for word, value in constants.items()
    }


def _stub(name: str, thing: Any, value: Any) -> str:
    if isinstance(thing, type):
        return f"class {name}:\n    def __init__(self, *args, **options):\n        self.data = {value!r}\n"
    if callable(thing):
        return f"def {name}(*args, **options):\n    return {value!r}\n"
    return f"{name} = {value!r}\n"


# ── 3 and 4 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def named_mistakes(one: Exercise) -> Iterator[str]:
    """Every mutant fails and prints its own id and no other."""
    found = table(one.name)
    for bug in found.vectors:
        if not found.is_killed(bug):
            yield f"{bug} passes"
        elif not found.is_named(bug):
            yield f"{bug} prints {' '.join(sorted(ids_in(found.results[bug]))) or 'no id'}"


@dataclass(frozen=True)
class Pairs:
    """How pairs of mistakes come out: how many there are, in how many one of the two is named, and which are not."""

    total: int
    true: int
    false: tuple[str, ...]


@lru_cache
def pairs(name: str) -> Pairs:
    """Every two mistakes of an exercise in one file, each in its first form, as far as they can be made together."""
    found, total, true, false = table(name), 0, 0, []
    ids = {bug_id(mutant): mutant for mutant in reversed(found.vectors)}
    for first, second in combinations(ids, 2):
        vector = _both(found, ids[first], ids[second])
        if vector is None:
            continue
        total += 1
        bug = found.of(vector).bug
        true += bug in (first, second)
        if bug and bug not in (first, second):
            false.append(f"{first} and {second}: {bug}")
    return Pairs(total, true, tuple(false))


def _both(found: Table, first: str, second: str) -> dict[str, Outcome] | None:
    """The outcomes with two mistakes; a slow probe that neither of them shows in is taken for right."""
    either = _shows(found.rows[first]) | _shows(found.rows[second])
    probes = {name: source for name, source in found.one.probes.items() if name in either or name not in found.slow}
    for order in ((first, second), (second, first)):
        with suppress(ValueError, SyntaxError), found.one.ready(found.one.planted(*order)) as namespace:
            return {**found.right, **run_probes(probes, namespace)}
    return None  # they change the same piece of text


def lucky_inputs(one: Exercise) -> Iterator[str]:
    """No two mistakes give the same outcomes, none gives the right ones, and no probe is near a kink by chance."""
    found = table(one.name)
    for first, second in combinations(found.rows, 2):
        if found.rows[first] == found.rows[second] and bug_id(first) != bug_id(second):
            yield f"{first} and {second} look the same"
    for bug, row in found.rows.items():
        if not any(row.values()):
            yield f"{bug} looks right"
    for probe, x in near_kinks(one):
        if probe not in found.kinks:
            yield f"{probe}: relu({x}), at its kink"


def near_kinks(one: Exercise) -> Iterator[tuple[str, float]]:
    """The probes that call relu within a thousandth of 0."""
    met: list[float] = []

    def watch(frame: Any, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_name in ("relu_rule", "relu") and code.co_argcount:
            x = frame.f_locals[code.co_varnames[0]]
            met.append(float(getattr(x, "data", x)))

    with one.ready() as namespace:
        for name, source in one.probes.items():
            met.clear()
            before = sys.getprofile()
            sys.setprofile(watch)
            try:
                run_probes({name: source}, namespace)
            finally:
                sys.setprofile(before)
            yield from ((name, x) for x in met[:1000] if abs(x) < 1e-3)


# ── 5 and 6 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def texts(one: Exercise) -> Iterator[str]:
    """Three hints in both languages, the first two without a line of the solution; a short sentence for each id."""
    code = {line.strip() for line in one.source().splitlines()}
    telling = {
        line for line in code if len(line) > 12 and re.search(r"[=(]", line) and not line.startswith(("#", '"', "def "))
    }
    for language in LANGUAGES:
        if not (one.folder / f"text.{language}.md").is_file():
            yield f"there is no text.{language}.md"
            continue
        text = page(one.name, language)
        if len(text.hints) != 3 or not (text.title and text.task and text.learnt):
            yield f"text.{language}.md has {len(text.hints)} hints"
        yield from (f"a hint in {language} tells {line!r}" for line in telling if line in "\n".join(text.hints[:2]))
        for bug in sorted({bug_id(mutant) for mutant in one.mutants}):
            sentence = words(language).bug(bug)
            if bug not in BUGS or not sentence or len(sentence) > LONGEST_SENTENCE:
                yield f"{bug} has no sentence in {language} of at most {LONGEST_SENTENCE} characters: {len(sentence)}"


def without_a_trace(one: Exercise) -> Iterator[str]:
    """The real check is the same twice, takes less than 0.3 s, and leaves no file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{one.name}.py"
        path.write_text(one.source(), encoding="utf-8")
        seconds, results = [], []
        for _ in range(2):
            start = time.perf_counter()
            results.append(check(one, path, "reference"))
            seconds.append(time.perf_counter() - start)
        if results[0] != results[1] or results[0].state != PASSED:
            yield f"two checks of the solution: {results[0].state}, {results[1].state}"
        if min(seconds) > SECONDS:
            yield f"it takes {min(seconds):.2f} s"
        if [found.name for found in Path(folder).iterdir()] != [path.name]:
            yield "it leaves files"


# ── 7 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def dead_weight(one: Exercise) -> Iterator[str]:
    """Each probe is needed: for a name that is certain, as the simplest evidence of a mistake, or to catch a slip."""
    found = table(one.name)
    shown = {result.probe for result in found.results.values()}
    left = [name for name in found.right if name not in shown and not _is_missed(found, name)]
    for sources in _slips(one) if left else ():
        alone = _shows_alone(found, sources, left)
        left = [name for name in left if name != alone]
        if not left:
            return
    yield from (f"{name} could be left out" for name in left)


def _shows(row: Mapping[str, int]) -> set[str]:
    return {name for name, number in row.items() if number}


def _is_missed(found: Table, probe: str) -> bool:
    """Whether without the probe a mistake is not named for certain, or an empty answer passes."""
    rows = {bug: {name: number for name, number in row.items() if name != probe} for bug, row in found.rows.items()}
    if any(len(_shows(row)) < 2 <= len(_shows(found.rows[bug])) for bug, row in rows.items()):
        return True
    seen: dict[tuple[int, ...], str] = {}
    return any(seen.setdefault(tuple(row.values()), bug_id(bug)) != bug_id(bug) for bug, row in rows.items())


def _slips(one: Exercise) -> Iterator[dict[str, str]]:
    """The right answers with one sign, number, comparison or statement changed."""
    for style in ["solution", *one.alternatives]:
        for source in slips(one.source(style)):
            yield {**one.in_style(style), one.name: source}


def _shows_alone(found: Table, sources: Mapping[str, str], left: list[str]) -> str:
    """The one of these probes that shows what is wrong with the sources, if it alone does; "" otherwise."""
    one, alone = found.one, ""
    with suppress(Exception, TimeIsUp), limited(SLIP_SECONDS), one.ready(sources) as namespace:
        for name in [*left, *(name for name in found.right if name not in left)]:
            if not (alone or name in left):
                return ""
            outcome = run_probes({name: one.probes[name]}, namespace)[name]
            if not same(outcome, found.right[name]):
                if alone or name not in left:
                    return ""
                alone = name
        return alone
    return ""


# ── 8 ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Corpus:
    """The wrong solutions of an exercise: named rightly, wrongly, not at all; and what differs from what was expected."""

    right: int = 0
    wrong: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()
    surprises: tuple[str, ...] = ()


@lru_cache
def corpus(name: str) -> Corpus:
    """Replay the files of ``tests/learn_corpus`` that are of an exercise.

    A file begins with comments: ``# exercise: 9`` and ``# expect: M01``; or ``unsure``, ``passed``, ``crashed``.
    """
    one, right = Exercise(name), 0
    wrong: list[str] = []
    unnamed: list[str] = []
    surprises: list[str] = []
    for path in sorted(CORPUS.glob("*.py")):
        headers = dict(re.findall(r"^# (exercise|expect): *(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        if exercise(headers["exercise"]) != one:
            continue
        expected, told = headers["expect"], told_of(check(one, path, "reference"))
        if expected in BUGS:
            right += told == expected
            if told != expected:
                (wrong if told in BUGS else unnamed).append(f"{path.name}: {expected}, and it says {told}")
        elif told != expected:
            (wrong if told in BUGS else surprises).append(f"{path.name}: {expected}, and it says {told}")
    return Corpus(right, tuple(wrong), tuple(unnamed), tuple(surprises))


def told_of(result: Result) -> str:
    """What a result says in one word: an id, "unsure", or the state."""
    return (result.bug or "unsure") if result.state == "wrong" else result.state


def replay(one: Exercise) -> Iterator[str]:
    """No wrong solution of the corpus is given a false name."""
    found = corpus(one.name)
    yield from (*found.wrong, *found.surprises)


GATES: dict[int, tuple[str, Callable[[Exercise], Iterator[str]]]] = {
    1: ("right answers pass", right_answers),
    2: ("empty answers fail", empty_answers),
    3: ("every mistake is named", named_mistakes),
    4: ("no two look alike", lucky_inputs),
    5: ("texts", texts),
    6: ("fast, and without a trace", without_a_trace),
    7: ("no probe is dead weight", dead_weight),
    8: ("the corpus", replay),
}


# ── printed ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def verify(say: Callable[[str], None], which: str | None = None) -> int:
    """Print the gates of one exercise or of all, with totals; 1 where something is wrong."""
    start, troubles = time.perf_counter(), 0
    chosen = [exercise(which)] if which else list(EXERCISES)
    for one in chosen:
        problems = [(gate, problem) for gate, (_, run) in GATES.items() for problem in run(one)]
        troubles += len(problems)
        say(_summary(one))
        if which:
            say(_matrix(table(one.name)))
        for gate, problem in problems:
            say(f"    gate {gate}, {GATES[gate][0]}: {problem}")
    say(_totals(chosen))
    say(f"{time.perf_counter() - start:.1f} s, {troubles} findings")
    return 1 if troubles else 0


def _summary(one: Exercise) -> str:
    found, of_pairs = table(one.name), pairs(one.name)
    bugs = list(found.vectors)
    killed, named = sum(map(found.is_killed, bugs)), sum(map(found.is_named, bugs))
    return (
        f"{one.number:>2} {one.name[4:]:<12} {len(found.right):>3} probes  {killed:>3}/{len(bugs)} killed  {named:>3} named  "
        f"pairs {of_pairs.true}/{of_pairs.total}, {len(of_pairs.false)} false"
    )


def _matrix(found: Table) -> str:
    """Mutants by probes: ``x`` where it is wrong, and who is named."""
    wide = max(map(len, found.rows), default=0)
    cells = {bug: "".join("x" if number else "·" for number in row.values()) for bug, row in found.rows.items()}
    return "\n".join(f"    {bug:<{wide}}  {cells[bug]}  {told_of(found.results[bug])}" for bug in found.rows)


def _totals(chosen: list[Exercise]) -> str:
    mutants = [(table(one.name), bug) for one in chosen for bug in table(one.name).rows]
    killed, named, certain = (
        sum(is_so(found, bug) for found, bug in mutants)
        for is_so in (Table.is_killed, Table.is_named, Table.is_certain)
    )
    of_pairs = [pairs(one.name) for one in chosen]
    total, true, false = (
        sum(counts) for counts in zip(*[(p.total, p.true, len(p.false)) for p in of_pairs], strict=True)
    )
    replayed = [corpus(one.name) for one in chosen]
    right, wrong, unnamed = (
        sum(counts) for counts in zip(*[(c.right, len(c.wrong), len(c.unnamed)) for c in replayed], strict=True)
    )
    return (
        f"{len({bug_id(bug) for _, bug in mutants})} bugs, planted {len(mutants)} times: {killed} killed, "
        f"{named} named ({certain} for certain), {len(mutants) - named} not\n"
        f"{total} pairs of bugs: {true} with a true name, {false} with a false one ({100 * false / max(total, 1):.1f} %)\n"
        f"corpus of {right + wrong + unnamed}: {right} named rightly, {wrong} wrongly, {unnamed} not at all"
    )
