"""Clipping: limit gradients before a step, so that one outlier does not undo the training."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator

from autograd import Value
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from nn.optim.settings import distinct_leaves, first_nonfinite, number, pack, refuse_nonfinite

__all__ = ["clip_grad_norm", "clip_grad_value", "clip_norm", "clip_value"]

EPS = 1e-6  # PyTorch's, added to the norm that is divided by
BLOCK = 8192  # numbers: BLAS takes threads, and with them another order of summation, for longer products only


def clip_grad_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale all gradients by max_norm / (norm + 1e-6) if that is below 1. Return the norm √Σ g² before scaling.

    parameters: leaf Values; if one is listed twice, it counts once.
    max_norm: a number above 0; ``math.inf`` only measures.

    Raises ValueError for any other max_norm, and if a gradient is not finite, naming the parameter; then no gradient is
    changed.

    Formula: PyTorch's. Source: Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks
    (2013), algorithm 1.

    >>> x, y = Value(3.0), Value(4.0)
    >>> ((x * x + y * y) / 2).backward()
    >>> clip_grad_norm([x, y], 1.0), round(x.grad, 5), round(y.grad, 5)
    (5.0, 0.6, 0.8)
    """
    with _gradient_of(parameters, "clip_grad_norm") as gradient:
        return clip_norm(gradient, max_norm)


def clip_grad_value(parameters: Iterable[Value], value: float) -> None:
    """Limit every gradient to [−value, value].

    parameters: leaf Values.
    value: a number above 0.

    Raises ValueError for any other value, and if a gradient is not finite, naming the parameter; then no gradient is
    changed. Formula: PyTorch's.

    >>> x, y = Value(3.0), Value(-0.25)
    >>> (x * x + y * y).backward()
    >>> clip_grad_value([x, y], 1.0)
    >>> x.grad, y.grad
    (1.0, -0.5)
    """
    with _gradient_of(parameters, "clip_grad_value") as gradient:
        clip_value(gradient, value)


def clip_norm(gradient: Array, max_norm: float) -> float:
    """Do what ``clip_grad_norm`` does to an array, in place. Return the norm before.

    gradient: (parameters,), float64 or float32; the norm is summed in float64.
    max_norm: a number above 0.

    Raises the same errors as ``clip_grad_norm``, with an index instead of the parameter.

    >>> gradient = np.array([3.0, 4.0])
    >>> clip_norm(gradient, 1.0), gradient.round(5)
    (5.0, array([0.6, 0.8]))
    """
    _above_zero("max_norm", max_norm)
    norm = _norm(gradient)
    scale = max_norm / (norm + EPS)
    if scale < 1:
        gradient *= scale
    return norm


def clip_value(gradient: Array, value: float) -> None:
    """Do what ``clip_grad_value`` does to an array, in place.

    gradient: (parameters,), float64 or float32.
    value: a number above 0.

    Raises the same errors as ``clip_grad_value``, with an index instead of the parameter.

    >>> gradient = np.array([3.0, -0.5])
    >>> clip_value(gradient, 1.0)
    >>> gradient
    array([ 1. , -0.5])
    """
    _above_zero("value", value)
    _largest(gradient)
    np.clip(gradient, -value, value, out=gradient)


def _norm(gradient: Array) -> float:
    """Compute √Σ g² in one pass; if the squares leave a float's range, divide by the largest number first."""
    with np.errstate(all="ignore"):
        squares = _sum_of_squares(gradient)
    if 1e-280 < squares < math.inf:
        return math.sqrt(squares)
    largest = _largest(gradient)
    if largest == 0.0:
        return 0.0
    norm = largest * math.sqrt(_sum_of_squares(gradient / largest))
    if norm == math.inf:
        raise ValueError("the gradient's norm is too large for a float; no gradient was changed")
    return norm


def _sum_of_squares(x: Array) -> float:
    blocks = (x[start : start + BLOCK].astype(np.float64, copy=False) for start in range(0, len(x), BLOCK))
    return math.fsum(float(np.dot(block, block)) for block in blocks)


def _largest(gradient: Array) -> float:
    """Return the largest absolute number. Raises ValueError if a number is nan or infinite."""
    if not len(gradient):
        return 0.0
    with np.errstate(invalid="ignore"):
        largest = max(abs(float(gradient.min())), abs(float(gradient.max())))
    if not math.isfinite(largest):
        index = first_nonfinite(gradient)
        raise ValueError(f"gradient[{index}] is {gradient[index]}, which is not finite; no gradient was changed")
    return largest


def _above_zero(name: str, x: float) -> None:
    if not number(name, x) > 0:
        raise ValueError(f"{name} must be above 0, not {x!r}")


@contextlib.contextmanager
def _gradient_of(parameters: Iterable[Value], who: str) -> Iterator[Array]:
    """Lend the gradients as an array, and write it back at the end unless there was an error."""
    distinct = distinct_leaves(parameters, who)
    gradient = pack(distinct, "grad")
    refuse_nonfinite(gradient, distinct, "the gradient of ")
    yield gradient
    for parameter, clipped in zip(distinct, gradient.tolist(), strict=True):
        if parameter.has_grad:
            parameter.grad = clipped
