"""Where a mistake is, in words, and what mends it: as a question, by its kind, and as it would be written."""

from __future__ import annotations

from autograd.learn.checking.by_hand import is_by_hand
from autograd.learn.checking.check import Result
from autograd.learn.checking.locate import Location
from autograd.learn.checking.repair import Repair
from autograd.learn.reporting.texts import Words

__all__ = ["changes", "kinds", "lines", "named_place", "place_of", "questions"]


def place_of(result: Result, words: Words) -> str:
    """Where the mistake is, if that is news: in an exercise of one function it is known."""
    own, names = result.exercise.name, result.exercise.names
    if result.problem == "raised" and result.error and result.error.line:
        return ""  # it says the line
    if any(repair.alone for repair in result.repairs):
        return ""  # the reference does not fit there, and the question says the line
    if all(place.exercise == own and (place.function,) in (("",), names) for place in result.places):
        return ""
    if all(place.function == "ANSWERS" for place in result.places):
        wrong = [name for name in result.wrong if is_by_hand(result.exercise.probes[name])]
        return words.say("answers_wrong", names=", ".join(wrong))
    is_coupled = any("." in place.function for place in result.places)  # the reference's methods may need each other
    key = "located" if result.located else "located_among" if is_coupled else "located_in_several"
    return words.say(key, names=", ".join(named_place(place, own, words) for place in result.places))


def named_place(place: Location, own: str, words: Words) -> str:
    """A function, with its file if that is of another exercise; or a file."""
    file, function = f"{place.exercise}.py", f"`{place.function}`"
    if not place.function:
        return file
    return function if place.exercise == own else words.say("in_the_file", name=function, file=file)


def questions(result: Result, words: Words) -> list[str]:
    """For each change that mends it, a question about its line."""
    return [_of_repair(result, repair, words, f"ask_{repair.kind.replace(' ', '_')}") for repair in result.repairs]


def kinds(result: Result, words: Words) -> list[str]:
    """For each change that mends it, of which kind it is."""
    return [_of_repair(result, repair, words, f"mend_{repair.kind.replace(' ', '_')}") for repair in result.repairs]


def changes(result: Result, words: Words) -> list[str]:
    """Each change that mends it, as it would be written."""
    return [
        _of_repair(
            result,
            repair,
            words,
            "mend_to" if repair.before and repair.after else "mend_in" if repair.after else "mend_out",
        )
        for repair in result.repairs
    ]


def lines(result: Result) -> list[str]:
    """The learner's lines that the questions are about, with their numbers, which a notebook's cell does not show."""
    source = result.source.splitlines()
    numbers = {repair.line for repair in result.repairs if repair.exercise == result.exercise.name}
    return [f"{line} | {source[line - 1].strip()}" for line in sorted(numbers) if 0 < line <= len(source)]


def _of_repair(result: Result, repair: Repair, words: Words, key: str) -> str:
    is_own = repair.exercise == result.exercise.name
    where = words.say("at_line" if is_own else "at_line_of", line=repair.line, file=f"{repair.exercise}.py")
    return words.say("at_line_say", where=where, text=words.say(key, before=repair.before, after=repair.after))
