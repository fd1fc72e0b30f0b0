"""Optimizer: the code that all optimizers share. An array of parameters goes in, and is moved in place.

An optimizer consists of its hyperparameters, its buffers and ``update``: one step of one block of numbers.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from operator import call
from typing import TYPE_CHECKING, Any

from autograd import Value
from autograd.core.node import numbers_set, write_numbers
from autograd.util.arrays import Array, plain_array
from autograd.util.lazy_numpy import np
from autograd.util.printable import kind_of
from autograd.util.suggestions import Advised
from nn.optim.settings import (
    at_least_zero,
    describe_parameter,
    distinct_leaves,
    first_nonfinite,
    integer,
    number,
    pack,
    pop_field,
    refuse_nonfinite,
    refuse_unknown,
    settings_of,
    with_class_name,
    with_gradient,
    without_class_name,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Optimizer"]

BLOCK_BYTES = 128 * 1024
"""A block of parameters, gradients, two buffers and two scratches stays in a second-level cache, and is still so long
that NumPy's half microsecond a call does not show. Half of it costs a fifth more time, a quarter a half more."""


class Optimizer(Advised, ABC):
    """The base class of every optimizer.

    parameters: leaf Values, as from ``module.parameters()``; if one is listed twice, it is stepped once.
    lr: the learning rate, the only hyperparameter that can be set later.
    buffers: name → start value of each number that is kept per parameter from step to step.

    A subclass takes its hyperparameters by name in ``__init__``, stores each in the attribute of the same name, and
    defines ``update``. Raises TypeError if parameters is not a list of leaf Values, and ValueError if it is empty or lr
    is not positive and finite.

    >>> class SignSGD(Optimizer):  # p ← p − lr·sign(v),  v ← momentum·v + g
    ...     def __init__(self, parameters, lr=0.01, momentum=0.9):
    ...         super().__init__(parameters, lr, buffers={"velocity": 0.0})
    ...         self.momentum = momentum
    ...     def update(self, theta, gradient, scratch, scratch2, velocity):
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
            raise ValueError("the list of parameters is empty: pass model.parameters()")
        self.lr = lr
        self._steps = 0
        self._counts: Array | None = None  # one for each parameter, if some were stepped more often than others
        self._buffers: dict[str, Array] = {
            name: np.full(len(self.parameters), start) if start else np.zeros(len(self.parameters))
            for name, start in (buffers or {}).items()
        }
        self._dtype: Any = None
        self._blocks: list[tuple[slice, tuple[Array, ...]]] = []

    @abstractmethod
    def update(self, theta: Array, gradient: Array, scratch: Array, scratch2: Array, *buffers: Array) -> None:
        """Move one block of numbers by one step, in place.

        theta: (block,), the parameters.
        gradient: (block,), only to be read.
        scratch, scratch2: (block,), free to use.
        buffers: (block,) each, in the order they were declared in.
        """

    @property
    def lr(self) -> float:
        """The learning rate. Setting it raises ValueError unless it is positive and finite."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        if not number("lr", lr) > 0:
            raise ValueError(f"lr must be positive, not {lr!r}")
        self.set_lr(lr)

    def set_lr(self, lr: float) -> None:
        """Set the learning rate like a schedule, which may also set it to 0. Raises ValueError for a negative one.

        >>> from nn.optim import SGD
        >>> optimizer = SGD([Value(1.0)])
        >>> optimizer.set_lr(0.0)
        >>> optimizer.lr
        0.0
        """
        self._lr = at_least_zero("lr", lr)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") and name != "lr" and name in vars(self) and name in settings_of(type(self)):
            raise AttributeError(f"{name} cannot be changed later, only lr can: create a new {kind_of(self)}")
        super().__setattr__(name, value)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_dtype": None, "_blocks": []}  # a copy of a view would be no view of the copied buffer

    def __repr__(self) -> str:
        settings = "".join(f", {name}={getattr(self, name)}" for name in settings_of(type(self)))
        count = len(self.parameters)
        return f"{kind_of(self)} of {count} parameter{'s' * (count != 1)}{settings}"

    # ── one step ────────────────────────────────────────────────────────────────────────────────────────────────────

    def zero_grad(self) -> None:
        """Reset the gradient of every parameter to 0.0. Do this before each ``backward()``.

        A parameter that the next ``backward()`` does not reach has no gradient, and ``step`` does not move it.

        >>> from nn.optim import SGD
        >>> x = Value(1.0)
        >>> (x * 3).backward()
        >>> SGD([x]).zero_grad()
        >>> x.grad
        0.0
        """
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Take one step: move the ``data`` of every parameter that has a gradient.

        A parameter that no ``backward()`` has reached since ``zero_grad()`` does not move: its momentum and step count
        stay, and it gets no weight decay. (A gradient that you set to 0 yourself counts as a gradient.) Raises
        ValueError, and changes nothing, if a gradient or a parameter is not finite or would become so.

        >>> from nn.optim import SGD
        >>> x = Value(1.0, label="x")
        >>> (x * x).backward()
        >>> SGD([x], lr=0.25).step()
        >>> x.data
        0.5
        """
        theta, gradient = pack(self.parameters, "data"), pack(self.parameters, "grad")
        refuse_nonfinite(gradient, self.parameters, "the gradient of ")
        refuse_nonfinite(theta, self.parameters, "")
        undo = chain(self._restored(), numbers_set(self.parameters, theta.copy().data))
        try:
            self.apply(theta, gradient, with_gradient(self.parameters))
            self.check(theta)
            write_numbers(self.parameters, theta.tolist())
        except BaseException:  # Ctrl-C too, however often: a step is taken or it is not
            deque(undo, 0)
            raise

    def apply(self, theta: Array, gradient: Array, reached: Array | None = None) -> None:
        """Move an array of parameters by one step, in place: one pass over memory, and nothing is allocated.

        theta: (parameters,), in the order of ``parameters``, float64 or float32.
        gradient: the same shape and type; it is only read.
        reached: (parameters,) truth values: which parameters have a gradient and move; None for all.

        The numbers are the same as from ``step()``, bit for bit. Only the first call checks shapes (ValueError), and no
        call checks whether numbers are finite: ``check`` does.

        >>> from nn.optim import SGD
        >>> theta = np.array([1.0, 2.0])
        >>> SGD([Value(1.0), Value(2.0)], lr=0.5).apply(theta, np.array([1.0, -1.0]))
        >>> theta
        array([0.5, 2.5])
        """
        if theta.dtype is not self._dtype:
            self._lay_out(theta, gradient)
        if reached is not None or self._counts is not None:
            self._apply_to_some(theta, gradient, np.ones(len(theta), bool) if reached is None else reached)
            return
        self._steps += 1
        self._apply_to_all(theta, gradient)

    def _apply_to_all(self, theta: Array, gradient: Array) -> None:
        with np.errstate(all="ignore"):
            for part, arrays in self._blocks:
                self.update(theta[part], gradient[part], *arrays)

    def _apply_to_some(self, theta: Array, gradient: Array, reached: Array) -> None:
        """Move the parameters that were reached, those with the same step count together."""
        counts = (np.full(len(theta), self._steps) if self._counts is None else self._counts) + reached
        of_reached = counts[reached]
        if 2 * len(of_reached) > len(theta) and (of_reached == of_reached[0]).all():
            self._steps = int(of_reached[0])
            self._apply_but_to(np.flatnonzero(~reached), theta, gradient)
        else:
            for count in np.flatnonzero(np.bincount(of_reached)).tolist():
                self._steps = count
                self._apply_to(np.flatnonzero(reached & (counts == count)), theta, gradient)
        self._steps = int(counts.max())
        self._counts = counts if (counts != self._steps).any() else None

    def _apply_but_to(self, others: Array, theta: Array, gradient: Array) -> None:
        """Move all parameters, and put the others back: faster than taking out most of them."""
        arrays = [theta, *self._buffers.values()]
        before = [array[others] for array in arrays]
        self._apply_to_all(theta, gradient)
        for array, numbers in zip(arrays, before, strict=True):
            array[others] = numbers

    def _apply_to(self, chosen: Array, theta: Array, gradient: Array) -> None:
        numbers, buffers = theta[chosen], [buffer[chosen] for buffer in self._buffers.values()]
        with np.errstate(all="ignore"):
            self.update(numbers, gradient[chosen], np.empty_like(numbers), np.empty_like(numbers), *buffers)
        theta[chosen] = numbers
        for buffer, moved in zip(self._buffers.values(), buffers, strict=True):
            buffer[chosen] = moved

    def _lay_out(self, theta: Array, gradient: Array) -> None:
        """Convert the buffers to theta's type, and cut buffers and scratches into blocks."""
        count, dtype = len(self.parameters), theta.dtype
        if theta.shape != (count,) or gradient.shape != (count,) or dtype not in (np.float64, np.float32):
            raise ValueError(
                f"{kind_of(self)} of {count} parameters takes float64 or float32 arrays of shape ({count},), "
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

    def is_surely_finite(self, theta: Array) -> bool:
        """Whether theta and the buffers are surely finite, by their sums of squares: much faster than ``check``."""
        with np.errstate(all="ignore"):
            return all(math.isfinite(x.dot(x)) for x in (theta, *self._buffers.values()))

    def check(self, theta: Array) -> None:
        """Raise ValueError if a step has left the range of a float."""
        if (index := first_nonfinite(theta)) is not None:
            raise ValueError(
                f"a step of lr={self.lr} leaves the range of a float at {describe_parameter(self.parameters, index)}; "
                f"no parameter was changed: lower lr{' or raise eps' if hasattr(self, 'eps') else ''}"
            )
        for name, buffer in self._buffers.items():
            if (index := first_nonfinite(buffer)) is not None:
                raise ValueError(
                    f"{name} of {describe_parameter(self.parameters, index)}, leaves the range of a float; "
                    "no parameter was changed: clip the gradients or scale the loss"
                )

    def _restored(self) -> Iterator[None]:
        """Prepare to restore the present state: ``deque(…, 0)`` on the result does so without a step of Python."""
        buffers = self._buffers.values()
        contents = [partial(buffer.__setitem__, slice(None), buffer.copy()) for buffer in buffers]
        state = partial(vars(self).update, {**vars(self), "_buffers": dict(self._buffers)})
        return map(call, [*contents, state])

    # ── its state ───────────────────────────────────────────────────────────────────────────────────────────────────

    def state_dict(self) -> dict[str, Any]:
        """Return the optimizer's state as a flat dict: ``"Adam.step"``, each hyperparameter, a copy of each buffer.

        The step is one number, or (parameters,) if some parameters were stepped more often than others. All values are
        numbers and arrays, so ``numpy.savez(path, **state)`` can save them.

        >>> from nn.optim import SGD
        >>> SGD([Value(1.0)], momentum=0.9).state_dict()
        {'SGD.step': 0, 'SGD.lr': 0.001, 'SGD.momentum': 0.9, 'SGD.dampening': 0.0, 'SGD.weight_decay': 0.0,
         'SGD.nesterov': False, 'SGD.momentum_buffer': array([0.])}
        """
        settings = {name: getattr(self, name) for name in settings_of(type(self))}
        step = self._steps if self._counts is None else self._counts
        return with_class_name(self, {"step": step, **settings, **self._buffers})

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue from a ``state_dict()``, with its hyperparameters and lr.

        state: as returned by ``state_dict()``, or as read by ``numpy.load``.

        Raises ValueError, and loads nothing, if the state belongs to another optimizer or another number of parameters,
        or if something is missing or impossible.

        >>> from nn.optim import SGD
        >>> x = Value(3.0)
        >>> optimizer, resumed = SGD([x], lr=0.5, momentum=0.9), SGD([x])
        >>> resumed.load_state_dict(optimizer.state_dict())
        >>> resumed
        SGD of 1 parameter, lr=0.5, momentum=0.9, dampening=0.0, weight_decay=0.0, nesterov=False
        """
        fields = without_class_name(self, state)
        settings = {name: pop_field(self, fields, name) for name in settings_of(type(self))}
        steps, lr = pop_field(self, fields, "step"), settings.pop("lr")
        twin = type(self)(self.parameters, **settings)
        twin.set_lr(lr)
        twin._count(steps)
        for name in twin._buffers:
            twin._buffers[name] = self._loaded(name, pop_field(self, fields, name))
        refuse_unknown(self, fields)
        vars(self).update(vars(twin))

    def _count(self, steps: ArrayLike) -> None:
        """Set the step counts: one for all parameters, or one for each."""
        if np.shape(steps) == ():
            self._steps, self._counts = integer("step", steps), None
            return
        counts = np.asarray(steps)
        if counts.shape != (len(self.parameters),) or counts.dtype.kind not in "iu" or (counts < 0).any():
            raise ValueError(
                f"step must be one whole number or {len(self.parameters)} of them, not {counts.dtype} {counts.shape}; "
                "nothing was loaded"
            )
        self._steps, self._counts = int(counts.max()), counts.astype(np.int64)

    def _loaded(self, name: str, value: ArrayLike) -> Array:
        buffer, shape = plain_array(value, name), (len(self.parameters),)
        if buffer.shape != shape or buffer.dtype.kind not in "fiu":
            raise ValueError(
                f"{name} must have {shape[0]} numbers, not {buffer.dtype} {buffer.shape}; nothing was loaded"
            )
        if (index := first_nonfinite(buffer)) is not None:
            raise ValueError(f"{name}[{index}] is {buffer[index]}, which is not finite; nothing was loaded")
        return buffer.astype(np.float32 if buffer.dtype == np.float32 else np.float64)
