"""The table of losses, and which targets each takes."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any, TypeVar, get_args

from autograd import Value
from autograd.util.arrays import Array
from autograd.util.known_functions import register_function
from autograd.util.lazy_numpy import np
from nn.losses.arguments import Reduction, is_plain

__all__ = ["DEFAULT_IGNORED", "LOSSES", "TARGETS", "checked_target", "ignored_by", "loss_function", "refuse_targets"]

Loss = TypeVar("Loss", bound=Callable[..., Any])
Example = Callable[[Callable[..., Any], int, Reduction], list[Any]]
"""Builds losses with this function and reduction, with targets of one of five kinds."""

DEFAULT_IGNORED = -100
"""The index that ``cross_entropy`` ignores by default, as in PyTorch."""

LOSSES: dict[str, Callable[..., Any]] = {}
"""Every loss by its names: its own, the one without ``_loss`` ("mse"), and the names in Keras and PyTorch."""


def loss_function(*names: str, example: Example | None = None) -> Callable[[Loss], Loss]:
    """Enter a loss in the table under its own name, without ``_loss`` and under these; tell pictures what it builds.

    example: builds what pictures recognize; by default, losses of two predictions.
    """

    def put(function: Loss) -> Loss:
        for name in (function.__name__, function.__name__.removesuffix("_loss"), *names):
            LOSSES[name] = function
        for kind, reduction in itertools.product(range(5), get_args(Reduction)):
            register_function(function.__name__, functools.partial(example or _example, function, kind, reduction))
        return function

    return put


def _example(function: Callable[..., Any], kind: int, reduction: Reduction) -> list[Any]:
    """Build a loss of two predictions, with plain targets of each value it takes, or with Values."""
    predictions = [Value(0.25), Value(0.75)]
    if kind == 4:
        return [function(predictions, [Value(0.25), Value(0.75)], reduction=reduction)]
    target = (-1.0, 0.0, 0.25, 1.0)[kind]
    takes = TARGETS[function.__name__][0] if function.__name__ in TARGETS else math.isfinite
    return [function(predictions, [target] * 2, reduction=reduction)] if takes(target) else []


# ── which targets a loss takes ──────────────────────────────────────────────────────────────────────────────────────

_SHARE = (
    lambda target: (target >= 0) & (target <= 1),
    "from 0 to 1",
    "if your labels are -1 and +1, use (y + 1) / 2, or hinge_loss",
)
_SIDE = (lambda target: abs(target) == 1, "of -1 and +1", "if your labels are 0 and 1, use 2 * y - 1")
TARGETS: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "bce_loss": _SHARE, "bce_with_logits": _SHARE, "hinge_loss": _SIDE,
}  # fmt: skip
"""For each loss: a test whether it takes a target (or each of an array), which it takes, and what to do with others."""


def refuse_targets(loss: Callable[..., Any], targets: Array, classes: int | None, name: str = "y") -> None:
    """Raise ValueError for the first target in an array that a loss in this file does not take, naming its index.

    classes: the model's number of outputs, None for a bare one. In a compiled program targets are Values, and a wrong
    target would silently give a wrong loss, or nan.
    """
    plain = getattr(loss, "func", loss)  # of a partial
    of = getattr(plain, "__name__", "")
    if LOSSES.get(of) is not plain:
        return
    known = (
        _indices(classes, ignored_by(loss))
        if of == "cross_entropy" and classes and targets.ndim == 1
        else TARGETS.get(of)
    )
    if known is None:
        return
    takes, which, advice = known
    for index in map(tuple, np.argwhere(~takes(targets))[:1].tolist()):
        where = f"{name}[{', '.join(map(str, index))}] is {float(targets[index]):g}"
        raise ValueError(f"{of} takes targets {which}, but {where}; {advice}")


def ignored_by(loss: Callable[..., Any]) -> int:
    """Return the index that a cross entropy ignores: the function, a ``functools.partial`` of it, or its module."""
    given = {**getattr(loss, "__dict__", {}), **getattr(loss, "keywords", {})}
    return given.get("ignore_index", DEFAULT_IGNORED)  # type: ignore[no-any-return]


def _indices(classes: int, ignored: int) -> tuple[Callable[[Any], Any], str, str]:
    return (
        lambda target: ((target >= 0) & (target < classes) & (target == target // 1)) | (target == ignored),
        f"from 0 to {classes - 1}, one class for each of the model's {classes} outputs",
        "use more outputs, or np.unique(y, return_inverse=True)[1] to number the labels from 0",
    )


def checked_target(loss: str, target: Value | float) -> Value | float:
    """Return the target: a plain one is checked, a Value is taken as it is."""
    takes, which, advice = TARGETS[loss]
    if is_plain(target) and not takes(target):
        raise ValueError(f"{loss} takes targets {which}, not {float(target):g}; {advice}")
    return target
