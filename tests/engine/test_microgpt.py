"""Programs written for microgpt's Value run with only the class replaced, to the same numbers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import Value
from benchmarks.microgpt import Value as Reference
from examples import microgpt

NAMES = ["anna", "ben", "carla", "dan", "ella", "fred", "gina", "hal"]
LETTERS = sorted(set("".join(NAMES)))
BEGIN = len(LETTERS)
VOCABULARY = BEGIN + 1


def tokens_of(name: str) -> list[int]:
    return [BEGIN, *(LETTERS.index(letter) for letter in name), BEGIN]


def softmax(logits: list[Any]) -> list[Any]:
    largest = max(v.data for v in logits)
    exps = [(v - largest).exp() for v in logits]
    total = sum(exps)
    return [e / total for e in exps]


def linear(x: list[Any], weights: list[list[Any]]) -> list[Any]:
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in weights]


def rmsnorm(x: list[Any]) -> list[Any]:
    mean_square = sum(xi * xi for xi in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [xi * scale for xi in x]


class Program:
    """Parameters, a model, and a loss of one document, all written with the class that is given."""

    def __init__(self, kind: type, seed: int = 0) -> None:
        draw = random.Random(seed)
        self.kind = kind
        self.weights = {
            name: [[kind(draw.gauss(0, 0.3)) for _ in range(columns)] for _ in range(rows)]
            for name, (rows, columns) in self.shapes().items()
        }
        self.parameters = [p for weights in self.weights.values() for row in weights for p in row]

    def shapes(self) -> dict[str, tuple[int, int]]:
        raise NotImplementedError

    def logits(self, tokens: list[int], position: int, memory: dict[str, list[Any]]) -> list[Any]:
        raise NotImplementedError

    def loss(self, name: str) -> Any:
        tokens, memory, losses = tokens_of(name), {}, []
        for position in range(len(tokens) - 1):
            probs = softmax(self.logits(tokens, position, memory))
            losses.append(-probs[tokens[position + 1]].log())
        return (1 / len(losses)) * sum(losses)

    def sample(self, seed: int, temperature: float = 0.5) -> str:
        draw, tokens, memory = random.Random(seed), [BEGIN], {}
        for position in range(6):
            probs = softmax([z / temperature for z in self.logits(tokens, position, memory)])
            tokens.append(draw.choices(range(VOCABULARY), weights=[p.data for p in probs])[0])
            if tokens[-1] == BEGIN:
                break
        return "".join(LETTERS[token] for token in tokens[1:] if token != BEGIN)


class Bigram(Program):
    def shapes(self) -> dict[str, tuple[int, int]]:
        return {"table": (VOCABULARY, VOCABULARY)}

    def logits(self, tokens: list[int], position: int, memory: dict[str, list[Any]]) -> list[Any]:
        return self.weights["table"][tokens[position]]


class MLP(Program):
    """The letters before, embedded and concatenated; one layer of relu, one of its own operation, tanh by hand."""

    def shapes(self) -> dict[str, tuple[int, int]]:
        return {"embedding": (VOCABULARY, 2), "hidden": (6, 4), "more": (4, 6), "out": (VOCABULARY, 4)}

    def logits(self, tokens: list[int], position: int, memory: dict[str, list[Any]]) -> list[Any]:
        before = [BEGIN, *tokens][position : position + 2]
        x = [v for token in before for v in self.weights["embedding"][token]]
        h = [v.relu() for v in linear(x, self.weights["hidden"])]
        return linear([self.tanh(v) for v in linear(h, self.weights["more"])], self.weights["out"])

    def tanh(self, v: Any) -> Any:
        t = math.tanh(v.data)
        return self.kind(t, (v,), (1 - t * t,))


class GPT(Program):
    """One block of causal attention with two heads, and an MLP, both with residual paths, after RMSNorm."""

    size, heads = 4, 2

    def shapes(self) -> dict[str, tuple[int, int]]:
        n = self.size
        return {
            "tokens": (VOCABULARY, n), "positions": (8, n), "q": (n, n), "k": (n, n), "v": (n, n), "o": (n, n),
            "up": (2 * n, n), "down": (n, 2 * n), "head": (VOCABULARY, n),
        }  # fmt: skip

    def logits(self, tokens: list[int], position: int, memory: dict[str, list[Any]]) -> list[Any]:
        w, width = self.weights, self.size // self.heads
        x = [a + b for a, b in zip(w["tokens"][tokens[position]], w["positions"][position], strict=True)]
        x = rmsnorm(x)
        residual, x = x, rmsnorm(x)
        q = linear(x, w["q"])
        memory.setdefault("k", []).append(linear(x, w["k"]))
        memory.setdefault("v", []).append(linear(x, w["v"]))
        attended = []
        for head in range(self.heads):
            own = slice(head * width, (head + 1) * width)
            scores = [sum(a * b for a, b in zip(q[own], k[own], strict=True)) / width**0.5 for k in memory["k"]]
            shares = softmax(scores)
            columns = zip(*(v[own] for v in memory["v"]), strict=True)
            attended += [sum(a * b for a, b in zip(shares, column, strict=True)) for column in columns]
        x = [a + b for a, b in zip(linear(attended, w["o"]), residual, strict=True)]
        residual, x = x, rmsnorm(x)
        x = linear([v.relu() for v in linear(x, w["up"])], w["down"])
        x = [a + b for a, b in zip(x, residual, strict=True)]
        return linear(x, w["head"])


# ── optimizers, written out on p.data and p.grad ────────────────────────────────────────────────────────────────────


def descent(parameters: list[Any], step: int, state: dict[str, list[float]]) -> None:
    for p in parameters:
        p.data -= 0.2 * p.grad
    for p in parameters:
        p.grad = 0


def momentum(parameters: list[Any], step: int, state: dict[str, list[float]]) -> None:
    velocity = state.setdefault("velocity", [0.0] * len(parameters))
    for i, p in enumerate(parameters):
        p.grad += 1e-3 * p.data  # weight decay
        velocity[i] = 0.8 * velocity[i] + p.grad
        p.data += -0.05 * velocity[i]
        p.grad = 0.0


def adam(parameters: list[Any], step: int, state: dict[str, list[float]]) -> None:
    m = state.setdefault("m", [0.0] * len(parameters))
    v = state.setdefault("v", [0.0] * len(parameters))
    rate = 0.02 * (1 - step / 400)
    for i, p in enumerate(parameters):
        m[i] = 0.85 * m[i] + 0.15 * p.grad
        v[i] = 0.99 * v[i] + 0.01 * p.grad**2
        m_hat = m[i] / (1 - 0.85 ** (step + 1))
        v_hat = v[i] / (1 - 0.99 ** (step + 1))
        p.data -= rate * m_hat / (v_hat**0.5 + 1e-8)
        p.grad = 0


def trained(program: Program, optimizer: Callable[..., None], steps: int) -> list[float]:
    losses, state = [], {}
    for step in range(steps):
        loss = program.loss(NAMES[step % len(NAMES)])
        loss.backward()
        optimizer(program.parameters, step, state)
        losses.append(loss.data)
    return losses


RUNS = [
    (Bigram, descent, 200),
    (MLP, momentum, 200),
    (GPT, adam, 60),
    pytest.param(GPT, adam, 200, marks=pytest.mark.long),
]


@pytest.mark.parametrize(("kind", "optimizer", "steps"), RUNS)
def test_losses_agree_at_every_step_with_only_the_class_replaced(
    kind: type[Program], optimizer: Any, steps: int
) -> None:
    ours, reference = kind(Value), kind(Reference)
    losses, expected = (trained(program, optimizer, steps) for program in (ours, reference))
    assert losses == pytest.approx(expected, rel=1e-12, abs=0)
    assert sum(losses[-8:]) < 0.9 * sum(losses[:8])
    assert [p.data for p in ours.parameters] == pytest.approx([p.data for p in reference.parameters], rel=1e-9)
    assert [ours.sample(seed) for seed in range(5)] == [reference.sample(seed) for seed in range(5)]


@pytest.mark.parametrize("kind", [Bigram, MLP, GPT])
def test_a_loss_compiles_with_the_changes_that_its_errors_name(
    kind: type[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = kind(Value)
    loss = program.loss("carla")
    loss.backward()

    def compiled() -> tuple[float, Any]:
        return autograd.compile(lambda: program.loss("carla"), parameters=program.parameters).value_and_grad()

    if kind is MLP:
        with pytest.raises(autograd.RecordingError, match=r"@autograd\.rule instead of Value\(number, parents"):
            compiled()
        monkeypatch.setattr(MLP, "tanh", lambda self, v: v.tanh())
    with pytest.raises(autograd.RecordingError, match=r"softmax\(vs\) .* instead of max\(v\.data for v in vs\)"):
        compiled()
    monkeypatch.setitem(globals(), "softmax", autograd.softmax)
    value, gradient = compiled()
    assert value == pytest.approx(loss.data, rel=1e-12)
    assert list(gradient) == pytest.approx([p.grad for p in program.parameters], rel=1e-9, abs=1e-13)


def test_the_example_has_the_same_losses_eager_and_compiled(capsys, monkeypatch):
    compiled = microgpt.train(2, is_compiled=True)
    monkeypatch.setattr("sys.argv", ["microgpt", "--eager", "--steps", "2"])
    microgpt.main()
    printed = [float(line.split()[-1]) for line in capsys.readouterr().out.splitlines()]
    assert printed == pytest.approx(compiled, rel=1e-8)
