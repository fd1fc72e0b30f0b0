"""Train a convolutional network on MNIST for an epoch: written in scalars and compiled, and PyTorch, on one thread.

    python -m benchmarks.mnist_convolution FOLDER [--images N] [--rounds N]

FOLDER contains the four IDX files. The network has 8 and then 16 filters of 3×3, each followed by the largest of each
2×2 and relu, and a dense layer of 10; it trains with Adam on batches of 32, in float64 and float32. Every contender is
a fresh process, and they take turns. Both start from the same weights and see the same batches: the losses of the first
steps are compared, and the exit status is 1 where they differ. The first step, in which ours records and compiles, has
a column of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import autograd
import nn
from benchmarks.compiled import ONE_THREAD, header
from benchmarks.compiled_peers import Array, Number
from benchmarks.engine import table

SIZE, LR, CHECKED = 32, 1e-3, 10
LIMIT = 2.0
TOLERANCE = {"float64": 1e-6, "float32": 1e-2}  # of the losses of the first steps
SHAPES = [(8, 1, 3, 3), (8,), (16, 8, 3, 3), (16,), (10, 400), (10,)]

Image = list[list[Number]]


def weights(dtype: str) -> list[Array]:
    """Return filters and biases of both convolutions and the dense layer; He's initialisation."""
    draw = np.random.default_rng(0)
    scales = [np.sqrt(2.0 / np.prod(shape[1:])) if len(shape) > 1 else 0.0 for shape in SHAPES]
    return [(draw.normal(size=shape) * scale).astype(dtype) for shape, scale in zip(SHAPES, scales, strict=True)]


# -- number by number --------------------------------------------------------------------------------------------------


def convolved(images: Sequence[Image], filters: Sequence[Sequence[Image]], biases: Sequence[Number]) -> list[Image]:
    """Return an image for each filter: at each place the dot product of the filter with the window there."""
    height, width = len(images[0]) - 2, len(images[0][0]) - 2
    windows = [
        [
            [image[i + a][j + b] for image in images for a in range(3) for b in range(3)]
            for j in range(width)
        ]
        for i in range(height)
    ]  # fmt: skip
    flat = [[w for image in kernel for row in image for w in row] for kernel in filters]
    return [
        [[autograd.dot(kernel, window) + bias for window in row] for row in windows]
        for kernel, bias in zip(flat, biases, strict=True)
    ]


def pooled(image: Image) -> Image:
    """Return the largest number of each 2×2, or 0 if it is negative."""
    return [
        [
            autograd.relu(autograd.max([image[i + a][j + b] for a in (0, 1) for b in (0, 1)]))
            for j in range(0, len(image[0]) - 1, 2)
        ]
        for i in range(0, len(image) - 1, 2)
    ]


def loss(parameters: Sequence[Any], image: Image, label: Number) -> Number:
    first, first_bias, second, second_bias, dense, dense_bias = parameters
    images = [pooled(x) for x in convolved([image], first, first_bias)]
    images = [pooled(x) for x in convolved(images, second, second_bias)]
    features = [v for x in images for row in x for v in row]
    logits = [autograd.dot(row, features) + bias for row, bias in zip(dense, dense_bias, strict=True)]
    return nn.cross_entropy(logits, label)


# -- the contenders: a training step, and what it takes to get there ---------------------------------------------------

Step = Callable[[Array], float]
"""Train on the images of these numbers; return the loss."""


def ours(X: Array, y: Array, dtype: str) -> Step:
    arrays = weights("float64")
    parameters = [np.vectorize(autograd.Value, otypes=[object])(array) for array in arrays]
    flat = [p for array in parameters for p in array.ravel().tolist()]
    nested = [array.tolist() for array in parameters]
    program = autograd.compile(lambda image, label: loss(nested, image, label), parameters=flat, dtype=dtype)
    theta = np.concatenate([array.ravel() for array in arrays]).astype(dtype)
    gradient, optimizer = np.empty_like(theta), nn.Adam(flat, lr=LR)
    images = X.reshape(-1, 28, 28)

    def step(chosen: Array) -> float:
        value, _ = program.value_and_grad(images[chosen], y[chosen], parameters=theta, out=gradient)
        optimizer.apply(theta, gradient)
        return float(value)

    return step


def torch(X: Array, y: Array, dtype: str) -> Step:
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    parameters = [torch.tensor(array, requires_grad=True) for array in weights(dtype)]
    first, first_bias, second, second_bias, dense, dense_bias = parameters
    optimizer = torch.optim.Adam(parameters, lr=LR)
    images, labels = torch.tensor(X.reshape(-1, 1, 28, 28)), torch.tensor(y)

    def step(chosen: Array) -> float:
        numbers = torch.from_numpy(chosen)
        x = functional.relu(functional.max_pool2d(functional.conv2d(images[numbers], first, first_bias), 2))
        x = functional.relu(functional.max_pool2d(functional.conv2d(x, second, second_bias), 2))
        loss = functional.cross_entropy(functional.linear(x.flatten(1), dense, dense_bias), labels[numbers])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


CONTENDERS = {"ours": ours, "torch": torch}


# -- the processes -----------------------------------------------------------------------------------------------------


def child(name: str, folder: str, images: int, dtype: str) -> None:
    """Print what the first step took, what the epoch took after it, and the losses of the first steps."""
    X, y, _, _ = nn.data.mnist(folder)
    X, y = X[:images].astype(dtype), y[:images]
    order = np.random.default_rng(0).permutation(len(X))
    batches = [order[i : i + SIZE] for i in range(0, len(order) - SIZE + 1, SIZE)]
    step = CONTENDERS[name](X, y, dtype)
    began = perf_counter()
    losses = [step(batches[0])]
    first, began = perf_counter() - began, perf_counter()
    losses += [step(batch) for batch in batches[1:]]
    seconds = (perf_counter() - began) * len(batches) / (len(batches) - 1)
    print(
        json.dumps({"first": first, "epoch": seconds, "losses": losses[:CHECKED], "last": float(np.mean(losses[-20:]))})
    )


def measured(name: str, folder: str, images: int, dtype: str) -> Any:
    command = [
        sys.executable,
        "-m",
        "benchmarks.mnist_convolution",
        folder,
        "--images",
        str(images),
        "--child",
        name,
        dtype,
    ]
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(dtype: str, runs: dict[str, list[Any]]) -> str:
    rows = [[dtype, "first step", "epoch after it", "ours/it", "with the first step", "limit", "loss at the end"]]
    for name, found in runs.items():
        pairs = list(zip(runs["ours"], found, strict=True))
        after = median(a["epoch"] / b["epoch"] for a, b in pairs)
        whole = median((a["epoch"] + a["first"]) / (b["epoch"] + b["first"]) for a, b in pairs)
        ratios = ["-", "-", "-"] if name == "ours" else [f"{after:.2f}", f"{whole:.2f}", f"{LIMIT:g}"]
        first, epoch = median(x["first"] for x in found), median(x["epoch"] for x in found)
        rows.append([name, f"{first:.2f} s", f"{epoch:.2f} s", *ratios, f"{found[0]['last']:.4f}"])
    return table(rows)


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Train a convolutional network on MNIST beside PyTorch, on one thread."
    )
    parser.add_argument("folder", help="folder with the four IDX files")
    parser.add_argument("--images", type=int, default=10_000, help="number of images in the epoch (default: 10,000)")
    parser.add_argument("--rounds", type=int, default=3, help="number of rounds (default: 3)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], given.folder, given.images, given.child[1])
        return 0
    print("   ".join(f"{key}: {text}" for key, text in header().items()) + "\n")
    agree = True
    for dtype in ("float64", "float32"):
        runs: dict[str, list[Any]] = {name: [] for name in CONTENDERS}
        for _ in range(given.rounds):
            for name in CONTENDERS:
                runs[name].append(measured(name, given.folder, given.images, dtype))
        print(report(dtype, runs) + "\n")
        error = np.abs(np.array(runs["ours"][0]["losses"]) / runs["torch"][0]["losses"] - 1).max()
        if not error <= TOLERANCE[dtype]:
            agree = False
            print(f"*** WRONG *** {dtype}: the losses of {CHECKED} steps differ by {error:.1e}\n")
    return int(not agree)


if __name__ == "__main__":
    sys.exit(main())
