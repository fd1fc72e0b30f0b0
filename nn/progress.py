"""The progress of a training: a bar in a terminal or a notebook, silence elsewhere; and Ctrl-C between two steps."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["Progress", "interruptible"]


class Progress:
    """A bar over samples: epoch, loss, metrics, samples a second. show: None for where somebody looks on."""

    def __init__(self, epochs: int, samples: int, done: int, show: bool | None) -> None:
        self.epochs = epochs
        wanted = _somebody_looks() if show is None else show
        self.bar: Any = None
        if wanted:
            self.bar = _bar_class()(
                total=epochs * samples, initial=done, unit="sample", unit_scale=True, dynamic_ncols=True
            )

    def step(self, epoch: int, samples: int, loss: float) -> None:
        """So many samples more."""
        if self.bar is not None:
            self.bar.set_description_str(f"epoch {epoch + 1}/{self.epochs}", refresh=False)
            self.bar.set_postfix_str(f"loss {loss:.4g}", refresh=False)
            self.bar.update(samples)

    def epoch(self, numbers: Mapping[str, float]) -> None:
        """The numbers of an epoch that has ended."""
        if self.bar is not None:
            self.bar.set_postfix_str(", ".join(f"{name} {number:.4g}" for name, number in numbers.items()))

    def close(self) -> None:
        """Leave the bar as it is."""
        if self.bar is not None:
            self.bar.close()


def _bar_class() -> Any:
    """The bar of a notebook where it can be drawn, else that of a terminal. Loaded only where there is one to see."""
    if "ipykernel" in sys.modules and importlib.util.find_spec("ipywidgets") is not None:
        from tqdm.notebook import tqdm as notebook_bar

        return notebook_bar
    from tqdm import tqdm

    return tqdm


def _somebody_looks() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules


class Interrupt:
    """Whether Ctrl-C was pressed."""

    pressed = False


@contextlib.contextmanager
def interruptible() -> Iterator[Interrupt]:
    """In this block Ctrl-C is noted, for the loop to end after its step; pressed again, it interrupts at once."""
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: Any) -> None:
        if interrupt.pressed:
            raise KeyboardInterrupt
        interrupt.pressed = True

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
