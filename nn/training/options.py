"""Stop, Checkpoint and Shards: groups of options for ``fit``, and the plain keywords that mean the same."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, TypeVar

from autograd.util.files import in_a_folder
from autograd.util.printable import a_kind_of
from autograd.util.suggestions import advice_for, refuse_keyword
from nn.optim.settings import integer, number

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from numpy.typing import ArrayLike

__all__ = [
    "Checkpoint", "PlainSpellings", "Shards", "Stop", "checkpoint_of", "refuse_no_functions", "refuse_unknown",
    "shards_of", "stop_of",
]  # fmt: skip

Part = TypeVar("Part")


@dataclass(frozen=True)
class Stop:
    """Reasons to stop a training before its last epoch: ``fit(…, stop=Stop(…))``.

    below: stop when an epoch's loss is below this number, like ``stop_below``.
    patience: stop after this many epochs without a better loss.
    steps: stop after this many optimizer steps in total.

    None, the default, turns a reason off. ``fit`` explains which losses are compared. Raises ValueError if ``below`` is
    not a number, or if one of the others is not a whole number, 1 or more.

    >>> import nn
    >>> model = nn.MLP(1, [1], seed=0)
    >>> history = nn.fit(model, [[0.0], [1.0]], [0.0, 1.0], epochs=100, stop=Stop(below=0.01, steps=7))
    >>> history.steps, history.stopped
    (7, 'max_steps')
    """

    below: float | None = None
    patience: int | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        _check_ends(below=self.below, patience=self.patience, steps=self.steps)


@dataclass(frozen=True)
class Checkpoint:
    """The file that a training continues from, and how often to write it: ``fit(…, checkpoint=Checkpoint(path))``.

    path: the file.
    every: seconds between two writes; 0 for every step, ``math.inf`` for only on Ctrl-C and at the end.

    ``checkpoint=path`` means the same with the default. Raises ValueError if ``every`` is not a number, 0 or more.

    >>> import math, nn, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     checkpoint = Checkpoint(f"{folder}/run.npz", every=math.inf)
    ...     for epochs in (2, 5):  # the second one continues from the file
    ...         model = nn.MLP(1, [1], seed=0)
    ...         history = nn.fit(model, [[0.0], [1.0]], [0.0, 1.0], epochs=epochs, checkpoint=checkpoint)
    >>> history.epochs
    5
    """

    path: Path
    every: float = 30.0

    def __init__(self, path: str | Path, every: float = 30.0) -> None:
        object.__setattr__(self, "path", Path(path))
        object.__setattr__(self, "every", _seconds("every", every))


@dataclass(frozen=True)
class Shards:
    """Workers that compute each batch's gradient in parts: ``fit(…, shards=Shards(executor, 4))``.

    executor: any ``concurrent.futures.Executor``: threads, processes or machines. A worker that dies is replaced.
    count: the number of parts. They are added up in a fixed order, so the result depends only on their number.

    Raises TypeError if executor is not an executor, and ValueError if count is not a whole number, 1 or more.

    >>> import nn
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as pool:
    ...     history = nn.fit(nn.MLP(1, [1], seed=0), [[0.0], [1.0]], [0.0, 1.0], epochs=2, shards=Shards(pool))
    >>> history.steps
    2
    """

    executor: Executor
    count: int = 2

    def __post_init__(self) -> None:
        if not hasattr(self.executor, "submit"):
            raise TypeError(f"executor must be a concurrent.futures.Executor, not {a_kind_of(self.executor)}")
        integer("count", self.count, 1)


class PlainSpellings(TypedDict, total=False):
    """Keywords of ``fit`` that another keyword or an option group can express too."""

    max_steps: int | None
    checkpoint_every: float
    executor: Executor | None
    validation_data: tuple[ArrayLike, ArrayLike] | None
    validation_split: float


# ── the part that is meant: the one given, or the one that plain spellings stand for ─────────────────────────────────


def stop_of(stop: Stop | None, stop_below: float | None, patience: int | None, max_steps: int | None) -> Stop:
    """Return the Stop that fit is asked for. Raises ValueError if it is given in both ways."""
    plain = {"stop_below": stop_below, "patience": patience, "max_steps": max_steps}
    if stop is not None:
        return _alone("stop", stop, Stop, [name for name, x in plain.items() if x is not None])
    _check_ends(**plain)
    return Stop(stop_below, patience, max_steps)


def checkpoint_of(checkpoint: str | Path | Checkpoint | None, every: float | None) -> Checkpoint | None:
    """Return the Checkpoint that fit is asked for; without a file there is none.

    Raises ValueError if the seconds are given twice, and FileNotFoundError if the file's folder does not exist.
    """
    seconds = Checkpoint.every if every is None else _seconds("checkpoint_every", every)
    if checkpoint is None:
        return None
    if isinstance(checkpoint, Checkpoint):
        _alone("checkpoint", checkpoint, Checkpoint, [] if every is None else ["checkpoint_every"])
    else:
        checkpoint = Checkpoint(checkpoint, seconds)
    in_a_folder(checkpoint.path)
    return checkpoint


def shards_of(shards: Shards | int | None, executor: Executor | None) -> Shards | None:
    """Return the Shards that fit is asked for; without an executor there are none."""
    if isinstance(shards, Shards):
        return _alone("shards", shards, Shards, [] if executor is None else ["executor"])
    count = Shards.count if shards is None else integer("shards", shards, 1)
    return None if executor is None else Shards(executor, count)


def refuse_unknown(f: Callable[..., object], options: Mapping[str, object]) -> None:
    """Raise TypeError for a keyword that fit does not have, and suggest a similar one."""
    known = PlainSpellings.__annotations__
    unknown = [option for option in options if option not in known]
    refuse_keyword(f.__name__, unknown, known=[*inspect.signature(f).parameters, *known])


def refuse_no_functions(callbacks: Iterable[object]) -> None:
    """Raise TypeError for a callback that cannot be called, before training starts."""
    if not isinstance(callbacks, Iterable):
        raise TypeError(f"callbacks must be a list of functions of the Training, not {a_kind_of(callbacks)}")
    for callback in callbacks:
        if not callable(callback):
            advice = advice_for("callback", "on_epoch_end")
            raise TypeError(f"a callback must be a function of the Training, not {a_kind_of(callback)}{advice}")


def _alone(name: str, part: object, kind: type[Part], plain: Sequence[str]) -> Part:
    """Return the part. Raises TypeError for another type, and ValueError if plain keywords are given as well."""
    if not isinstance(part, kind):
        raise TypeError(f"{name} must be an nn.{kind.__name__}, not {a_kind_of(part)}")
    if plain:
        both = " and ".join(f"{option}=" for option in plain)
        raise ValueError(f"{name}=nn.{kind.__name__}(…) and {both} mean the same: use only one of them")
    return part


def _check_ends(**ends: float | None) -> None:
    """Raise ValueError for a limit of the loss, or a number of epochs or steps, that makes no sense."""
    (limit, below), *counts = ends.items()
    if below is not None:
        number(limit, below)
    for name, x in counts:
        if x is not None:
            integer(name, x, 1)


def _seconds(name: str, x: object) -> float:
    if not number(name, x) >= 0:
        raise ValueError(f"{name} must be a number of seconds, 0 or more, not {x!r}")
    return number(name, x)
