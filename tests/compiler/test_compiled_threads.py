"""Threads that call and record one program, and the memory it takes."""

from __future__ import annotations

import gc
import math
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from fixtures.compiled import close, count_of, eagerly, mlp, refusal, weights

import autograd
from autograd import Value


@pytest.fixture
def fine_switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("fine_switching")
@pytest.mark.parametrize("shapes", [1, 2], ids=["one number of rows", "two"])
def test_threads_may_call_one_program_at_once(shapes: int, way: str) -> None:
    f, (x, y) = mlp()
    program = autograd.compile(f)
    theta = program.record(x, y).read()
    batches = [(x[: 5 - i % shapes] * (i + 1), y[: 5 - i % shapes]) for i in range(4)]
    calls: list[Callable[[int], Any]] = [
        lambda i: program(*batches[i]),
        lambda i: program.value_and_grad(*batches[i])[1],
        lambda i: program.value_and_grad(*batches[i], parameters=theta * (i + 1))[1],
        lambda i: np.concatenate([np.ravel(z) for z in program.input_grad(*batches[i])]),
    ]
    expected = [[call(i) for i in range(4)] for call in calls]
    wrong: list[Any] = []

    def work(i: int) -> None:
        for turn in range(80):
            if not np.array_equal(calls[(turn + i) % 4](i), expected[(turn + i) % 4][i]):
                wrong.append((i, turn))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert not wrong, f"{len(wrong)} of 320 results"


@pytest.mark.usefixtures("fine_switching")
def test_threads_may_record_one_program_at_once() -> None:
    start = threading.Barrier(8)
    f, (x, y) = mlp()
    numbers, _ = eagerly(f, [x, y])
    program = autograd.compile(f)

    def work(i: int) -> Any:
        start.wait()
        return program(x, y) if i % 2 else program(x.tolist(), y.tolist())

    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(work, range(8)):
            assert found == close(np.array(numbers))
    assert len(program.programs) == 2
    assert len(program.parameters) == len(set(program.parameters)) == 41


class Slow(Value):
    """A Value that takes its time between the reading of its gradient and the setting."""

    @property
    def grad(self) -> float:
        found = Value.grad.fget(self)  # type: ignore[attr-defined]
        time.sleep(0.002)
        return found

    @grad.setter
    def grad(self, number: Any) -> None:
        Value.grad.fset(self, number)  # type: ignore[attr-defined]


def test_threads_that_write_lose_no_gradient() -> None:
    p, q = Slow(2.0), Slow(1.0)
    program = autograd.compile(lambda x: p * x + q).record(1.0)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(program.value_and_grad, [1.0, 3.0], write=True) for _ in range(20)]:
            done.result()
    assert (p.grad, q.grad) == (40.0, 20.0)


@pytest.mark.usefixtures("fine_switching")
def test_one_thread_may_record_while_others_call() -> None:
    values = [Value(float(i)) for i in range(50)]
    start = threading.Barrier(5)
    program = autograd.compile(lambda *xs: autograd.sum([values[len(xs)] * x * values[0] for x in xs]))
    program.record(1.0)

    def called(i: int) -> list[Any]:
        start.wait()
        found = []
        for turn in range(60):
            value, gradient = program.value_and_grad([2.0, 4.0], write=True)
            found.append([value, program([3.0])[0], gradient[:2].tolist(), float(gradient[2:].sum())])
            assert len(program.read()) <= len(program.parameters)
            if not turn % 20:
                assert "inputs" in str(program.programs[0]) and program.programs
        return found

    def recorded(i: int) -> list[Any]:
        start.wait()
        return [program.record(*[1.0] * count) for count in range(2 + i, 50, 2)]

    values[0].data = 5.0
    expected = [15.0, 15.0, [15.0, 3.0], 0.0]
    with ThreadPoolExecutor(5) as pool:
        calls = [pool.submit(called, i) for i in range(3)]
        records = [pool.submit(recorded, i) for i in range(2)]
        for call in calls:
            assert all(found in (expected, [*expected[:2], expected[2][::-1], 0.0]) for found in call.result())
        for record in records:
            assert len(record.result()) == 24
    assert len(program.parameters) == len(set(program.parameters)) == 50
    assert len(program.programs) == 49
    place = {x: i for i, x in enumerate(program.parameters)}
    for count in (1, 2, 3, 20, 49):
        gradient = program.value_and_grad(*[2.0] * count)[1]
        wanted = np.zeros(50)
        wanted[place[values[count]]], wanted[place[values[0]]] = count * 10.0, count * 2.0 * count
        assert gradient.tolist() == wanted.tolist()


REPEATED: list[tuple[str, Callable[[Any, int, Any, Any], Any], int]] = [
    ("values", lambda program, i, x, theta: program(x), 1000),
    ("one sample", lambda program, i, x, theta: program.value_and_grad(float(x[i % 30])), 300),
    ("gradient", lambda program, i, x, theta: program.value_and_grad(x), 1000),
    ("lists", lambda program, i, x, theta: program.value_and_grad(x.tolist()), 300),
    ("fresh parameters", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta.copy()), 1000),
    ("parameters again", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta), 1000),
    ("fresh out", lambda program, i, x, theta: program.value_and_grad(x, parameters=theta, out=0 * theta), 300),
    ("written", lambda program, i, x, theta: program.value_and_grad(x, write=True), 1000),
    ("inputs", lambda program, i, x, theta: program.input_grad(x), 300),
    ("numbers of rows", lambda program, i, x, theta: program.value_and_grad(x[: 1 + i % 30]), 300),
    ("careful", lambda program, i, x, theta: program.value_and_grad(np.where(x == x[i % 30], 0.0, x)), 300),
    ("refused", lambda program, i, x, theta: refusal(lambda: program.value_and_grad(x / 0.0)), 90),
]  # fmt: skip


REPEATED_SIZES = [
    pytest.param(size, call, min(times, most), id=f"{name}, {size}", marks=[pytest.mark.long] * (size != "few"))
    for size, most in (("few", 1000), ("few, used in place", 90), ("many", 30))
    for name, call, times in REPEATED
    if (name, size) != ("refused", "many")  # half a second each
]


@pytest.mark.parametrize(("size", "call", "times"), REPEATED_SIZES)
def test_memory_of_a_thousand_calls_is_flat(
    size: str, call: Callable[..., Any], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = count_of(size, monkeypatch)
    ws = [Value(math.sin(i)) for i in range(count)]
    program = autograd.compile(lambda x: autograd.sum([(p * x) for p in ws]) + autograd.where(x > 0, x.sqrt(), 0.0))
    x = np.linspace(1.0, 2.0, 30)
    theta = program.record(x).read()
    with np.errstate(divide="ignore"):
        tracemalloc.start()
        try:
            for i in range(30 if size == "many" else 90):
                call(program, i, x, theta)
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            for i in range(times):
                call(program, i, x, theta)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
    assert grown < 20_000 + 20 * count


def test_memory_does_not_grow_with_the_numbers_of_rows_that_came() -> None:
    program = autograd.compile(lambda x: autograd.sum([v * x[0] + x[1].tanh() for v in weights(20)]))
    program.record(np.ones((1, 2)))
    tracemalloc.start()
    try:
        for rows in range(300, 600):
            program.value_and_grad(np.ones((rows, 2)))
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert grown < 8_000_000  # eight plans of 600 rows and 60 numbers, with room; three hundred of them are 80 MB


def test_a_program_that_is_dropped_is_gone_without_the_collector() -> None:
    weight = Value(2.0)

    def used() -> None:
        program = autograd.compile(lambda x: x["a"] * weight + x["b"][0])
        program.value_and_grad({"a": [1.0, 2.0], "b": np.ones((2, 1))})
        program({"a": 1.0, "b": [2.0]})

    used()
    gc.collect()
    gc.disable()
    try:
        used()
        assert gc.collect() == 0
    finally:
        gc.enable()
