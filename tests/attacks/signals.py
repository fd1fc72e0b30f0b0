"""Attacks by Ctrl-C, once and again and again, at random moments: what was begun is complete, or undone."""

from __future__ import annotations

import copy
import gc
import random
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
from attacks.files import Outcome
from autograd import Value, no_grad
from autograd.core.graph import one_walk_at_a_time, topological, undone_after_fork
from autograd.core.modes import open_blocks
from autograd.core.node import NO_GRAD_YET

MOST = 20
"""So many interrupts of one call at most: more of them, faster than Python takes them, and it would never end."""


class Storm:
    """SIGALRM raises KeyboardInterrupt as Ctrl-C does, or SIGINT, inside what is attacked and nowhere else."""

    def __init__(self, draw: random.Random, by_sigint: bool = False) -> None:
        self.draw, self.by_sigint = draw, by_sigint
        self.left, self.again = 0, 0.0

    def __call__(self, work: Callable[[], Any], length: float) -> bool:
        """Interrupt the work, which takes so long, at a random moment, and again; whether that ended it."""
        self.left = self.draw.choice([1, 1, 2, MOST])
        self.again = self.draw.choice([2e-5, 5e-5, 1e-4, 1e-3])
        signal.setitimer(signal.ITIMER_REAL, max(1e-6, self.draw.uniform(0.0, 1.2) * length))
        try:
            self._inside(work)
        except KeyboardInterrupt:
            return True
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        return False

    def _inside(self, work: Callable[[], Any]) -> None:
        work()

    def strike(self, number: int, frame: Any) -> None:
        """What a signal calls."""
        while frame is not None and frame.f_code is not Storm._inside.__code__:
            frame = frame.f_back
        if frame is None or not self.left:
            return
        self.left -= 1
        if self.left:
            signal.setitimer(signal.ITIMER_REAL, self.again)
        if self.by_sigint:
            signal.raise_signal(signal.SIGINT)
        else:
            raise KeyboardInterrupt


@contextmanager
def storm(seed: int, by_sigint: bool = False) -> Iterator[Storm]:
    """A storm that can be let loose in this block. An interrupt in a finalizer is swallowed by Python, with a word."""
    made = Storm(random.Random(seed), by_sigint)
    before, hook = signal.signal(signal.SIGALRM, made.strike), sys.unraisablehook
    sys.unraisablehook = deque[Any](maxlen=0).append  # no step of Python, which would be interrupted again
    try:
        yield made
    finally:
        signal.signal(signal.SIGALRM, before)
        gc.collect()
        sys.unraisablehook = hook


def seconds(work: Callable[[], Any]) -> float:
    """How long it takes, the shortest of three."""
    found = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        found.append(time.perf_counter() - begun)
    return min(found)


def _attacked(
    count: int,
    seed: int,
    work: Callable[[], Any],
    state: Callable[[], Any],
    restore: Callable[[], Any],
    by_sigint: bool = False,
) -> Outcome:
    """Interrupt the work so often: the state is afterwards as before, or as after the whole of it."""
    outcome = Outcome()
    restore()
    before = state()
    work()
    after = state()
    restore()
    length = seconds(work)
    enabled = gc.isenabled()
    with storm(seed, by_sigint) as strike:
        for i in range(count):
            outcome.tries += 1
            restore()
            strike(work, length)
            found = state()
            if found not in (before, after):
                outcome.fault(f"interrupt {i}: neither as before nor as after")
            if gc.isenabled() != enabled:
                outcome.fault(f"interrupt {i}: the garbage collector was left {'off' if enabled else 'on'}")
            if undone_after_fork:
                outcome.fault(f"interrupt {i}: a fork would undo what is over")
            while one_walk_at_a_time._is_owned():
                outcome.fault(f"interrupt {i}: every other thread would wait for ever")
                one_walk_at_a_time.release()
    restore()
    work()
    if state() != after:
        outcome.fault("after the interrupts it gives other numbers")
    return outcome


def _grads(nodes: list[Value]) -> list[Any]:
    return ["none" if node._grad is NO_GRAD_YET else node._grad for node in nodes]


def _sum_of_chains(leaves: list[Value], length: int) -> Value:
    chains = []
    for a in leaves:
        for b in leaves:
            node = a * b
            for _ in range(length):
                node = node * 1.0000001
            chains.append(node)
    return autograd.mean(chains)


def passes(count: int, seed: int = 0) -> Outcome:
    """Interrupt ``backward()``: every gradient, of leaves and nodes, is as before, or as after."""
    draw = random.Random(seed)
    leaves = [Value(draw.uniform(-1, 1)) for _ in range(12)]
    root = _sum_of_chains(leaves, 8)
    nodes = topological(root)

    def restore() -> None:
        for node in nodes:
            node._grad = NO_GRAD_YET
        for leaf in leaves:
            leaf.grad = 3.0

    return _attacked(count, seed, root.backward, lambda: _grads(nodes), restore)


def recordings(count: int, seed: int = 0) -> Outcome:
    """Interrupt a recording: no gradient outside has changed, and the next recording gives the right numbers."""
    draw = random.Random(seed)
    leaves = [Value(draw.uniform(-1, 1)) for _ in range(8)]
    outside = _sum_of_chains(leaves, 3)
    outside.backward()
    nodes, row = topological(outside), np.array([2.0])
    expected = (outside.data * 2.0 + leaves[0].data, _grads(nodes), True)

    def record() -> None:
        autograd.compile(lambda x: outside * x + leaves[0]).record(row)

    def state() -> Any:
        number = autograd.compile(lambda x: outside * x + leaves[0])(row).item()
        return number, _grads(nodes), (Value(1.0) * 2)._prev != ()

    outcome = _attacked(count, seed, record, state, lambda: None)
    if abs(state()[0] - expected[0]) > 1e-12 or state()[1:] != expected[1:]:
        outcome.fault("a recording gives another number than the graph")
    return outcome


def writes(count: int, seed: int = 0) -> Outcome:
    """Interrupt ``value_and_grad(…, write=True)`` of a compiled function: all gradients are written, or none."""
    leaves = [Value(0.1 * i) for i in range(200)]
    program = autograd.compile(lambda x: autograd.sum([(w * x).tanh() for w in leaves]))
    rows = np.linspace(-1.0, 1.0, 7)
    program.value_and_grad(rows)

    def restore() -> None:
        for leaf in leaves:
            leaf.grad = 3.0

    return _attacked(count, seed, lambda: program.value_and_grad(rows, write=True), lambda: _grads(leaves), restore)


def steps(count: int, seed: int = 0) -> Outcome:
    """Interrupt ``optimizer.step()``: parameters, momentum and count are all of before, or all of after."""
    outcome = Outcome()
    kinds = [nn.SGD, nn.Adam, nn.RMSprop, nn.AdamW, nn.Adagrad]
    for number, kind in enumerate(kinds):
        parameters = [Value(0.01 * i) for i in range(300)]
        optimizer = kind(parameters, lr=0.1, **({"momentum": 0.9} if kind is nn.SGD else {}))
        for i, x in enumerate(parameters):
            if i % 3 or number % 2:  # else some have none, and stay
                x.grad = 0.5 - i
        optimizer.step()
        start, numbers = copy.deepcopy(optimizer.state_dict()), [x.data for x in parameters]

        def state(optimizer: Any = optimizer, parameters: list[Value] = parameters) -> Any:
            kept = {name: np.asarray(x).tolist() for name, x in optimizer.state_dict().items()}
            return kept, [x.data for x in parameters]

        def restore(
            optimizer: Any = optimizer, start: Any = start, parameters: Any = parameters, numbers: Any = numbers
        ) -> None:
            optimizer.load_state_dict(start)
            for x, data in zip(parameters, numbers, strict=True):
                x.data = data

        found = _attacked(-(-count // len(kinds)), seed + number, optimizer.step, state, restore)
        outcome.tries += found.tries
        outcome.faults += [f"{kind.__name__}: {fault}" for fault in found.faults]
    return outcome


def loads(folder: Path, count: int, seed: int = 0) -> Outcome:
    """Interrupt ``Module.load``: every parameter is the old one, or every one the file's."""
    model, other = nn.MLP(4, [16, 8, 1], seed=0), nn.MLP(4, [16, 8, 1], seed=1)
    other.save(folder / "model.npz")
    before = model.state_dict()
    return _attacked(
        count, seed, lambda: model.load(folder / "model.npz"), model.state_dict, lambda: model.load_state_dict(before)
    )


def blocks(count: int, seed: int = 0) -> Outcome:
    """Interrupt code that enters and leaves ``no_grad()``: outside of it operations are tracked again."""
    x = Value(2.0)

    def work() -> None:
        for _ in range(20):
            with no_grad(), no_grad():
                x * x

    def state() -> Any:
        return (x * x)._prev != (), len(open_blocks)

    return _attacked(count, seed, work, state, lambda: None)


def trainings(folder: Path, count: int, seed: int = 0) -> Outcome:
    """Press Ctrl-C, once and often, in ``fit`` with a checkpoint, and resume: the training goes the same way."""
    outcome = Outcome()
    X, y = nn.data.moons(40, seed=0)

    def fit(path: Path | None) -> tuple[Any, list[float]]:
        model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
        optimizer = nn.Adam(model.parameters(), lr=0.1)
        history = nn.fit(
            model, X, y, optimizer=optimizer, epochs=6, batch_size=16, validation=(X[:8], y[:8]), patience=3,
            schedule=nn.optim.schedules.ExponentialLR(optimizer, 0.9), checkpoint=path, checkpoint_every=0.0,
            progress=False,
        )  # fmt: skip
        return history, [x.data for x in model.parameters()]

    history, expected = fit(None)
    wanted, number = {**history.to_dict(), "seconds": 0.0}, 0
    begun = time.perf_counter()
    fit(folder / "first.npz")
    length = time.perf_counter() - begun
    with storm(seed, by_sigint=True) as strike:
        while outcome.tries < count:
            path, number = folder / f"{number}.npz", number + 1
            for _ in range(strike.draw.randrange(1, 8)):
                outcome.tries += 1
                try:
                    strike(lambda path=path: fit(path), length)
                except Exception as error:
                    outcome.fault(f"training {number}: {type(error).__name__}: {error}")
            history, found = fit(path)
            if found != expected or {**history.to_dict(), "seconds": 0.0} != wanted:
                outcome.fault(f"training {number}: it ended elsewhere")
            with suppress(FileNotFoundError):
                path.unlink()
    return outcome
