"""The pictures of README and guide are what the project draws: ``python -m examples.pictures docs/pictures``."""

import re
from pathlib import Path

import pytest

from examples.pictures import PICTURES, player

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"


def said(svg: str, numbers: bool) -> list[str]:
    """The texts of a picture, in order; a training's last digits are its machine's own."""
    texts = re.findall(r">([^<>]+)</(?:text|tspan|title)>", svg)
    return texts if numbers else [re.sub(r"[−-]?\d[\d.e−-]*", "0", text) for text in texts]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_says_what_it_says_in_the_readme(name):
    kept = (FOLDER / name).read_text(encoding="utf-8")
    exact = name != "training.svg"
    assert said(PICTURES[name](), exact) == said(kept, exact)
    assert len(said(kept, exact)) > 10
    assert len(kept) < 40_000


OF_ANOTHER_PAGE = "architecture.svg"


def test_each_picture_is_on_a_page():
    pages = [FOLDER.parent.parent / "README.md", *(FOLDER.parent / "guide").glob("*.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    shown = set(re.findall(r"(?:docs|\.\.)/pictures/([\w.]+)", text))
    assert shown == {path.name for path in FOLDER.iterdir()} - {OF_ANOTHER_PAGE} == {*PICTURES, "player.png"}


@pytest.mark.browser
def test_the_player_in_the_readme_is_the_player(chromium, tmp_path):
    """The same size, and nearly the same shades: fonts differ between machines."""
    from matplotlib.image import imread

    player(chromium, tmp_path / "player.png")
    now, kept = imread(tmp_path / "player.png"), imread(FOLDER / "player.png")
    assert abs(now.shape[0] - kept.shape[0]) < 40
    assert abs(now.shape[1] - kept.shape[1]) < 40
    assert abs(now.mean() - kept.mean()) < 0.05
