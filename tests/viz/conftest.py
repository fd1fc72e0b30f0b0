"""What the tests of pictures share."""

from __future__ import annotations

import weakref
from collections.abc import Iterator

import pytest

from autograd.util import module_registry


@pytest.fixture
def nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr().err == ""


@pytest.fixture
def no_other_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that another test has left behind has no part in these graphs, but would be asked."""
    monkeypatch.setattr(module_registry, "_living", weakref.WeakValueDictionary())
