"""The command line: ``autograd learn``, or ``python -m autograd.learn``."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from autograd.learn.cases import CASES
from autograd.learn.course import Course, LearnError, prog
from autograd.learn.exercises.exercise import exercise
from autograd.learn.terminal import commands, console
from autograd.util.command_line import ArgumentParser
from autograd.util.language import LANGUAGES

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit status of a check: 0 passed, 1 wrong, 2 not started, 3 crashed; otherwise 1 for a failure."""
    try:
        options = _parser().parse_args(arguments)
        return _run(options)
    except LearnError as error:
        console.print_error(str(error))
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130  # what a shell reports after Ctrl-C
    except BrokenPipeError:  # `autograd learn list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # what a shell reports for a closed pipe


def _run(options: argparse.Namespace) -> int:
    try:
        course = Course(getattr(options, "dir", None), getattr(options, "language", None))
    except LearnError as error:
        print(f"{prog()}: {error}", file=sys.stderr)
        return 1
    if course.is_started:
        commands.mend_progress(course)
    return int(options.run(course, options))


_MEANT = {"answer": "solution", "run": "check", "skip": "check", "status": "progress", "test": "check", "todo": "list"}
"""What other courses call a command, and what it is called here."""


class Parser(ArgumentParser):
    """A parser that says which command was meant by an exercise alone, or by another word for it."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        with contextlib.suppress(KeyError):
            if action.dest == "command" and value not in (action.choices or ()):
                meant = f"{_MEANT[value]}" if value in _MEANT else f"check {exercise(value).number}"
                raise argparse.ArgumentError(None, f"{value!r} is no command: did you mean '{prog()} {meant}'?")
        super()._check_value(action, value)


def _parser() -> argparse.ArgumentParser:
    common = ArgumentParser(add_help=False)
    common.add_argument("--language", choices=LANGUAGES, default=argparse.SUPPRESS, help="en or zh; it is remembered")
    common.add_argument("--dir", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="folder with the exercises")
    parser = Parser(prog=prog(), parents=[common], description="Write the engine yourself, exercise by exercise.")
    parser.set_defaults(run=lambda course, _: commands.next_step(course))
    subparsers = parser.add_subparsers(metavar="command", title="commands", dest="command", parser_class=ArgumentParser)

    def add(name: str, run: Callable[[Course, argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        command = subparsers.add_parser(
            name, parents=[common], help=words, description=words[0].upper() + words[1:] + "."
        )
        command.set_defaults(run=run)
        return command

    _add_main(add)
    _add_others(add)
    return parser


def _add_main(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add("start", lambda s, o: commands.start(s, o.folder), "copy the starter files; nothing is overwritten")
    command.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="folder to copy to (default: ./exercises)")
    command = add("list", lambda s, o: commands.show_list(s, o.todo), "list all exercises and their states")
    command.add_argument("--todo", action="store_true", help="only exercises that are not passed yet")
    command = add("check", _check, "check an exercise (default: the next one)")
    _which(command)
    command.add_argument("--all", action="store_true", help="check every exercise, one line each")
    command.add_argument("--why", action="store_true", help="show every wrong probe")
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    _using(command)
    command = add("watch", _watch, "check whenever you save the file, until it passes")
    _which(command)
    _using(command)
    command = add("try", _try, "open a Python prompt with the names of a check, to paste what it shows")
    _which(command)
    _using(command)
    command = add("hint", _hint, "show the next hint")
    _which(command)
    command.add_argument("--again", action="store_true", help="show the hints you have already read")
    command.add_argument("--line", action="store_true", help="show the change that mends your file, if one is known")
    command = add(
        "solution", lambda s, o: commands.solution(s, o.which, o.give_up), "show a solution, once you have passed"
    )
    _which(command)
    command.add_argument("--give-up", action="store_true", help="show it without passing, once all hints are used")
    command = add(
        "reset", lambda s, o: commands.reset(s, o.which, o.all), "put the starter file back; yours is kept as .bak1"
    )
    _which(command)
    command.add_argument("--all", action="store_true", help="reset every exercise")


def _add_others(add: Callable[..., argparse.ArgumentParser]) -> None:
    command = add(
        "progress",
        lambda s, o: commands.progress(s, o.folders, o.export),
        "show the progress of one learner or a class",
    )
    command.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="the folders of several learners")
    command.add_argument("--export", choices=("json", "csv"), help="print a table for a teacher")
    command = add("collect", _collect, "collect wrong answers that have no name, without learners' names, into a file")
    words = "folders of learners, or files that they collected (default: your own folder)"
    command.add_argument("sources", nargs="*", type=Path, metavar="DIR", help=words)
    _cases_file(command, "--to", "file to write")
    command = add("cases", _cases, "for teachers: list the answers that were collected, and name one")
    command.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="show this one with its source")
    _cases_file(command, "--from", "file that was collected")
    command.add_argument("--name", metavar="TITLE", help="name it: checks in the folder of the exercises know it then")
    command.add_argument("--sentence", metavar="TEXT", help="what a check says of it (default: its name)")
    command = add("export-notebook", _notebooks, "write an exercise as a notebook (default: the next one)")
    _which(command)
    command.add_argument("--all", action="store_true", help="write every exercise")
    command = add("verify", _verify, "for maintainers: test the checks")
    command.add_argument("which", nargs="?", metavar="ID", help="only this exercise")
    words = "folder of wrong solutions to replay (default: tests/learn/corpus, as in a checkout)"
    command.add_argument("--corpus", type=Path, metavar="DIR", default=Path("tests/learn/corpus"), help=words)
    words = "folder of solutions whose mistakes need not be listed (default: tests/learn/strangers)"
    command.add_argument("--strangers", type=Path, metavar="DIR", default=Path("tests/learn/strangers"), help=words)


def _cases_file(command: argparse.ArgumentParser, option: str, words: str) -> None:
    default = Path(CASES)
    command.add_argument(
        option, dest="file", type=Path, metavar="FILE", default=default, help=f"{words} (default: {CASES})"
    )


def _collect(course: Course, options: argparse.Namespace) -> int:
    from autograd.learn.terminal.class_commands import collect

    return collect(course, options.sources, options.file)


def _cases(course: Course, options: argparse.Namespace) -> int:
    from autograd.learn.terminal.class_commands import show_cases

    return show_cases(course, options.number, options.file, options.name, options.sentence)


def _which(command: argparse.ArgumentParser) -> None:
    command.add_argument("which", nargs="?", metavar="ID", help="the exercise's number, name or file")


def _using(command: argparse.ArgumentParser) -> None:
    words = "whose earlier exercises to build on (default: yours, if they are passed)"
    command.add_argument("--using", choices=("mine", "reference"), help=words)


# What follows is imported when it is asked for: a check's modules take 60 ms, and a list of the exercises uses none.


def _check(course: Course, options: argparse.Namespace) -> int:
    from autograd.learn.terminal.check_command import check

    return check(
        course, options.which, everything=options.all, why=options.why, as_json=options.json, using=options.using
    )


def _hint(course: Course, options: argparse.Namespace) -> int:
    from autograd.learn.terminal.hints import hint

    return hint(course, options.which, again=options.again, line=options.line)


def _watch(course: Course, options: argparse.Namespace) -> int:
    from autograd.learn.terminal.watch import watch

    return watch(course, options.which, options.using)


def _try(course: Course, options: argparse.Namespace) -> int:
    from autograd.learn.terminal.try_out import try_out

    return try_out(course, options.which, options.using)


def _notebooks(course: Course, options: argparse.Namespace) -> int:
    from autograd.learn.terminal.export_notebook import export

    chosen = course.exercises(options.which, options.all)
    for path, is_new in export(course.started_folder, [part for part, _ in chosen], course.words):
        key = "notebook_written" if is_new else "notebook_stays"
        console.print_lines(course.word(key, file=course.short_path(path)))
    return 0


def _verify(_: Course, options: argparse.Namespace) -> int:
    from autograd.learn.authoring.verify import verify

    return verify(console.print_lines, options.corpus, options.which, options.strangers)


if __name__ == "__main__":
    sys.exit(main())
