"""`pytest exercises/` runs the checks of `autograd learn`."""

import os
import subprocess
import sys

from fixtures.learning import M13, RIGHT, write

from autograd.learn.exercises.exercise import EXERCISES
from autograd.learn.progress import FILE


def run_pytest(folder, *arguments):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "autograd.learn.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-W",
        "error",
    ]
    settings = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "LANG": "C.UTF-8"}
    return subprocess.run(
        [*command, "--strict-markers", *map(str, arguments)],
        cwd=folder.parent,
        env=settings,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_test_for_each_exercise_with_the_report_as_its_failure(exercises):
    write(exercises, M13)
    before = (exercises / FILE).read_bytes()
    done = run_pytest(exercises, "exercises")
    assert done.returncode == 1
    assert f"1 failed, {len(EXERCISES) - 1} skipped" in done.stdout
    assert "M13  " in done.stdout
    assert "pull" in done.stdout
    assert "Traceback" not in done.stdout
    assert "pytest_plugin.py" not in done.stdout
    assert (exercises / FILE).read_bytes() == before  # a teacher's run is no attempt


def test_marks_choose_exercises(exercises):
    write(exercises, M13)
    done = run_pytest(exercises, "exercises", "-m", "ex04")
    assert f"1 failed, {len(EXERCISES) - 1} deselected" in done.stdout
    write(exercises, RIGHT)
    done = run_pytest(exercises, "exercises/e04_rules.py", "-v")
    assert done.returncode == 0
    assert "e04_rules.py::check PASSED" in done.stdout
    assert "ex04" in run_pytest(exercises, "--markers").stdout


def test_elsewhere_such_a_file_is_no_exercise_unless_asked(exercises, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write(other, M13)
    assert run_pytest(exercises, "other").returncode == 5
    assert run_pytest(exercises, "other", "--learn").returncode == 1
    assert run_pytest(exercises, "other", "--learn", "--learn-using", "reference").returncode == 1
