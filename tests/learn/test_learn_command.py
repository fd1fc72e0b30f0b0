"""`autograd learn`, as a learner runs it: every command."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures.learning import M13, RIGHT, RULES, learn_process, write

from autograd.__main__ import main
from autograd.learn.exercises.exercise import EXERCISES, exercise
from autograd.learn.progress import Progress
from autograd.learn.reporting.texts import words
from autograd.util.language import LANGUAGES


def test_the_first_minute(tmp_path):
    done = learn_process(folder=tmp_path)
    assert done.returncode == 0
    assert "learn start" in done.stdout
    done = learn_process("start", folder=tmp_path)
    assert done.returncode == 0
    assert len(list((tmp_path / "exercises").glob("e*.py"))) == len(EXERCISES)
    done = learn_process(folder=tmp_path)
    assert "Exercise 1" in done.stdout
    assert os.path.join("exercises", "e01_nudge.py") in done.stdout
    assert len(done.stdout.splitlines()) < 20  # never a wall of text
    done = learn_process("check", folder=tmp_path / "exercises")
    assert done.returncode == 2
    assert "not started" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_start_overwrites_nothing(exercises, learn):
    mine = write(exercises, M13)
    (exercises / "e05_rules_two.py").unlink()
    status, said = learn("start")
    assert status == 0
    assert "1 exercise is in exercises now" in said
    assert mine.read_text() == M13
    status, said = learn("start")
    assert status == 1
    assert "nothing was overwritten" in said


def test_start_where_nothing_can_be_written(exercises, learn):
    (exercises.parent / "file").write_text("")
    status, said = learn("start", "file")
    assert status == 1
    assert "cannot be written" in said
    assert said.count("\n") == 1


def test_the_four_states_have_their_exit_codes(exercises, learn):
    assert learn("check", 4)[0] == 2
    write(exercises, RIGHT)
    status, said = learn("check", 4)
    assert status == 0
    assert "passed" in said
    assert "A rule is a value and a pullback" in said  # what was learnt
    write(exercises, M13)
    assert learn("check", 4)[0] == 1
    write(exercises, "import no_such_module\n")
    assert learn("check", 4)[0] == 3
    assert learn("check", "--all")[0] == 3


def test_a_mistake_is_named_with_evidence_and_what_to_do(exercises, learn):
    write(exercises, M13)
    status, said = learn("check", 4)
    verdict, place, question, sentence, *evidence = said.strip().split("\n\n")
    assert status == 1
    assert verdict.startswith("✗ Exercise 4")
    assert place == "With the reference's mul_rule, everything passes: the mistake is there."
    assert question == "Look at line 11. What is multiplied or divided there, and is that all?"
    assert sentence.startswith("M13  ")
    assert re.search(r"pull\w*\(7.0\)", said)
    assert re.search(r"yours +[-0-9., ]+\n +expected \(by nudging\) +[-0-9., ]+\n", said)
    assert "learn hint 4" in evidence[-1]
    assert RIGHT.splitlines()[-1].strip() not in said  # never the solution


def test_hints_know_what_mends_the_file(exercises, learn):
    write(exercises, M13)
    first = learn("hint", 4)[1]
    parts = ["Look at line 11. What", "M13  ", "Look at line 11. A factor is missing.", "--line", "Hint 1 of 3"]
    assert sorted(parts, key=first.index) == parts
    assert "b * g" not in first
    status, said = learn("hint", 4, "--line")
    assert (status, said.strip()) == (0, "Look at line 11. b becomes b * g")
    assert "1 of 3" in learn("check", 4)[1]
    write(exercises, RIGHT)
    assert "passed" in learn("hint", 4, "--line")[1]
    write(exercises, RIGHT + "\n" + M13.replace("return a * b", "return a - b"))  # two mistakes
    assert "No small change is known" in learn("hint", 4, "--line")[1]


def test_every_wrong_probe_is_shown_on_request(exercises, learn):
    write(exercises, M13)
    assert learn("check", 4, "--why")[1].count("yours") > learn("check", 4)[1].count("yours")


def test_a_file_and_a_name_are_understood(exercises, learn):
    write(exercises, RIGHT)
    for which in ("4", "e04", "rules", "e04_rules", exercises / "e04_rules.py", "exercises/e04_rules.py"):
        assert learn("check", which)[0] == 0, which
    status, said = learn("check", "44")
    assert status == 1
    assert "There is no exercise '44': did you mean 4? There are: " in said
    assert "4 rules" in said
    assert "There is no exercise 'toposrt': did you mean toposort? There are: " in learn("check", "toposrt")[1]


def test_a_number_to_be_found_by_hand_is_not_given_away(exercises, learn):
    by_hand = exercise(3)
    write(
        exercises, by_hand.source("starter").replace('"out": None', '"out": 1').replace('"e": None', '"e": 4'), by_hand
    )
    status, said = learn("check", 3)
    assert status == 1
    assert re.search(r"yours +4", said)
    assert "expected" not in said
    assert json.loads(learn("check", 3, "--json")[1])["probe"]["expected"] is None
    assert "Not written yet: d, c, a, b." in said


def test_json_is_for_programs(exercises, learn):
    write(exercises, M13)
    status, said = learn("check", 4, "--json")
    found = json.loads(said)
    assert status == 1
    assert (found["state"], found["bug"], found["certain"]) == ("wrong", "M13", True)
    assert found["probe"]["yours"] != found["probe"]["expected"]
    everything = json.loads(learn("check", "--all", "--json")[1])
    assert [each["exercise"] for each in everything] == [one.name for one in EXERCISES]


def test_list_shows_states_and_what_is_to_do(exercises, learn):
    write(exercises, M13)
    learn("check", 4)
    assert re.search(r"4 .*15 min +wrong: M13", learn("list")[1])
    write(exercises, RIGHT)
    learn("check", 4)
    assert re.search(r"4 .*passed", learn("list")[1])
    assert not re.search(r"^. +4 ", learn("list", "--todo")[1], re.MULTILINE)
    assert len(learn("list")[1].splitlines()) == len(EXERCISES)


@pytest.mark.parametrize("command", ["list", "check", "progress", "hint"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_where_there_are_no_exercises_it_is_said(tmp_path, monkeypatch, capsys, command, language):
    monkeypatch.chdir(tmp_path)
    assert main(["learn", command, "--language", language]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(words(language).say("no_folder", prog="").split("`")[0])


def test_hints_come_one_one_off_and_are_remembered(exercises, learn):
    first, second, third, fourth = (learn("hint", 4)[1] for _ in range(4))
    assert "Hint 1 of 3" in first
    assert "What arrives from above?" in first
    assert "1 of 3 used" in first
    assert "Hint 2 of 3" in second
    assert "____" in third
    assert "solution 4 --give-up" in fourth
    assert "What arrives from above?" in learn("hint", 4, "--again")[1]
    assert Progress(exercises).entry("e04_rules")["tier"] == 3


def test_the_solution_waits_for_a_pass_or_for_all_hints(exercises, learn):
    status, said = learn("solution", 4)
    assert status == 1
    assert "def mul_rule" not in said
    assert learn("solution", 4, "--give-up")[0] == 1
    for _ in range(3):
        learn("hint", 4)
    write(exercises, M13)
    status, said = learn("solution", 4, "--give-up")
    assert status == 0
    assert "g * b, g * a" in said
    assert "-    return a * b, lambda g: (b, a)" in said  # how yours differs
    assert "Another way" in said
    write(exercises, RIGHT)
    learn("check", 4)
    assert "passed with help" in learn("list")[1]


@pytest.mark.parametrize(
    ("page", "language"), [("docs/guide/exercises.md", "en"), ("docs/zh/guide/exercises.md", "zh")]
)
def test_the_guide_shows_what_a_check_prints(exercises, learn, page, language):
    write(exercises, M13)
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    shown = re.search(r"^✗.*?(?=```)", text, re.DOTALL | re.MULTILINE)[0]
    assert shown.strip() in learn("check", 4, "--language", language)[1]


def test_without_a_number_the_solution_is_that_of_the_exercise_just_passed(exercises, learn):
    for one in EXERCISES[:2]:
        (exercises / f"{one.name}.py").write_text(one.source())
        learn("check", one.number)
    assert "A solution of exercise 2" in learn("solution")[1]
    learn("hint", 3)  # now the third is what is meant
    status, said = learn("solution")
    assert status == 1
    assert "hint 3" in said


def test_reset_keeps_what_was_there(exercises, learn):
    path = write(exercises, M13)
    learn("check", 4)
    assert learn("reset", 4)[0] == 0
    assert path.read_text() == RULES.source("starter")
    assert (exercises / "e04_rules.py.bak1").read_text() == M13
    write(exercises, RIGHT)
    learn("reset", "--all")
    assert (exercises / "e04_rules.py.bak2").read_text() == RIGHT
    assert len(list(exercises.glob("*.bak*"))) == 2  # starters are not kept
    assert "wrong" not in learn("list")[1]
    assert learn("reset")[0] == 1


def test_progress_for_a_teacher(exercises, learn):
    write(exercises, M13)
    learn("check", 4)
    learn("hint", 4)
    other = exercises.parent / "bo" / "exercises"
    learn("start", other)
    status, said = learn("progress", exercises, other, "--export", "csv")
    rows = list(csv.DictReader(io.StringIO(said)))
    assert status == 0
    assert len(rows) == 1
    row = rows[0]
    assert (row["learner"], row["exercise"], row["diagnoses"]) == (exercises.parent.name, "e04_rules", "M13")
    assert (row["attempts"], row["hints"], row["state"]) == ("1", "1", "wrong")
    found = json.loads(learn("progress", "--export", "json")[1])
    assert found[0]["diagnoses"] == ["M13"]
    assert "M13" in learn("progress")[1]


@pytest.mark.parametrize(("language", "title"), [("en", "mul forgets upstream"), ("zh", words("zh").bug("M13"))])
def test_progress_says_what_the_mistakes_are(exercises, learn, monkeypatch, language, title):
    monkeypatch.setenv("COLUMNS", "100")
    write(exercises, M13)
    for _ in range(2):
        learn("check", 4)
    said = learn("progress", "--language", language)[1]
    assert said.count(f"M13  {title}") == 1
    assert title in learn("progress", exercises, "--language", language)[1]
    assert title not in learn("progress", exercises, exercises, "--language", language)[1]


def test_the_next_step_follows_what_is_passed(exercises, learn):
    write(exercises, exercise(1).source(), exercise(1))
    status, said = learn("check")
    assert status == 0
    assert "learn watch 2" in said
    assert "Exercise 2" in learn()[1]
    assert f"1 of {len(EXERCISES)} passed" in learn()[1]


def test_later_exercises_run_on_yours_or_on_the_reference(exercises, learn):
    backward, value = exercise(9), exercise(7)
    write(exercises, backward.source(), backward)
    write(exercises, M13)
    assert learn("check", 9)[0] == 0  # e04 has not passed: the reference is in its place
    assert learn("check", 9, "--using", "reference")[0] == 0
    status, said = learn("check", 9, "--using", "mine")
    assert status == 1
    assert "M13" in said
    assert "With the reference's mul_rule in e04_rules.py" in said
    assert "check 4" in said
    write(exercises, value.source().replace("self.grad = 0.0", "self.grad = 0.25"), value)
    write(exercises, RIGHT)
    status, said = learn("check", 9, "--using", "mine")
    assert status == 1
    assert "e07_value.py" in said  # one of the earlier files, as it passes with the reference


def test_help_names_the_commands(learn):
    status, said = learn("--help")
    assert status == 0
    for name in (
        "start",
        "list",
        "check",
        "watch",
        "hint",
        "solution",
        "reset",
        "progress",
        "export-notebook",
        "verify",
    ):
        assert name in said
    assert "learn" in subprocess.run(
        [sys.executable, "-m", "autograd", "--help"], capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    assert learn("check", "4", "--colour")[0] == 2


def test_the_folder_is_named_before_or_after_the_command(tmp_path):
    assert learn_process("start", "course", folder=tmp_path).returncode == 0
    (tmp_path / "course" / "e04_rules.py").write_text(RIGHT)
    for typed in (["--dir", "course", "check", "4"], ["check", "4", "--dir", "course"]):
        done = learn_process(*typed, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), typed


def test_what_is_expected_is_by_nudging_only_where_nudging_gives_it(exercises, learn):
    backward = exercise(9)
    write(exercises, backward.planted("M43")["e09_backward"], backward)
    said = learn("check", 9, "--using", "reference")[1]
    assert re.search(r"backward\(y\)\n +backward\(y\)", said)
    assert re.search(r"expected +2, 2\n", said)


def test_a_list_is_shown_as_one(exercises, learn):
    gradcheck = exercise(10)
    write(exercises, gradcheck.planted("G3")["e10_gradcheck"], gradcheck)
    assert re.search(r"yours +\[\]\n +expected +\[0\]\n", learn("check", 10)[1])


def test_only_what_is_not_written_is_said_to_be(exercises, learn):
    last = exercise(17)
    write(exercises, last.source().replace('"zeros": 4', '"zeros": None'), last)
    said = learn("check", 17, "--using", "reference")[1]
    assert "Not written yet: zeros." in said


def test_after_a_crash_the_line_is_to_be_mended(exercises, learn):
    write(exercises, RIGHT.replace("def mul_rule(a, b):", "def mul_rule(a, b):\n    no_such_name"))
    status, said = learn("check", 4)
    assert status == 3
    assert "mend that line" in said


def test_two_numbers_that_differ_are_not_written_alike(exercises, learn):
    rules = exercise(6)
    write(exercises, rules.source().replace("math.tanh(x)", "math.tanh(x) * (1 + 1e-5)"), rules)
    yours, expected = re.search(r"yours +(.+)\n +expected +(.+)\n", learn("check", 6)[1]).groups()
    assert all(a != b for a, b in zip(yours.split(", "), expected.split(", "), strict=True) if b != "0")


@pytest.mark.long
def test_the_tests_of_exercise_16_are_shown_beside_the_engines(exercises, learn):
    tests = exercise(16)
    write(exercises, tests.planted("K10")["e16_tests"], tests)
    assert not re.search(r"M01 [x.]+\n", learn("check", 16)[1])
    assert re.search(r"M01 [x.]+\n", learn("check", 16, "--why")[1])
