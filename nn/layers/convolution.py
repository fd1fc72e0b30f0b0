"""Layers for images, written number by number: Conv2d, MaxPool2d, AvgPool2d and Flatten, as in PyTorch."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, ClassVar, Literal

import autograd
from autograd import Value
from autograd.core.number_kinds import whole
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array
from autograd.util.printable import a_kind_of
from nn.layers.arguments import generator, width
from nn.module import Module

__all__ = ["AvgPool2d", "Conv2d", "Flatten", "MaxPool2d"]

Channel = Sequence[Sequence[Any]]
"""Numbers by row and column."""
Size = int | tuple[int, int]


class Conv2d(Module):
    """A convolution: out[o][i][j] = b[o] + Σ weight[o][c][p][q] · x[c][i·stride + p][j·stride + q], over c, p and q.

    in_channels: the number of channels of an image.
    out_channels: the number of filters, each of which makes a channel.
    kernel_size: the height and width of a filter: one int for both, or a pair.
    stride: how far the filter moves between two outputs, an int or a pair.
    padding: how many zeros surround the image on each side, an int or a pair; or "same" for outputs of the image's
    size (with stride 1), or "valid" for none.
    bias: False leaves out b.
    seed: the seed for the weights; without one they are drawn from Python's ``random``.

    ``conv(x)`` takes one image, lists or an array (in_channels, height, width), and returns lists
    (out_channels, out_height, out_width). Weight and bias have PyTorch's names, shapes and first numbers: uniform in
    [−1/√n, 1/√n], where n is the number of weights of a filter.

    Raises ValueError for an image of another shape or smaller than the kernel, and for sizes below 1.

    >>> conv = Conv2d(1, 2, 3, seed=0)
    >>> features = conv([[[0.0, 1.0, 2.0, 3.0]] * 4])
    >>> len(features), len(features[0]), len(features[0][0])
    (2, 2, 2)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | Literal["same", "valid"] = 0,
        bias: bool = True,
        seed: int | None = None,
    ) -> None:
        self.in_channels, self.out_channels = width(in_channels), width(out_channels)
        self.kernel_size, self.stride = _pair(kernel_size, "kernel_size"), _pair(stride, "stride")
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(f"padding must be a number, a pair of them, 'same' or 'valid', not {padding!r:.60}")
        if padding == "same" and self.stride != (1, 1):
            raise ValueError(f"padding='same' needs a stride of 1, not {stride!r}")
        self.padding = padding if isinstance(padding, str) else _pair(padding, "padding", least=0)
        source = generator(seed)
        bound = 1.0 / math.sqrt(self.in_channels * math.prod(self.kernel_size))

        def drawn(count: int) -> list[Value]:
            return [Value(source.uniform(-bound, bound)) for _ in range(count)]

        height, columns = self.kernel_size
        self.weight = [
            [[drawn(columns) for _ in range(height)] for _ in range(self.in_channels)] for _ in range(self.out_channels)
        ]
        self.bias = drawn(self.out_channels) if bias else None

    def forward(self, x: Any) -> list[list[list[Any]]]:
        """Return a channel for each filter.  x: (in_channels, height, width)."""
        image = [self._padded(channel) for channel in _image(x, self, self.in_channels)]
        _refuse_smaller(image, self)
        grids = [_windows(channel, self.kernel_size, self.stride) for channel in image]
        windows = [[list(chain(*parts)) for parts in zip(*rows, strict=True)] for rows in zip(*grids, strict=True)]
        filters = [list(chain(*chain(*weights))) for weights in self.weight]
        if self.bias is None:
            return [[[autograd.dot(w, window) for window in row] for row in windows] for w in filters]
        return [
            [[autograd.dot(w, window) + b for window in row] for row in windows]
            for w, b in zip(filters, self.bias, strict=True)
        ]

    def _padded(self, rows: Channel) -> Channel:
        """Surround a channel with zeros."""
        if self.padding == "valid" or self.padding == (0, 0):
            return rows
        if self.padding == "same":  # of an odd number of zeros, PyTorch puts the odd one at the end
            (above, below), (left, right) = (((n - 1) // 2, n // 2) for n in self.kernel_size)
        else:
            above, left = below, right = self.padding
        inside = [[*[0.0] * left, *row, *[0.0] * right] for row in rows]
        empty = [0.0] * len(inside[0])
        return [*[empty] * above, *inside, *[empty] * below]

    def _settings(self) -> dict[str, Any]:
        names = ("in_channels", "out_channels", "kernel_size", "stride", "padding")
        return {**{name: getattr(self, name) for name in names}, "bias": self.bias is not None}

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        window = width(settings["in_channels"]) * math.prod(_pair(settings["kernel_size"], "kernel_size"))
        return width(settings["out_channels"]) * (window + bool(settings["bias"]))

    def __repr__(self) -> str:
        others = [] if self.stride == (1, 1) else [f"stride={_short(self.stride)}"]
        others += [] if self.padding == (0, 0) else [f"padding={_short(self.padding)}"]
        others += [] if self.bias is not None else ["bias=False"]
        return f"Conv2d({', '.join([f'{self.in_channels}, {self.out_channels}', _short(self.kernel_size), *others])})"


class Pool(Module):
    """The base of MaxPool2d and AvgPool2d: one number for each window of each channel."""

    _function: ClassVar[Callable[[list[Any]], Any]]

    def __init__(self, kernel_size: Size, stride: Size | None = None) -> None:
        self.kernel_size = _pair(kernel_size, "kernel_size")
        self.stride = self.kernel_size if stride is None else _pair(stride, "stride")

    def forward(self, x: Any) -> list[list[list[Any]]]:
        """Return the channels made smaller.  x: (channels, height, width)."""
        image = _image(x, self)
        _refuse_smaller(image, self)
        grids = [_windows(channel, self.kernel_size, self.stride) for channel in image]
        return [[[type(self)._function(window) for window in row] for row in grid] for grid in grids]

    def _settings(self) -> dict[str, Any]:
        return {"kernel_size": self.kernel_size, "stride": self.stride}

    def __repr__(self) -> str:
        stride = "" if self.stride == self.kernel_size else f", stride={_short(self.stride)}"
        return f"{type(self).__name__}({_short(self.kernel_size)}{stride})"


class MaxPool2d(Pool):
    """The largest number of each window, for each channel.

    kernel_size: the height and width of a window: one int for both, or a pair.
    stride: how far the window moves, an int or a pair; by default its size. A rest that is smaller than a window is
    left out.

    ``pool(x)`` takes one image (channels, height, width). If several numbers of a window are the largest, the first
    of them, row by row, receives the gradient, as in PyTorch (``autograd.max`` shares it).

    Raises ValueError for another shape, an image that is smaller than a window, and sizes below 1.

    >>> MaxPool2d(2)([[[1.0, 2.0], [4.0, 3.0]]])
    [[[4.0]]]
    """

    _function = staticmethod(functools.partial(autograd.max, ties="first"))


class AvgPool2d(Pool):
    """The mean of each window, for each channel.

    Arguments, shapes and errors are the same as for MaxPool2d.

    >>> AvgPool2d(2)([[[1.0, 2.0], [4.0, 3.0]]])
    [[[2.5]]]
    """

    _function = staticmethod(autograd.mean)


class Flatten(Module):
    """All numbers of a sample in one list, the last index fastest: for a Linear after layers for images.

    >>> Flatten()([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]])
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    """

    def forward(self, x: Any) -> list[Any]:
        """Return the numbers of lists in lists, or of an array, as one list."""
        return list(_numbers(x))

    def _settings(self) -> dict[str, Any]:
        return {}

    def __repr__(self) -> str:
        return "Flatten()"


def _numbers(x: Any) -> Iterator[Any]:
    if is_array(x):
        x = x.tolist()
    if isinstance(x, (list, tuple)):
        for part in x:
            yield from _numbers(part)
    else:
        yield x


def _windows(rows: Channel, size: tuple[int, int], stride: tuple[int, int]) -> list[list[list[Any]]]:
    """Return the numbers of each window, row by row, at its place."""
    (height, columns), (down, across) = size, stride
    return [
        [
            [x for row in rows[i : i + height] for x in row[j : j + columns]]
            for j in range(0, len(rows[0]) - columns + 1, across)
        ]
        for i in range(0, len(rows) - height + 1, down)
    ]


# ── what they take ──────────────────────────────────────────────────────────────────────────────────────────────────


def _pair(given: object, name: str, least: int = 1) -> tuple[int, int]:
    """Return (height, width) of one int for both, or of two. Raises TypeError or ValueError for anything else."""
    numbers = [whole(n) for n in (given if isinstance(given, (list, tuple)) else (given, given))]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        raise TypeError(f"{name} must be an int or a pair of ints (height, width), not {given!r:.60}")
    height, columns = numbers[0], numbers[1]
    if min(height, columns) < least:
        raise ValueError(f"{name} must be {least} or more, not {given!r:.60}")
    return height, columns


def _short(size: str | tuple[int, int]) -> str:
    """Write a pair of equal numbers as one."""
    return repr(size[0] if isinstance(size, tuple) and size[0] == size[1] else size)


def _image(x: Any, layer: Module, channels: int | None = None) -> list[Channel]:
    """Return an image as lists. Raises ValueError unless it has channels of rows of equal length."""
    if is_array(x):
        x = plain_array(x, "the input").tolist()
    shape = _shape(x)
    count = f"{channels} {'channel' if channels == 1 else 'channels'}" if channels else "channels"
    wanted = f"this {type(layer).__name__} takes an image of {count}, (channels, height, width)"
    if len(shape) != 3 or 0 in shape:
        what = f"one of shape {shape}" if shape else a_kind_of(x)
        advice = "[image], or X[:, None] for an array of images of one channel"
        if len(shape) > 3:
            advice = "one image at a time: [model(x) for x in X]"
        if len(shape) < 2:
            advice = "X.reshape(-1, channels, height, width), if each sample is an image in one row"
        raise ValueError(f"{wanted}, not {what}\n  try             {advice}")
    if channels not in (None, shape[0]):
        raise ValueError(f"{wanted}, not one of shape {shape}")
    lengths = {len(row) for channel in x for row in channel}
    if len(lengths) > 1 or len({len(channel) for channel in x}) > 1:
        raise ValueError(f"{wanted}, but the rows or channels of this one have different lengths")
    return x  # type: ignore[no-any-return]


def _shape(x: Any) -> tuple[int, ...]:
    """Return the lengths of lists in lists, by the first of each."""
    shape: tuple[int, ...] = ()
    while isinstance(x, (list, tuple)) or is_array(x):
        shape = (*shape, len(x))
        if not len(x):
            break
        x = x[0]
    return shape


def _refuse_smaller(image: Sequence[Channel], layer: Conv2d | Pool) -> None:
    """Raise ValueError for an image, with its padding, that is smaller than a window."""
    size = len(image[0]), len(image[0][0])
    if size[0] < layer.kernel_size[0] or size[1] < layer.kernel_size[1]:
        raise ValueError(
            f"the image is {size[0]}×{size[1]} with its padding, smaller than the {layer.kernel_size[0]}×"
            f"{layer.kernel_size[1]} of this {type(layer).__name__}"
        )
