"""In Chinese every word of an outcome is Chinese: of the probes, the reports and the lists."""

import ast
import re

import pytest
from fixtures.learning import write

from autograd.learn.checking.check import reference
from autograd.learn.exercises.exercise import EXERCISES, exercise
from autograd.learn.reporting.outcome_words import said

pytestmark = pytest.mark.long  # each runs checks as a learner does

TERMS = {"ANSWERS", "TESTS", "parameters", "parents", "relu", "logit", "w"}


def phrases(one):
    """What the functions of check.py say in words, with {} for what is filled in."""
    tree = ast.parse((one.folder / "check.py").read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        docstrings = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Expr)}
        parts = {id(part) for node in ast.walk(function) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(function):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | parts:
                text = node.value
            else:
                continue
            if re.search(r"[a-z}] [a-z{]", text) and not re.search(r"[=\n\[]|if .* else|backward\(", text):
                yield text


ENGINES = {"other rules", "relu half at 0", "relu 1 at 0"}  # names that are not shown


@pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.name)
def test_what_a_probe_says_is_said_in_chinese(one):
    for phrase in {*phrases(one)} - ENGINES:
        if re.search(r"for \w+ in |(?<!parameters)\(|^return ", phrase):  # code
            continue
        chinese = said(phrase.replace("{}", "7"), "zh")
        assert not set(re.findall(r"[A-Za-z]\w*", chinese)) - TERMS, (phrase, chinese)
    errors = [thing for thing in vars(one.check).values() if isinstance(thing, type) and issubclass(thing, Exception)]
    for error in errors:
        assert re.fullmatch(r"[\u4e00-\u9fff]+", said(error.__name__, "zh")), error
    for outcome in reference(one.name).values():
        for item in outcome.items:
            if isinstance(item, str) and " " in item:
                assert not set(re.findall(r"[A-Za-z]\w*", said(item, "zh"))) - TERMS, item


@pytest.mark.parametrize(("number", "bug"), [(8, "M06"), (8, "M05"), (16, "K4"), (16, "K8"), (19, "C6"), (23, "S17")])
def test_an_outcome_is_chinese_as_a_whole(exercises, learn, number, bug):
    one = exercise(number)
    write(exercises, one.planted(bug)[one.name], one)
    said = learn("--language", "zh", "check", number, "--why")[1]
    rows = re.findall(r"^    (?:你的结果|应为)\S*\s+(.*)$", said, re.MULTILINE)
    assert rows
    for row in rows:
        assert not re.search(r"[a-z]+ [a-z]+", re.sub(r"\w+Error\(.*?\)", "", row)), row


def test_a_list_in_chinese_has_no_english_words(exercises, learn):
    for command in (["list"], []):
        assert not re.search(r"\bmin\b", learn("--language", "zh", *command)[1])
