"""A program in the manner of microgpt, on this library's Value: as microgpt runs it, and compiled.

    python -m examples.microgpt            # compiled: 1,000 steps, a name each
    python -m examples.microgpt --eager    # the same losses, a hundred steps a minute

microgpt is Andrej Karpathy's GPT in 200 lines of scalar Python (February 2026,
https://karpathy.github.io/2026/02/12/microgpt/). The model, its sizes and the training are its; the lines are our own.
In it, three things look at a number while the loss is computed: the largest logit, and two lists that a token indexes.
`Eager` has them as microgpt writes them, and `Compiled` in a form that can be recorded.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Sequence
from typing import Any, Protocol

import autograd
import nn
from autograd import Value

WIDTH, HEADS, CONTEXT = 16, 4, 16
STEPS, LR, BETAS, EPSILON = 1_000, 0.01, (0.85, 0.99), 1e-8

Vector = list[Any]
Matrix = list[Vector]


class Engine(Protocol):
    """The functions that look at numbers."""

    def softmax(self, logits: Vector) -> Vector:
        """Return the probabilities."""

    def pick(self, table: Sequence[Any], index: Any) -> Any:
        """Return the entry of the table."""


class Eager:
    """The functions as microgpt writes them."""

    def softmax(self, logits: Vector) -> Vector:
        """Return eˣ / Σ eˣ; the largest number, a constant, is subtracted first."""
        largest = max(x.data for x in logits)
        powers = [(x - largest).exp() for x in logits]
        total = sum(powers)
        return [power / total for power in powers]

    def pick(self, table: Sequence[Any], index: int) -> Any:
        """Return the entry of the table."""
        return table[index]


class Compiled:
    """The functions that can be recorded."""

    softmax = staticmethod(autograd.softmax)
    pick = staticmethod(autograd.pick)


# -- the model ---------------------------------------------------------------------------------------------------------


def weights(vocabulary: int, seed: int = 42) -> dict[str, Matrix]:
    """Return the parameters, matrices of normal numbers."""
    draw = random.Random(seed)
    shapes = {"token": (vocabulary, WIDTH), "position": (CONTEXT, WIDTH), "logits": (vocabulary, WIDTH)}
    shapes |= dict.fromkeys(("query", "key", "value", "attended"), (WIDTH, WIDTH))
    shapes |= {"hidden": (4 * WIDTH, WIDTH), "back": (WIDTH, 4 * WIDTH)}
    return {
        name: [[Value(draw.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in shapes.items()
    }


def linear(matrix: Matrix, x: Vector) -> Vector:
    """Return the dot product of each row with x."""
    return [sum(w * v for w, v in zip(row, x, strict=True)) for row in matrix]


def normalized(x: Vector) -> Vector:
    """Divide x by its root mean square."""
    scale = (sum(v * v for v in x) / len(x) + 1e-5) ** -0.5
    return [v * scale for v in x]


def logits(w: dict[str, Matrix], engine: Engine, token: Any, position: int, keys: Matrix, values: Matrix) -> Vector:
    """Return the scores of the token after this one. keys, values: a row for each position before; one is added."""
    x = normalized([a + b for a, b in zip(engine.pick(w["token"], token), w["position"][position], strict=True)])
    before, x = x, normalized(x)
    query = linear(w["query"], x)
    keys.append(linear(w["key"], x))
    values.append(linear(w["value"], x))
    size, seen = WIDTH // HEADS, []
    for begin in range(0, WIDTH, size):
        part = slice(begin, begin + size)
        scores = [sum(q * k for q, k in zip(query[part], key[part], strict=True)) / size**0.5 for key in keys]
        shares = engine.softmax(scores)
        seen += [
            sum(share * value[i] for share, value in zip(shares, values, strict=True))
            for i in range(begin, begin + size)
        ]
    x = [a + b for a, b in zip(linear(w["attended"], seen), before, strict=True)]
    hidden = [v.relu() for v in linear(w["hidden"], normalized(x))]
    x = [a + b for a, b in zip(linear(w["back"], hidden), x, strict=True)]
    return linear(w["logits"], x)


def loss(w: dict[str, Matrix], engine: Engine, tokens: Sequence[Any]) -> Any:
    """Return the mean of −ln p of each token after the first."""
    keys: Matrix = []
    values: Matrix = []
    losses = []
    for position, (token, target) in enumerate(itertools.pairwise(tokens)):
        shares = engine.softmax(logits(w, engine, token, position, keys, values))
        losses.append(-engine.pick(shares, target).log())
    return sum(losses) / len(losses)


# -- training ----------------------------------------------------------------------------------------------------------


def train(steps: int, *, is_compiled: bool, say: bool = False) -> list[float]:
    """Train on a name a step, with Adam as microgpt writes it out, and return the losses."""
    tokenizer = nn.data.Tokenizer(nn.data.names())
    documents = [tokenizer.encode(name) for name in nn.data.names(steps, seed=0)]
    w = weights(tokenizer.vocab_size)
    parameters = [p for matrix in w.values() for row in matrix for p in row]
    program = autograd.compile(lambda tokens: loss(w, Compiled(), tokens), parameters=parameters)
    m, v = [0.0] * len(parameters), [0.0] * len(parameters)
    found = []
    for step, tokens in enumerate(documents):
        if is_compiled:
            value, _ = program.value_and_grad(tokens, write=True)
        else:
            root = loss(w, Eager(), tokens)
            root.backward()
            value = root.data
        lr, first, second = LR * (1 - step / steps), 1 - BETAS[0] ** (step + 1), 1 - BETAS[1] ** (step + 1)
        for i, p in enumerate(parameters):
            m[i] = BETAS[0] * m[i] + (1 - BETAS[0]) * p.grad
            v[i] = BETAS[1] * v[i] + (1 - BETAS[1]) * p.grad**2
            p.data -= lr * (m[i] / first) / ((v[i] / second) ** 0.5 + EPSILON)
            p.grad = 0
        found.append(float(value))
        if say and (step + 1) % max(1, steps // 10) == 0:
            print(f"step {step + 1:>5} / {steps}   loss {value:.9f}")
    return found


def main() -> None:
    """Read the command line, train and print the losses."""
    parser = argparse.ArgumentParser(description="Train a GPT in the manner of microgpt.")
    parser.add_argument("--eager", action="store_true", help="build and walk a graph in each step, as microgpt does")
    parser.add_argument("--steps", type=int, help=f"default: {STEPS}, or 100 with --eager")
    options = parser.parse_args()
    steps = options.steps or (100 if options.eager else STEPS)
    train(steps, is_compiled=not options.eager, say=True)


if __name__ == "__main__":
    main()
