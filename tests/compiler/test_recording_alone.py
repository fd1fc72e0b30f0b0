"""Recording is not noticed by anything else: after an error inside, in other threads and tasks."""

from __future__ import annotations

import asyncio
import copy
import gc
import math
import threading
from typing import Any

import numpy as np
import pytest
from fixtures.recorded import assert_all_is_as_before, close, w

import autograd
from autograd import RecordingError, Value, grad, no_grad
from autograd.core.recording import is_recording

# ── errors inside ───────────────────────────────────────────────────────────────────────────────────────────────────


class Oops(Exception):
    pass


@pytest.mark.parametrize(
    "error", [Oops, ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError, KeyboardInterrupt, SystemExit]
)
@pytest.mark.parametrize("collector", [True, False], ids=["collector on", "collector off"])
@pytest.mark.parametrize("batch", [1.5, [1.5, 2.0], np.ones((3, 2))], ids=["sample", "batch", "rows"])
def test_an_error_inside_leaves_everything_as_it_was(error: type[BaseException], collector: bool, batch: Any) -> None:
    faulty = [True]

    def f(x):
        x = x if isinstance(x, Value) else autograd.sum(list(x))
        y = (x * w).tanh() > 0
        if faulty:
            raise error("inside")
        return autograd.where(y, x * w, x)

    compiled = autograd.compile(f)
    if not collector:
        gc.disable()
    try:
        with pytest.raises(error) as caught:
            compiled(batch)
        assert "inside" in str(caught.value)
        assert gc.isenabled() == collector
        gc.enable()
        assert_all_is_as_before()
        assert compiled.programs == ()
        faulty.clear()
        assert np.mean(compiled(batch)) == close(4.0 if np.ndim(batch) == 2 else 2 * np.mean(batch))
        assert len(compiled.programs) == 1
    finally:
        gc.enable()


def test_an_error_in_one_structure_leaves_the_others() -> None:
    def f(x):
        if not isinstance(x, Value):
            raise Oops("only numbers")
        return x * w

    compiled = autograd.compile(f)
    assert compiled([1.0, 2.0]).tolist() == [2.0, 4.0]
    for _ in range(2):
        with pytest.raises(Oops, match="only numbers"):
            compiled([[1.0, 2.0]])
    assert compiled([1.0, 2.0]).tolist() == [2.0, 4.0]
    assert len(compiled.programs) == 1 and compiled.parameters == (w,)


def test_gradients_that_were_there_are_there_after_recording() -> None:
    a, b, loose = Value(2.0), Value(3.0), Value(1.0)
    a.grad = 7.0
    compiled = autograd.compile(lambda x: (a * x + b).tanh() * a)
    compiled([1.0, 2.0])
    compiled(1.0)
    assert (a.grad, b.has_grad, loose.has_grad) == (7.0, False, False)
    with pytest.raises(TypeError):
        autograd.compile(lambda x: [a * x, b * "a"])(1.0)
    assert (a.grad, b.has_grad) == (7.0, False)


def test_a_graph_made_before_is_recorded_from_its_leaves() -> None:
    a, b = Value(2.0), Value(3.0)
    product = a * b
    compiled = autograd.compile(lambda x: product * x + product.detach())
    assert compiled([1.0, 2.0]).tolist() == [12.0, 18.0]
    assert set(compiled.parameters) == {a, b}
    a.data = 5.0
    assert compiled([1.0]).tolist() == [30.0]
    assert product.data == 6.0 and not product.has_grad


# ── other threads and tasks ─────────────────────────────────────────────────────────────────────────────────────────


def eager_work() -> list[Any]:
    """What only eager Values can do."""
    x, y = Value(3.0), Value(2.0)
    loss = (x * y if x > y else x) + max(x, y) * round(x)
    loss.backward()
    with no_grad():
        unrecorded = x * y
    return [
        loss.data, x.grad, y.grad, x.data, sorted([x, y])[0] is y, bool(x), x > y, (x * y).local_derivatives,
        unrecorded._prev, copy.copy(x).data, grad(lambda v: v * v if v > 0 else v)(3.0), is_recording(),
    ]  # fmt: skip


def test_recording_in_one_thread_is_not_noticed_in_another() -> None:
    expected = eager_work()
    inside, done = threading.Event(), threading.Event()
    found: list[Any] = []

    def f(x):
        inside.set()
        assert done.wait(5) and is_recording()
        return autograd.where(x > 0, x * w, x)

    def work() -> None:
        autograd.compile(lambda x: x * w)(1.0)  # it has recorded before, and failed to
        with pytest.raises(RecordingError):
            autograd.compile(lambda x: x.data)(1.0)
        assert inside.wait(5)
        try:
            found.extend(eager_work() for _ in range(50))
        finally:
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert autograd.compile(f)([1.0, -1.0]).tolist() == [2.0, -1.0]
    thread.join()
    assert found == [expected] * 50
    assert_all_is_as_before()


def test_a_thread_begun_inside_is_eager() -> None:
    expected, found = eager_work(), []

    def f(x):
        thread = threading.Thread(target=lambda: found.append(eager_work()))
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
        return x * w

    assert autograd.compile(f)([1.0]).tolist() == [2.0]
    assert found == [expected]


def test_threads_record_beside_one_another_and_beside_eager_work() -> None:
    start = threading.Barrier(6)
    expected = eager_work()
    wrong: list[Any] = []

    def record_work(i: int) -> None:
        start.wait()
        for turn in range(20):
            cube = grad(lambda v: v**3)
            compiled = autograd.compile(lambda x, n=turn, cube=cube: autograd.where(x > n, (x * w).tanh(), cube(x)))
            found = compiled([float(turn), turn + 1.0])
            if found != close(np.array([3.0 * turn**2, math.tanh(2 * (turn + 1.0))])):
                wrong.append((i, turn, found))

    def eager(i: int) -> None:
        start.wait()
        for _ in range(60):
            if eager_work() != expected:
                wrong.append(i)

    threads = [threading.Thread(target=record_work if i % 2 else eager, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert_all_is_as_before()


def test_recording_in_one_task_is_not_noticed_in_another() -> None:
    expected = eager_work()

    async def eager() -> list[Any]:
        return [eager_work() for _ in range(3) if not await asyncio.sleep(0)]

    async def record_work() -> Any:
        await asyncio.sleep(0)
        return autograd.compile(lambda x: autograd.where(x > 0, x, w))([1.0, -1.0]).tolist()

    async def both() -> Any:
        return await asyncio.gather(eager(), record_work(), eager(), record_work())

    assert asyncio.run(both()) == [[expected] * 3, [1.0, 2.0]] * 2
