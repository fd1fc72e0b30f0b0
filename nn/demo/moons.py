"""The demo: train a network of Values on two moons, and draw one backprop step of one neuron."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

import autograd
from autograd import Value
from autograd.errors import MissingExtraError
from autograd.util.command_line import ArgumentParser
from autograd.util.files import write_whole
from autograd.util.lazy_numpy import np
from nn.data import Array, moons
from nn.demo.folder import add_folder, integer, one_line, prepare
from nn.layers import MLP
from nn.losses import mse_loss
from nn.metrics import accuracy
from nn.optim import SGD
from nn.running.evaluation import predict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["parser", "run_demo"]

HELD_OUT = 400
NOISE = 0.1
LEARNING_RATE = 0.1


def parser() -> ArgumentParser:
    """Return the parser of ``autograd demo``."""
    parser = ArgumentParser(
        prog="autograd demo",
        description="Train MLP(2, [16, 16, 1]), neuron by neuron, to tell two moons apart, and draw one backprop step, "
        "the loss and the decision boundary. For a GPT that learns names, see autograd demo gpt --help.",
    )
    add = parser.add_argument
    add(
        "--samples",
        type=integer(2, 10_000),
        default=100,
        metavar="N",
        help="number of training points, 2 to 10000 (default: %(default)s)",
    )
    add(
        "--steps",
        type=integer(1, 100_000),
        default=120,
        metavar="N",
        help="number of gradient descent steps (default: %(default)s)",
    )
    add_folder(parser, "demo", "points and weights", "the pictures")
    return parser


def run_demo(samples: int, steps: int, seed: int, out: Path, *, overwrite: bool = False) -> float:
    """Train, draw and list the pictures. Return the accuracy on held-out points, 0 to 1.

    samples: the number of training points.
    steps: the number of gradient descent steps, each on all points.
    seed: the seed for points and weights.
    out: the folder for the pictures.
    overwrite: write into the folder even if it exists.

    Raises DemoError if the folder exists and ``overwrite`` is not set, or if it cannot be written.
    """
    is_new = not out.exists()
    prepare(out, overwrite)
    try:
        return _train_and_draw(samples, steps, seed, out)
    except BaseException:
        if is_new and not any(out.iterdir()):
            out.rmdir()
        raise


def _train_and_draw(samples: int, steps: int, seed: int, out: Path) -> float:
    points, labels = moons(samples, NOISE, seed)
    held_out_points, held_out_labels = moons(HELD_OUT, NOISE, seed + 1)
    model = MLP(2, [16, 16, 1], activation="tanh", seed=seed, init="uniform")  # as in the lecture, as is the rate
    print(f"{samples} points on two moons, {model!r}, {len(model.parameters())} parameters")
    losses = train(model, points, labels, steps)
    reached = accuracy(held_out_labels, predict(model, held_out_points))
    print(f"after {steps} steps: loss {losses[-1]:.4f}, accuracy on {HELD_OUT} held-out points {reached:.1%}")
    with one_line(out):
        for path, what in _pictures(model, points, labels, losses, out):
            print(f"{path!s:<28} {what}")
    return reached


def train(model: MLP, points: Array, labels: Array, steps: int) -> list[float]:
    """Run gradient descent on the mean squared error over all points. Return the loss before each step."""
    optimizer = SGD(model.parameters(), lr=LEARNING_RATE)
    rows, targets = points.tolist(), labels.tolist()
    losses: list[float] = []
    with tqdm(range(1, steps + 1), desc="training", unit="step", disable=None, leave=False) as bar:
        for step in bar:
            predictions = [model(row) for row in rows]
            loss = mse_loss(predictions, targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.data)
            bar.set_postfix(loss=f"{loss.data:.4f}")
            if step == 1 or step % max(1, steps // 6) == 0:
                right = accuracy(labels, [p.data for p in predictions])
                tqdm.write(f"step {step:>5}   loss {loss.data:.4f}   accuracy {right:6.1%}")
    return losses


def neuron_step() -> Value:
    """Build one neuron, tanh(x₁w₁ + x₂w₂ + b), and run one backward pass."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2, b = Value(-3.0, label="w1"), Value(1.0, label="w2"), Value(6.8813735870195432, label="b")
    out = (x1 * w1 + x2 * w2 + b).tanh()
    out.label = "out"
    out.backward()
    return out


def _pictures(
    model: MLP, points: Array, labels: Array, losses: Sequence[float], out: Path
) -> Iterator[tuple[Path, str]]:
    try:
        step = neuron_step()
        yield autograd.draw(step).save(out / "backprop_step.svg"), "one backprop step of a single neuron"
        yield autograd.play(step).save(out / "backprop_step.html"), "the same step, to play in a browser"
    except MissingExtraError as error:
        print(error)
    try:
        from matplotlib.figure import Figure
    except ImportError:
        print("the loss curve and the decision boundary need matplotlib: pip install 'scalar-autograd[plot]'")
        return
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(range(1, len(losses) + 1), losses, color="#0072B2")
    axes.set(title="Mean squared error on the training points", xlabel="step", ylabel="loss", yscale="log")
    axes.grid(alpha=0.3)
    write_whole(out / "loss.png", lambda file: figure.savefig(file, format="png", dpi=144))
    yield out / "loss.png", "the loss at each step"
    boundary = _draw_boundary(model, points, labels)
    write_whole(out / "boundary.png", lambda file: boundary.savefig(file, format="png", dpi=144))
    yield out / "boundary.png", "the points and the decision boundary"


def _draw_boundary(model: MLP, points: Array, labels: Array) -> Figure:
    from matplotlib.figure import Figure

    low, high = points.min(axis=0) - 0.4, points.max(axis=0) + 0.4
    xs, ys = np.linspace(low[0], high[0], 61), np.linspace(low[1], high[1], 41)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    outputs = predict(model, grid.reshape(-1, 2)).reshape(grid.shape[:2])
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    shades = axes.contourf(
        xs, ys, np.clip(outputs, -1.5, 1.5), levels=np.linspace(-1.5, 1.5, 13), cmap="PuOr", alpha=0.75
    )
    axes.contour(xs, ys, outputs, levels=[0.0], colors="black", linewidths=1.5)
    for label, marker, color in ((-1.0, "o", "#7f3b08"), (1.0, "^", "#2d004b")):
        moon = points[labels == label]
        axes.scatter(
            moon[:, 0], moon[:, 1], s=28, marker=marker, color=color, edgecolor="white", label=f"label {label:+.0f}"
        )
    axes.set(title="The network's output and its decision boundary", xlabel="x₁", ylabel="x₂", aspect="equal")
    axes.legend(loc="upper right")
    figure.colorbar(shades, label="output", ticks=[-1, 0, 1], shrink=0.7)
    return figure
