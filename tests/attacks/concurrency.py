"""Attacks on what a computation shares with the rest of the process: threads, forks, contexts."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import multiprocessing
import os
import random
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import numpy as np

import autograd
import nn
from attacks.files import Outcome
from autograd import Value, no_grad
from autograd.core.modes import open_blocks


def _chain(leaf: Value, length: int) -> Value:
    node = leaf
    for _ in range(length):
        node = node * 1.0000001
    return node


@contextmanager
def beside(*works: Callable[[], Any]) -> Iterator[list[str]]:
    """Do each again and again in a thread of its own, until the block ends; the errors they ended with."""
    stop, errors = threading.Event(), list[str]()

    def repeat(work: Callable[[], Any]) -> None:
        try:
            while not stop.is_set():
                work()
        except BaseException as error:
            errors.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield errors
    finally:
        stop.set()
        for thread in threads:
            thread.join()


# ── forks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _forking() -> Iterator[None]:
    """Python 3.12 and later warn of a fork beside threads: that is the attack."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "This process.*is multi-threaded", DeprecationWarning)
        yield


def forks(count: int, seed: int = 0) -> Outcome:
    """Fork while other threads are in ``backward()`` and in a program: the child can do both, all of it whole."""
    outcome, draw = Outcome(), random.Random(seed)
    w = Value(1.0)
    chain = _chain(w, 30_000)
    program, row = autograd.compile(lambda x: w * x), np.ones(3)
    program(row)

    def fork() -> None:
        time.sleep(0.01 * draw.random())
        outcome.tries += 1
        child = os.fork()
        if child == 0:
            signal.alarm(20)  # a child that waits for ever is ended by it
            os._exit(0 if _works_in_child(w, program, row) else 1)
        status = os.waitpid(child, 0)[1]
        if status:
            outcome.fault(f"fork {outcome.tries}: the child ended with {status}")

    def record() -> None:
        autograd.compile(lambda x: chain * x).record(row)

    with _forking(), beside(chain.backward, lambda: program.value_and_grad(row), record) as errors:
        for i in range(count):
            if i % 2:  # from a thread: the child goes on in it
                thread = threading.Thread(target=fork)
                thread.start()
                thread.join()
            else:
                fork()
    outcome.faults += errors
    return outcome


def _works_in_child(w: Value, program: Any, row: Any) -> bool:
    before, y = w.grad, Value(2.0)
    (y * w).backward()
    value = program.value_and_grad(row)[0]
    return abs(w.grad - before - 2.0) < 1e-6 and (y.grad, value, gc.isenabled()) == (1.0, 1.0, True)


def forked_workers(count: int) -> Outcome:
    """``fit`` with an executor that forks, beside threads at work: it ends where threads end, bit for bit."""
    outcome = Outcome()
    X, y = nn.data.moons(40, seed=0)
    chain = _chain(Value(1.0), 30_000)

    def train(executor: Any) -> list[float]:
        model = nn.MLP(2, [3, 1], seed=0)
        nn.fit(model, X, y, epochs=3, batch_size=20, executor=executor, shards=2, progress=False)
        return [p.data for p in model.parameters()]

    with ThreadPoolExecutor(2) as pool:
        expected = train(pool)
    for i in range(count):
        outcome.tries += 1
        with (
            _forking(),
            beside(chain.backward) as errors,
            ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool,
        ):
            if train(pool) != expected:
                outcome.fault(f"training {i}: it ended elsewhere")
        outcome.faults += errors
    return outcome


# ── threads ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _eager_training(seed: int, steps: int) -> tuple[nn.MLP, Callable[[], list[float]]]:
    model = nn.MLP(2, [4, 1], activation="tanh", seed=seed)
    X, y = nn.data.moons(12, seed=seed)

    def train() -> list[float]:
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        for _ in range(steps):
            optimizer.zero_grad()
            nn.mse_loss([model(x) for x in X], y).backward()
            optimizer.step()
        return [p.data for p in model.parameters()]

    return model, train


def readers(count: int, steps: int = 10) -> Outcome:
    """Predict, compile, diagnose, draw and play in threads beside an eager training of the model: it is not moved."""
    outcome = Outcome()
    X, y = nn.data.moons(12, seed=1)
    for i in range(count):
        outcome.tries += 1
        expected = _eager_training(i, steps)[1]()
        model, train = _eager_training(i, steps)
        ways: list[Callable[[Any], Any]] = [
            lambda model: nn.predict(model, X),
            lambda model: autograd.compile(lambda x: model(x)).record(X),
            lambda model: nn.diagnose(model, X[:4], y[:4]),
            lambda model: str(autograd.draw(model(X[0]))),
            lambda model: str(autograd.play(model(X[0]), language="en")),
        ]
        with beside(*[lambda way=way, model=model: way(model) for way in ways]) as errors:  # type: ignore[misc]
            found = train()
        if found != expected:
            outcome.fault(f"training {i}: it ended elsewhere")
        outcome.faults += [f"training {i}: {error}" for error in errors]
    return outcome


def trainings(count: int, threads: int = 4, steps: int = 5) -> Outcome:
    """Eager and compiled trainings, each of a model of its own, beside each other: each ends where it ends alone."""
    outcome = Outcome()

    def compiled(seed: int) -> list[float]:
        model = nn.MLP(2, [4, 1], seed=seed)
        X, y = nn.data.moons(12, seed=seed)
        nn.fit(model, X, y, epochs=steps, progress=False)
        return [p.data for p in model.parameters()]

    def train(seed: int) -> list[float]:
        return compiled(seed) if seed % 2 else _eager_training(seed, steps)[1]()

    alone = [train(seed) for seed in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        for i in range(count):
            outcome.tries += threads
            if list(pool.map(train, range(threads))) != alone:
                outcome.fault(f"round {i}: a training ended elsewhere")
    return outcome


def shared_leaves(count: int, threads: int = 4) -> Outcome:
    """Add to the gradients of shared leaves, by ``backward()`` and by programs, from several threads: none is lost."""
    outcome = Outcome()
    for i in range(count):
        shared = [Value(1.0 + j) for j in range(5)]
        program = autograd.compile(lambda x, shared=shared: x * autograd.sum(shared))

        def work(_: int, shared: list[Value] = shared, program: Any = program) -> None:
            for _ in range(20):
                autograd.sum([_chain(x, 20) for x in shared]).backward()
                program.value_and_grad([1.0], write=True)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
        outcome.tries += threads
        slope = (1.0000001**20 + 1.0) * 20 * threads
        if any(abs(x.grad - slope) > 1e-9 * slope for x in shared):
            outcome.fault(f"round {i}: gradients {[x.grad for x in shared]} in place of {slope}")
    return outcome


def one_program(count: int, threads: int = 4) -> Outcome:
    """Call one compiled function from many threads, with batches of many sizes: each has its own rows' numbers."""
    outcome = Outcome()
    w = [Value(0.1 * i) for i in range(6)]
    program = autograd.compile(lambda x: autograd.sum([(a * x).tanh() for a in w]))
    batches = [np.random.default_rng(seed).normal(size=1 + 7 * seed) for seed in range(12)]
    expected = [(program(x).tolist(), program.value_and_grad(x)[1].tolist()) for x in batches]

    def work(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(count):
            i = draw.randrange(len(batches))
            outcome.tries += 1
            found = program(batches[i]).tolist(), program.value_and_grad(batches[i])[1].tolist()
            if found != expected[i]:
                outcome.fault(f"thread {seed}: other numbers for batch {i}")

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    return outcome


# ── contexts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _tracks() -> bool:
    return (Value(3.0) * 2.0)._prev != ()


async def _task(function: Callable[..., Any], *args: Any) -> Any:
    return function(*args)


def contexts(count: int, seed: int = 0) -> Outcome:
    """Enter ``no_grad()`` in one context and leave it in another, at random: each tracks once all it entered is left.

    Contexts are copied, and entered in this thread, in another, and in an asyncio task.
    """
    outcome, draw = Outcome(), random.Random(seed)
    with ThreadPoolExecutor(1) as pool:
        ways: list[Callable[..., Any]] = [
            lambda context, *call: context.run(*call),
            lambda context, *call: pool.submit(context.run, *call).result(),
            lambda context, *arguments: context.run(asyncio.run, _task(*arguments)),
        ]
        for i in range(count):
            known: list[tuple[contextvars.Context, set[Any]]] = [(contextvars.copy_context(), set())]
            entered: list[Any] = []
            for _ in range(20):
                outcome.tries += 1
                context, inside = known[draw.randrange(len(known))]
                move = draw.randrange(3)
                if move == 0:
                    known.append((context.run(contextvars.copy_context), set(inside)))
                elif move == 1 or not entered:
                    block = no_grad()
                    draw.choice(ways[:2])(context, block.__enter__)
                    inside.add(block)
                    entered.append(block)
                else:
                    block = entered.pop(draw.randrange(len(entered)))
                    draw.choice(ways)(context, block.__exit__, None, None, None)
                    for _, others in known:
                        others.discard(block)
                wrong = [j for j, (one, blocks) in enumerate(known) if draw.choice(ways)(one, _tracks) == bool(blocks)]
                if wrong:
                    outcome.fault(f"round {i}: contexts {wrong} of {len(known)}")
            for block in entered:
                block.__exit__(None, None, None)
            if open_blocks or not _tracks():
                outcome.fault(f"round {i}: {len(open_blocks)} blocks left open")
    return outcome
