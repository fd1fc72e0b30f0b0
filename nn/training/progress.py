"""Progress: a bar in a terminal or notebook and nothing elsewhere; and Ctrl-C between two steps."""

from __future__ import annotations

import contextlib
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from autograd.util.notebook import in_notebook
from autograd.util.printable import printable

__all__ = ["Progress", "interruptible"]

_EVERY = 0.1
"""Seconds between two drawings of the bar: one takes as long as several steps of a small network."""


class Progress:
    """A progress bar: epoch, loss, metrics, samples per second. show: None for only in a terminal or notebook."""

    def __init__(self, epochs: int, samples: int, done: int, show: bool | None) -> None:
        self.epochs = epochs
        wanted = _somebody_looks() if show is None else show
        self.bar: Any = None
        self.numbers: Mapping[str, float] = {}
        self.place, self.loss, self.waiting, self.due = 0, math.nan, 0, 0.0
        if wanted:
            from tqdm import tqdm  # only loaded if there is a bar

            class Bar(tqdm):  # type: ignore[misc]
                # No thread that looks after the bar: it is drawn often, and threads may be missing.
                monitor_interval = 0

            file = _OneLine() if in_notebook() else sys.stderr
            self.bar = Bar(
                total=epochs * samples, initial=done, unit=" samples", unit_scale=True, dynamic_ncols=True, file=file,
                mininterval=0,
            )  # fmt: skip

    def step(self, epoch: int, samples: int, loss: float) -> None:
        """Advance by this many samples."""
        if self.bar is not None:
            self.place, self.loss, self.waiting = epoch, loss, self.waiting + samples
            if time.monotonic() > self.due:
                self._draw()

    def epoch(self, numbers: Mapping[str, float]) -> None:
        """Show the numbers of a finished epoch."""
        self.numbers, self.loss = numbers, numbers["loss"]

    def close(self) -> None:
        """Close the bar, which stays visible."""
        if self.bar is not None:
            if not math.isnan(self.loss):  # a training that was over before may take no step
                self._draw()
            self.bar.close()

    def _draw(self) -> None:
        numbers = {**self.numbers, "loss": self.loss}
        self.bar.set_description_str(f"epoch {self.place + 1}/{self.epochs}", refresh=False)
        self.bar.set_postfix_str(
            ", ".join(f"{printable(name)} {number:.4g}" for name, number in numbers.items()), refresh=False
        )
        self.bar.update(self.waiting)
        self.waiting, self.due = 0, time.monotonic() + _EVERY


class _OneLine:
    """A file for a bar in a notebook: each drawing replaces the one before, in one output of the cell.

    With stdout, an exported page would show every drawing, because a carriage return has no effect there. stderr has a
    red background, and of a widget an exported page would only keep the first drawing, at 0 %.
    """

    def __init__(self) -> None:
        self.line, self.output = "", None

    def write(self, text: str) -> int:
        """Take a drawing, which begins with a carriage return."""
        self.line = text.rpartition("\r")[2].rstrip() or self.line
        return len(text)

    def flush(self) -> None:
        """Show the last drawing."""
        from IPython.display import display  # already loaded in a kernel

        shown = {"text/plain": self.line}
        if self.output is not None:
            self.output.update(shown, raw=True)
        elif self.line:
            self.output = display(shown, raw=True, display_id=True)  # type: ignore[no-untyped-call]


def _somebody_looks() -> bool:
    return sys.stderr.isatty() or in_notebook()


class Interrupt:
    """Whether Ctrl-C was pressed. Inside ``with interrupt:``, a second Ctrl-C takes effect at the end of the block."""

    pressed = is_held = is_due = False

    def __enter__(self) -> None:
        self.is_held = True

    def __exit__(self, *_: object) -> None:
        self.is_held = False
        if self.is_due:
            raise KeyboardInterrupt

    def note(self, number: int, frame: FrameType | None) -> None:
        """Note a signal."""
        if self.pressed and not self.is_held:
            raise KeyboardInterrupt
        self.is_due = self.pressed
        self.pressed = True


@contextlib.contextmanager
def interruptible() -> Iterator[Interrupt]:
    """Note Ctrl-C in this block, so that the loop can finish its step; pressed again, it interrupts at once."""
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, interrupt.note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
