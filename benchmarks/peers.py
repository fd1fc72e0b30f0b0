"""The engines to measure, each behind the same five calls.

An engine is loaded by name in the process that measures it, so no process carries another engine's heap.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Number = Any  # a float, or whatever the engine computes with

REPAIR = "pip install 'scalar-autograd[bench]'"


class Engine(Protocol):
    """What the measurement asks of an engine."""

    def leaves(self, numbers: Sequence[float]) -> list[Number]:
        """Start a graph with these numbers as its leaves."""

    def tanh(self, x: Number, /) -> Number:
        """tanh x, the one operation that has no operator."""

    def backward(self, root: Number) -> None:
        """Carry the gradient of `root` to the leaves."""

    def gradient(self, leaf: Number) -> float | None:
        """∂root/∂leaf after `backward`; None where the engine has no gradients."""

    def value(self, root: Number) -> float:
        """The number in `root`."""

    def forget(self) -> None:
        """Let go of what the engine itself, rather than the root, holds of the graph."""


class Floats:
    """Bare Python floats: the forward pass with nothing recorded, the floor for any engine."""

    tanh = staticmethod(math.tanh)

    def leaves(self, numbers: Sequence[float]) -> list[Number]:
        return list(numbers)

    def backward(self, root: Number) -> None:
        pass

    def gradient(self, leaf: Number) -> float | None:
        return None

    def value(self, root: Number) -> float:
        return float(root)

    def forget(self) -> None:
        pass


class Ours(Floats):
    """autograd.Value."""

    def __init__(self) -> None:
        self.Value = importlib.import_module("autograd").Value
        self.tanh = self.Value.tanh

    def leaves(self, numbers: Sequence[float]) -> list[Number]:
        return [self.Value(number) for number in numbers]

    def backward(self, root: Number) -> None:
        root.backward()

    def gradient(self, leaf: Number) -> float | None:
        return float(leaf.grad)

    def value(self, root: Number) -> float:
        return float(root.data)


class Micrograd(Ours):
    """micrograd, with the tanh of its author's lecture: a closure, like the operations it ships."""

    def __init__(self) -> None:
        self.Value = Value = importlib.import_module("micrograd.engine").Value

        def tanh(self: Number) -> Number:
            t = math.tanh(self.data)
            out = Value(t, (self,), "tanh")

            def _backward() -> None:
                self.grad += (1 - t**2) * out.grad

            out._backward = _backward
            return out

        self.tanh = tanh


class Xad(Floats):
    """XAD: a C++ tape driven from Python, a new tape for each graph."""

    def __init__(self) -> None:
        first_order = importlib.import_module("xad.adj_1st")
        self.Tape, self.Real = first_order.Tape, first_order.Real
        self.tanh = importlib.import_module("xad.math").tanh
        self.tape: Any = None

    def leaves(self, numbers: Sequence[float]) -> list[Number]:
        self.tape = self.Tape()
        self.tape.activate()
        leaves = [self.Real(number) for number in numbers]
        self.tape.registerInputs(leaves)
        self.tape.newRecording()
        return leaves

    def backward(self, root: Number) -> None:
        self.tape.registerOutput(root)
        root.derivative = 1.0
        self.tape.computeAdjoints()

    def gradient(self, leaf: Number) -> float | None:
        return float(leaf.derivative)

    def value(self, root: Number) -> float:
        return float(root.value)

    def forget(self) -> None:
        self.tape.deactivate()
        self.tape = None


class Torch(Floats):
    """PyTorch, a 0-dimensional float64 tensor for each number."""

    def __init__(self) -> None:
        self.torch = importlib.import_module("torch")
        self.tanh = self.torch.tanh

    def leaves(self, numbers: Sequence[float]) -> list[Number]:
        return [self.torch.tensor(number, dtype=self.torch.float64, requires_grad=True) for number in numbers]

    def backward(self, root: Number) -> None:
        root.backward()

    def gradient(self, leaf: Number) -> float | None:
        return 0.0 if leaf.grad is None else float(leaf.grad)  # None: the root does not depend on this leaf

    def value(self, root: Number) -> float:
        return float(root.item())


@dataclass(frozen=True)
class Peer:
    """An engine's entry in the line-up."""

    load: Callable[[], Engine]
    module: str  # what must be importable
    distribution: str = ""  # whose version the header prints; "" for what comes with this project or with Python
    recurses: bool = False  # walks the graph by recursion, so it is given a deep stack
    most_rounds: int = 1_000  # fewer for a slow engine

    def installed(self) -> bool:
        return importlib.util.find_spec(self.module) is not None


# Within a round they run in this order, so those whose ratio is reported are neighbours in time.
PEERS: dict[str, Peer] = {
    "micrograd": Peer(Micrograd, "micrograd", "micrograd", recurses=True),
    "ours": Peer(Ours, "autograd"),
    "xad": Peer(Xad, "xad", "xad"),
    "torch": Peer(Torch, "torch", "torch", most_rounds=3),
    "floats": Peer(Floats, "math"),
}
