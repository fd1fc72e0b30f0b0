"""A search whose process hangs in a trial, or is ended by one, goes on with the next; and edits of a method alone."""

from __future__ import annotations

import ast
import itertools
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from autograd.learn.checking.changes import Scope
from autograd.learn.checking.edits import edits
from autograd.learn.checking.journal import Journal, resumed
from autograd.learn.checking.programs import Program
from autograd.learn.exercises.exercise import exercise

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked here")


def dies() -> tuple[int, int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return 9, 9


def hangs() -> tuple[int, int]:
    """In C: no signal handler of Python's is called in it."""
    sum(itertools.repeat(0))
    return 9, 9


@needs_fork
@pytest.mark.parametrize("obstacle", [dies, hangs])
def test_what_was_found_is_kept_and_the_trial_has_failed(tmp_path: Path, obstacle) -> None:
    record = tmp_path / "tried"

    def tried(number: int) -> tuple[int, int]:
        with record.open("a") as file:
            file.write(f"{number} ")
        return obstacle() if number in (2, 4) else (number, 0)

    def task(journal: Journal) -> Iterator[dict]:
        for number in range(6):
            yield {number: journal.result(lambda number=number: tried(number), (0, 0))}

    messages = list(resumed(task, 0.1, time.perf_counter() + 20))
    assert messages == [{str(n): [0, 0] if n in (2, 4) else [n, 0]} for n in range(6)]
    assert record.read_text() == "0 1 2 3 4 5 "


@needs_fork
def test_at_the_end_it_is_ended() -> None:
    def task(journal: Journal) -> Iterator[dict]:
        yield {"known": 1}
        journal.result(hangs, (0, 0))

    start = time.perf_counter()
    assert list(resumed(task, 60.0, time.perf_counter() + 0.2)) == [{"known": 1}]
    assert time.perf_counter() - start < 30


@needs_fork
def test_an_error_outside_of_a_trial_is_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    def task(journal: Journal) -> Iterator[dict]:
        yield {"known": 1}
        raise ValueError("by mistake")

    assert list(resumed(task, 1.0, time.perf_counter() + 20)) == [{"known": 1}]
    assert "ValueError: by mistake" in capfd.readouterr().err


CLASS = '''
class Value:
    """A text."""

    def __init__(self, data=2 * 3, *, kept=None):
        self.data, self.__kept = data, kept

    @property
    def kept(self):
        return (lambda: self.__kept)()

    def __eq__(self, other):
        return super().__eq__(other) or [x for x in (self.data,)] == [other]

    kept = kept

    def kept_again(self):
        def inner():
            return __class__.__name__
        return inner(), self.kept
'''


def instructions(code: object) -> object:
    """What a code does, without the lines it is from."""
    if not isinstance(code, CodeType):
        return code
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_code, *names, [*map(instructions, code.co_consts)])


@pytest.mark.parametrize(
    "source",
    [
        CLASS,
        pytest.param(exercise(7).source(), marks=pytest.mark.long),
        pytest.param(exercise(11).source(), marks=pytest.mark.long),
    ],
    ids=["class", "7", "11"],
)
def test_a_method_compiled_alone_is_the_same_as_with_its_class(source: str) -> None:
    program = Program(source, "/x.py")
    trees = [part for part in program.tree.body if isinstance(part, ast.ClassDef)]
    count = 0
    for edit in edits(trees, Scope.of(trees))[::7]:
        before = list(program.codes)
        old = edit.apply()
        try:
            program.compile_again([edit.change[:2]])
            whole = [program._compiled(statement) for statement in program.tree.body]
            assert [*map(instructions, program.codes)] == [*map(instructions, whole)]
            count += 1
        except (SyntaxError, ValueError):  # a return outside of a function
            pass
        finally:
            edit.put(old)
            program.codes = before
    assert count > 50


def test_a_class_with_a_changed_method_does_what_its_text_says() -> None:
    program, module = Program(CLASS, "/x.py"), ModuleType("x")
    method = next(
        node for node in ast.walk(program.tree) if isinstance(node, ast.FunctionDef) and node.name == "__eq__"
    )
    assert isinstance(method.body[0], ast.Return)
    assert isinstance(method.body[0].value, ast.BoolOp)
    method.body[0].value.values.reverse()
    program.compile_again([(method.body[0].value, "values")])
    for code in program.codes:
        exec(code, vars(module))  # noqa: S102
    assert module.Value(3) == 3
    assert module.Value(kept=4).kept_again() == ("Value", 4)
