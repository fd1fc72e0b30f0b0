"""What learners stumbled over, each case as they met it: with the command that they typed."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from fixtures.learning import M13, RIGHT, learn_process, write

from autograd.learn.course import prog
from autograd.learn.exercises.exercise import exercise
from autograd.learn.progress import FILE, Progress
from autograd.learn.reporting.texts import words

pytestmark = pytest.mark.long  # each runs checks as a learner does

BROKEN = "def add_rule(a, b)\n    return a + b\n"


# ── one broken file ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("broken", [BROKEN, "1 / 0\n", "while True:\n    pass\n"], ids=["syntax", "raises", "loops"])
def test_a_broken_earlier_file_is_in_the_way_only_where_it_is_used(exercises, learn, broken):
    own = (exercise(7).source().replace("from e04_rules import add_rule, mul_rule", "")).replace(
        "class Value:",
        "def add_rule(a, b):\n    return a + b, lambda g: (g, g)\n\n\n"
        "def mul_rule(a, b):\n    return a * b, lambda g: (g * b, g * a)\n\n\nclass Value:",
    )
    assert "e04_rules" not in own
    write(exercises, own, exercise(7))
    write(exercises, exercise(9).source(), exercise(9))
    write(exercises, broken)
    status, said = learn("check", 9, "--using", "mine")
    assert status == 0, said
    assert "Traceback" not in said


def test_a_broken_earlier_file_that_is_used_is_named(exercises, learn):
    write(exercises, exercise(7).source(), exercise(7))
    write(exercises, BROKEN)
    status, said = learn("check", 7, "--using", "mine")
    assert status == 3
    assert "e04_rules.py, of an earlier exercise, cannot be run" in said
    assert learn("check", 7, "--using", "reference")[0] == 0


# ── long texts ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "returned",
    ["'x' * 10**7", "['\\n' * 10**7] * 20", "{'k' * 10**7: 'x' * 10**7}", "type('T' * 10**7, (), {})()"],
    ids=["text", "lines", "keys", "type"],
)
def test_a_very_long_text_neither_hangs_nor_floods(exercises, learn, returned):
    write(exercises, RIGHT.replace("return a * b,", f"return {returned},"))
    status, said = learn("check", 4)
    assert status == 1
    assert len(said) < 3000
    assert len(said.splitlines()) < 40
    assert len(learn("check", 4, "--json")[1]) < 20_000


# ── a damaged progress file ─────────────────────────────────────────────────────────────────────────────────────────

WHOLE = {
    "e01_nudge": {"state": "passed", "attempts": 3, "tier": 1, "helped": False, "diagnoses": []},
    "e04_rules": {
        "attempts": 5,
        "bug": "M13",
        "diagnoses": [{"at": "2025-01-31T11:58:00+00:00", "id": "M13"}],
        "helped": True,
        "state": "wrong",
        "tier": 2,
    },
    "e08_toposort": {"state": "passed", "attempts": 1, "tier": 0, "helped": False, "diagnoses": []},
}
TEXT = json.dumps({"schema": 1, "language": "zh", "exercises": WHOLE}, indent=1)


def merged(text):
    """The file in the middle of a merge: the other side has passed exercise 4 and read three hints."""
    ours = '   "state": "wrong",\n   "tier": 2\n'
    theirs = '   "state": "passed",\n   "tier": 3\n'
    assert ours in text
    return text.replace(ours, f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n")


DAMAGED = {
    "cut": (TEXT[: TEXT.index("e08_toposort") + 20], {"e01_nudge": "passed", "e04_rules": "wrong"}),
    "comma": (TEXT.replace('"tier": 1,', '"tier": 1'), {name: entry["state"] for name, entry in WHOLE.items()}),
    "merge": (merged(TEXT), {"e01_nudge": "passed", "e04_rules": "passed", "e08_toposort": "passed"}),
    "empty": ("", {}),
    "no object": ("[1, 2]", {}),
    "deep": (TEXT[:-1] + ', "x": ' + 100_000 * "[", {name: entry["state"] for name, entry in WHOLE.items()}),
}


@pytest.mark.parametrize(("text", "states"), DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("command", ["", "list", "hint 4"])
def test_a_damaged_progress_file_is_said_kept_and_mended(exercises, learn, text, states, command):
    path = exercises / FILE
    path.write_text(text, encoding="utf-8")
    _, said = learn("--language", "en", *command.split())
    assert f"{FILE} was damaged. It is kept as {FILE}.bak1;" in " ".join(said.split())
    assert said.count("damaged") == 1
    assert (exercises / f"{FILE}.bak1").read_text(encoding="utf-8") == text
    entries = json.loads(path.read_text(encoding="utf-8"))["exercises"]
    assert {name: entry["state"] for name, entry in entries.items() if name in states} == states
    assert "damaged" not in learn("list")[1]


def test_what_could_be_read_of_a_damaged_progress_file(exercises, learn):
    (exercises / FILE).write_text(merged(TEXT), encoding="utf-8")
    learn("list")
    entry = Progress(exercises).entry("e04_rules")
    assert (entry["attempts"], entry["tier"], entry["helped"]) == (5, 3, True)
    assert [named["id"] for named in entry["diagnoses"]] == ["M13"]
    assert Progress(exercises).language == "zh"


def test_a_damaged_progress_file_is_no_part_of_what_a_program_reads(exercises):
    write(exercises, M13)
    (exercises / FILE).write_text(TEXT[:-30], encoding="utf-8")
    done = learn_process("check", 4, "--json", folder=exercises)
    assert json.loads(done.stdout)["bug"] == "M13"
    assert FILE in done.stderr


# ── what was typed ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("chekc 4", "did you mean 'check'?"),
        ("hnit", "did you mean 'hint'?"),
        ("4", "'4' is no command: did you mean '{prog} check 4'?"),
        ("toposort", "did you mean '{prog} check 8'?"),
        ("run 4", "did you mean '{prog} check'?"),
        ("answer 4", "did you mean '{prog} solution'?"),
        ("check 44", "did you mean 4?"),
        ("check 24", "did you mean 23?"),
        ("hint 0", "did you mean 1?"),
        ("hint e4_rule", "did you mean e04_rules?"),
        ("watch backwards", "did you mean backward?"),
    ],
)
def test_it_is_said_what_was_meant(exercises, learn, typed, answer):
    status, said = learn(*typed.split())
    assert status in (1, 2)
    assert answer.format(prog=prog()) in " ".join(said.split())
    assert "Traceback" not in said


@pytest.mark.parametrize("typed", ["4", "04", "e4", "E04", "ex4", "exercise 4", "#4", "rules", "Rules", "e04_rules.py"])
def test_an_exercise_is_typed_in_many_ways(exercises, learn, typed, monkeypatch):
    monkeypatch.chdir(exercises)
    write(exercises, RIGHT)
    assert learn("check", typed)[0] == 0


# ── names of files ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("file", ["random.py", "math.py", "numpy.py", "json/__init__.py"])
def test_a_file_that_hides_a_module_is_said(exercises, learn, file):
    name = file.partition("/")[0]
    path = exercises / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("x = 1\n")
    write(exercises, RIGHT)
    for command in [("check", 4), ()]:
        status, said = learn(*command)
        assert status == 0
        assert f"{name} has the name of a module: import {name.removesuffix('.py')} may find this file" in " ".join(
            said.split()
        )
    assert name in learn("--language", "zh", "check", 4)[1]
    assert json.loads(learn("check", 4, "--json")[1])["state"] == "passed"


@pytest.mark.parametrize("name", ["random", "json", "tempfile"])
def test_a_file_that_hides_a_module_is_not_in_the_way(exercises, name):
    write(exercises, M13)
    (exercises / f"{name}.py").write_text("x = 1\n")
    done = learn_process("check", 4, folder=exercises)
    assert (done.returncode, done.stderr) == (1, "")
    assert "M13" in done.stdout
    assert f"{name}.py" in done.stdout


def test_other_files_are_not_said_to_hide_anything(exercises, learn):
    write(exercises, RIGHT)
    (exercises / "notes.py").write_text("")
    (exercises / "json").mkdir()
    assert "name of a module" not in learn("check", 4)[1]


# ── interrupts ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.parametrize("command", ["check 4", "check --all", "watch 4"])
def test_an_interrupt_prints_no_traceback(exercises, tmp_path, command):
    began = tmp_path / "began"
    write(exercises, f"open({str(began)!r}, 'w').close()\nwhile True:\n    pass\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "autograd.learn", *command.split()],
        cwd=exercises,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        while not began.exists() and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said


# ── evidence that can be pasted ─────────────────────────────────────────────────────────────────────────────────────


def pasted(exercises, text, *command):
    """What a prompt answers when a text is pasted into it."""
    return subprocess.run(
        [sys.executable, "-m", "autograd.learn", "try", *command],
        cwd=exercises,
        input=text,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LANG": "C.UTF-8", "LANGUAGE": "", "LC_ALL": ""},
        check=True,
    )


@pytest.mark.parametrize(("number", "bug"), [(9, "M01"), (9, "M43"), (8, "M06"), (16, "K7"), (11, "N1")])
def test_the_lines_that_a_check_shows_can_be_pasted(exercises, learn, number, bug):
    one = exercise(number)
    write(exercises, one.planted(bug)[one.name], one)
    said = learn("check", number, "--using", "reference")[1]
    assert f"learn try {number}" in " ".join(said.split())
    evidence = re.search(r"(?:^    .*\n)+?(?=    yours )", said, re.MULTILINE)[0]
    yours = re.search(r"^    yours +(.*)$", said, re.MULTILINE)[1].rpartition(": ")[2]  # an error's name is in words
    done = pasted(exercises, evidence, str(number), "--using", "reference")
    shown = done.stdout + done.stderr
    assert "SyntaxError" not in shown
    assert "IndentationError" not in shown
    assert "NameError" not in shown
    assert re.sub(r"\.0\b|[][(){}' ]", "", yours)[:60] in re.sub(r"\.0\b|[][(){}' ]", "", shown)


def test_a_prompt_takes_blocks_as_they_are_shown(exercises):
    write(exercises, RIGHT)
    lines = ["total = 0", "for i in range(3):", "    total += i", "total * 100"]
    lines += ["if total:", "    'yes'", "else:", "    'no'", "1 + 1"]
    text = "".join(f"    {line}\n" for line in lines)
    said = pasted(exercises, text, "4").stdout
    assert "300" in said
    assert "'yes'" in said
    assert "'no'" not in said
    assert re.search(r"^2$", said, re.MULTILINE)
    assert "add_rule, mul_rule" in said


def test_a_prompt_ends_with_exit(exercises):
    assert pasted(exercises, "exit()\n", "4").returncode == 0


def test_what_cannot_be_run_opens_no_prompt(exercises, learn):
    write(exercises, BROKEN)
    status, said = learn("try", 4)
    assert status == 1
    assert "learn check 4" in said
    assert said.count("\n") == 1


# ── hints ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_hint_begins_with_what_the_last_check_found(exercises, learn, language):
    sentence = words(language).bug("M13")
    learn("--language", language)
    assert sentence not in learn("hint", 4)[1]
    write(exercises, M13)
    learn("check", 4)
    said = learn("hint", 4)[1].replace("\n", "" if language == "zh" else " ")
    assert sentence in said
    assert said.index("M13") < said.index("Hint 2" if language == "en" else "2/3")
    write(exercises, RIGHT)
    learn("check", 4)
    assert "M13" not in learn("hint", 4)[1]


def test_a_hint_leads_to_the_exercise_that_the_mistake_is_in(exercises, learn):
    write(exercises, exercise(9).source(), exercise(9))
    write(exercises, M13)
    assert learn("check", 9, "--using", "mine")[0] == 1
    said = " ".join(learn("hint", 9)[1].split())
    assert "The mistake is in e04_rules.py" in said
    assert "learn hint 4" in said
    write(exercises, BROKEN)
    learn("check", 9, "--using", "mine")
    assert "The mistake is in e04_rules.py" in " ".join(learn("hint", 9)[1].split())
    learn("reset", 9)
    assert "e04_rules.py" not in learn("hint", 9)[1]
