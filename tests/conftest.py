"""What the tests share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from fixtures.browser import axe, chromium, lab, lab_server, new_page, open_html, page  # noqa: F401 (fixtures)
from fixtures.learning import exercises, learn  # noqa: F401 (fixtures)
from fixtures.rules import own_rules  # noqa: F401 (fixture)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected lives as long as the process: from here on the garbage collector does not walk it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: while Playwright drives a browser, `asyncio.run` in this thread is refused.

    With several processes `--no-loadscope-reorder` keeps this order.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
