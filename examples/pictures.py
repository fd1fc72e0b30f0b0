"""Make the README's pictures: ``python -m examples.pictures docs/pictures``.

It writes SVG files and, if Chromium and Playwright are installed, a PNG screenshot of the player.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import autograd
import nn
from autograd import Value

PLAYED = 6  # the step that the page stands at


def backprop_step() -> str:
    """d = a·b, e = a + b, L = d·e: both a and b are used twice."""
    return str(autograd.draw(played()).svg())


def played() -> Value:
    """The graph for the player's page."""
    a, b = Value(-2.0, label="a"), Value(3.0, label="b")
    d, e = a * b, a + b
    d.label, e.label = "d", "e"
    loss = d * e
    loss.label = "L"
    loss.backward()
    return loss


def network() -> str:
    """A loss over a hundred points, folded to a readable size."""
    X, y = nn.data.moons(100, seed=0)
    model = nn.MLP(2, [16, 16, 1], activation="tanh", seed=0, init="uniform")
    loss = nn.mse_loss([model(x) for x in X.tolist()], y.tolist())
    loss.backward()
    return str(autograd.draw(loss).svg())


def program() -> str:
    """A small network as written, and as compiled."""
    model = nn.MLP(2, [3, 1], seed=0, init="uniform")
    return str(autograd.draw(autograd.compile(lambda x: model(x)).record([0.0, 0.0])).svg())


def training() -> str:
    """The end of a training on two moons."""
    X, y = nn.data.moons(100, noise=0.1, seed=0)
    model = nn.MLP(2, [8, 8, 1], activation="tanh", seed=0, init="uniform")
    history = nn.fit(model, X, y, epochs=60, lr=0.01, record=10, progress=False)
    return str(autograd.play(history, mode="static", language="en")._repr_mimebundle_()["image/svg+xml"])


PICTURES: dict[str, Callable[[], str]] = {
    "backprop_step.svg": backprop_step,
    "network.svg": network,
    "program.svg": program,
    "training.svg": training,
}


def player(chromium: Any, target: Path) -> None:
    """A screenshot of the player's page in the middle of the pass, from a Playwright browser."""
    with tempfile.TemporaryDirectory() as folder:
        step = autograd.play(played(), language="en").save(Path(folder) / "step.html")
        page = chromium.new_page(viewport={"width": 900, "height": 560}, color_scheme="light", reduced_motion="reduce")
        page.goto(step.as_uri())
        slider = page.locator("input[type=range]")
        slider.focus()
        for _ in range(PLAYED):
            slider.press("ArrowRight")
        target.write_bytes(page.locator("main > div").first.screenshot())
        page.close()


def main() -> None:
    """Write all pictures to a folder."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m examples.pictures FOLDER   (writes the README's pictures to FOLDER)")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in PICTURES.items():
        (folder / name).write_text(make() + "\n", encoding="utf-8")
        print(folder / name)
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None or importlib.util.find_spec("playwright") is None:
        print(f"{folder / 'player.png'} needs Chromium and Playwright: pip install playwright")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        player(
            playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"]),
            folder / "player.png",
        )
    print(folder / "player.png")


if __name__ == "__main__":
    main()
