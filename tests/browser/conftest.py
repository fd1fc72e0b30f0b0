"""What the tests in a browser share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from autograd import Value
from autograd.viz.backprop.player import Player, play

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def opened(page: Page, open_html: Callable[..., Path]) -> Callable[..., Player]:
    """opened(root, **options): the player on a page, as `save` writes it, in English."""

    def open_(root: Value, **options: Any) -> Player:
        player = play(root, **{"language": "en"} | options)
        open_html(page, f"<h1>A page</h1>{player.html}")
        return player

    return open_
