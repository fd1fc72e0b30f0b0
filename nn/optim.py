"""Optimizers: from parameters and gradients to better parameters. An array in, the same array moved.

An optimizer is its hyperparameters, its buffers, and ``move``: one step of one block of numbers. All else is here once.
Formulas, names and defaults are PyTorch's. In the formulas p is a parameter, g its gradient, t the number of the step
from 1; with a ``weight_decay``, g stands for g + weight_decay·p.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Value
from nn.checks import (
    Array,
    _named,
    at_least_zero,
    distinct_leaves,
    labelled,
    none_left,
    nonfinite_place,
    number,
    pack,
    refuse_nonfinite,
    settings_of,
    taken,
    unlabelled,
    whole,
    within,
)

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop"]

BLOCK_BYTES = 128 * 1024
"""A block of parameters, gradients, two buffers and two scratches stays in a second-level cache, and is still so long
that NumPy's half microsecond a call does not show. Half of it costs a fifth more time, a quarter a half more."""


# ── the base ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Optimizer(ABC):
    """The base of every optimizer: what is done to all parameters alike.

    parameters: leaf Values, as from ``module.parameters()``; one listed twice is stepped once. lr: the learning rate,
    the one number that may be set later. buffers: what is kept of each parameter from step to step, name → start.
    A subclass takes its hyperparameters by name in ``__init__``, keeps each as the attribute of that name, and defines
    ``move``. Raises TypeError for what is no list of leaf Values, ValueError for an empty one and for an lr that is
    not positive and finite.

    >>> class SignSGD(Optimizer):  # p ← p − lr·sign(v),  v ← momentum·v + g
    ...     def __init__(self, parameters, lr=0.01, momentum=0.9):
    ...         super().__init__(parameters, lr, buffers={"velocity": 0.0})
    ...         self.momentum = momentum
    ...     def move(self, theta, gradient, scratch, spare, velocity):
    ...         velocity *= self.momentum
    ...         velocity += gradient
    ...         np.sign(velocity, out=scratch)
    ...         scratch *= self.lr
    ...         theta -= scratch
    >>> optimizer = SignSGD([Value(1.0), Value(2.0)])
    >>> theta = np.array([1.0, 2.0])
    >>> optimizer.apply(theta, np.array([5.0, -0.5]))
    >>> theta, optimizer
    (array([0.99, 2.01]), SignSGD of 2 parameters, lr=0.01, momentum=0.9)
    """

    parameters: list[Value]

    def __init__(self, parameters: Iterable[Value], lr: float, buffers: Mapping[str, float] | None = None) -> None:
        self.parameters = distinct_leaves(parameters, type(self).__name__)
        if not self.parameters:
            raise ValueError("an optimizer needs parameters: the list is empty")
        self.lr = lr
        self._steps = 0
        self._buffers: dict[str, Array] = {
            name: np.full(len(self.parameters), start) if start else np.zeros(len(self.parameters))
            for name, start in (buffers or {}).items()
        }
        self._dtype: Any = None
        self._blocks: list[tuple[slice, tuple[Array, ...]]] = []

    @abstractmethod
    def move(self, theta: Array, gradient: Array, scratch: Array, spare: Array, *buffers: Array) -> None:
        """Move one block of numbers by one step, in place.

        theta, gradient, each buffer: (block,), the gradient only to be read. scratch, spare: (block,), to be written.
        """

    @property
    def lr(self) -> float:
        """The learning rate. Setting it raises ValueError if it is not positive and finite."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        if not number("lr", lr) > 0:
            raise ValueError(f"lr is positive, not {lr!r}")
        self.anneal(lr)

    def anneal(self, lr: float) -> None:
        """Set the learning rate as a schedule does, which may end at 0. Raises ValueError for a negative one.

        >>> optimizer = SGD([Value(1.0)])
        >>> optimizer.anneal(0.0)
        >>> optimizer.lr
        0.0
        """
        self._lr = at_least_zero("lr", lr)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") and name != "lr" and name in vars(self) and name in settings_of(type(self)):
            raise AttributeError(f"{name} is settled when {type(self).__name__} is made: only lr may be set later")
        super().__setattr__(name, value)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_dtype": None, "_blocks": []}  # a copy of a view would be no view of the copied buffer

    def __repr__(self) -> str:
        settings = "".join(f", {name}={getattr(self, name)}" for name in settings_of(type(self)))
        count = len(self.parameters)
        return f"{type(self).__name__} of {count} parameter{'s' * (count != 1)}{settings}"

    # ── one step ────────────────────────────────────────────────────────────────────────────────────────────────────

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0, as is due before each ``backward()``.

        >>> x = Value(1.0)
        >>> (x * 3).backward()
        >>> SGD([x]).zero_grad()
        >>> x.grad
        0.0
        """
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Move every parameter's ``data`` by its ``grad``.

        Raises ValueError, and changes nothing, where a gradient or a parameter is not finite or would not be after it.

        >>> x = Value(1.0, label="x")
        >>> (x * x).backward()
        >>> SGD([x], lr=0.25).step()
        >>> x.data
        0.5
        """
        theta, gradient = pack(self.parameters, "data"), pack(self.parameters, "grad")
        refuse_nonfinite(gradient, self.parameters, "the gradient of ")
        refuse_nonfinite(theta, self.parameters, "")
        before = self._steps, {name: buffer.copy() for name, buffer in self._buffers.items()}
        try:
            self.apply(theta, gradient)
            self._check(theta)
        except BaseException:  # Ctrl-C too: a step is taken or it is not
            self._restore(*before)
            raise
        for parameter, moved in zip(self.parameters, theta.tolist(), strict=True):
            parameter.data = moved

    def apply(self, theta: Array, gradient: Array) -> None:
        """Move an array of parameters by one step, in place: one pass over memory, and nothing is allocated.

        theta, gradient: (parameters,), in the order of ``parameters``, float64 or float32; the gradient is only read.
        The numbers are those of ``step()``, bit for bit. Only the first call checks shapes (ValueError); no call looks
        whether a number is finite.

        >>> theta = np.array([1.0, 2.0])
        >>> SGD([Value(1.0), Value(2.0)], lr=0.5).apply(theta, np.array([1.0, -1.0]))
        >>> theta
        array([0.5, 2.5])
        """
        if theta.dtype is not self._dtype:
            self._lay_out(theta, gradient)
        self._steps += 1
        with np.errstate(all="ignore"):
            for part, arrays in self._blocks:
                self.move(theta[part], gradient[part], *arrays)

    def _lay_out(self, theta: Array, gradient: Array) -> None:
        """Bring the buffers to theta's type, and cut them and the scratches into blocks."""
        count, dtype = len(self.parameters), theta.dtype
        if theta.shape != (count,) or gradient.shape != (count,) or dtype not in (np.float64, np.float32):
            raise ValueError(
                f"{type(self).__name__} of {count} parameters takes float64 or float32 arrays of shape ({count},), "
                f"not {theta.dtype} {theta.shape} with a gradient {gradient.shape}"
            )
        for name, buffer in self._buffers.items():
            self._buffers[name] = buffer.astype(dtype, copy=False)
        block = BLOCK_BYTES // dtype.itemsize
        scratches = np.empty((2, min(count, block)), dtype)
        self._blocks = [
            (part, (*scratches[:, : part.stop - part.start], *(buffer[part] for buffer in self._buffers.values())))
            for part in (slice(start, min(start + block, count)) for start in range(0, count, block))
        ]
        self._dtype = dtype

    def _check(self, theta: Array) -> None:
        """Raise ValueError where a step has left the range of a float."""
        if (place := nonfinite_place(theta)) is not None:
            raise ValueError(
                f"a step of lr={self.lr} leaves the range of a float at {_named(self.parameters, place)}: "
                f"no parameter was changed, lower lr{' or raise eps' if hasattr(self, 'eps') else ''}"
            )
        for name, buffer in self._buffers.items():
            if (place := nonfinite_place(buffer)) is not None:
                raise ValueError(
                    f"{name} of {_named(self.parameters, place)}, leaves the range of a float: "
                    "no parameter was changed, clip the gradients or scale the loss"
                )

    def _restore(self, steps: int, buffers: dict[str, Array]) -> None:
        self._steps = steps
        for name, buffer in buffers.items():
            self._buffers[name][:] = buffer

    # ── its state ───────────────────────────────────────────────────────────────────────────────────────────────────

    def state_dict(self) -> dict[str, Any]:
        """Everything a resumed training needs, flat: ``"Adam.step"``, each hyperparameter, a copy of each buffer.

        The values are numbers and arrays, so that ``numpy.savez(path, **state)`` saves them.

        >>> SGD([Value(1.0)], momentum=0.9).state_dict()
        {'SGD.step': 0, 'SGD.lr': 0.001, 'SGD.momentum': 0.9, 'SGD.dampening': 0.0, 'SGD.weight_decay': 0.0,
         'SGD.nesterov': False, 'SGD.momentum_buffer': array([0.])}
        """
        settings = {name: getattr(self, name) for name in settings_of(type(self))}
        return labelled(self, {"step": self._steps, **settings, **self._buffers})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a ``state_dict()``, as it was or as ``numpy.load`` gives it: hyperparameters and lr too.

        Raises ValueError for the state of another optimizer or of another number of parameters, and for one that lacks
        something or holds what cannot be; nothing is loaded then.

        >>> x = Value(3.0)
        >>> optimizer, resumed = SGD([x], lr=0.5, momentum=0.9), SGD([x])
        >>> resumed.load_state_dict(optimizer.state_dict())
        >>> resumed
        SGD of 1 parameter, lr=0.5, momentum=0.9, dampening=0.0, weight_decay=0.0, nesterov=False
        """
        fields = unlabelled(self, state)
        settings = {name: taken(self, fields, name) for name in settings_of(type(self))}
        steps, lr = taken(self, fields, "step"), settings.pop("lr")
        twin = type(self)(self.parameters, **settings)
        twin.anneal(lr)
        twin._steps = whole("step", steps)
        for name in twin._buffers:
            twin._buffers[name] = self._loaded(name, taken(self, fields, name))
        none_left(self, fields)
        vars(self).update(vars(twin))

    def _loaded(self, name: str, value: Any) -> Array:
        buffer, shape = np.asarray(value), (len(self.parameters),)
        if buffer.shape != shape or buffer.dtype.kind not in "fiu":
            raise ValueError(f"{name} holds {shape[0]} numbers here, not {buffer.dtype} {buffer.shape}: nothing loaded")
        if (place := nonfinite_place(buffer)) is not None:
            raise ValueError(f"{name} holds {buffer[place]} at {place}: nothing loaded")
        return buffer.astype(np.float32 if buffer.dtype == np.float32 else np.float64)


# ── the optimizers ──────────────────────────────────────────────────────────────────────────────────────────────────


class SGD(Optimizer):
    """Stochastic gradient descent: p ← p − lr·g, or with momentum p ← p − lr·v.

    v ← momentum·v + (1 − dampening)·g, from v = g at the first step; ``nesterov`` steps by g + momentum·v instead of v.
    Raises ValueError for a momentum outside [0, 1), a dampening outside [0, 1], a negative weight_decay, and nesterov
    without momentum or with dampening. Source: Sutskever et al., On the importance of initialization and momentum in
    deep learning (2013), with the lr outside v as in PyTorch.

    >>> x = Value(0.0)
    >>> optimizer = SGD([x], lr=0.1)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     ((x - 3) ** 2).backward()
    ...     optimizer.step()
    >>> round(x.data, 6)
    1.464
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        self.momentum = within("momentum", momentum, "[0, 1)")
        self.dampening = within("dampening", dampening, "[0, 1]")
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.nesterov = bool(nesterov)
        if nesterov and (not momentum or dampening):
            raise ValueError(
                f"nesterov takes a momentum above 0 and no dampening, not momentum={momentum}, dampening={dampening}"
            )
        super().__init__(parameters, lr, {"momentum_buffer": 0.0} if momentum else None)

    def move(self, theta: Array, gradient: Array, scratch: Array, spare: Array, *buffers: Array) -> None:
        """One block of the step; see the class."""
        gradient = _with_decay(gradient, theta, self.weight_decay, spare)
        for velocity in buffers:
            self._accelerate(velocity, gradient, scratch)
            gradient = self._ahead(velocity, gradient, scratch) if self.nesterov else velocity
        _descend(theta, gradient, self.lr, scratch)

    def _accelerate(self, velocity: Array, gradient: Array, scratch: Array) -> None:
        if self._steps == 1:
            velocity[:] = gradient
        else:
            np.multiply(gradient, 1 - self.dampening, out=scratch)
            velocity *= self.momentum
            velocity += scratch

    def _ahead(self, velocity: Array, gradient: Array, scratch: Array) -> Array:
        np.multiply(velocity, self.momentum, out=scratch)
        scratch += gradient
        return scratch


class Adagrad(Optimizer):
    """Steps divided by the root of all squared gradients so far: p ← p − lrₜ·g / (√s + eps), s ← s + g².

    lrₜ = lr / (1 + (t − 1)·lr_decay); s starts at ``initial_accumulator_value``. Raises ValueError for a negative
    number. Source: Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic
    optimization (2011).

    >>> optimizer, theta = Adagrad([Value(1.0)], lr=0.5), np.array([1.0])
    >>> for _ in range(2):
    ...     optimizer.apply(theta, np.array([4.0]))
    >>> theta.round(6)
    array([0.146447])
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        self.lr_decay = at_least_zero("lr_decay", lr_decay)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.initial_accumulator_value = at_least_zero("initial_accumulator_value", initial_accumulator_value)
        self.eps = at_least_zero("eps", eps)
        super().__init__(parameters, lr, {"sum": self.initial_accumulator_value})

    def move(self, theta: Array, gradient: Array, scratch: Array, spare: Array, *buffers: Array) -> None:
        """One block of the step; see the class."""
        (total,) = buffers
        gradient = _with_decay(gradient, theta, self.weight_decay, spare)
        total += np.square(gradient, out=scratch)
        _over_root(gradient, total, self.eps, scratch)
        _descend(theta, scratch, self.lr / (1 + (self._steps - 1) * self.lr_decay), scratch)


class RMSprop(Optimizer):
    """Steps divided by the root of a running mean of squared gradients: p ← p − lr·g / (√s + eps).

    s ← alpha·s + (1 − alpha)·g²; ``centered`` takes s − m² for s, with m ← alpha·m + (1 − alpha)·g. With momentum
    p ← p − lr·v, where v ← momentum·v + g / (√s + eps). Raises ValueError for an alpha or momentum outside [0, 1), or a
    negative number. Sources: Tieleman and Hinton, Neural networks for machine learning, lecture 6e (2012); centered:
    Graves, Generating sequences with recurrent neural networks (2013), where s − m² stays 0 or more here whatever the
    rounding.

    >>> optimizer, theta = RMSprop([Value(1.0)], lr=0.05), np.array([1.0])
    >>> optimizer.apply(theta, np.array([4.0]))
    >>> theta.round(6)  # a first step is of lr / √(1 − alpha)
    array([0.5])
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        self.alpha = within("alpha", alpha, "[0, 1)")
        self.eps = at_least_zero("eps", eps)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.momentum = within("momentum", momentum, "[0, 1)")
        self.centered = bool(centered)
        kept = {"square_avg": True, "grad_avg": self.centered, "momentum_buffer": self.momentum > 0}
        super().__init__(parameters, lr, {name: 0.0 for name, is_kept in kept.items() if is_kept})

    def move(self, theta: Array, gradient: Array, scratch: Array, spare: Array, *buffers: Array) -> None:
        """One block of the step; see the class."""
        square_avg, *others = buffers
        gradient = _with_decay(gradient, theta, self.weight_decay, spare)
        _average(square_avg, np.square(gradient, out=scratch), self.alpha, scratch)
        spread = self._variance(square_avg, others[0], gradient, scratch) if self.centered else square_avg
        _over_root(gradient, spread, self.eps, scratch)
        direction = self._accelerated(others[-1], scratch) if self.momentum else scratch
        _descend(theta, direction, self.lr, scratch)

    def _accelerated(self, velocity: Array, direction: Array) -> Array:
        velocity *= self.momentum
        velocity += direction
        return velocity

    def _variance(self, square_avg: Array, grad_avg: Array, gradient: Array, scratch: Array) -> Array:
        _average(grad_avg, gradient, self.alpha, scratch)
        np.square(grad_avg, out=scratch)
        np.subtract(square_avg, scratch, out=scratch)
        return np.maximum(scratch, 0.0, out=scratch)


class Adam(Optimizer):
    """Adaptive moments: p ← p − lr·m̂ / (√v̂ + eps), with running means m of the gradient and v of its square.

    m ← β₁·m + (1 − β₁)·g, m̂ = m / (1 − β₁ᵗ); v ← β₂·v + (1 − β₂)·g², v̂ = v / (1 − β₂ᵗ). ``amsgrad`` takes for v the
    largest so far. Raises ValueError for betas outside [0, 1) or a negative number. Sources: Kingma and Ba, Adam: a
    method for stochastic optimization (2015), algorithm 1; amsgrad: Reddi, Kale and Kumar, On the convergence of Adam
    and beyond (2018).

    >>> x = Value(0.0)
    >>> optimizer = Adam([x], lr=0.1)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     ((x - 3) ** 2).backward()
    ...     optimizer.step()
    >>> round(x.data, 10)
    0.2996184765
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        if not isinstance(betas, Sequence) or len(betas) != 2:
            raise ValueError(f"betas are two numbers in [0, 1), not {betas!r}")
        self.betas = within("betas[0]", betas[0], "[0, 1)"), within("betas[1]", betas[1], "[0, 1)")
        self.eps = at_least_zero("eps", eps)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.amsgrad = bool(amsgrad)
        largest = {"max_exp_avg_sq": 0.0} if self.amsgrad else {}
        super().__init__(parameters, lr, {"exp_avg": 0.0, "exp_avg_sq": 0.0, **largest})

    def move(self, theta: Array, gradient: Array, scratch: Array, spare: Array, *buffers: Array) -> None:
        """One block of the step; see the class. √v̂ is √v·r, so both sides of the fraction are taken over r."""
        (mean, square, *largest), (beta1, beta2) = buffers, self.betas
        gradient = self._decayed(theta, gradient, spare)
        _average(mean, gradient, beta1, scratch)
        _average(square, np.square(gradient, out=scratch), beta2, scratch)
        for most in largest:
            square = np.maximum(most, square, out=most)
        root = math.sqrt(1 - beta2**self._steps)
        _over_root(mean, square, self.eps * root, scratch)
        _descend(theta, scratch, self.lr * root / (1 - beta1**self._steps), scratch)

    def _decayed(self, theta: Array, gradient: Array, spare: Array) -> Array:
        return _with_decay(gradient, theta, self.weight_decay, spare)


class AdamW(Adam):
    """Adam with decoupled weight decay: p ← (1 − lr·weight_decay)·p first, then Adam's step by the bare gradient.

    Arguments and errors are Adam's. Source: Loshchilov and Hutter, Decoupled weight decay regularization (2019),
    algorithm 2.

    >>> optimizer, theta = AdamW([Value(1.0)], lr=0.1, weight_decay=0.5), np.array([1.0])
    >>> optimizer.apply(theta, np.array([4.0]))
    >>> theta.round(6)  # 1 − 0.05 of decay − 0.1 of Adam
    array([0.85])
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad)

    def _decayed(self, theta: Array, gradient: Array, spare: Array) -> Array:
        if self.weight_decay:
            theta *= 1 - self.lr * self.weight_decay
        return gradient


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    name.lower(): globals()[name] for name in __all__ if name != "Optimizer"
}
"""Each optimizer by its name in lower case."""


# ── what they are made of: blocks, in place; scratch may be the operand itself ───────────────────────────────────────


def _with_decay(gradient: Array, theta: Array, weight_decay: float, spare: Array) -> Array:
    """gradient + weight_decay·theta, in spare; the gradient itself where there is no decay."""
    if not weight_decay:
        return gradient
    np.multiply(theta, weight_decay, out=spare)
    spare += gradient
    return spare


def _average(mean: Array, x: Array, keep: float, scratch: Array) -> None:
    """Mean ← keep·mean + (1 − keep)·x."""
    np.multiply(x, 1 - keep, out=scratch)
    mean *= keep
    mean += scratch


def _over_root(x: Array, square: Array, eps: float, scratch: Array) -> None:
    """Scratch ← x / (√square + eps)."""
    np.sqrt(square, out=scratch)
    scratch += eps
    np.divide(x, scratch, out=scratch)


def _descend(theta: Array, direction: Array, rate: float, scratch: Array) -> None:
    """Theta ← theta − rate·direction."""
    np.multiply(direction, rate, out=scratch)
    theta -= scratch
