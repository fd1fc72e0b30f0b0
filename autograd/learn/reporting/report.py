"""What is said of a result: verdict, one sentence, evidence, next action."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.learn.checking import check as checks
from autograd.learn.checking.by_hand import is_by_hand
from autograd.learn.checking.check import NOT_STARTED, PASSED, Result
from autograd.learn.checking.needed import used_parts
from autograd.learn.exercises.probes import Outcome, same
from autograd.learn.reporting.outcome_words import in_words
from autograd.learn.reporting.places import named_place, place_of, questions
from autograd.learn.reporting.texts import Words, page

if TYPE_CHECKING:
    from autograd.viz.picture import Picture

__all__ = ["Block", "Report", "as_it_is", "number", "report", "values"]

_SHOWN = 10  # items of an outcome, which fill a line
_MOST_DIGITS = 15  # as many as a float has for certain
_LONGEST = 80  # characters of a text that are shown, about a line
_SLOPE = re.compile(r"\b(pull|nudge|grad|arrives)\(")
_LIST = re.compile(r"(sorted|list)\(")
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?j?\s*|None|nan|\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Block:
    """A piece of evidence: "code", "table" (rows of two), "graph" or "text", with a heading where it needs one."""

    kind: str
    lines: tuple[Any, ...]
    heading: str = ""
    picture: Picture | None = None


@dataclass(frozen=True)
class Report:
    """The parts of a message: place says where the mistake is, notes are short lines after the evidence."""

    state: str
    verdict: str
    sentence: str
    evidence: tuple[Block, ...]
    notes: tuple[str, ...]
    action: str
    learnt: str = ""
    place: str = ""
    question: str = ""

    @property
    def findings(self) -> tuple[str, ...]:
        """What is known of a mistake: where it is, what to look at, a line for each change that mends it, its name."""
        return tuple(filter(None, (self.place, self.question, self.sentence)))


def report(result: Result, words: Words, *, why: bool = False, action: str = "") -> Report:
    """What to say of a result. why: with every wrong probe. action: what to do next, which the command line knows."""
    exercise = result.exercise
    headline = words.say("exercise", number=exercise.number, title=page(exercise.name, words.language).title)
    evidence = [*_evidence(result, words)]
    if why and len(result.wrong) > 1:
        evidence += [Block("text", (), _heading(words, "all_wrong")), *_every(result, words)]
    if result.table and (why or result.state == PASSED):
        evidence.append(Block("code", result.table, _heading(words, "table")))
    if result.printed and result.state != PASSED:
        evidence.append(Block("text", tuple(_shortened(result.printed)), _heading(words, "printed")))
    return Report(
        result.state,
        words.say("verdict", exercise=headline, state=_verdict(result, words)),
        _sentence(result, words),
        tuple(evidence),
        tuple(_notes(result, words)),
        action,
        page(exercise.name, words.language).learnt if result.state == PASSED else "",
        place=place_of(result, words),
        question="" if result.problem == "raised" else "\n".join(questions(result, words)),
    )


def _heading(words: Words, key: str) -> str:
    return words.say("heading", text=words.say(key))


def _verdict(result: Result, words: Words) -> str:
    count, total = len(result.wrong), len(result.right)
    if result.state == PASSED:
        return words.say("verdict_passed", all=total)
    if result.state == "wrong" and count:
        return words.say("verdict_wrong", count=count, all=total)
    if result.state == "wrong" and result.problem == "unwritten":
        return words.say("verdict_unfinished")
    return words.say("state_" + result.state.replace(" ", "_"))


# ── the sentence ────────────────────────────────────────────────────────────────────────────────────────────────────


def _sentence(result: Result, words: Words) -> str:
    """The one sentence, which comes before anything technical."""
    if result.problem:
        return _of_problem(result, words)
    if result.state == PASSED:
        return words.say("kink", bug=result.bug, sentence=words.bug(result.bug)) if result.bug else ""
    if result.bug is None or result.diagnosis is None:
        return _of_a_mistake_without_a_name(result, words)
    sentence = words.bug(result.bug)
    if is_by_hand(result.exercise.probes[result.probe]):
        sentence = words.words.get(f"by_hand_{result.bug}", sentence)
    if not result.diagnosis.certain:
        return words.say("looks_like", bug=result.bug, sentence=sentence)
    named = f"{result.bug}  {sentence}"
    if result.named_at is None:
        return named
    return words.say("named_at", place=named_place(result.named_at, result.exercise.name, words), named=named)


def _of_a_mistake_without_a_name(result: Result, words: Words) -> str:
    """Its general name, or what the numbers say."""
    if result.general:
        return words.general(result.general)
    if result.slips:
        return _of_slips(result, words)
    ratio = result.ratio
    if ratio is None:
        return "" if result.repairs or result.says_it_itself else words.say("not_sure")
    key = "numbers_say" if result.repairs else "not_sure_but"
    return words.say(key, ratio=words.ratio(ratio, len(result.right[ratio.probe].items)))


def _of_slips(result: Result, words: Words) -> str:
    """Where the first slip of answers by hand is, and whether the others that are wrong follow from it."""
    first, *others = result.slips
    if others:
        return words.say("slips", first=first, others=", ".join(others))
    rest = [name for name in result.wrong if name != first]
    return words.say("slip_followed" if rest else "slip", first=first, rest=", ".join(rest))


def _of_problem(result: Result, words: Words) -> str:
    """The sentence where the answer could not be compared."""
    kind, file = result.problem, _file(result, words)
    error = result.error or Outcome()
    error = in_words(error, words.language)
    fields = {"file": file, "line": error.line, "error": error.error, "message": error.message}
    if kind == "names":
        return _of_names(result, words)
    if kind == "unwritten" and result.state != NOT_STARTED:
        return words.say("unwritten_rest", names=", ".join(result.unwritten))
    if kind == "earlier":
        if result.located_in:
            return words.say("earlier", file=f"{result.located_in}.py")
        files = ", ".join(f"{name}.py" for name in result.earlier)
        return words.say("earlier_one_of", files=files)
    if kind in ("syntax", "raised", "timeout", "died") and not error.line:
        kind += "_no_line"
    sentence = words.say(kind.replace(" ", "_"), **fields, seconds=checks.limit(result.exercise))
    if not result.general:
        return sentence
    return words.say("raised_general", raised=sentence.rstrip("."), general=words.general(result.general))


def _of_names(result: Result, words: Words) -> str:
    import difflib

    names, file = ", ".join(result.missing), _file(result, words)
    near = [name for name in result.defined if name not in result.exercise.names]
    close = difflib.get_close_matches(result.missing[0], near, 1)
    if close:
        return words.say("names_mean", names=names, file=file, near=close[0])
    if result.defined:
        return words.say("names_there", names=names, file=file, there=", ".join(result.defined[:6]))
    return words.say("names", names=names, file=file)


def _file(result: Result, words: Words) -> str:
    """The name of the file that the sentence is about: the one an error is in, else the exercise's."""
    error = result.error
    if error and ("ipykernel" in error.file or error.file.startswith("<ipython-")):
        return words.say("cell")
    if error and error.file and result.path:
        return error.file.replace("\\", "/").rpartition("/")[2]
    return result.path.name if result.path else words.say("cell")


# ── the evidence ────────────────────────────────────────────────────────────────────────────────────────────────────


def _evidence(result: Result, words: Words) -> Iterator[Block]:
    if result.error and result.error.line:
        yield from _own_line(result)
    probe = result.probe or _unanswered(result)
    if not probe:
        return
    source = result.exercise.probes[probe]
    yield Block("code", tuple(source.splitlines()), "" if result.probe else _heading(words, "never_ran"))
    if probe in result.outcomes and result.problem != "raised":
        yield Block("table", tuple(_rows(result, probe, words)))
    if result.graph:
        from autograd.learn.reporting.pictures import as_lines, as_picture  # 40 ms, which few reports need

        picture = as_picture(result.graph, result.mark, words)
        yield Block("graph", tuple(as_lines(picture)), _heading(words, "graph"), picture)


def _unanswered(result: Result) -> str:
    """The probe that was running when the time was over."""
    if result.problem not in ("timeout", "died") or not result.defined:
        return ""
    return next((name for name in result.exercise.probes if name not in result.outcomes), "")


def _own_line(result: Result) -> Iterator[Block]:
    """The line of the learner's that a crash is about."""
    assert result.error is not None
    lines = result.source.split("\n")
    here = result.path and result.error.file == str(result.path.absolute())
    if here and 0 < result.error.line <= len(lines):
        yield Block("code", (f"{result.error.line} | {lines[result.error.line - 1].rstrip()}",))


def _rows(result: Result, probe: str, words: Words) -> list[tuple[str, str]]:
    source, right = result.exercise.probes[probe], result.right[probe]
    is_convention = probe in result.exercise.kinks
    is_slope = not is_convention and is_by_nudging(source, right)
    return compared(result.outcomes[probe], right, source, words, "by_nudging" if is_slope else "expected")


def is_by_nudging(source: str, right: Outcome) -> bool:
    """Whether nudging gives these numbers: slopes, and not sums of the slopes of several calls of backward."""
    last = source.splitlines()[-1]
    is_slope = _SLOPE.search(last) or (".grad" in last and source.count("backward(") == 1)
    return bool(is_slope) and all(isinstance(item, float) for item in right.items)


def compared(
    found: Outcome, right: Outcome, source: str, words: Words, word: str = "expected"
) -> list[tuple[str, str]]:
    """The rows of the comparison: the learner's, the expected; with as many digits as it takes to see a difference."""
    start = 0
    if not (found.error or right.error) and max(len(found.items), len(right.items)) > _SHOWN:
        pairs = zip(found.items, right.items, strict=False)
        differ = [not same(Outcome((a,)), Outcome((b,))) for a, b in pairs]
        first = differ.index(True) if True in differ else min(len(found.items), len(right.items))
        start = max(0, first - 3)
    digits = 6
    while _look_alike(found, right, start, digits) and digits < _MOST_DIGITS:
        digits += 3
    position = " " + words.say("differs_from", place=start + 1, all=len(right.items)) if start else ""
    found, right = in_words(found, words.language), in_words(right, words.language)
    yours, expected = (
        as_it_is(outcome, source, start, digits, other) for outcome, other in ((found, right), (right, found))
    )
    rows = [(words.say("yours") + position, yours)]
    return rows if is_by_hand(source) else [*rows, (words.say(word), expected)]


def _look_alike(found: Outcome, right: Outcome, start: int, digits: int) -> bool:
    """Whether two numbers that differ are written alike."""
    shown = slice(start, start + _SHOWN)
    pairs = zip(found.items[shown], right.items[shown], strict=False)
    return any(number(a, digits) == number(b, digits) and not same(Outcome((a,)), Outcome((b,))) for a, b in pairs)


def as_it_is(outcome: Outcome, source: str, start: int = 0, digits: int = 6, other: Outcome | None = None) -> str:
    """An outcome on one line, in brackets where the probe asks for a list, or the other one has other brackets."""
    if other and outcome.form and other.form and _brackets(outcome) != _brackets(other):
        return outcome.form % tuple(number(item, digits) for item in outcome.items)
    text = values(outcome, start, digits)
    is_list = _LIST.match(source.splitlines()[-1]) and not outcome.error and outcome.items
    return f"[{text}]" if is_list else text


def _brackets(outcome: Outcome) -> str:
    """How it is put together, where a tuple is as good as a list."""
    return outcome.form.translate(_AS_LISTS)


_AS_LISTS = str.maketrans("()", "[]")


def values(outcome: Outcome, start: int = 0, digits: int = 6) -> str:
    """An outcome on one line.

    >>> values(Outcome((5.0, -0.1, None)))
    '5, -0.1, None'
    >>> values(Outcome(error="ZeroDivisionError", message="division by zero"))
    'ZeroDivisionError: division by zero'
    """
    if outcome.error:
        message = outcome.message.partition("\n")[0]
        return f"{outcome.error}: {message[:100]}" if message else outcome.error
    shown = ", ".join(number(item, digits) for item in outcome.items[start : start + _SHOWN])
    return ("… " if start else "") + shown + (" …" if len(outcome.items) > start + _SHOWN else "") or "[]"


def number(item: object, digits: int = 6) -> str:
    """A number as it is written everywhere; words as they are, in quotes where they could be taken for a number.

    >>> number(10.0625), number("10.0625"), number("in order")
    ('10.0625', "'10.0625'", 'in order')
    """
    if isinstance(item, float):
        return f"{item:.{digits}g}"
    text = str(item)
    text = repr(text) if isinstance(item, str) and (_NUMBER.fullmatch(text) or not text.isprintable()) else text
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _every(result: Result, words: Words) -> Iterator[Block]:
    for name in result.wrong:
        if name != result.probe:
            source = result.exercise.probes[name]
            yield Block("code", tuple(source.splitlines()))
            yield Block("table", tuple(_rows(result, name, words)))


def _shortened(printed: str) -> list[str]:
    lines = printed.rstrip("\n").split("\n")
    shown = [line[:200] for line in lines[:8]]
    return [*shown, "…"] if len(lines) > 8 else shown


def _notes(result: Result, words: Words) -> Iterator[str]:
    """Short lines after the evidence: where the mistake is, how much is left, on what it was run."""
    if result.located_in and result.problem != "earlier" and not result.places:
        yield words.say("in_file", file=f"{result.located_in}.py")
    if result.raised_in:
        yield words.say("raised_in", line=result.raised_in.line, file=Path(result.raised_in.file).name)
    if len(result.slips) == 1 and result.bug:
        yield _of_slips(result, words)
    diagnosis = result.diagnosis
    if diagnosis and result.state != PASSED and (result.bug or not result.slips):
        named = result.bug is not None
        left = diagnosis.others if named else len(diagnosis.wrong) - 1
        if left:
            yield words.say("more" if named else "more_unsure", count=left)
    if result.unwritten and result.problem != "unwritten":
        yield words.say("unwritten_more", names=", ".join(result.unwritten))
    if result.exercise.needs and result.right and result.state != NOT_STARTED:
        yield from _builds_on(result, words)


def _builds_on(result: Result, words: Words) -> Iterator[str]:
    """Which earlier exercises were the learner's, and which the reference's."""
    used = used_parts(result.exercise, {result.exercise.name: result.source} if result.source else {})
    for key, is_own in (("builds_mine", True), ("builds_reference", False)):
        numbers = [
            str(part.number)
            for part in result.exercise.needs
            if part.name in used | set(result.own) and (part.name in result.own) == is_own
        ]
        if numbers:
            yield words.say(key, numbers=", ".join(numbers), count=len(numbers))
