"""The states of an exercise."""

from __future__ import annotations

__all__ = ["CRASHED", "NOT_STARTED", "PASSED", "WRONG"]

NOT_STARTED, CRASHED, WRONG, PASSED = "not started", "crashed", "wrong", "passed"
