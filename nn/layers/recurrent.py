"""Recurrent layers, written unit by unit: RNN, GRU and LSTM, with PyTorch's formulas, names and order of gates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import autograd
from autograd import Value
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array, np
from autograd.util.printable import a_kind_of
from nn.init import Generator
from nn.layers.arguments import generator, width
from nn.module import Module

__all__ = ["GRU", "LSTM", "RNN"]

Vector = Sequence[Any]
Weights = tuple[list[list[Value]], list[list[Value]], list[Value] | None, list[Value] | None]
"""One layer's weight_ih, weight_hh, bias_ih and bias_hh: a row for each gate of each unit, gate after gate."""


class Recurrent(Module):
    """The base of RNN, GRU and LSTM: layers of units that see the sequence step by step and keep a state."""

    _gate_count: ClassVar[int]
    _state_names: ClassVar[tuple[str, ...]] = ("h",)
    """The vectors that a layer passes on from one step to the next."""

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, seed: int | None = None
    ) -> None:
        self.input_size, self.hidden_size = width(input_size), width(hidden_size)
        self.num_layers, self.bias = width(num_layers), bool(bias)
        source, rows = generator(seed), self._gate_count * self.hidden_size
        for layer in range(self.num_layers):
            columns = self.hidden_size if layer else self.input_size
            setattr(self, f"weight_ih_l{layer}", [self._drawn(columns, source) for _ in range(rows)])
            setattr(self, f"weight_hh_l{layer}", [self._drawn(self.hidden_size, source) for _ in range(rows)])
            if bias:
                setattr(self, f"bias_ih_l{layer}", self._drawn(rows, source))
                setattr(self, f"bias_hh_l{layer}", self._drawn(rows, source))

    def _drawn(self, count: int, source: Generator) -> list[Value]:
        """Draw numbers uniformly from [−1/√hidden_size, 1/√hidden_size]."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        return [Value(source.uniform(-bound, bound)) for _ in range(count)]

    def forward(self, xs: Sequence[Vector], state: Any = None) -> tuple[list[list[Any]], Any]:
        """Run through a sequence: return the last layer's output at each step, and the final state.

        xs: (steps, input_size).
        state: the state to begin with, in the form in which it is returned; by default zeros.

        Returns (steps, hidden_size) and the state of each layer: (num_layers, hidden_size), of an LSTM two of these.
        """
        vectors, layers, states = self._sequence(xs), self._layers(), self._given(state)
        outputs = []
        for x in vectors:
            output, states = self._stepped(layers, x, states)
            outputs.append(output)
        return outputs, self._returned(states)

    def step(self, x: Vector, state: Any = None) -> tuple[list[Any], Any]:
        """Take one step, for a loop of your own: return the last layer's output, and the new state.

        x: (input_size,).
        state: the state before the step, in the form in which it is returned; by default zeros.
        """
        output, states = self._stepped(self._layers(), self._vector(x, "x"), self._given(state))
        return output, self._returned(states)

    def _cell(self, weights: Weights, x: Vector, state: Sequence[Vector]) -> tuple[list[Any], ...]:
        """Compute the state of one layer after a step. Its first vector is the layer's output."""
        raise NotImplementedError

    def _layers(self) -> list[Weights]:
        return [
            (
                getattr(self, f"weight_ih_l{layer}"),
                getattr(self, f"weight_hh_l{layer}"),
                getattr(self, f"bias_ih_l{layer}", None),
                getattr(self, f"bias_hh_l{layer}", None),
            )
            for layer in range(self.num_layers)
        ]

    def _stepped(self, layers: Sequence[Weights], x: Vector, states: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Take one step through all layers. states: that of each layer."""
        new_states = []
        for weights, state in zip(layers, states, strict=True):
            new_state = self._cell(weights, x, state)
            x = new_state[0]
            new_states.append(new_state)
        return list(x), new_states

    def _split(self, gates: list[Any]) -> list[list[Any]]:
        """Split the numbers of all gates into those of each."""
        return [gates[i : i + self.hidden_size] for i in range(0, len(gates), self.hidden_size)]

    # ── what it takes and returns ───────────────────────────────────────────────────────────────────────────────────

    def _sequence(self, xs: Any) -> list[Vector]:
        """Return the vectors of a sequence. Raises ValueError for another shape."""
        axes = np.ndim(xs) if is_array(xs) else None
        if is_array(xs):
            xs = plain_array(xs, "the input").tolist()
        wanted = (
            f"this {type(self).__name__} takes a sequence of vectors of {self.input_size} numbers, one for each step"
        )
        if not isinstance(xs, (list, tuple)) or (axes is not None and axes != 2):
            is_number = axes == 0 or isinstance(xs, (Value, int, float))
            what = (
                "one number"
                if is_number
                else a_kind_of(xs)
                if axes is None
                else f"an array with {axes} {'axis' if axes == 1 else 'axes'}"
            )
            raise ValueError(f"{wanted}, not {what}{self._advice(axes)}")
        if not xs:
            raise ValueError(f"{wanted}; this one is empty")
        if not (isinstance(xs[0], (list, tuple)) or is_array(xs[0])):
            raise ValueError(f"{wanted}, not a list of numbers{self._advice(1)}")
        return [self._vector(x, f"step {step}") for step, x in enumerate(xs)]

    def _advice(self, axes: int | None) -> str:
        if axes == 1 and self.input_size == 1:
            return "\n  try             [[x] for x in xs], or X[:, :, None] for an array of samples"
        return "\n  try             one sample at a time: [model(x) for x in X]" if axes and axes > 2 else ""

    def _vector(self, x: Any, name: str) -> Vector:
        if is_array(x):
            x = plain_array(x, "the input").tolist()
        if not isinstance(x, (list, tuple)) or len(x) != self.input_size:
            count = len(x) if isinstance(x, (list, tuple)) else "one that is not in a list"
            raise ValueError(
                f"this {type(self).__name__} takes {self.input_size} numbers at each step; {name} has {count}"
            )
        if isinstance(x[0], (list, tuple)) or is_array(x[0]):
            raise ValueError(
                f"this {type(self).__name__} takes one sequence, and {name} is a list of lists\n"
                "  try             one sample at a time: [model(x) for x in X]"
            )
        return x

    def _given(self, state: Any) -> list[Any]:
        """Return the state of each layer. Raises ValueError for a state of another shape."""
        shape = (self.num_layers, self.hidden_size)
        if state is None:
            return [tuple([0.0] * shape[1] for _ in self._state_names) for _ in range(shape[0])]
        is_sequence = isinstance(state, (list, tuple)) or is_array(state)
        parts = state if len(self._state_names) > 1 and is_sequence else [state]
        parts = [x.tolist() if is_array(x) else x for x in parts]
        if len(parts) != len(self._state_names) or any(_lengths(x) != [shape[1]] * shape[0] for x in parts):
            form = "" if len(self._state_names) == 1 else f"a pair ({', '.join(self._state_names)}), each of "
            raise ValueError(
                f"a state of this {type(self).__name__} must be {form}{shape[0]} list{'s' * (shape[0] > 1)} of "
                f"{shape[1]} numbers (num_layers, hidden_size), as forward and step return it"
            )
        return list(zip(*parts, strict=True))

    def _returned(self, states: Sequence[Any]) -> Any:
        """Return each layer's h; of an LSTM each layer's h, and each layer's c."""
        parts = tuple(map(list, zip(*states, strict=True)))
        return parts[0] if len(parts) == 1 else parts

    def _settings(self) -> dict[str, Any]:
        names = ("input_size", "hidden_size", "num_layers", "bias")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def _count(cls, settings: Mapping[str, Any]) -> int:
        inputs, units, layers = (width(settings[name]) for name in ("input_size", "hidden_size", "num_layers"))
        columns = inputs + units + (layers - 1) * 2 * units + (2 * layers if settings["bias"] else 0)
        return cls._gate_count * units * columns

    def __repr__(self) -> str:
        others = [] if self.num_layers == 1 else [f"num_layers={self.num_layers}"]
        others += [] if self.bias else ["bias=False"]
        return f"{type(self).__name__}({', '.join([str(self.input_size), str(self.hidden_size), *others])})"


class RNN(Recurrent):
    """A recurrent layer: h′ = tanh(W_ih x + b_ih + W_hh h + b_hh) at each step.   (Elman 1990)

    input_size: the number of inputs at each step.
    hidden_size: the number of units.
    num_layers: the number of layers; each takes the outputs of the one before.
    nonlinearity: "tanh" or "relu".
    bias: False leaves out both biases.
    seed: the seed for the weights; without one they are drawn from Python's ``random``.

    ``rnn(xs)`` takes one sequence (steps, input_size) and returns (outputs, h): the last layer's h at each step
    (steps, hidden_size), and each layer's h after the last (num_layers, hidden_size). ``rnn(xs, h)`` begins with h
    instead of zeros, and ``rnn.step(x, h)`` takes a single step. The parameters have PyTorch's names and shapes,
    ``weight_ih_l0`` (hidden_size, input_size) and so on, and start uniform in [−1/√hidden_size, 1/√hidden_size].

    Raises ValueError for a sequence of another shape, an unknown nonlinearity, or a size below 1.

    >>> rnn = RNN(2, 3, seed=0)
    >>> outputs, h = rnn([[1.0, 0.5], [0.0, -1.0]])
    >>> len(outputs), len(h[-1]), outputs[-1] == h[-1]
    (2, 3, True)
    """

    _gate_count = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: Literal["tanh", "relu"] = "tanh",
        bias: bool = True,
        seed: int | None = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"nonlinearity must be 'tanh' or 'relu', not {nonlinearity!r:.60}")
        self.nonlinearity = nonlinearity
        super().__init__(input_size, hidden_size, num_layers, bias, seed)

    def _cell(self, weights: Weights, x: Vector, state: Sequence[Vector]) -> tuple[list[Any], ...]:
        (h,) = state
        function = autograd.tanh if self.nonlinearity == "tanh" else autograd.relu
        return ([function(gate) for gate in _gates(weights, x, h)],)

    def _settings(self) -> dict[str, Any]:
        return {**super()._settings(), "nonlinearity": self.nonlinearity}

    def __repr__(self) -> str:
        text = super().__repr__()
        return text if self.nonlinearity == "tanh" else f"{text[:-1]}, nonlinearity='relu')"


class GRU(Recurrent):
    """A gated recurrent unit, with PyTorch's formulas.   (Cho et al. 2014)

    r = σ(W_ir x + b_ir + W_hr h + b_hr), z = σ(W_iz x + b_iz + W_hz h + b_hz),
    n = tanh(W_in x + b_in + r·(W_hn h + b_hn)), h′ = (1 − z)·n + z·h, computed as n + z·(h − n).

    The weights' rows are those of r, then z, then n. Arguments, calls, shapes and errors are the same as for RNN.

    >>> outputs, h = GRU(2, 3, seed=0)([[1.0, 0.5], [0.0, -1.0]])
    >>> len(outputs), len(h[-1])
    (2, 3)
    """

    _gate_count = 3

    def _cell(self, weights: Weights, x: Vector, state: Sequence[Vector]) -> tuple[list[Any], ...]:
        (h,) = state
        weight_ih, weight_hh, bias_ih, bias_hh = weights
        of_gates, of_n = slice(2 * self.hidden_size), slice(2 * self.hidden_size, None)
        r, z = self._split([autograd.sigmoid(gate) for gate in _gates(weights, x, h, of_gates)])
        input_n, hidden_n = _affine(weight_ih, x, bias_ih, of_n), _affine(weight_hh, h, bias_hh, of_n)
        # As a dot product of two, compiled, a stays in the matrix product of all units: a third less time.
        n = [autograd.tanh(autograd.dot([1.0, gate], [a, b])) for a, gate, b in zip(input_n, r, hidden_n, strict=True)]
        return ([new + gate * (old - new) for gate, new, old in zip(z, n, h, strict=True)],)


class LSTM(Recurrent):
    """A long short-term memory, with PyTorch's formulas.   (Hochreiter & Schmidhuber 1997; Gers et al. 2000)

    i = σ(W_ii x + b_ii + W_hi h + b_hi), f = σ(W_if x + b_if + W_hf h + b_hf),
    g = tanh(W_ig x + b_ig + W_hg h + b_hg), o = σ(W_io x + b_io + W_ho h + b_ho),
    c′ = f·c + i·g, h′ = o·tanh c′.

    The weights' rows are those of i, then f, g and o. Its state is a pair (h, c), each (num_layers, hidden_size).
    Otherwise arguments, calls, shapes and errors are the same as for RNN.

    >>> outputs, (h, c) = LSTM(2, 3, seed=0)([[1.0, 0.5], [0.0, -1.0]])
    >>> len(outputs), len(h[-1]), len(c[-1])
    (2, 3, 3)
    """

    _gate_count = 4
    _state_names = ("h", "c")

    def _cell(self, weights: Weights, x: Vector, state: Sequence[Vector]) -> tuple[list[Any], ...]:
        h, c = state
        i, f, g, o = self._split(_gates(weights, x, h))
        i, f, o = ([autograd.sigmoid(x) for x in gate] for gate in (i, f, o))
        g = [autograd.tanh(x) for x in g]
        c = [forget * old + into * new for forget, old, into, new in zip(f, c, i, g, strict=True)]
        return [out * autograd.tanh(cell) for out, cell in zip(o, c, strict=True)], c


def _lengths(rows: Any) -> list[int]:
    """Return the lengths of lists of numbers; nothing for anything else."""
    is_right = isinstance(rows, (list, tuple)) and all(isinstance(row, (list, tuple)) or is_array(row) for row in rows)
    return [len(row) for row in rows] if is_right else []


def _gates(weights: Weights, x: Vector, h: Vector, rows: slice = slice(None)) -> list[Any]:
    """W_ih x + W_hh h + b_ih + b_hh, of these rows: one dot product each."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    products = [autograd.dot([*a, *b], [*x, *h]) for a, b in zip(weight_ih[rows], weight_hh[rows], strict=True)]
    if bias_ih is None or bias_hh is None:
        return products
    return [product + a + b for product, a, b in zip(products, bias_ih[rows], bias_hh[rows], strict=True)]


def _affine(weights: Sequence[Vector], x: Vector, biases: Vector | None, rows: slice) -> list[Any]:
    """W·x + b, of these rows."""
    products = [autograd.dot(row, x) for row in weights[rows]]
    return products if biases is None else [product + b for product, b in zip(products, biases[rows], strict=True)]
