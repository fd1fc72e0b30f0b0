"""The workflow: it calls make targets that exist, those of .ci/run among them, on all that the package promises."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="pip install 'scalar-autograd[docs]' to read the workflow")

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
JOBS: dict[str, Any] = WORKFLOW["jobs"]


def steps() -> Iterator[dict[str, Any]]:
    return itertools.chain.from_iterable(job["steps"] for job in JOBS.values())


def targets(commands: str) -> set[str]:
    """What shell commands tell make to do."""
    return set(re.findall(r"^make (.*)$", commands, re.MULTILINE))


def test_it_calls_the_make_targets_of_the_projects_own_check():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = targets("\n".join(step.get("run", "") for step in steps()))
    assert called == {"test", "check", "wheel", "docs"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in called)
    assert targets((ROOT / ".ci/run").read_text(encoding="utf-8")) <= called
    assert all("uses" in step or targets(step["run"]) for step in steps())  # and nothing but make


def test_it_runs_on_what_the_package_promises():
    matrix = JOBS["tests"]["strategy"]["matrix"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    promised = [text.rpartition(" ")[2] for text in project["classifiers"] if re.search(r":: 3\.\d+$", text)]
    assert matrix["python"] == promised
    assert project["requires-python"] == f">={promised[0]}"
    assert set(matrix["system"]) == {"ubuntu", "macos", "windows"}


def test_it_may_do_little_and_not_for_long():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert WORKFLOW["concurrency"]["cancel-in-progress"] is True
    assert all("permissions" not in job and job["timeout-minutes"] <= 90 for job in JOBS.values())
    used = [step["uses"] for step in steps() if "uses" in step]
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", action) for action in used), used
