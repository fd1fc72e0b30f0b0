"""A class: wrong answers without a name are collected, a teacher names one, and the next check knows it."""

import json
import os
import re
import subprocess
import sys

import pytest
from fixtures.learning import M13, RIGHT, write

from autograd.learn import ex
from autograd.learn.cases import CASES, MISTAKES
from autograd.learn.exercises.exercise import exercise

pytestmark = pytest.mark.long  # each runs checks as a learner does

UNLISTED = RIGHT.replace("(g * b, g * a)", "(g * b * 1.25, g * a - 3)")
OTHER = RIGHT.replace("(g * b, g * a)", "(g + b + 0.5, g * a * 7)")
BO = f'"""By Bo Chen, bo@example.org."""\n\n__author__ = "Bo Chen"\n{UNLISTED}\n# Bo Chen, 2025\n'
ONLY_EXCEPTIONS = RIGHT.replace("    return a * b,", "    return None.x,")
TITLE, SENTENCE = (
    "a gradient with an offset",
    "The gradient of a product has no constant part: look at the second factor.",
)


@pytest.fixture
def class_folder(exercises, learn):
    """The folders of five learners beside that of the teacher."""
    texts = {"ann": UNLISTED, "bo": BO, "cleo": OTHER, "dan": M13, "eve": RIGHT, "fay": ONLY_EXCEPTIONS}
    for name, text in texts.items():
        (exercises.parent / name / "exercises").mkdir(parents=True)
        write(exercises.parent / name / "exercises", text)
    return exercises.parent


def folders(class_folder):
    return sorted(path / "exercises" for path in class_folder.iterdir() if len(path.name) < 5)


def test_a_case_is_collected_named_and_known(class_folder, learn):
    status, said = learn("check", class_folder / "ann" / "exercises" / "e04_rules.py")
    assert status == 1
    assert SENTENCE not in said
    status, said = learn("collect", *folders(class_folder))
    assert status == 0
    assert f"2 kinds of wrong answers without a name are in {CASES}" in said
    status, said = learn("cases")
    assert status == 0
    first, second = re.split(r"^2\. ", said, flags=re.MULTILINE)
    assert "1. Exercise 4, Local rules as closures: met 2 times" in first
    assert "met once" in second
    assert re.search(r"^    yours +[-0-9., ]+$", first, re.MULTILINE)
    said = learn("cases", 1)[1]
    assert "g * b * 1.25" in said
    status, said = learn("cases", 1, "--name", TITLE, "--sentence", SENTENCE)
    assert status == 0
    assert "P1 is called" in said
    write(class_folder / "exercises", UNLISTED)
    status, said = learn("check", 4)
    assert status == 1
    assert f"P1  {SENTENCE}" in " ".join(said.split()).replace("P1 The", "P1  The")
    assert "wrong: P1" in learn("list")[1]
    assert TITLE in learn("progress")[1]
    assert json.loads(learn("check", 4, "--json")[1])["bug"] == "P1"
    assert SENTENCE in " ".join(learn("hint", 4)[1].split())
    assert "1 kind of wrong answer" in learn("collect", *folders(class_folder))[1]  # the other one


def test_a_name_is_not_given_to_anything_else(class_folder, learn):
    learn("collect", *folders(class_folder))
    learn("cases", 1, "--name", TITLE)
    for text, bug in [(OTHER, None), (M13, "M13"), (UNLISTED.replace("1.25", "1.5"), None)]:
        write(class_folder / "exercises", text)
        assert json.loads(learn("check", 4, "--json")[1])["bug"] == bug
    write(class_folder / "exercises", RIGHT)
    assert learn("check", 4)[0] == 0


def test_a_class_is_given_the_file(class_folder, learn, monkeypatch):
    learn("collect", *folders(class_folder))
    learn("cases", 1, "--name", TITLE, "--sentence", SENTENCE)
    bo = class_folder / "bo" / "exercises"
    (bo / MISTAKES).write_bytes((class_folder / "exercises" / MISTAKES).read_bytes())
    assert TITLE not in learn("--dir", class_folder / "ann" / "exercises", "check", 4)[1]
    assert "P1" in learn("--dir", bo, "check", 4)[1]
    assert "P1" in learn("check", bo / "e04_rules.py")[1]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "autograd.learn.pytest_plugin",
        "--learn",
        "-p",
        "no:cacheprovider",
    ]
    settings = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    done = subprocess.run(
        [*command, "e04_rules.py"], cwd=bo, env=settings, capture_output=True, encoding="utf-8", check=False
    )
    assert "P1" in done.stdout, done.stdout + done.stderr
    monkeypatch.chdir(bo)
    own = {}
    exec(compile(UNLISTED, "/tmp/ipykernel_1/2.py", "exec"), own)  # noqa: S102
    assert SENTENCE in " ".join(repr(ex(4).check(own["add_rule"], own["mul_rule"])).split())


def test_no_names_of_learners_are_in_the_file(class_folder, learn):
    learn("collect", *folders(class_folder), "--to", "class.json")
    text = (class_folder / "class.json").read_text(encoding="utf-8")
    assert text.count("mul_rule") > 0
    for name in ["Bo", "Chen", "bo", "ann", "example.org", "author", str(class_folder), "2025"]:
        assert not re.search(rf"\b{re.escape(name)}\b", text), name


def test_files_of_several_groups_are_put_together(class_folder, learn):
    for name in ("ann", "bo", "cleo"):
        learn("collect", class_folder / name / "exercises", "--to", f"{name}.json")
    status, said = learn("collect", "ann.json", "bo.json", "cleo.json")
    assert status == 0
    assert "2 kinds" in said
    assert "met 2 times" in learn("cases", "--from", CASES)[1]


def test_a_second_name_has_the_next_number(class_folder, learn):
    learn("collect", *folders(class_folder))
    learn("cases", 1, "--name", TITLE)
    assert "P2 is called" in learn("cases", 2, "--name", "another")[1]
    entries = json.loads((class_folder / "exercises" / MISTAKES).read_text(encoding="utf-8"))["mistakes"]
    assert [entry["id"] for entry in entries] == ["P1", "P2"]


@pytest.mark.parametrize(
    ("content", "command", "answer"),
    [
        (None, "cases", "is no file of"),
        ("{", "cases", "is no file of"),
        ('{"cases": [1]}', "cases", "is no file of"),
        ('{"cases": [{"exercise": "e04_rules"}]}', "cases", "is no file of"),
        ('{"cases": []}', "cases", "There are no cases"),
        ('{"cases": []}', "cases 1", "There is no number 1: the file has 0."),
        (None, "collect nowhere", "There are no exercises in nowhere."),
    ],
)
def test_what_cannot_be_read_is_said(exercises, learn, content, command, answer):
    if content is not None:
        (exercises.parent / CASES).write_text(content)
    status, said = learn(*command.split())
    assert status == (0 if content == '{"cases": []}' and command == "cases" else 1)
    assert answer in " ".join(said.split())
    assert "Traceback" not in said


def test_a_damaged_file_of_mistakes_is_in_nobody_s_way(exercises, learn):
    (exercises / MISTAKES).write_text('{"mistakes": [{"id": 4}]}')
    write(exercises, M13)
    status, said = learn("check", 4)
    assert status == 1
    assert "M13" in said
    assert f"{MISTAKES} cannot be read" in " ".join(said.split()).replace(f"/ {MISTAKES}", f"/{MISTAKES}")


def test_every_exercise_without_a_case_collects_nothing(exercises, learn):
    write(exercises, exercise(1).source(), exercise(1))
    assert "so learn-cases.json is empty" in " ".join(learn("collect")[1].split())
