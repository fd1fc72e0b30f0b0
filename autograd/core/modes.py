"""Tracking on or off: whether operations build a graph, for each thread and each asyncio task."""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TypeVar
from weakref import ref

from autograd.util.printable import name_of

__all__ = ["no_grad"]

Function = TypeVar("Function", bound=Callable[..., Any])
Held = TypeVar("Held")


class _Block:
    """A no_grad() block: the levels it blocks, and whether it is still open (a task started inside may outlive it).

    Only its no_grad() object holds a reference: if Ctrl-C comes at the first instruction of ``__exit__``, the block
    ends with that object.
    """

    __slots__ = ("__weakref__", "is_open", "level")

    def __init__(self, level: int) -> None:
        self.level = level
        self.is_open = True


_levels = itertools.count(1)

# Every no_grad() block that is open anywhere. While there is none, tracking an operation costs one test of an empty
# list; otherwise the context variable decides for this thread or task.
open_blocks: list[ref[_Block]] = []

_blocks: ContextVar[tuple[ref[_Block], ...]] = ContextVar("blocks", default=())


def _blocks_here() -> list[_Block]:
    """List the blocks that are open in this thread or task."""
    return [block for block in (reference() for reference in _blocks.get()) if block is not None and block.is_open]


def new_level() -> int:
    """Return a new level for one run of a transform, above all existing levels. The user's own Values have level 0."""
    return next(_levels)


def is_tracking(level: int) -> bool:
    """Whether operations on Values of this level are tracked in this thread or task now.

    ``no_grad()`` blocks the levels that existed when it was entered. A transform started inside it still
    differentiates.
    """
    for reference in _blocks.get():  # every operation under no_grad() asks, so no list is made
        block = reference()
        if block is not None and block.is_open and level <= block.level:
            return False
    return True


@contextlib.contextmanager
def track_everything() -> Iterator[None]:
    """Track operations inside this block, even if no_grad() blocks are open around it."""
    with holding(_blocks, ()):
        yield


@contextlib.contextmanager
def holding(variable: ContextVar[Held], value: Held) -> Iterator[None]:
    """Give a context variable another value until the end of the block."""
    put_back = map(variable.set, (variable.get(),))
    try:
        variable.set(value)
        yield
    finally:
        deque(put_back, 0)  # one call into C: no further Ctrl-C can come before it is done


class no_grad:
    """Do not track operations: results made inside have no parents. Use it as a context manager or a decorator.

    It affects only the thread or asyncio task that enters it, until the block is left, by any thread or task. If a
    generator is suspended inside the block, its caller is inside too. As a decorator it accepts functions and coroutine
    functions. A generator function raises TypeError, because its body runs later, in its caller's context.

    Inside the block, ``p -= …`` on a leaf that has a gradient raises TypeError, because it would make a new Value and
    leave p unchanged.

    >>> import autograd
    >>> x = autograd.Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y, y._prev
    (Value(9.0), ())
    """

    def __init__(self, *unexpected: object) -> None:
        if unexpected:
            raise TypeError("no_grad takes no arguments\n  try             with no_grad():   or   @no_grad()")
        self._entered: list[_Block] = []

    def __enter__(self) -> None:
        block = _Block(new_level())
        try:
            self._entered.append(block)
            open_blocks.append(ref(block, open_blocks.remove))  # at its end, by one call into C
            _blocks.set(tuple(map(ref, (*_blocks_here(), block))))
        except BaseException:  # after Ctrl-C here nothing would ever leave this block
            block.is_open = False
            with contextlib.suppress(ValueError):
                self._entered.remove(block)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        entered = [block for block in self._entered if block.is_open]
        if not entered:
            raise RuntimeError("this no_grad() was left more often than it was entered")
        # A generator or a callback may leave it in another context: a block closed there no longer counts here.
        block = next((block for block in reversed(_blocks_here()) if block in entered), entered[-1])
        block.is_open = False
        self._entered.remove(block)
        _blocks.set(tuple(map(ref, _blocks_here())))

    def __call__(self, function: Function) -> Function:
        """Wrap a function so that its operations are not tracked. Raises TypeError for a generator function."""
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                f"no_grad cannot decorate the generator function {name_of(function)}\n"
                "  try             with no_grad(): inside it"
            )
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def wrapped_coroutine(*args: object, **kwargs: object) -> Any:
                with no_grad():
                    return await function(*args, **kwargs)

            return wrapped_coroutine  # type: ignore[return-value]

        @functools.wraps(function)
        def wrapped(*args: object, **kwargs: object) -> Any:
            with no_grad():
                return function(*args, **kwargs)

        return wrapped  # type: ignore[return-value]
