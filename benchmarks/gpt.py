"""Train microgpt's GPT on several engines, from objects to arrays, and print the factor of each step.

    python -m benchmarks.gpt [--full] [--json PATH]

The job is microgpt's: 1,000 steps of Adam, each on one document, a name between two end tokens, whose length differs.
All engines run the same scalar code of `benchmarks.gpt_model`, each in a fresh process with one thread, and take turns.
The eager ones train on three documents of each length, whose median stands for all of that length (--full: on all
1,000); the compiled ones on all 1,000. Times are of the processor, so that a busy machine changes the factors less.
After the same steps all must have the same losses, otherwise the exit status is 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np

import autograd
import nn
from autograd.compiler import PASSES
from benchmarks import gpt_model, microgpt
from benchmarks.compiled import ONE_THREAD, header
from benchmarks.compiled_peers import Array, Number
from benchmarks.engine import table
from benchmarks.gpt_model import Matrix, Problem, Sizes, flat, scalar_weights

STEPS, ROUNDS, SAMPLED, CHECKED, BATCH = 1_000, 3, 3, 12, 32
LR, BETAS, EPSILON = 0.01, (0.85, 0.99), 1e-8
TOLERANCE = {"float64": 1e-8, "float32": 1e-3}  # of the losses of the first steps
LIMITS = {"eager": 0.45, "with": 1 / 150, "without": 1 / 250}

Document = list[int]
Step = Callable[[Sequence[Document], int], float]
"""Train on documents as step number so many; return the loss."""


def documents() -> list[Document]:
    """Return random names of 2 to 15 letters, six most often, as given names are; 26 is the token at both ends."""
    draw = np.random.default_rng(1)
    lengths = np.clip(np.round(draw.normal(6.1, 1.5, STEPS)), 2, 15).astype(int)
    return [[26, *draw.integers(0, 26, length).tolist(), 26] for length in lengths]


def lr_at(step: int) -> float:
    return LR * (1 - step / STEPS)


# -- the engines -------------------------------------------------------------------------------------------------------


def objects(data: Problem, make: Callable[[float], Number]) -> Step:
    """microgpt's training loop, with its operations and its Adam in Python."""
    weights = scalar_weights(data, make)
    parameters = flat(weights)
    m, v = [0.0] * len(parameters), [0.0] * len(parameters)

    def step(batch: Sequence[Document], number: int) -> float:
        (document,) = batch
        loss = gpt_model.loss(weights, data.sizes, document, microgpt.WORDS)
        loss.backward()
        lr, first, second = lr_at(number), 1 - BETAS[0] ** (number + 1), 1 - BETAS[1] ** (number + 1)
        for i, p in enumerate(parameters):
            m[i] = BETAS[0] * m[i] + (1 - BETAS[0]) * p.grad
            v[i] = BETAS[1] * v[i] + (1 - BETAS[1]) * p.grad**2
            p.data -= lr * (m[i] / first) / ((v[i] / second) ** 0.5 + EPSILON)
            p.grad = 0
        return float(loss.data)

    return step


def eager(data: Problem) -> Step:
    """This library's functions and optimizer, nothing compiled: a dot product is one node."""
    words = gpt_model.OURS._replace(dot=autograd.dot)
    weights = scalar_weights(data)
    parameters = flat(weights)
    optimizer = nn.Adam(parameters, lr=LR, betas=BETAS, eps=EPSILON)

    def step(batch: Sequence[Document], number: int) -> float:
        (document,) = batch
        for p in parameters:
            p.grad = 0.0  # as in microgpt: without a gradient, a position that is not used would not be moved
        loss = gpt_model.loss(weights, data.sizes, document, words)
        loss.backward()
        optimizer.set_lr(lr_at(number))
        optimizer.step()
        return float(loss.data)

    return step


def compiled(data: Problem, **options: Any) -> Step:
    """A program for each length of the documents."""
    return trained(data, gpt_model.loss, lambda batch: [np.array(batch)], **options)


def padded(data: Problem, longest: int, **options: Any) -> Step:
    """One program for all lengths: each document is padded to the longest, and the padding counts nothing."""

    def loss(weights: dict[str, Matrix], sizes: Sizes, tokens: Any, targets: Any, shares: Any) -> Number:
        scores = gpt_model.logits(weights, sizes, tokens, gpt_model.OURS)
        losses = [nn.cross_entropy(x, target) for x, target in zip(scores, targets, strict=True)]
        return autograd.dot(losses, shares)

    def arguments(batch: Sequence[Document]) -> list[Array]:
        tokens, targets, shares = np.zeros((3, len(batch), longest))
        for row, document in enumerate(batch):
            length = len(document) - 1
            tokens[row, :length], targets[row, :length], shares[row, :length] = document[:-1], document[1:], 1 / length
        return [tokens, targets, shares]

    return trained(data, loss, arguments, **options)


def trained(
    data: Problem, loss: Callable[..., Number], arguments: Callable[[Sequence[Document]], list[Array]], **options: Any
) -> Step:
    """Train a compiled loss of the weights, the sizes and these arguments; all parameters are in one array."""
    weights = scalar_weights(data)
    parameters = flat(weights)
    program = autograd.compile(lambda *given: loss(weights, data.sizes, *given), parameters=parameters, **options)
    theta = np.array([p.data for p in parameters], options.get("dtype", "float64"))
    gradient = np.empty_like(theta)
    optimizer = nn.Adam(parameters, lr=LR, betas=BETAS, eps=EPSILON)

    def step(batch: Sequence[Document], number: int) -> float:
        value, _ = program.value_and_grad(*arguments(batch), parameters=theta, out=gradient)
        optimizer.set_lr(lr_at(number))
        optimizer.apply(theta, gradient)
        return float(value)

    return step


# -- the measurement ---------------------------------------------------------------------------------------------------


@dataclass
class Entry:
    """A line of the ledger. batch: documents a step. first: seconds of first steps, in which a program is recorded."""

    title: str
    make: Callable[[], Step]
    is_eager: bool = False
    batch: int = 1
    dtype: str = "float64"
    seconds: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)


def entries(data: Problem, longest: int) -> list[Entry]:
    return [
        Entry("objects with slots, microgpt's form", lambda: objects(data, microgpt.Value), True),
        Entry("nodes: the same code on this Value", lambda: objects(data, autograd.Value), True),
        Entry("fewer nodes: dot, softmax, cross_entropy, Adam", lambda: eager(data), True),
        Entry("program: recorded, run on floats", lambda: compiled(data, passes=())),
        Entry("arrays: a program a length", lambda: compiled(data, passes=PASSES)),
        Entry("arrays: one program, documents padded", lambda: padded(data, longest)),
        Entry("32 documents a step", lambda: padded(data, longest), batch=BATCH),
        Entry("32 a step, float32", lambda: padded(data, longest, dtype="float32"), batch=BATCH, dtype="float32"),
    ]


def child(entry: Entry, names: list[Document], full: bool) -> None:
    """Print the losses of the first documents, always as batches of one; what 1,000 steps take; and first steps."""
    step = entry.make()
    losses = [step([document], number) for number, document in enumerate(names[:CHECKED])]
    step = entry.make()
    gc.collect()
    if entry.is_eager:
        chosen = [[name] for name in names] if full else None
        seconds, first = (timed(step, chosen) if chosen else of_each_length(step, names)), 0.0
    else:
        distinct = {len(name): name for name in names}.values()  # the last of each length
        first = timed(step, [names[:BATCH]] if entry.batch > 1 else [[name] for name in distinct])
        seconds = timed(step, [(names[i:] + names)[: entry.batch] for i in range(0, len(names), entry.batch)])
    print(json.dumps({"losses": losses, "seconds": seconds, "first": first}))


def timed(step: Step, batches: Sequence[Sequence[Document]]) -> float:
    began = process_time()
    for number, batch in enumerate(batches):
        step(batch, number)
    return process_time() - began


def of_each_length(step: Step, names: list[Document]) -> float:
    """Return what all documents would take: the median of three of each length, times how many have it."""
    counts, total = Counter(map(len, names)), 0.0
    for length, count in sorted(counts.items()):
        chosen = [name for name in names if len(name) == length][:SAMPLED]
        total += count * median([timed(step, [[name]]) for name in chosen])
    return total


def measure(entry: Entry, index: int, full: bool) -> None:
    command = [sys.executable, "-m", "benchmarks.gpt", "--child", str(index), *["--full"] * full]
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=True)
    reply = json.loads(done.stdout.splitlines()[-1])
    entry.losses = reply["losses"]
    entry.seconds.append(reply["seconds"])
    entry.first.append(reply["first"])


# -- what the figures say ----------------------------------------------------------------------------------------------


def ledger(found: list[Entry]) -> str:
    rows = [["", "a document", "1,000 steps", "factor", "recording", "of objects, without", "with"]]
    base, before = median(found[0].seconds), 0.0
    for entry in found:
        seconds, first = median(entry.seconds), median(entry.first)
        rows.append(
            [
                entry.title,
                f"{1e3 * seconds / STEPS:.3g} ms",
                f"{seconds:.3g} s",
                f"{before / seconds:.2f}" if before else "",
                f"{first:.2f} s" if first else "",
                share(seconds / base),
                share((seconds + first) / base) if first else "",
            ]
        )
        before = seconds
    return table(rows)


def share(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio > 0.1 else f"1/{1 / ratio:.0f}"


def wrong(found: list[Entry]) -> list[str]:
    expected, lines = np.array(found[0].losses), []
    for entry in found[1:]:
        error = float(np.abs(np.array(entry.losses) / expected - 1).max())
        if not error <= TOLERANCE[entry.dtype]:
            lines.append(f"*** WRONG *** {entry.title}: the losses of {CHECKED} steps differ by {error:.1e}")
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description="Train microgpt's GPT on engines from objects to arrays.")
    parser.add_argument("--full", action="store_true", help="the eager engines train on all 1,000 documents, too")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures of every round to this file")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = documents()
    longest = max(map(len, names)) - 1
    data = gpt_model.problem(Sizes(), 1, longest)
    found = entries(data, longest)
    if options.child is not None:
        child(found[options.child], names, options.full)
        return 0
    print("   ".join(f"{key}: {text}" for key, text in header().items()) + "\n")
    for _ in range(1 if options.full else ROUNDS):
        for index, entry in enumerate(found):
            measure(entry, index, options.full)
    lines = wrong(found)
    print(
        f"1,000 documents of {min(map(len, names)) - 1} to {longest} positions, "
        f"a GPT of {len(flat(data.numbers)):,} parameters"
    )
    print("\n".join([ledger(found), "limits: eager 0.45; 1/250 without recording, 1/150 with", *lines]))
    if options.json:
        options.json.write_text(json.dumps([{**vars(entry), "make": ""} for entry in found], indent=1) + "\n")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
