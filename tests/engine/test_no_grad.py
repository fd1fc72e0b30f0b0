"""no_grad(): blocks that are entered in one context and left in another, and updates in place that would be lost."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import autograd
from autograd import Value, no_grad
from autograd.core.modes import open_blocks
from autograd.util.lazy_numpy import np


def tracks() -> bool:
    """Whether operations are tracked here and now."""
    return (Value(3.0) * Value(2.0))._prev != ()


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    assert open_blocks == []
    yield
    assert open_blocks == []
    assert tracks()


# ── tracking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def is_recorded(x: Value) -> bool:
    return bool((x * x)._prev)


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x * x,
        lambda x: 2 / x,
        lambda x: x + 2,
        lambda x: x.exp(),
        lambda x: abs(x),
        lambda x: x.clip(0, 1),
        lambda x: autograd.sum([x, x]),
        lambda x: autograd.softmax([x, x])[0],
        lambda x: np.exp(x),
        lambda x: (np.array([1.0, 2.0]) * x)[0],
    ],
)
def test_no_parents_are_kept_under_no_grad(make: Callable[[Value], Value]) -> None:
    x = Value(3.0)
    recorded = make(x)
    assert recorded._prev
    with no_grad():
        out = make(x)
    assert type(out) is Value
    assert out.data == recorded.data
    assert (out._prev, out._op, out.local_derivatives) == ((), "", ())
    (out * 1).backward()
    assert not x.has_grad
    assert make(x)._prev


@pytest.mark.parametrize(
    ("make", "number"),
    [
        (lambda x, y: x * y, -6.0),
        (lambda x, y: x - 2, 1.0),
        (lambda x, y: 2 - x, -1.0),
        (lambda x, y: -x, -3.0),
        (lambda x, y: y.relu(), 0.0),
        (lambda x, y: y**2.0, 4.0),
        (lambda x, y: x.maximum(y), 3.0),
    ],
)
def test_operations_on_floats_take_their_short_way_under_no_grad(
    make: Callable[[Value, Value], Value], number: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The general way takes six times as long, and a model that is only asked would be slower than one that learns."""

    def general(rule: object, operands: object) -> None:
        raise AssertionError(f"{rule} was applied in the general way")

    x, y = Value(3.0), Value(-2.0)
    x.grad = y.grad = 1.0  # as after training, when a lost update would be refused
    monkeypatch.setattr(Value, "_apply", general)
    with no_grad():
        out = make(x, y)
    assert (out.data, out._prev, out.local_derivatives) == (number, (), ())


def test_no_grad_nests_and_ends_after_an_exception() -> None:
    x = Value(3.0)

    def fail() -> None:
        with no_grad():
            with no_grad():
                assert not is_recorded(x)
            assert not is_recorded(x)
            with pytest.raises(KeyError), no_grad():
                raise KeyError
            assert not is_recorded(x)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert is_recorded(x)
    again = no_grad()
    with again, again:
        assert not is_recorded(x)
    assert is_recorded(x)


def test_a_leaf_made_under_no_grad_is_an_ordinary_leaf() -> None:
    with no_grad():
        x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0


def test_backward_of_a_graph_built_before_works_under_no_grad() -> None:
    x = Value(3.0)
    y = x * x
    with no_grad():
        y.backward()
    assert x.grad == 6.0


def test_no_grad_decorates_a_function() -> None:
    @no_grad()
    def predict(x: Value, *, times: int) -> Value:
        """Times x."""
        if times < 0:
            raise ValueError(times)
        return x * times

    x = Value(3.0)
    out = predict(x, times=4)
    assert (out.data, out._prev) == (12.0, ())
    assert (predict.__name__, predict.__doc__) == ("predict", "Times x.")
    with pytest.raises(ValueError, match="-1"):
        predict(x, times=-1)
    assert is_recorded(x)


def test_no_grad_decorates_a_method_and_a_recursion() -> None:
    class Doubler:
        @no_grad()
        def many(self, x: Value, n: int) -> Value:
            return self.many(x * 2, n - 1) if n else x * 1

    assert Doubler().many(Value(1.0), 5).data == 32.0
    assert not Doubler().many(Value(1.0), 5)._prev
    assert is_recorded(Value(1.0))


def test_no_grad_decorates_a_coroutine_function() -> None:
    @no_grad()
    async def predict(x: Value) -> list[bool]:
        before = is_recorded(x)
        await asyncio.sleep(0)
        return [before, is_recorded(x)]

    async def main() -> list[bool]:
        x = Value(3.0)
        coroutine = predict(x)
        return [is_recorded(x), *await coroutine, is_recorded(x)]

    assert inspect.iscoroutinefunction(predict)
    assert asyncio.run(main()) == [True, False, False, True]


def test_no_grad_refuses_a_generator_function() -> None:
    def numbers(x: Value) -> Iterator[Value]:
        yield x * x

    async def later(x: Value) -> AsyncIterator[Value]:
        yield x * x

    for function in (numbers, later):
        with pytest.raises(TypeError, match=rf"generator function {function.__name__}\n.*with no_grad\(\)"):
            no_grad()(function)


def test_a_thread_outside_no_grad_records_while_another_is_inside() -> None:
    x = Value(3.0)
    inside, checked = threading.Event(), threading.Event()
    found: dict[str, bool] = {}

    def quiet() -> None:
        with no_grad():
            inside.set()
            assert checked.wait(10)
            found["inside"] = is_recorded(x)
        found["after"] = is_recorded(x)

    thread = threading.Thread(target=quiet)
    thread.start()
    assert inside.wait(10)
    found["outside"] = is_recorded(x)
    with no_grad():
        found["both"] = is_recorded(x)
    found["outside again"] = is_recorded(x)
    checked.set()
    thread.join()
    assert found == {"inside": False, "after": True, "outside": True, "both": False, "outside again": True}


def test_a_thread_started_inside_no_grad_records() -> None:
    x = Value(3.0)
    with no_grad(), ThreadPoolExecutor(1) as pool:
        assert pool.submit(is_recorded, x).result()
        assert not is_recorded(x)


def test_threads_that_go_in_and_out_do_not_disturb_each_other() -> None:
    x = Value(3.0)
    start = threading.Barrier(4)

    def alternate(quiet: bool) -> set[bool]:
        start.wait()
        found = set()
        for _ in range(2000):
            if quiet:
                with no_grad():
                    found.add(is_recorded(x))
            else:
                found.add(is_recorded(x))
        return found

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(alternate, [True, False, True, False]))
    assert results == [{False}, {True}, {False}, {True}]
    assert is_recorded(x)


def test_interleaved_tasks_each_have_their_own_no_grad() -> None:
    x = Value(3.0)

    async def quiet(found: list[bool]) -> None:
        with no_grad():
            for _ in range(5):
                found.append(is_recorded(x))
                await asyncio.sleep(0)
        found.append(is_recorded(x))

    async def loud(found: list[bool]) -> None:
        for _ in range(7):
            found.append(is_recorded(x))
            await asyncio.sleep(0)

    async def main() -> tuple[list[bool], ...]:
        lists: tuple[list[bool], ...] = ([], [], [])
        await asyncio.gather(quiet(lists[0]), loud(lists[1]), quiet(lists[2]))
        return lists

    once_quiet = [False] * 5 + [True]
    assert asyncio.run(main()) == (once_quiet, [True] * 7, once_quiet)
    assert is_recorded(x)


def test_tasks_that_leave_in_the_order_they_entered() -> None:
    x = Value(3.0)

    async def main() -> list[bool]:
        first_is_in, second_is_in = asyncio.Event(), asyncio.Event()

        async def first() -> bool:
            with no_grad():
                first_is_in.set()
                await second_is_in.wait()
            return is_recorded(x)

        async def second() -> bool:
            await first_is_in.wait()
            with no_grad():
                second_is_in.set()
                await asyncio.sleep(0.01)
                return is_recorded(x)

        return await asyncio.gather(first(), second())

    assert asyncio.run(main()) == [True, False]


def test_what_a_task_records_does_not_depend_on_the_blocks_of_others() -> None:
    """A task begun inside a block and run after it: whichever it does, an unrelated block does not change it."""
    x = Value(3.0)
    with no_grad():
        inherited = contextvars.copy_context()
    alone = inherited.run(is_recorded, x)
    with no_grad():  # somebody else's: `inherited` is another context
        beside_another = inherited.run(is_recorded, x)
    assert alone == beside_another


def test_transforms_differentiate_under_no_grad_and_record_nothing_outside_themselves() -> None:
    a = Value(3.0)
    with no_grad():
        slope = autograd.grad(lambda x: a * x * x)(2.0)
        assert autograd.grad(autograd.grad(lambda x: x**3))(2.0) == 12.0
    assert slope.data == 12.0
    assert slope._prev == ()


def test_no_grad_inside_a_differentiated_function_cuts() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            frozen = x * x
        return frozen * x

    assert autograd.grad(f)(3.0) == 9.0


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
