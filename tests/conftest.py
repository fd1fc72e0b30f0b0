"""What the tests share."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from fixtures.browser import axe, chromium, lab, lab_server, new_page, open_html, page  # noqa: F401 (fixtures)
from fixtures.learning import exercises, learn  # noqa: F401 (fixtures)

from autograd import RULES, Value
from autograd.core import operators
from autograd.value import LevelValue


@pytest.fixture
def own_rules() -> Iterator[None]:
    """Rules defined in a test are forgotten after it: the table and the methods are the whole process's."""
    rules, names = dict(RULES), dict(operators.NUMPY_NAMES)
    methods = {cls: dict(vars(cls)) for cls in (Value, LevelValue)}
    yield
    for table, before in ((RULES, rules), (operators.NUMPY_NAMES, names)):
        table.clear()
        table.update(before)
    for cls, before_in_class in methods.items():
        for name in set(vars(cls)) - set(before_in_class):
            delattr(cls, name)
        for name, attribute in before_in_class.items():
            if hasattr(attribute, "rule") and vars(cls)[name].rule is not attribute.rule:
                setattr(cls, name, attribute)


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
