"""A batch's gradient from several workers: shards are added in a fixed order, and retried if a worker dies."""

from __future__ import annotations

import concurrent.futures  # its process pool is only loaded when used
import pickle
import uuid
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np

if TYPE_CHECKING:
    from autograd.compiler.compiled import Compiled

__all__ = ["Sharded"]

_TRIES = 4  # a shard that kills its worker does so each time: it has to end at some point
_programs: dict[str, Any] = {}


class Sharded:
    """value_and_grad of a compiled function, with each batch cut into shards that an executor computes.

    executor: any ``concurrent.futures.Executor``.
    shards: the number of parts. They are added up in order, so the result depends only on their number.
    program: the compiled function.
    """

    def __init__(self, executor: concurrent.futures.Executor, shards: int, program: Compiled) -> None:
        self.executor, self.shards = executor, shards
        self.token, self.pickled = uuid.uuid4().hex, pickle.dumps(program)
        self.own: concurrent.futures.Executor | None = None

    def value_and_grad(self, batch: Sequence[Array], theta: Array) -> tuple[float, Array]:
        """Compute the mean over the batch and its gradient."""
        parts = [part for part in zip(*(np.array_split(x, self.shards) for x in batch), strict=True) if len(part[0])]
        samples = sum(len(part[0]) for part in parts)
        results = self._computed(parts, theta)
        value, gradient = 0.0, np.zeros_like(theta)
        for part, (mean, slope) in zip(parts, results, strict=True):
            share = len(part[0]) / samples
            value += mean * share
            gradient += slope[: len(theta)] * share
        return value, gradient

    def close(self) -> None:
        """Shut down the executor that replaced a broken one."""
        if self.own is not None:
            self.own.shutdown()

    def _computed(self, parts: Sequence[Sequence[Array]], theta: Array) -> list[tuple[float, Array]]:
        results: list[Any] = [None] * len(parts)
        missing = list(range(len(parts)))
        for attempt in range(_TRIES):
            program = self.pickled if attempt else None
            try:
                futures = {i: self.executor.submit(shard, self.token, program, theta, parts[i]) for i in missing}
                for i, future in futures.items():
                    results[i] = future.result()
            except (concurrent.futures.BrokenExecutor, OSError) as error:
                self._replace(error)
            missing = [i for i in missing if results[i] is None]
            if not missing:
                return results
        raise RuntimeError(f"{len(missing)} of {len(parts)} shards failed {_TRIES} times, because their workers died")

    def _replace(self, failure: BaseException) -> None:
        """Replace a pool whose worker died; other executors repair themselves."""
        if isinstance(self.executor, concurrent.futures.ProcessPoolExecutor):
            warnings.warn(f"a worker died ({failure}); its shard is computed again in a new pool", stacklevel=6)
            self.close()
            broken: Any = self.executor
            self.own = concurrent.futures.ProcessPoolExecutor(broken._max_workers, mp_context=broken._mp_context)
            self.executor = self.own


def shard(token: str, pickled: bytes | None, theta: Array, arrays: Sequence[Array]) -> Any:
    """Compute a shard's mean and gradient, in a worker; None if the worker does not have the program."""
    if token not in _programs:
        if pickled is None:
            return None
        while len(_programs) > 3:
            _programs.pop(next(iter(_programs)))
        _programs[token] = pickle.loads(pickled)
    value_and_grad: Callable[..., Any] = _programs[token].value_and_grad
    return value_and_grad(*arrays, parameters=theta)
