"""RowFunction: a function of one sample, run over arrays of samples; compiled, or eagerly if it does not compile."""

from __future__ import annotations

import contextlib
import functools
import re
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Literal, TypeAlias

import autograd
from autograd import RecordingError, Value
from autograd.core.modes import track_everything
from autograd.core.node import grads_set, numbers_set
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import is_array, np
from autograd.util.printable import kind_of, printable
from nn.modes import predicting

__all__ = ["RowFunction"]

Engine = Literal["compiled", "eager"]
Function = Callable[..., Any]
Sample: TypeAlias = "Array | np.generic"
"""One sample: a row of an array of samples, which may be an array again or a number."""


class RowFunction:
    """A function of one sample that is run over arrays of samples: compiled, or one sample after the other.

    f: a function of one sample from each array.
    values: the parameters that a call may give other numbers, in the order of a gradient.
    engine: the engine asked for; from the first call on, ``is_compiled`` says which is used.
    eagerly: f for the eager engine; by default f itself, on plain numbers, or on Values if it only takes those.

    Modules in f predict, unless f itself sets another mode. Raises ValueError for an unknown engine.

    >>> import nn
    >>> twice = RowFunction(lambda x: 2.0 * x)
    >>> twice(np.array([1.0, 2.0])), twice.is_compiled
    (array([2., 4.]), True)
    >>> looked_up = RowFunction({1.0: 10.0, 2.0: 20.0}.get)
    >>> looked_up(np.array([1.0, 2.0])), looked_up.is_compiled
    (array([10., 20.]), False)
    """

    def __init__(
        self,
        f: Function,
        values: Sequence[Value] = (),
        engine: Engine = "compiled",
        *,
        dtype: str = "float64",
        eagerly: Function | None = None,
    ) -> None:
        if engine not in ("compiled", "eager"):
            raise ValueError(f"engine must be 'compiled' or 'eager', not {engine!r:.60}")
        self.values, self.dtype, self.is_compiled = values, dtype, engine == "compiled"
        self.eagerly = eagerly or functools.partial(called, f)
        passes = {} if self.is_compiled else {"passes": ()}  # it may be asked what a gradient reaches, and is never run
        self.program = autograd.compile(f, dtype=dtype, parameters=values, **passes)
        self.refused: Exception | None = None
        self._is_ready = False  # to run compiled

    def compiles(self, *batches: Array) -> bool:
        """Try to record f for arrays of this structure. If that fails, f runs eagerly from now on.

        Functions that need plain numbers (an index, a key, math.sin) raise errors of any kind for a Value; the error is
        kept in ``refused``.
        """
        try:
            with predicting():
                self.program.record(*[x[:1] for x in batches])
        except Exception as error:
            self.refused, self.is_compiled = error, False
            return False
        self._is_ready = self.is_compiled
        return True

    def __call__(self, *batches: Array, numbers: Array | None = None) -> Array:
        """Compute f of each sample: (samples,) if f returns one number, else (samples, …).

        numbers: (values,), to use instead of the values' own numbers, which do not change.
        """
        if self._runs_compiled(batches):
            with predicting():  # another structure is recorded first
                return _stacked(
                    self.program(*batches, parameters=None if numbers is None else self.with_others(numbers))
                )
        with _holding(self.values, numbers), autograd.no_grad(), predicting():
            return np.array([plain(self.eagerly(*sample)) for sample in zip(*batches, strict=True)], self.dtype)

    def mean(self, *batches: Array, numbers: Array | None = None) -> float:
        """Compute the mean of f over the samples."""
        return float(np.mean(self(*batches, numbers=numbers)))

    def value_and_grad(
        self,
        batch: Sequence[Array],
        numbers: Array | None = None,
        out: Array | None = None,
        *,
        allow_nonfinite: bool = False,
    ) -> tuple[float, Array]:
        """Compute the mean of f over the samples, and its gradient: (values,).

        numbers: (values,), to use instead of the values' own numbers; then numbers and gradients of the values do not
        change. Without it, the eager engine leaves its gradients in the values.
        out: an array that a compiled gradient may be written to.
        allow_nonfinite: return a mean or gradient that is not finite, instead of raising NonFiniteError.
        """
        if not self._is_ready and not self._runs_compiled(batch):  # a call less in each step of a training
            with _holding(self.values, numbers):
                return self._eager_value_and_grad(batch, allow_nonfinite)
        program, size = self.program, len(self.values)
        if size == len(program.parameters):
            return program.value_and_grad(  # type: ignore[no-any-return]
                *batch, parameters=numbers, out=out, allow_nonfinite=allow_nonfinite
            )
        every = None if numbers is None else self.with_others(numbers)
        mean, gradient = program.value_and_grad(*batch, parameters=every, allow_nonfinite=allow_nonfinite)
        return mean, gradient[:size]

    def with_others(self, numbers: Array) -> Array:
        """Return the numbers of all the program's parameters: those given, and those found by recording."""
        others = self.program.parameters[len(self.values) :]
        return np.concatenate([numbers, np.array([x.data for x in others], numbers.dtype)]) if others else numbers

    def warn_if_eager(self, what: str, above: int = 0) -> None:
        """If compiling failed, warn the caller's caller, or one above, that the model or loss runs eagerly, and why."""
        if self.refused is not None:
            why = self.refused
            text = why if isinstance(why, RecordingError) else f"{kind_of(why)}: {printable(str(why), 300)}"
            warnings.warn(f"the {what} does not compile, so it runs eagerly: {text}", stacklevel=3 + above)

    def _runs_compiled(self, batches: Sequence[Array]) -> bool:
        return self._is_ready or (self.is_compiled and self.compiles(*batches))

    def _eager_value_and_grad(self, batch: Sequence[Array], allow_nonfinite: bool) -> tuple[float, Array]:
        for value in self.values:
            value.grad = None
        with track_everything(), predicting():  # tracked as the compiler does, in a no_grad() block too
            total = autograd.mean([self.eagerly(*sample) for sample in zip(*batch, strict=True)])
        total.backward(allow_nonfinite=allow_nonfinite)
        return float(total.data), np.array([value.grad for value in self.values], self.dtype)


@contextlib.contextmanager
def _holding(values: Sequence[Value], numbers: Array | None) -> Iterator[None]:
    """Give values other numbers for a while, then restore their numbers and gradients; None changes nothing."""
    if numbers is None:
        yield
        return
    put_back = chain(numbers_set(values, [x.data for x in values]), grads_set(values, [x._grad for x in values]))
    try:
        deque(numbers_set(values, numbers.tolist()), 0)
        yield
    finally:
        deque(put_back, 0)  # one call into C, which no further interrupt can leave half done


# ── one sample, as the eager engine computes it ─────────────────────────────────────────────────────────────────────


def called(f: Function, sample: Sample) -> Any:
    """Call f for the eager engine: on plain numbers, or on Values if it only takes those (x[0].exp()).

    Plain numbers can be keys of a table or go to math.sin. An array stays an array, as in the compiler.
    """
    try:
        return f(sample.astype(object) if is_array(sample) else sample.item())
    except (AttributeError, TypeError):
        with contextlib.suppress(Exception):
            return f(as_values(sample))
        raise


def loss_of(loss: Function, output: object, target: Sample) -> Any:
    """Compute the loss of one sample, for the eager engine. Raises TypeError for a loss that needs a whole batch."""
    try:
        return called(functools.partial(loss, output), target)
    except TypeError as error:
        if not re.search("not iterable|has no len|not subscriptable|support iteration|0-d array|unsized", str(error)):
            raise
        raise TypeError(
            f"{error}\n  a loss gets the output and target of one sample; the mean over the batch is computed for you"
        ) from error


def as_values(sample: Sample) -> Any:
    """Convert a sample to Values: an array of them, or one."""
    if not is_array(sample):
        return Value(float(sample))
    values = np.empty(sample.size, dtype=object)
    values[:] = [Value(x) for x in sample.astype(float).ravel().tolist()]
    return values.reshape(sample.shape)


# ── outputs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _stacked(outputs: object) -> Array:
    """Stack a program's outputs, one array of samples each, into one array: (samples, …)."""
    return np.stack(outputs, axis=1) if isinstance(outputs, (list, tuple)) else np.asarray(outputs)


def plain(output: object) -> Any:
    """Replace Values in an output by their numbers."""
    if isinstance(output, Value):
        return output.data
    return [plain(x) for x in output] if isinstance(output, (list, tuple, np.ndarray)) else output
