"""What the tests of `autograd learn` share: a folder of exercises, and the command run in it."""

import os
import subprocess
import sys

import pytest

from autograd.__main__ import main
from autograd.learn.exercises.exercise import exercise

RULES = exercise(4)
RIGHT = RULES.source()
M13 = RIGHT.replace("(g * b, g * a)", "(b, a)")
assert M13 != RIGHT


@pytest.fixture
def exercises(tmp_path, monkeypatch, capsys):
    """An exercises folder, freshly started, with the current folder around it; English, no colours."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    assert main(["learn", "start"]) == 0
    capsys.readouterr()
    return tmp_path / "exercises"


@pytest.fixture
def learn(exercises, capsys):
    """A command, run here: its status and what it printed."""

    def run(*arguments):
        try:
            status = main(["learn", *map(str, arguments)])
        except SystemExit as stopped:
            status = stopped.code
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return run


def write(folder, text, one=RULES):
    path = folder / f"{one.name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def learn_process(*arguments, folder, **environment):
    """A command in a process of its own, as from a shell."""
    command = [sys.executable, "-m", "autograd.learn", *map(str, arguments)]
    settings = {**os.environ, "LANG": "C.UTF-8", "LANGUAGE": "", "LC_ALL": "", **environment}
    return subprocess.run(command, cwd=folder, env=settings, capture_output=True, encoding="utf-8", check=False)
