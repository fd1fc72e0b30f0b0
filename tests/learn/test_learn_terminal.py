"""`autograd learn` in a terminal: width, colours, languages, watching, speed."""

import os
import re
import subprocess
import sys
import threading

import pytest
from fixtures.learning import M13, RIGHT, learn_process, write

from autograd.learn.course import Course
from autograd.learn.exercises.exercise import exercise
from autograd.learn.progress import FILE
from autograd.learn.reporting.layout import Style, wrapped
from autograd.learn.reporting.texts import words
from autograd.learn.terminal import console
from autograd.learn.terminal.watch import Watch
from autograd.util.text_width import columns


def test_a_narrow_terminal_is_filled_and_not_overflown(exercises, learn, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    write(exercises, M13)
    for language in ("en", "zh"):
        for command in (["check", 4], ["list"], ["hint", 4], []):
            for line in learn("--language", language, *command)[1].splitlines():
                is_code = line.startswith("    ") or "learn" in line
                assert is_code or columns(line) <= 40, line


def test_colours_are_for_terminals_that_have_them(exercises, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert not console.style().colours or os.environ.get("TERM") != "dumb"
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert console.style().colours
    monkeypatch.setenv("NO_COLOR", "1")
    assert not console.style().colours
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not console.style().colours


def test_into_a_pipe_there_are_no_colours_and_no_signs_it_lacks(exercises):
    write(exercises, M13)
    done = learn_process("check", 4, folder=exercises)
    assert "\x1b" not in done.stdout
    done = learn_process("check", 4, folder=exercises, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "x Exercise 4" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_language_is_that_of_the_system_until_one_is_chosen(exercises, learn, monkeypatch):
    (exercises / FILE).unlink()
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "练习" in learn()[1]
    assert "Exercise" in learn("--language", "en")[1]
    assert "Exercise" in learn()[1]  # remembered
    assert "练习" in learn("list", "--language", "zh")[1] or "未开始" in learn("list")[1]
    assert learn("--language", "fr")[0] == 2


def test_both_languages_say_the_same_things():
    english, chinese = words("en").words, words("zh").words
    assert {key for key in english if not key.endswith("_one")} == set(chinese)
    for key, text in chinese.items():
        assert set(re.findall(r"\{(\w+)", text)) == set(re.findall(r"\{(\w+)", english[key])), key


def test_text_is_broken_where_it_can_be():
    assert wrapped("", 40) == [""]
    assert wrapped("一二三，四五六", 6) == ["一二三", "，四五", "六"] or wrapped("一二三，四五六", 8) == [
        "一二三，",
        "四五六",
    ]
    assert wrapped("write `learn check 4` now", 16) == ["write", "`learn check 4`", "now"]


# ── watch ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_watch_without_a_terminal_checks_until_it_passes(exercises):
    command = [sys.executable, "-u", "-m", "autograd.learn", "watch", "4"]
    settings = {**os.environ, "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        command, cwd=exercises, env=settings, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8"
    )
    lines, arrived = [], threading.Condition()

    def read():
        for line in process.stdout:
            with arrived:
                lines.append(line)
                arrived.notify()

    def waited(words):
        """Wait for a line with these words."""
        with arrived:
            assert arrived.wait_for(lambda: any(words in line for line in lines), 10), lines

    reader = threading.Thread(target=read)
    reader.start()
    try:
        waited("save it and it is checked")
        write(exercises, M13)
        waited("M13")
        write(exercises, RIGHT)
        waited("passed (")
        assert process.wait(5) == 0
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def test_a_fresh_screen_keeps_what_was_above_it(exercises, capsys, monkeypatch):
    course = Course(exercises)
    monkeypatch.setattr(console, "style", lambda: Style(colours=True))
    Watch(course, None, None, *course.chosen("4")).clear()
    said = capsys.readouterr().out
    assert "\x1b[2J" in said
    assert "\x1b[3J" not in said  # what a terminal has above its screen


class Keyboard:
    """Keys, pressed one after the other; between them nothing, then q."""

    def __init__(self, keys):
        self.keys = list(keys)

    def __call__(self, seconds):
        return self.keys.pop(0) if self.keys else "q"


def watched(exercises, keys):
    course = Course(exercises)
    return Watch(course, None, Keyboard(keys), *course.chosen("4")).run()


def test_the_keys_of_watch(exercises, capsys):
    write(exercises, M13)
    assert watched(exercises, "") == 1
    assert "n next" in capsys.readouterr().out
    assert watched(exercises, "hlq") == 1
    said = capsys.readouterr().out
    assert "Hint 1 of 3" in said
    assert "wrong: M13" in said
    watched(exercises, "lr")
    said = capsys.readouterr().out
    assert said.count("M13  ") == 2  # the result, below the list once more
    assert said.index("wrong: M13") < said.rindex("M13  ")
    assert said.count("r result") == 3
    watched(exercises, "t")
    said = capsys.readouterr().out
    assert said.index("Checking exercise 4") < said.index("✗ Exercise 4")
    assert "15 min" in said
    assert exercise(4).folder.joinpath("text.en.md").read_text(encoding="utf-8").split("\n")[2][:40] in said
    watched(exercises, "xh")
    assert (exercises / "e04_rules.py").read_text() == M13  # x alone asks
    assert watched(exercises, "xx") == 2
    assert (exercises / "e04_rules.py.bak1").read_text() == M13
    capsys.readouterr()
    watched(exercises, "n")
    assert "Exercise 5" in capsys.readouterr().out


def test_nothing_that_is_printed_in_colours_is_escaped(exercises, learn, monkeypatch):
    monkeypatch.setattr(console, "style", lambda: Style(80, True))
    write(exercises, M13)
    for command in (["hint", 4], ["hint", 4, "--again"], [], ["list"], ["progress"], ["collect"], ["cases"]):
        assert "\\x1b" not in learn(*command)[1], command
    write(exercises, RIGHT)
    for command in (["check", 4], ["solution", 4], ["reset", 4]):
        assert "\\x1b" not in learn(*command)[1], command


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_at_a_terminal_keys_work_without_return_and_colours_are_there(exercises):
    import pty

    write(exercises, M13)
    here, there = pty.openpty()
    settings = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm", "COLUMNS": "80"}
    settings.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "autograd.learn", "watch", "4"]
    process = subprocess.Popen(command, cwd=exercises, env=settings, stdin=there, stdout=there, stderr=there)
    os.close(there)
    said = b""
    try:
        while b"q quit" not in said:
            said += os.read(here, 4096)
        assert b"\x1b[1;31m" in said
        assert said.index(b"Checking") < said.index("✗ Exercise".encode())
        assert said.count(b"\x1b[2J") == 2  # it says that it is checking, and then no longer
        os.write(here, b"h")
        while b"Hint 1 of 3" not in said:
            said += os.read(here, 4096)
        os.write(here, b"q")
        assert process.wait(5) == 1
    finally:
        process.kill()
        process.wait()
        os.close(here)


# ── speed ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform == "win32", reason="there is no resource module")
@pytest.mark.long
@pytest.mark.parametrize("number", [1, 4, 9])
def test_a_check_from_cold_is_soon_done(exercises, number):
    """Less than 0.3 s of the processor, or of what it takes to import autograd three times, on a busy machine."""
    import resource

    def seconds(*command):
        """The least of some tries."""
        tries = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *command], cwd=exercises, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            tries.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(tries)

    one = exercise(number)
    write(exercises, one.source(), one)
    assert seconds("-m", "autograd.learn", "check", str(number)) < max(0.3, 3 * seconds("-c", "import autograd"))


def test_a_list_imports_nothing_of_a_check():
    """It and the other commands that only print are there at once."""
    names = "[name for name in sys.modules if name.startswith('autograd.learn.checking.')]"
    command = f"import sys, autograd.learn.terminal.cli\nprint(*sorted({names}))"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    light = ["files", "misconceptions", "states"]
    assert done.stdout.split() == [f"autograd.learn.checking.{name}" for name in light]
