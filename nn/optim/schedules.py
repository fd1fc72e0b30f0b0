"""Schedules: the learning rate as a function of the epoch.

Each formula computes an epoch's rate from the first epoch's, so a resumed training has the same rates as one that was
never interrupted. Names, arguments and formulas are PyTorch's. lr₀ is the optimizer's rate when the schedule is
created, and t is the number of epochs done.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from autograd.util.printable import a_kind_of, kind_of
from autograd.util.suggestions import Advised
from nn.optim.optimizer import Optimizer
from nn.optim.settings import (
    at_least_zero,
    in_interval,
    integer,
    number,
    pop_field,
    refuse_unknown,
    settings_of,
    with_class_name,
    without_class_name,
)

__all__ = ["CosineAnnealingLR", "ExponentialLR", "LambdaLR", "LinearLR", "Schedule", "StepLR"]


class Schedule(Advised, ABC):
    """The base class of every schedule. A subclass defines ``factor``: an epoch's rate divided by the first, lrₜ / lr₀.

    optimizer: the optimizer whose ``lr`` is set: now for epoch 0, and at each ``step()`` for the next epoch. Give an
    optimizer one schedule only; with several, the last to step sets the rate.

    A subclass stores each hyperparameter in the attribute of the same name. Raises TypeError for anything that is not
    an optimizer.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> class InverseTime(Schedule):  # lr₀ / (1 + t)
    ...     def factor(self, epoch):
    ...         return 1 / (1 + epoch)
    >>> optimizer = SGD([Value(1.0)], lr=0.6)
    >>> schedule = InverseTime(optimizer)
    >>> schedule.step()
    >>> schedule.step()
    >>> round(optimizer.lr, 10), schedule.epoch
    (0.2, 2)
    """

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{kind_of(self)} takes an optimizer, not {a_kind_of(optimizer)}")
        self.optimizer = optimizer
        self.base_lr = optimizer.lr
        self.epoch = 0
        self._set()

    @abstractmethod
    def factor(self, epoch: int) -> float:
        """Return the learning rate after so many epochs, divided by the first."""

    def step(self) -> None:
        """Set the learning rate for the next epoch. Call this after each epoch.

        Raises ValueError, and stays at this epoch, if the rate is negative or not finite.

        >>> from autograd import Value
        >>> from nn.optim import SGD
        >>> optimizer = SGD([Value(1.0)], lr=0.5)
        >>> ExponentialLR(optimizer, 0.5).step()
        >>> optimizer.lr
        0.25
        """
        self.epoch += 1
        try:
            self._set()
        except BaseException:
            self.epoch -= 1
            raise

    def _set(self) -> None:
        self.optimizer.set_lr(at_least_zero(f"the lr of epoch {self.epoch}", self._rate()))

    def _rate(self) -> float:
        return self.base_lr * self.factor(self.epoch)

    def state_dict(self) -> dict[str, Any]:
        """Return the schedule's state as a flat dict: the epoch, lr₀, and each hyperparameter that is a number.

        >>> from autograd import Value
        >>> from nn.optim import SGD
        >>> StepLR(SGD([Value(1.0)], lr=0.5), step_size=30).state_dict()
        {'StepLR.epoch': 0, 'StepLR.base_lr': 0.5, 'StepLR.step_size': 30, 'StepLR.gamma': 0.1}
        """
        return with_class_name(self, {"epoch": self.epoch, "base_lr": self.base_lr, **self._numbers()})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a ``state_dict()``, and set its epoch's learning rate.

        Raises ValueError, and loads nothing, if the state belongs to another schedule, or if something is missing or
        impossible.

        >>> from autograd import Value
        >>> from nn.optim import SGD
        >>> optimizer = SGD([Value(1.0)], lr=0.5)
        >>> schedule = StepLR(optimizer, step_size=1)
        >>> schedule.load_state_dict({**schedule.state_dict(), "StepLR.epoch": 2})
        >>> round(optimizer.lr, 10)
        0.005
        """
        fields = without_class_name(self, state)
        epoch, base_lr = integer("epoch", pop_field(self, fields, "epoch")), pop_field(self, fields, "base_lr")
        settings = {name: pop_field(self, fields, name) for name in self._numbers()}
        refuse_unknown(self, fields)
        before = self.optimizer.lr
        try:
            twin = type(self)(self.optimizer, **{**self._settings(), **settings})
            twin.base_lr, twin.epoch = at_least_zero("base_lr", base_lr), epoch
            twin._set()
        except BaseException:
            self.optimizer.set_lr(before)
            raise
        vars(self).update(vars(twin))

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in settings_of(type(self))}

    def _numbers(self) -> dict[str, Any]:
        return {name: value for name, value in self._settings().items() if isinstance(value, (int, float))}

    def __repr__(self) -> str:
        settings = "".join(f", {name}={value}" for name, value in self._settings().items())
        return f"{kind_of(self)} at epoch {self.epoch}, lr={self.optimizer.lr} of {self.base_lr}{settings}"


class StepLR(Schedule):
    """A rate that falls every ``step_size`` epochs: lr₀ · gamma^⌊t / step_size⌋.

    Raises ValueError for a step_size that is not a whole number above 0, or a negative gamma.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> schedule, rates = StepLR(optimizer, step_size=2, gamma=0.5), []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size = integer("step_size", step_size, least=1)
        self.gamma = at_least_zero("gamma", gamma)
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        """gamma^⌊t / step_size⌋."""
        return _power(self.gamma, epoch // self.step_size)


class ExponentialLR(Schedule):
    """A rate that falls every epoch: lr₀ · gamma^t.

    Raises ValueError for a negative gamma.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> schedule, rates = ExponentialLR(optimizer, gamma=0.5), []
    >>> for epoch in range(3):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [0.5, 0.25, 0.125]
    """

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = at_least_zero("gamma", gamma)
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        """gamma^t."""
        return _power(self.gamma, epoch)


class CosineAnnealingLR(Schedule):
    """Half a cosine from lr₀ to eta_min in T_max epochs: eta_min + (lr₀ − eta_min)·(1 + cos(πt / T_max)) / 2.

    After T_max the rate rises again, as in PyTorch. Raises ValueError for a T_max that is not a whole number above 0,
    or a negative eta_min. Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts
    (2017), equation 5, without the restarts.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> schedule, rates = CosineAnnealingLR(optimizer, T_max=4), []
    >>> for epoch in range(5):
    ...     rates.append(round(optimizer.lr, 4))
    ...     schedule.step()
    >>> rates
    [0.5, 0.4268, 0.25, 0.0732, 0.0]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max = integer("T_max", T_max, least=1)
        self.eta_min = at_least_zero("eta_min", eta_min)
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        """(1 + cos(πt / T_max)) / 2: the share of the way from eta_min up to lr₀."""
        return (1 + math.cos(math.pi * epoch / self.T_max)) / 2

    def _rate(self) -> float:
        return self.eta_min + (self.base_lr - self.eta_min) * self.factor(self.epoch)


class LinearLR(Schedule):
    """A warm-up: lr₀ times a factor that goes linearly from start_factor to end_factor in total_iters epochs.

    lrₜ = lr₀ · (start_factor + (end_factor − start_factor)·min(t, total_iters) / total_iters). Raises ValueError for a
    start_factor outside (0, 1], an end_factor outside [0, 1], or a total_iters that is not a whole number above 0.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> schedule, rates = LinearLR(optimizer, start_factor=0.5, total_iters=2), []
    >>> for epoch in range(4):
    ...     rates.append(optimizer.lr)
    ...     schedule.step()
    >>> rates
    [0.25, 0.375, 0.5, 0.5]
    """

    def __init__(
        self, optimizer: Optimizer, start_factor: float = 1 / 3, end_factor: float = 1.0, total_iters: int = 5
    ) -> None:
        self.start_factor = in_interval("start_factor", start_factor, "(0, 1]")
        self.end_factor = in_interval("end_factor", end_factor, "[0, 1]")
        self.total_iters = integer("total_iters", total_iters, least=1)
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        """Return the point on the straight line from start_factor to end_factor."""
        done = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * done


class LambdaLR(Schedule):
    """A schedule of your own: lr₀ · lr_lambda(t).

    lr_lambda: a function of the epoch, an int counted from 0. It is not part of the state, so load a state into a
    schedule with the same function.

    Raises TypeError if lr_lambda is not a function, and ValueError if it returns a negative or infinite number.

    >>> from autograd import Value
    >>> from nn.optim import SGD
    >>> optimizer = SGD([Value(1.0)], lr=0.5)
    >>> schedule = LambdaLR(optimizer, lambda epoch: min(1.0, (epoch + 1) / 5) * 0.99**epoch)  # a warm-up, a decay
    >>> schedule.step()
    >>> round(optimizer.lr, 10)
    0.198
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        if not callable(lr_lambda):
            raise TypeError(f"lr_lambda must be a function of the epoch, not {a_kind_of(lr_lambda)}")
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        """lr_lambda(t)."""
        return number(f"lr_lambda({epoch})", self.lr_lambda(epoch))


def _power(gamma: float, exponent: int) -> float:
    """gamma^exponent, but infinite if Python would raise OverflowError."""
    try:
        return gamma**exponent
    except OverflowError:
        return math.inf
