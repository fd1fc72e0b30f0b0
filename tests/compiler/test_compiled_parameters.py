"""Where the parameters of a compiled function are read and written; arrays that come again."""

from __future__ import annotations

import itertools
import math
import pickle
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from fixtures.compiled import Network, chained, close, count_of, every_network, refusal, sizes

import autograd
import nn
from autograd import Value


def test_parameters_are_read_afresh_at_each_call(way: str) -> None:
    w, b = Value(2.0), Value(1.0)
    program = autograd.compile(lambda x: w * w * x + b)
    for number in (2.0, 5.0, -1.0):
        w.data = number
        assert program([1.0, 2.0]).tolist() == [number**2 + 1, 2 * number**2 + 1]
        assert program.value_and_grad([1.0, 2.0])[1].tolist() == [3 * number, 1.0]
        assert program.input_grad([1.0, 2.0]).tolist() == [number**2] * 2
        assert program(1.0, parameters=np.array([3.0, 0.0])) == 9.0
        assert program.input_grad(1.0, parameters=np.array([3.0, 0.0])) == 9.0
        assert (w.data, b.data) == (number, 1.0)
    assert not w.has_grad and not b.has_grad


def _wrong_number(use: Callable[[], Any]) -> str:
    with pytest.raises(ValueError) as caught:
        use()
    return str(caught.value)


def test_numbers_read_before_a_longer_document_say_why_they_are_too_few() -> None:
    rows = [Value(float(i)) for i in range(5)]

    def loss(document: Any) -> Any:
        return autograd.sum([x * row for x, row in zip(document, rows, strict=False)])

    program, listing = autograd.compile(loss), autograd.compile(loss, parameters=rows)
    program.record([1.0, 1.0])
    theta, whole = program.read(), listing.record([1.0, 1.0]).read()
    longer = [[1.0, 1.0, 1.0, 1.0]]
    for use, words in (
        (lambda: program(longer, parameters=theta), "parameters must be an array of 4 numbers"),
        (lambda: program.value_and_grad(longer, parameters=theta), "parameters must be an array of 4 numbers"),
        (lambda: program.input_grad(longer, parameters=theta), "parameters must be an array of 4 numbers"),
        (lambda: program.write(theta), "write takes 4 numbers, one per parameter"),
    ):
        message = _wrong_number(use)
        assert message.startswith(words)
        assert "(2,): the last 2 were found by a later recording, such as of a longer document" in message
        assert "\n  try             autograd.compile(f, parameters=params)" in message
    assert "document" not in _wrong_number(lambda: program.write(theta[:1]))
    assert listing.value_and_grad(longer, parameters=whole)[1].tolist() == [1.0, 1.0, 1.0, 1.0, 0.0]


def test_parameters_that_were_listed_can_be_read_and_written_before_anything_is_recorded() -> None:
    w, b = Value(2.0), Value(1.0)
    program = autograd.compile(lambda x: w * x + b, parameters=[w, b])
    theta = program.read()
    assert theta.tolist() == [2.0, 1.0]
    program.write(theta + 1.0)
    assert (w.data, b.data, program.parameters) == (3.0, 2.0, (w, b))
    assert program.value_and_grad([1.0, 3.0], parameters=theta)[0] == 5.0
    c = Value(1.0)
    one_is_missing = autograd.compile(lambda x: w * x + b + c, parameters=[w, b])
    message = _wrong_number(lambda: one_is_missing([1.0], parameters=theta))
    assert message.startswith("parameters must be an array of 3 numbers")


class Named(Value):
    """A Value with state of the user's own."""


def _step(values: list[Value]) -> None:
    optimizer = nn.SGD(values, lr=0.5)
    optimizer.zero_grad()
    autograd.sum([x * x for x in values]).backward()
    optimizer.step()


class Holder(nn.Module):
    def __init__(self, values: list[Value]) -> None:
        self.values = values

    def forward(self, x: Any) -> Any:
        return self.values[0] * x + self.values[1]


SETS: dict[str, Callable[[list[Value]], Any]] = {
    "data": lambda values: setattr(values[0], "data", 7.0),
    "data, in place": lambda values: setattr(values[1], "data", values[1].data + 1),
    "by an int": lambda values: setattr(values[1], "data", 4),
    "step": _step,
    "write of another": lambda values: autograd.compile(lambda: values[0] * values[1]).record().write([0.25, 0.5]),
    "a state": lambda values: Holder(values).load_state_dict({"values[0]": -1.0, "values[1]": -2.0}),
    "fit": lambda values: nn.fit(Holder(values), [0.0, 1.0], [1.0, 3.0], epochs=1, lr=0.1),
    "in a thread": lambda values: ThreadPoolExecutor(1).submit(setattr, values[0], "data", 9.0).result(),
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", [Value, Named])
def test_numbers_are_those_of_reading_anew_whatever_sets_them(kind: type[Value], dtype: str) -> None:
    values = [kind(2.0), kind(1.0)]
    program = autograd.compile(lambda x: values[0] * values[0] * x + values[1], dtype=dtype, parameters=values).record(
        1.0
    )
    others = [autograd.compile(lambda x: values[0] * x, dtype=dtype).record(1.0) for _ in range(2)]
    for name, change in [*SETS.items(), *SETS.items()]:
        for _ in range(2):
            a, b = (np.dtype(dtype).type(x.data) for x in values)
            assert program.read().tolist() == [a, b], name
            assert program([1.0, 2.0]).tolist() == [a * a + b, 2 * a * a + b], name
            assert program.value_and_grad([1.0, 2.0])[1].tolist() == [3 * a, 1.0], name
            assert [x(1.0) for x in others] == [a, a]
        change(values)


def test_numbers_are_not_read_where_none_was_set() -> None:
    w, other = Value(2.0), Value(1.0)
    program = autograd.compile(lambda x: w * x)
    assert program(1.0) == 2.0
    w._datum = 3.0  # which nobody does: a set goes through ``data``, or says so
    assert (program(1.0), program.value_and_grad(1.0)[0], program.read().tolist()) == (2.0, 2.0, [2.0])
    other.data = 5.0
    assert (program(1.0), program.read().tolist()) == (3.0, [3.0])


def test_a_copy_of_the_numbers_is_its_owners() -> None:
    w = Value(2.0)
    program = autograd.compile(lambda x: w * x).record(1.0)
    theta = program.read()
    theta[:] = 9.0
    assert (program(1.0), w.data) == (2.0, 2.0)
    twin = pickle.loads(pickle.dumps(program))
    w.data = 3.0
    assert (program(1.0), twin(1.0), twin.read().tolist()) == (3.0, 2.0, [2.0])


def test_a_number_set_in_another_thread_is_seen_by_the_next_call() -> None:
    values = [Value(float(i)) for i in range(50)]
    program = autograd.compile(lambda x: autograd.sum(values) * x).record(1.0)

    def keep_setting(mine: list[Value]) -> list[bool]:
        seen = []
        for i in range(300):
            for x in mine:
                x.data = float(i)
            seen.append([program.read()[values.index(x)] for x in mine[:2]] == [float(i)] * 2)
        return seen

    with ThreadPoolExecutor(2) as pool:
        assert all(itertools.chain.from_iterable(pool.map(keep_setting, [values[:25], values[25:]])))
    assert program(1.0) == sum(x.data for x in values)


def test_read_and_write() -> None:
    w, b = Value(1 / 3), Value(1e300)
    program = autograd.compile(lambda x: w * x + b).record(1.0)
    theta = program.read()
    assert theta.tolist() == [1 / 3, 1e300]
    theta *= 0.0
    assert (w.data, b.data) == (1 / 3, 1e300)
    assert program.read() is not program.read()
    for numbers in (np.array([4.0, 5.0]), [6, 7], np.array([8, 9], dtype=np.int32), (1.5, np.float32(2.5))):
        program.write(numbers)
        assert [w.data, b.data] == list(numbers)
        assert type(w.data) is float
    assert not w.has_grad


def test_write_adds_to_grad() -> None:
    w, b, other, unused, detached = Value(2.0), Value(1.0), Value(1.0), Value(1.0), Value(1.0)
    program = autograd.compile(lambda x: w * x + b)
    w.grad = 10.0
    value, gradient = program.value_and_grad([1.0, 3.0], write=True)
    assert (value, gradient.tolist(), w.grad, b.grad) == (5.0, [2.0, 1.0], 12.0, 1.0)
    program.value_and_grad([5.0, 5.0], parameters=np.array([0.0, 0.0]), write=True)
    assert (w.grad, b.grad) == (17.0, 2.0)
    assert type(w.grad) is float
    autograd.compile(lambda x: w * x, dtype="float32").value_and_grad(0.5, write=True)
    assert w.grad == 17.5 and type(w.grad) is float
    assert (w.data, b.data, gradient.tolist()) == (2.0, 1.0, [2.0, 1.0])
    with_others = autograd.compile(lambda x: w * x + detached.detach(), parameters=[unused, w])
    assert with_others.value_and_grad(1.0, write=True)[1].tolist() == [0.0, 1.0, 0.0]
    assert with_others.reached.tolist() == [False, True, False]
    assert pickle.loads(pickle.dumps(with_others)).reached.tolist() == [False, True, False]
    assert not any(x.has_grad for x in (other, unused, detached))


@pytest.mark.parametrize("depth", [1, 10, 500])
def test_no_gradient_reaches_what_is_only_under_detach_at_any_depth(depth: int) -> None:
    inner, outer, condition, used = Value(0.5), Value(0.25), Value(1.0), Value(2.0)

    def f(x: Value) -> Value:
        y = inner * x
        for _ in range(depth):
            y = autograd.sin(y) + outer
        return y.detach() * used + autograd.where(condition > x, x, 0.0 * used)

    program = autograd.compile(f, parameters=[inner, outer, condition, used]).record(1.0)
    assert program.reached.tolist() == [False, False, False, True]


@sizes
@pytest.mark.parametrize("seed", range(2))
def test_arrays_that_come_again_change_nothing_but_the_time(
    size: str, seed: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = count_of(size, monkeypatch)
    program, closed = chained(count)
    source, numbers = random.Random(seed), np.random.default_rng(seed)
    thetas: list[Any] = [
        program.read(), numbers.normal(size=count), numbers.normal(size=2 * count)[::2],
        numbers.normal(size=count).astype(np.float32), numbers.integers(-3, 4, count), numbers.normal(size=count)[::-1],
        numbers.normal(size=count).astype(">f8"), numbers.normal(size=count + 1)[1:],
    ]  # fmt: skip
    outs: list[Any] = [np.zeros(count), np.zeros(count), np.zeros(2 * count)[::2], np.zeros(count + 1)[1:]]
    kept: list[tuple[Any, Any]] = []
    theta, out = thetas[0], None
    for _ in range(30 if size == "many" else 150):
        if source.random() < 0.4:
            theta = source.choice(thetas)
        if source.random() < 0.4:
            out = source.choice([None, *outs])
        if source.random() < 0.5:
            theta[...] = numbers.normal(size=count) * 3
        before = theta.copy()
        given = None if source.random() < 0.1 else theta.tolist() if source.random() < 0.1 else theta
        x = np.full(source.choice([1, 2, 5]), source.random())
        value, gradient = program.value_and_grad(x, parameters=given, out=out)
        wanted = closed(program.read() if given is None else theta, x[0])
        assert value == pytest.approx(wanted[0], rel=1e-10, abs=1e-10)
        assert gradient == pytest.approx(wanted[1], rel=1e-10, abs=1e-10)
        assert np.array_equal(theta, before)
        assert program(x, parameters=given) == pytest.approx(np.full(len(x), wanted[0]), rel=1e-10, abs=1e-10)
        if out is not None:
            assert gradient is out
        else:
            assert not any(np.shares_memory(gradient, y) for y in (theta, *outs))
            kept.append((gradient, gradient.copy()))
    assert all(np.array_equal(a, b) for a, b in kept)


@sizes
def test_float32_parameters_and_results_are_used_where_they_are(
    size: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = count_of(size, monkeypatch)
    values = [Value(math.sin(i)) for i in range(count)]
    program = autograd.compile(lambda x: autograd.sum([p * p for p in values]) * x, dtype="float32").record(1.0)
    theta, out = program.read(), np.zeros(count, np.float32)
    for turn in range(5):
        theta *= 1.25
        value, gradient = program.value_and_grad([1.0, 3.0], parameters=theta, out=out if turn % 2 else None)
        assert value == pytest.approx(2 * float(theta.astype(float) @ theta), rel=1e-4)
        assert gradient.dtype == np.float32 and gradient == pytest.approx(4 * theta, rel=1e-4)
        assert (gradient is out) == bool(turn % 2)
        exact = theta.astype(float)
        assert program.value_and_grad([1.0, 3.0], parameters=exact)[1] == pytest.approx(gradient, rel=1e-4)


@sizes
@pytest.mark.parametrize("shift", [0, 1, -1, 3])
def test_out_may_lie_where_the_parameters_are(size: str, shift: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    count = count_of(size, monkeypatch)
    program, closed = chained(count)
    numbers = program.read()
    memory = np.zeros(count + 6)
    theta, out = memory[3 : count + 3], memory[3 + shift : count + 3 + shift]
    for _ in range(4):
        theta[...] = numbers
        value, gradient = program.value_and_grad(2.0, parameters=theta, out=out)
        wanted = closed(numbers, 2.0)
        assert value == close(wanted[0])
        assert gradient is out and gradient == close(wanted[1])


@sizes
def test_out_may_lie_where_the_parameters_are_though_a_second_run_is_needed(
    size: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = [Value(1.0 + i % 3) for i in range(count_of(size, monkeypatch))]
    program = autograd.compile(
        lambda x: autograd.sum([autograd.where(x > 0, (v * x).sqrt(), v * v * x) for v in values])
    )
    numbers = program.record([1.0]).read()
    for _ in range(4):
        theta = numbers.copy()
        for batch, expected in (([0.0, 4.0], 0.5 / np.sqrt(numbers)), ([-3.0, 0.0], -3 * numbers)):
            theta[...] = numbers
            assert program.value_and_grad(batch, parameters=theta, out=theta)[1] == close(expected)
            theta[...] = numbers
            message = str(
                refusal(lambda theta=theta: program.value_and_grad([1.0, math.nan], parameters=theta, out=theta))
            )
            assert "row 1 of the batch" in message


@sizes
def test_out_may_lie_where_an_input_is(size: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = [Value(math.sin(i)) for i in range(count_of(size, monkeypatch))]
    program = autograd.compile(lambda x: autograd.dot(values, x) ** 2)
    memory = np.ones((2, len(values)))
    theta = program.record(memory).read()
    for _ in range(3):
        memory[0], memory[1] = 1.0, 2.0
        value, gradient = program.value_and_grad(memory, parameters=theta, out=memory[1])
        assert value == close(theta.sum() ** 2 * 2.5)
        assert gradient == close(np.full(len(theta), theta.sum() * 5.0))
        assert memory[0].tolist() == [1.0] * len(theta)


@sizes
def test_results_are_the_callers_own(size: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program, closed = chained(count_of(size, monkeypatch))
    theta = program.read()
    first = [program.value_and_grad(float(i), parameters=theta)[1] for i in range(4)]
    rows, columns = program(np.ones(3), parameters=theta), program.input_grad(np.ones(3), parameters=theta)
    kept = rows.copy(), columns.copy()
    for gradient in first:
        gradient += 1.0
    theta += 1.0
    for call in (program, program.value_and_grad, program.input_grad):
        call(np.ones(3), parameters=theta)
    assert np.array_equal(rows, kept[0]) and np.array_equal(columns, kept[1])
    for i, gradient in enumerate(first):
        assert gradient == close(closed(theta - 1.0, float(i))[1] + 1.0)
    rows += 1.0
    columns += 1.0
    assert program(np.ones(3), parameters=theta) == close(np.full(3, closed(theta, 1.0)[0]))


@every_network
def test_neither_inputs_nor_parameters_are_written_to(network: Callable[[], Network], way: str) -> None:
    f, batches = network()
    program = autograd.compile(f)
    for x in batches:
        x.flags.writeable = False
    theta = program.record(*batches).read()
    theta.flags.writeable = False
    for _ in range(3):
        for call in (program, program.value_and_grad, program.input_grad):
            call(*batches, parameters=theta)
