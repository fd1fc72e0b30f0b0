"""Train MNIST, 784-128-10 with Adam and batches of 32: `nn.fit`, PyTorch and hand-written NumPy, on one thread.

    python -m benchmarks.mnist FOLDER [--epochs N] [--rounds N]

FOLDER contains the four IDX files. Every contender is a fresh process with one thread, and they take turns. Times cover
all epochs, and ours include recording and compiling. Each test accuracy is printed too. "extra MB" is the peak resident
memory during training, minus the memory with only the data loaded; "fit MB" is the peak minus the memory just before
training, with model and arrays. Neither includes evaluation.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import nn
from benchmarks.measure import growth, peak, resident, start_peak

ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
LIMITS = {("torch", "float64"): 0.85, ("torch", "float32"): 0.7, ("numpy", "float64"): 1.2, ("numpy", "float32"): 1.2}
SIZE, LR = 32, 1e-3

Ready = tuple[Callable[[], Any], Callable[[], float]]  # what is timed, and the accuracy reached after it


def weights(dtype: str) -> list[Any]:
    """He's initialisation: W1 (128, 784), b1, W2 (10, 128), b2."""
    rng = np.random.default_rng(0)
    shapes = [(128, 784), (10, 128)]
    made = []
    for shape in shapes:
        made += [rng.normal(0.0, np.sqrt(2.0 / shape[1]), shape).astype(dtype), np.zeros(shape[0], dtype)]
    return made


def orders(count: int, epochs: int) -> Any:
    return (np.random.default_rng([0, epoch]).permutation(count) for epoch in range(epochs))


def accuracy(W1: Any, b1: Any, W2: Any, b2: Any, X: Any, y: Any) -> float:
    return float(np.mean(np.argmax(np.maximum(X @ W1.T + b1, 0.0) @ W2.T + b2, axis=1) == y))


def ours(data: Any, epochs: int, dtype: str) -> Ready:
    X, y, X_test, y_test = data
    model = nn.MLP(784, [128, 10], activation="relu", init="he_uniform", seed=0)
    optimizer = nn.Adam(model.parameters(), lr=LR)
    options = {"loss": "cross_entropy", "optimizer": optimizer, "epochs": epochs, "batch_size": SIZE, "dtype": dtype}
    return (
        lambda: nn.fit(model, X, y, **options),
        lambda: nn.evaluate(model, X_test, y_test, "cross_entropy", "accuracy")["accuracy"],
    )


def first_batch(data: Any, epochs: int, dtype: str) -> Ready:
    """Ours, until the first step is done: recording and compiling."""
    return ours(tuple(x[:SIZE] for x in data), 1, dtype)


def by_hand(data: Any, epochs: int, dtype: str) -> Ready:
    """NumPy with one vector of parameters, preallocated arrays and a blocked Adam."""
    X, y, X_test, y_test = data
    X = X.astype(dtype)
    parts = weights(dtype)
    theta = np.concatenate([part.ravel() for part in parts])
    grad, m, v = np.empty_like(theta), np.zeros_like(theta), np.zeros_like(theta)
    edges = np.cumsum([0, *(part.size for part in parts)])
    W1, b1, W2, b2 = (theta[a:b].reshape(p.shape) for a, b, p in zip(edges, edges[1:], parts, strict=False))
    G1, c1, G2, c2 = (grad[a:b].reshape(p.shape) for a, b, p in zip(edges, edges[1:], parts, strict=False))
    rows = np.arange(SIZE)
    x, h, z = np.empty((SIZE, 784), dtype), np.empty((SIZE, 128), dtype), np.empty((SIZE, 10), dtype)
    dh, s, block = np.empty_like(h), np.empty((SIZE, 1), dtype), 8192
    spare, other = np.empty(block, dtype), np.empty(block, dtype)

    def train() -> None:
        t = 0
        for order in orders(len(X), epochs):
            for begin in range(0, len(X) - SIZE + 1, SIZE):
                chosen = order[begin : begin + SIZE]
                X.take(chosen, 0, x, "clip")
                np.dot(x, W1.T, h)
                np.add(h, b1, h)
                np.maximum(h, 0.0, out=h)
                np.dot(h, W2.T, z)
                np.add(z, b2, z)
                np.subtract(z, np.max(z, axis=1, keepdims=True), z)
                np.exp(z, z)
                np.divide(z, np.sum(z, axis=1, keepdims=True, out=s), z)
                z[rows, y[chosen]] -= 1.0
                np.multiply(z, 1.0 / SIZE, z)
                np.dot(z.T, h, G2)
                np.sum(z, axis=0, out=c2)
                np.dot(z, W2, dh)
                np.sign(h, h)
                np.multiply(dh, h, dh)
                np.dot(dh.T, x, G1)
                np.sum(dh, axis=0, out=c1)
                t += 1
                rate, root = LR / (1.0 - 0.9**t), (1.0 - 0.999**t) ** 0.5
                for i in range(0, len(theta), block):
                    g, mi, vi, p = grad[i : i + block], m[i : i + block], v[i : i + block], theta[i : i + block]
                    a, b = spare[: len(g)], other[: len(g)]
                    np.multiply(mi, 0.9, mi)
                    np.multiply(g, 0.1, a)
                    np.add(mi, a, mi)
                    np.multiply(vi, 0.999, vi)
                    np.multiply(g, g, a)
                    np.multiply(a, 0.001, a)
                    np.add(vi, a, vi)
                    np.sqrt(vi, b)
                    np.divide(b, root, b)
                    np.add(b, 1e-8, b)
                    np.divide(mi, b, b)
                    np.multiply(b, rate, b)
                    np.subtract(p, b, p)

    return train, lambda: accuracy(W1, b1, W2, b2, X_test, y_test)


def torch(data: Any, epochs: int, dtype: str) -> Ready:
    import torch

    torch.set_num_threads(1)
    kind = getattr(torch, dtype)
    X, y, X_test, y_test = data
    inputs, targets = torch.tensor(X, dtype=kind), torch.tensor(y)
    model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)).to(kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    loss = torch.nn.CrossEntropyLoss()

    def train() -> None:
        for order in orders(len(X), epochs):
            order = torch.from_numpy(order)
            for begin in range(0, len(X), SIZE):
                chosen = order[begin : begin + SIZE]
                optimizer.zero_grad()
                loss(model(inputs[chosen]), targets[chosen]).backward()
                optimizer.step()

    def reached() -> float:
        with torch.no_grad():
            found = model(torch.tensor(X_test, dtype=kind)).argmax(1).numpy()
        return float(np.mean(found == y_test))

    return train, reached


CONTENDERS = {"ours": ours, "numpy": by_hand, "torch": torch}
CHILDREN = {**CONTENDERS, "first batch": first_batch}


def child(name: str, folder: str, epochs: int, dtype: str) -> None:
    data = nn.data.mnist(folder)
    start_peak()
    before = resident()
    train, reached = CHILDREN[name](data, epochs, dtype)
    ready = resident()
    started = perf_counter()
    train()
    seconds, most = perf_counter() - started, peak()
    memory = {"extra": growth(before, most), "fit": growth(ready, most)}
    print(json.dumps({"seconds": seconds, "accuracy": reached(), **memory}))


def measured(name: str, folder: str, epochs: int, dtype: str) -> Any:
    """What a child process finds."""
    arguments = [folder, "--epochs", str(epochs), "--child", name, dtype]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.mnist", *arguments],
        env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Train MNIST with nn.fit, PyTorch and hand-written NumPy, on one thread."
    )
    parser.add_argument("folder", help="folder with the four IDX files")
    parser.add_argument("--epochs", type=int, default=5, help="number of epochs (default: 5)")
    parser.add_argument("--rounds", type=int, default=3, help="number of rounds (default: 3)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], given.folder, given.epochs, given.child[1])
        return
    for dtype in ("float64", "float32"):
        runs: dict[str, list[Any]] = {name: [] for name in CONTENDERS}
        for _ in range(given.rounds):
            for name in CONTENDERS:
                runs[name].append(measured(name, given.folder, given.epochs, dtype))
        report(dtype, given.epochs, runs)
        first = measured("first batch", given.folder, 1, dtype)["seconds"]
        print(f"ours, a first batch within {first:.2f} s of calling fit")


def report(dtype: str, epochs: int, runs: dict[str, list[Any]]) -> None:
    print(f"\n{dtype}, {epochs} epochs       seconds  an epoch  ours/it  limit  accuracy  extra MB  fit MB")
    for name, found in runs.items():
        seconds = median(x["seconds"] for x in found)
        ratios = [a["seconds"] / b["seconds"] for a, b in zip(runs["ours"], found, strict=True)]
        limit = LIMITS.get((name, dtype), "")
        print(
            f"{name:<22} {seconds:>8.2f} {seconds / epochs:>9.2f} {median(ratios):>8.2f} {limit!s:>6} "
            f"{median(x['accuracy'] for x in found):>9.4f} {(found[0]['extra'] or 0) / 1e6:>9.0f}"
            f"{(found[0]['fit'] or 0) / 1e6:>8.0f}"
        )


if __name__ == "__main__":
    main()
