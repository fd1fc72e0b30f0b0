"""no_grad(): blocks that are entered in one context and left in another, and updates in place that would be lost."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Value, no_grad
from autograd.core.modes import open_blocks


def tracks() -> bool:
    """Whether operations are tracked here and now."""
    return (Value(3.0) * Value(2.0))._prev != ()


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    assert open_blocks == []
    yield
    assert open_blocks == []
    assert tracks()


# ── entered here, left elsewhere ────────────────────────────────────────────────────────────────────────────────────


def quiet() -> Iterator[bool]:
    with no_grad():
        yield tracks()
        yield tracks()
    yield tracks()


def in_another_context(function: Callable[..., Any], *args: Any) -> Any:
    return contextvars.Context().run(function, *args)


def in_a_copy_of_this_context(function: Callable[..., Any], *args: Any) -> Any:
    return contextvars.copy_context().run(function, *args)


def in_a_thread(function: Callable[..., Any], *args: Any) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *args).result()


def in_a_task(function: Callable[..., Any], *args: Any) -> Any:
    async def call() -> Any:
        return function(*args)

    return asyncio.run(call())


ELSEWHERE = [in_another_context, in_a_copy_of_this_context, in_a_thread, in_a_task]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_a_generator_that_is_begun_here_and_finished_elsewhere(elsewhere: Callable[..., Any]) -> None:
    numbers = quiet()
    assert next(numbers) is False
    assert not tracks()  # as with @contextlib.contextmanager, whose caller is meant to be inside
    elsewhere(lambda: list(numbers))
    assert tracks()
    assert elsewhere(tracks)


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_a_generator_that_is_begun_elsewhere_and_finished_here(elsewhere: Callable[..., Any]) -> None:
    numbers = quiet()
    assert elsewhere(next, numbers) is False
    assert tracks()
    assert list(numbers) == [True, True]  # this context never entered the block
    assert tracks()


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_the_context_that_was_entered_tracks_again_and_no_other_is_touched(elsewhere: Callable[..., Any]) -> None:
    context, block = contextvars.copy_context(), no_grad()
    context.run(block.__enter__)
    assert not context.run(tracks)
    assert tracks()
    with no_grad():
        elsewhere(block.__exit__, None, None, None)
        assert context.run(tracks)
        assert not tracks()
    assert context.run(tracks)


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_an_error_is_the_users_own(elsewhere: Callable[..., Any], error: type[BaseException]) -> None:
    numbers = quiet()
    next(numbers)

    def throw() -> str:
        try:
            numbers.throw(error)  # type: ignore[attr-defined]
        except BaseException as caught:
            return type(caught).__name__
        return "nothing"

    assert elsewhere(throw) == error.__name__
    assert tracks()


def test_a_generator_that_is_forgotten_ends_its_block() -> None:
    numbers = quiet()
    next(numbers)
    assert len(open_blocks) == 1
    del numbers
    gc.collect()
    assert open_blocks == []


def test_a_generator_in_a_cycle_ends_its_block_wherever_it_is_collected() -> None:
    def begin() -> None:
        numbers = quiet()
        cycle: list[Any] = [numbers]
        cycle.append(cycle)
        next(numbers)

    in_another_context(begin)
    in_a_thread(gc.collect)
    gc.collect()
    assert open_blocks == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("same_object", [False, True])
def test_blocks_that_are_left_in_any_order(order: tuple[int, int], same_object: bool) -> None:
    first = no_grad()
    blocks = [first, first if same_object else no_grad()]
    for block in blocks:
        block.__enter__()
    for i in order:
        assert not tracks()
        blocks[i].__exit__(None, None, None)
    assert tracks()


def test_interleaved_generators() -> None:
    a, b = quiet(), quiet()
    assert [next(a), next(b), next(a), next(b), next(a)] == [False, False, False, False, False]
    assert next(b) is True
    assert tracks()


def test_a_block_that_was_not_entered_says_so() -> None:
    block = no_grad()
    with pytest.raises(RuntimeError, match="left more often than it was entered"):
        block.__exit__(None, None, None)
    with block:
        pass
    with pytest.raises(RuntimeError, match="left more often than it was entered"):
        block.__exit__(None, None, None)


def test_one_object_in_many_threads() -> None:
    block = no_grad()

    def work(_: int) -> list[bool]:
        found = []
        for _ in range(50):
            with block:
                found.append(tracks())
            found.append(tracks())
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [[False, True] * 50] * 4


def test_a_task_that_leaves_the_block_of_another() -> None:
    async def main() -> list[bool]:
        block, entered, left = no_grad(), asyncio.Event(), asyncio.Event()

        async def first() -> list[bool]:
            block.__enter__()
            inside = tracks()
            entered.set()
            await left.wait()
            return [inside, tracks()]

        async def second() -> None:
            await entered.wait()
            block.__exit__(None, None, None)
            left.set()

        return (await asyncio.gather(first(), second()))[0] + [tracks()]

    assert asyncio.run(main()) == [False, True, True]


def test_an_asynchronous_generator_that_another_task_closes() -> None:
    async def numbers() -> AsyncIterator[bool]:
        with no_grad():
            yield tracks()
            yield tracks()

    async def main() -> list[bool]:
        stream = numbers()
        found = [await anext(stream)]  # type: ignore[arg-type]
        await asyncio.create_task(stream.aclose())  # type: ignore[attr-defined]
        return [*found, tracks()]

    assert asyncio.run(main()) == [False, True]


def test_a_context_manager_of_the_users_own_blocks_its_caller() -> None:
    @contextlib.contextmanager
    def evaluating() -> Iterator[None]:
        with no_grad():
            yield

    with evaluating():
        assert not tracks()
    assert tracks()


def test_a_block_that_is_left_while_a_function_is_recorded() -> None:
    numbers = quiet()
    next(numbers)

    def f(x: Value) -> Value:
        numbers.close()  # type: ignore[attr-defined]
        return x * x

    program = autograd.compile(f, parameters=[])
    assert program([3.0]).tolist() == [9.0]
    assert tracks()


# ── p -= … ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def trained() -> Value:
    p = Value(3.0)
    (p * p).backward()
    return p


class Holder:
    def __init__(self, p: Any) -> None:
        self.p = p


def subtract(p: Any) -> None:
    p -= 0.1 * p.grad


def add(p: Any) -> None:
    p += -0.1


def multiply(p: Any) -> None:
    p *= 2


def divide(p: Any) -> None:
    p /= np.float64(2.0)


def raise_to(p: Any) -> None:
    p **= Value(2.0)


def divide_down(p: Any) -> None:
    p //= 0.3


def take_the_rest(p: Any) -> None:
    p %= 0.3


def in_a_loop(p: Any) -> None:
    for q in [p]:
        q -= 0.1


def in_a_list(p: Any) -> None:
    ps = [p]
    ps[0] -= 0.1


def in_a_closure(p: Any) -> None:
    def update() -> None:
        nonlocal p
        p -= 0.1

    update()


def in_an_attribute(p: Any) -> None:
    holder = Holder(p)
    holder.p -= 0.1


def in_text(p: Any) -> None:
    exec("p -= 0.1", {"p": p})  # noqa: S102


def twice(p: Any) -> None:
    q = p - 0.1
    q -= p
    p -= q


LOST: list[tuple[Callable[[Any], None], str]] = [
    (subtract, "p.data -= …"), (add, "p.data += …"), (multiply, "p.data *= …"), (divide, "p.data /= …"),
    (raise_to, "p.data **= …"), (divide_down, "p.data //= …"), (take_the_rest, "p.data %= …"),
    (in_a_loop, "q.data -= …"), (in_a_list, "p.data -= …"), (in_a_closure, "p.data -= …"),
    (in_an_attribute, "p.data -= …"), (in_text, "p.data -= …"), (twice, "p.data -= …"),
]  # fmt: skip


@pytest.mark.parametrize(("update", "advice"), LOST, ids=[update.__name__ for update, _ in LOST])
def test_an_update_in_place_that_would_be_lost_is_refused(update: Callable[[Any], None], advice: str) -> None:
    p = trained()
    with no_grad(), pytest.raises(TypeError, match=r"inside no_grad\(\) makes a new Value") as caught:
        update(p)
    assert f"try             {advice}" in str(caught.value)
    assert (p.data, p.grad) == (3.0, 6.0)
    decorated = no_grad()(update)
    with pytest.raises(TypeError, match=r"inside no_grad\(\) makes a new Value"):
        decorated(p)
    update(p)  # outside it makes a graph, as in every engine of this kind


def of_a_new_leaf(p: Any) -> Any:
    total = Value(0.0)
    total += p
    return total


def of_a_result(p: Any) -> Any:
    q = p * 2
    q -= p
    return q


def by_hand(p: Any) -> Any:
    p = p - p.grad
    p -= 1.0
    return p


def of_a_number(p: Any) -> Any:
    total = 1.0
    total += p
    return total


def of_an_array(p: Any) -> Any:
    ps = np.array([p])
    ps -= 1.0
    return ps[0]


def of_the_data(p: Any) -> Any:
    p.data -= 0.1 * p.grad
    return p


KEPT: list[tuple[Callable[[Any], Any], float]] = [
    (of_a_new_leaf, 3.0), (of_a_result, 3.0), (by_hand, -4.0), (of_a_number, 4.0), (of_an_array, 2.0),
    (of_the_data, 2.4),
]  # fmt: skip


@pytest.mark.parametrize(("update", "expected"), KEPT, ids=[update.__name__ for update, _ in KEPT])
def test_an_update_in_place_of_anything_else_is_none_of_no_grads_business(
    update: Callable[[Any], Any], expected: float
) -> None:
    p = trained()
    with no_grad():
        result = update(p)
    assert result.data == pytest.approx(expected, rel=1e-15)


def test_the_advice_is_followed() -> None:
    p = trained()
    for _ in range(100):
        with no_grad():
            p.data -= 0.1 * p.grad
        p.grad = 0.0
        (p * p).backward()
    assert p.data == pytest.approx(3.0 * 0.8**100, rel=1e-9)
