"""`autograd learn`, as it goes wrong: loops, crashes, files that are gone, two terminals, older progress files."""

import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fixtures.learning import M13, RIGHT, RULES, learn_process, write

from autograd.learn.checking import check as checks
from autograd.learn.exercises.exercise import EXERCISES, exercise
from autograd.learn.progress import FILE, Progress


def test_an_endless_loop_ends_as_a_sentence(exercises, learn, monkeypatch):
    write(
        exercises,
        RIGHT.replace("    return a * b,", "    print('round')\n    while True:\n        pass\n    return a * b,"),
    )
    for limit in (1.0, 4.0, 20.0):  # a busy machine may not have come to the loop in the first
        monkeypatch.setattr(checks, "LIMIT", limit)
        status, said = learn("check", 4)
        assert status == 3
        assert f"Still running after {limit:g} seconds" in said
        if "of e04_rules.py" in said:
            break
    assert "of e04_rules.py" in said
    assert "mul_rule(" in said  # the probe that was running
    assert "round" in said  # what it printed
    write(exercises, RIGHT + "\nwhile True:\n    print('x' * 1000)\n")
    status, said = learn("check", 4)
    assert status == 3
    assert len(said) < 5000


def test_the_time_limit_is_five_seconds():
    assert checks.LIMIT == 5.0


def test_the_time_limit_ends_what_was_started(exercises, learn, monkeypatch):
    lines = ["import subprocess, sys", "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"]
    lines += [
        "import os",
        f"os.write(os.open({str(exercises.parent / 'pid')!r}, os.O_WRONLY | os.O_CREAT), b'%d' % p.pid)",
    ]
    write(exercises, "\n".join([RIGHT, *lines, "while True: pass", ""]))
    for limit in (1.0, 4.0, 20.0):
        monkeypatch.setattr(checks, "LIMIT", limit)
        status, said = learn("check", 4)
        assert status == 3
        assert f"after {limit:g} seconds" in said
        if (exercises.parent / "pid").exists():
            break
    pid = int((exercises.parent / "pid").read_text())
    for _ in range(20):
        try:
            if "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
                break
            os.kill(pid, 0)
        except OSError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("what the learner's code had started is still there")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("def add_rule(a, b:\n    return a\n", "Python cannot read line 1 of e04_rules.py: '(' was never closed"),
        ("def add_rule(a, b):\nreturn a\n", "Python cannot read line 2 of e04_rules.py: expected an indented block"),
        (RIGHT.replace("mul_rule", "mulrule"), "mul_rule is not defined in e04_rules.py: did you mean mulrule?"),
        ("x = 1\n", "add_rule, mul_rule is not defined in e04_rules.py, which defines x."),
        (RIGHT + "print(undefined)\n", "NameError in line 12 of e04_rules.py: name 'undefined' is not defined"),
        (RIGHT.replace("a * b,", "a * c,"), "NameError in line 11 of e04_rules.py: name 'c' is not defined"),
        (RIGHT + "import sys\nsys.exit()\n", "SystemExit in line 13 of e04_rules.py"),
        (RIGHT + "import os\nos._exit(0)\n", "Python itself was ended"),
        (RIGHT + "import os\nos.kill(os.getpid(), 11)\n", "Python itself was ended, at line 13 of e04_rules.py"),
        (RIGHT + "name = input()\n", "EOFError in line 12 of e04_rules.py"),
        (RIGHT + "import sys\nsys.setrecursionlimit(10**9)\ndef f():\n    f()\nf()\n", "RecursionError in line 15"),
        (RIGHT + "import os\nos.remove(__file__)\n", "PermissionError in line 13 of e04_rules.py"),
        (RIGHT + "open(__file__, 'w').write('')\n", "PermissionError in line 12 of e04_rules.py"),
        (RIGHT + "import urllib.request as r\nr.urlopen('http://localhost')\n", "an exercise needs no network"),
        (RIGHT.encode("utf-16"), "e04_rules.py is not UTF-8 text"),
    ],
)
def test_crashes_are_said_in_a_sentence_with_the_line(exercises, learn, text, sentence):
    path = exercises / "e04_rules.py"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = path.read_bytes()
    status, said = learn("check", 4)
    assert status == 3
    assert sentence in " ".join(said.split("\n\n")[1].split())
    assert "Traceback" not in said
    assert path.read_bytes() == before
    if found := re.search(r"line (\d+) of e04_rules.py", sentence):
        assert f"{found[1]} | " in said  # the learner's own line


def test_code_may_change_its_folder_and_write_there(exercises, learn):
    there = set(exercises.iterdir())
    lines = (
        "import os, shutil\nos.mkdir('here')\nos.chdir('here')\nopen('x', 'w').close()\nshutil.rmtree(os.getcwd())\n"
    )
    write(exercises, RIGHT + lines)
    assert learn("check", 4)[0] == 0
    assert set(exercises.iterdir()) == there


def test_what_it_prints_is_shown_when_it_is_wrong_and_never_taken_for_an_answer(exercises, learn):
    line = '{"probe": "mul", "done": true}'
    write(exercises, M13.replace("    return a * b", f"    print({line!r})\n    return a * b"))
    status, said = learn("check", 4)
    assert status == 1
    assert "M13" in said
    assert line in said


def test_a_deleted_file_is_not_started(exercises, learn):
    write(exercises, RIGHT).unlink()
    status, said = learn("check", 4)
    assert status == 2
    assert "There is no file e04_rules.py" in said
    assert "reset 4" in said
    assert learn("reset", 4)[0] == 0
    assert (exercises / "e04_rules.py").read_text() == RULES.source("starter")


def test_what_is_half_written_says_what_is_left(exercises, learn):
    starter, solution = RULES.source("starter"), RIGHT
    body = solution[solution.index("    return a + b") :].splitlines()[0]
    write(exercises, starter.replace("    raise NotImplementedError", body, 1))
    status, said = learn("check", 4)
    assert status == 1
    assert "Right so far. Not written yet: mul_rule." in said
    write(exercises, starter.replace("    raise NotImplementedError", body.replace("(g, g)", "(1.0, 1.0)"), 1))
    status, said = learn("check", 4)
    assert "M10" in said
    assert "Not written yet: mul_rule." in said


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistake(exercises, learn):
    path = exercises / "e04_rules.py"
    path.write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    assert learn("check", 4)[0] == 0
    path.write_bytes(b"\xef\xbb\xbf" + RULES.source("starter").replace("\n", "\r\n").encode())
    assert learn("check", 4)[0] == 2
    path.write_bytes(M13.replace("\n", "\r").encode())
    assert "M13" in learn("check", 4)[1]


def test_two_terminals_at_once_lose_nothing(exercises):
    for one in EXERCISES[3:6]:
        write(exercises, one.source(), one)
    numbers = [4, 5, 6] * 2
    with ThreadPoolExecutor(len(numbers)) as pool:
        runs = list(pool.map(lambda number: learn_process("check", number, folder=exercises), numbers))
    assert {run.returncode for run in runs} == {0}
    progress = Progress(exercises)
    assert progress.passed() == {"e04_rules", "e05_rules_two", "e06_rules_three"}
    assert [progress.entry(one.name)["attempts"] for one in EXERCISES[3:6]] == [2, 2, 2]
    assert not list(exercises.glob(f".{FILE}*"))


def test_a_progress_file_of_an_older_or_newer_version_is_read_and_kept(exercises, learn):
    path = exercises / FILE
    path.write_text(json.dumps({"exercises": {"e04_rules": "passed", "e99_gone": {"state": "passed"}}, "mine": 1}))
    assert re.search(r"4 .* passed", learn("list")[1])
    write(exercises, exercise(1).source(), exercise(1))
    learn("check", 1)
    kept = json.loads(path.read_text())
    assert kept["mine"] == 1
    assert kept["exercises"]["e99_gone"] == {"state": "passed"}
    assert kept["exercises"]["e04_rules"] == "passed"
    assert kept["schema"] == 1
    path.write_text(json.dumps({"schema": 7, "exercises": {"e04_rules": {"state": "passed", "stars": 5}}}))
    learn("hint", 4)
    kept = json.loads(path.read_text())
    assert kept["schema"] == 7
    assert kept["exercises"]["e04_rules"]["stars"] == 5


def test_a_progress_file_that_cannot_be_read_is_kept_aside(exercises, learn):
    (exercises / FILE).write_text("<<<<<<< HEAD\n")
    write(exercises, RIGHT)
    status, said = learn("check", 4)
    assert status == 0
    assert f"{FILE} was damaged" in said
    assert (exercises / f"{FILE}.bak1").read_text() == "<<<<<<< HEAD\n"
    assert Progress(exercises).passed() == {"e04_rules"}


def test_where_progress_cannot_be_written_it_still_checks(exercises, learn):
    (exercises / FILE).unlink()
    (exercises / FILE).mkdir()
    write(exercises, RIGHT)
    status, said = learn("check", 4)
    assert status == 0
    assert said.count("Progress is not kept") == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_in_a_read_only_folder_it_still_checks(exercises, learn):
    write(exercises, RIGHT)
    exercises.chmod(0o555)
    try:
        status, said = learn("check", 4)
    finally:
        exercises.chmod(0o755)
    assert status == 0
    assert said.count("Progress is not kept") == 1


def test_a_lock_that_was_left_behind_does_not_hold_it_up(exercises, learn):
    lock = exercises / f".{FILE}.lock"
    lock.touch()
    os.utime(lock, (1, 1))
    write(exercises, RIGHT)
    status, said = learn("check", 4)
    assert (status, "not kept" in said) == (0, False)
    assert Progress(exercises).passed() == {"e04_rules"}
