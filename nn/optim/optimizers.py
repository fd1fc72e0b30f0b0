"""The optimizers: SGD, Adagrad, RMSprop, Adam and AdamW.

Formulas, names and defaults are PyTorch's. In the formulas p is a parameter, g its gradient and t the number of the
step, counted from 1; with ``weight_decay``, g stands for g + weight_decay·p.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from autograd import Value
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from nn.optim.optimizer import Optimizer
from nn.optim.settings import at_least_zero, in_interval

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "RMSprop"]


class SGD(Optimizer):
    """Stochastic gradient descent: p ← p − lr·g, or with momentum p ← p − lr·v.

    v ← momentum·v + (1 − dampening)·g, with v = g in the first step; ``nesterov`` steps by g + momentum·v instead of v.
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
        self.momentum = in_interval("momentum", momentum, "[0, 1)")
        self.dampening = in_interval("dampening", dampening, "[0, 1]")
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.nesterov = bool(nesterov)
        if nesterov and (not momentum or dampening):
            raise ValueError(
                f"nesterov needs momentum above 0 and no dampening, not momentum={momentum}, dampening={dampening}"
            )
        super().__init__(parameters, lr, {"momentum_buffer": 0.0} if momentum else None)

    def update(self, theta: Array, gradient: Array, scratch: Array, scratch2: Array, *buffers: Array) -> None:
        """Take the step on one block; see the class."""
        gradient = _with_decay(gradient, theta, self.weight_decay, scratch2)
        for velocity in buffers:
            self._accelerate(velocity, gradient, scratch)
            gradient = self._ahead(velocity, gradient, scratch) if self.nesterov else velocity
        _descend(theta, gradient, self.lr, scratch)

    def _accelerate(self, velocity: Array, gradient: Array, scratch: Array) -> None:
        if self._steps == 1:
            velocity[:] = gradient
        else:
            _blend(velocity, gradient, self.momentum, 1 - self.dampening, scratch)

    def _ahead(self, velocity: Array, gradient: Array, scratch: Array) -> Array:
        np.multiply(velocity, self.momentum, out=scratch)
        scratch += gradient
        return scratch


class Adagrad(Optimizer):
    """Adagrad, which divides steps by the root of all squared gradients: p ← p − lrₜ·g / (√s + eps), s ← s + g².

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

    def update(self, theta: Array, gradient: Array, scratch: Array, scratch2: Array, *buffers: Array) -> None:
        """Take the step on one block; see the class."""
        (total,) = buffers
        gradient = _with_decay(gradient, theta, self.weight_decay, scratch2)
        total += np.square(gradient, out=scratch)
        _over_root(gradient, total, self.eps, scratch)
        _descend(theta, scratch, self.lr / (1 + (self._steps - 1) * self.lr_decay), scratch)


class RMSprop(Optimizer):
    """RMSprop, which divides steps by the root of the mean squared gradient: p ← p − lr·g / (√s + eps).

    s ← alpha·s + (1 − alpha)·g²; ``centered`` uses s − m² instead of s, with m ← alpha·m + (1 − alpha)·g. With momentum
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
        self.alpha = in_interval("alpha", alpha, "[0, 1)")
        self.eps = at_least_zero("eps", eps)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.momentum = in_interval("momentum", momentum, "[0, 1)")
        self.centered = bool(centered)
        buffers = {"square_avg": True, "grad_avg": self.centered, "momentum_buffer": self.momentum > 0}
        super().__init__(parameters, lr, {name: 0.0 for name, is_needed in buffers.items() if is_needed})

    def update(self, theta: Array, gradient: Array, scratch: Array, scratch2: Array, *buffers: Array) -> None:
        """Take the step on one block; see the class."""
        square_avg, *others = buffers
        gradient = _with_decay(gradient, theta, self.weight_decay, scratch2)
        _blend(square_avg, np.square(gradient, out=scratch), self.alpha, 1 - self.alpha, scratch)
        spread = self._variance(square_avg, others[0], gradient, scratch) if self.centered else square_avg
        _over_root(gradient, spread, self.eps, scratch)
        direction = self._accelerated(others[-1], scratch) if self.momentum else scratch
        _descend(theta, direction, self.lr, scratch)

    def _accelerated(self, velocity: Array, direction: Array) -> Array:
        velocity *= self.momentum
        velocity += direction
        return velocity

    def _variance(self, square_avg: Array, grad_avg: Array, gradient: Array, scratch: Array) -> Array:
        _blend(grad_avg, gradient, self.alpha, 1 - self.alpha, scratch)
        np.square(grad_avg, out=scratch)
        np.subtract(square_avg, scratch, out=scratch)
        return np.maximum(scratch, 0.0, out=scratch)


class Adam(Optimizer):
    """Adam: p ← p − lr·m̂ / (√v̂ + eps), with running means m of the gradient and v of its square.

    m ← β₁·m + (1 − β₁)·g, m̂ = m / (1 − β₁ᵗ); v ← β₂·v + (1 − β₂)·g², v̂ = v / (1 − β₂ᵗ). ``amsgrad`` uses the
    largest v so far. Raises ValueError for betas outside [0, 1) or a negative number. Sources: Kingma and Ba, Adam: a
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
            raise ValueError(f"betas must be two numbers in [0, 1), not {betas!r}")
        self.betas = in_interval("betas[0]", betas[0], "[0, 1)"), in_interval("betas[1]", betas[1], "[0, 1)")
        self.eps = at_least_zero("eps", eps)
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        self.amsgrad = bool(amsgrad)
        largest = {"max_exp_avg_sq": 0.0} if self.amsgrad else {}
        super().__init__(parameters, lr, {"exp_avg": 0.0, "exp_avg_sq": 0.0, **largest})

    def update(self, theta: Array, gradient: Array, scratch: Array, scratch2: Array, *buffers: Array) -> None:
        """Take the step on one block; see the class. √v̂ is √v·r, so the fraction is computed over r."""
        (mean, square, *largest), (beta1, beta2) = buffers, self.betas
        gradient = self._decayed(theta, gradient, scratch2)
        _blend(mean, gradient, beta1, 1 - beta1, scratch)
        _blend(square, np.square(gradient, out=scratch), beta2, 1 - beta2, scratch)
        for most in largest:
            square = np.maximum(most, square, out=most)
        root = math.sqrt(1 - beta2**self._steps)
        _over_root(mean, square, self.eps * root, scratch)
        _descend(theta, scratch, self.lr * root / (1 - beta1**self._steps), scratch)

    def _decayed(self, theta: Array, gradient: Array, scratch2: Array) -> Array:
        return _with_decay(gradient, theta, self.weight_decay, scratch2)


class AdamW(Adam):
    """Adam with decoupled weight decay: p ← (1 − lr·weight_decay)·p first, then a plain Adam step.

    Arguments and errors are the same as Adam's.
    Source: Loshchilov and Hutter, Decoupled weight decay regularization (2019), algorithm 2.

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

    def _decayed(self, theta: Array, gradient: Array, scratch2: Array) -> Array:
        if self.weight_decay:
            theta *= 1 - self.lr * self.weight_decay
        return gradient


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {name.lower(): globals()[name] for name in __all__}
"""Every optimizer by its name in lower case."""


# ── what they are made of: blocks, in place; scratch may be the operand itself ───────────────────────────────────────


def _with_decay(gradient: Array, theta: Array, weight_decay: float, scratch2: Array) -> Array:
    """gradient + weight_decay·theta, in scratch2; the gradient itself where there is no decay."""
    if not weight_decay:
        return gradient
    np.multiply(theta, weight_decay, out=scratch2)
    scratch2 += gradient
    return scratch2


def _blend(buffer: Array, x: Array, keep: float, share: float, scratch: Array) -> None:
    """Buffer ← keep·buffer + share·x."""
    np.multiply(x, share, out=scratch)
    buffer *= keep
    buffer += scratch


def _over_root(x: Array, square: Array, eps: float, scratch: Array) -> None:
    """Scratch ← x / (√square + eps)."""
    np.sqrt(square, out=scratch)
    scratch += eps
    np.divide(x, scratch, out=scratch)


def _descend(theta: Array, direction: Array, rate: float, scratch: Array) -> None:
    """Theta ← theta − rate·direction."""
    np.multiply(direction, rate, out=scratch)
    theta -= scratch
