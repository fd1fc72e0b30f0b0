"""What is said of solutions with mistakes that are not on the list: the folder ``strangers``, written before the code.

605 wrong and 87 unusual right ones, by authors who had read the exercises' texts and starters, and neither the listed
mistakes nor the probes; only those of 520 to 599 and from 730 on knew the code. ``autograd.learn.authoring.strangers``
says what is in their headers; the names that would be true were filled in afterwards. In twenty of them the check of
a later exercise is run on an earlier file.
"""

import ast
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograd.learn.authoring.strangers import (
    WHOLE_FILE,
    Checked,
    Stranger,
    check_all,
    checked,
    stranger,
    strangers,
    total_of,
)
from autograd.learn.authoring.verify import verify
from autograd.learn.checking.check import PASSED
from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.exercises.exercise import exercise

FOLDER = Path(__file__).parent / "strangers"
# What a check reaches. Stricter numbers may take the place of these, and never the other way round.
LOCATED, USEFUL, FALSE_NAMES, PASSED_WRONGLY, REJECTED = 0.8, 0.6, 0.02, 0, 0  # searches end by the clock
CHECKS = pytest.mark.xdist_group("checks")  # in one process: they share the answers
SAMPLE = ("rules_half_each", "two_neg_forgot_g", "value_stale_pull", "nudge_lambda", "topo_two_colours")


@lru_cache
def answers() -> list[Checked]:
    """What is said of the right ones and of every third wrong one; ``autograd learn verify`` checks all of them."""
    files = strangers(FOLDER)
    right = [file for file in files if file.is_right]
    return check_all([*right, *[file for file in files if not file.is_right][::3]])


def faults(of_kind: list[Checked]) -> str:
    return "\n".join(answer.fault or answer.stranger.path.name for answer in of_kind)


def test_headers() -> None:
    files = strangers(FOLDER)
    assert sum(not file.is_right for file in files) >= 150
    assert sum(file.is_right for file in files) >= 40
    assert {file.exercise.number for file in files} == set(range(1, 24))
    for file in files:
        source = file.path.read_text(encoding="utf-8")
        assert file.path.name[4:6] == f"{file.exercise.number:02}"
        assert file.is_right or file.line <= len(source.splitlines()), file.path.name
        ids = {name for name in file.names if name[-1].isdigit()}
        assert ids <= set(BUGS), f"{file.path.name}: {ids - set(BUGS)}"


def test_the_mistake_is_where_the_header_says() -> None:
    """The first function of a header is that in which its line is."""
    for file in strangers(FOLDER):
        if not file.is_right and file.functions[0] != WHOLE_FILE:
            tree = ast.parse(file.path.read_text(encoding="utf-8"))
            assert file.functions[0] in _around(tree.body, file.line), file.path.name


def _around(body: list[ast.stmt], line: int, prefix: str = "") -> list[str]:
    """The qualified names of what is defined around a line."""
    names = []
    for node in body:
        first = min([node.lineno, *(other.lineno for other in getattr(node, "decorator_list", ()))])
        if not first <= line <= (node.end_lineno or 0):
            continue
        if isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(prefix + node.name)
        if isinstance(node, ast.ClassDef):
            names += _around(node.body, line, f"{prefix}{node.name}.")
    return names


@pytest.mark.parametrize(
    ("says", "located", "named", "repaired", "useful", "false"),
    [
        ({}, 0, 0, 0, 0, 0),
        ({"bug": "M14"}, 0, 1, 0, 1, 0),
        ({"bug": "M13"}, 0, 0, 0, 0, 1),
        ({"bug": "M14", "located_in": "e05_rules_two"}, 0, 0, 0, 0, 1),
        ({"general": SimpleNamespace(kind="wrong shape")}, 0, 1, 0, 1, 0),
        ({"general": SimpleNamespace(kind="nothing returned")}, 0, 0, 0, 0, 1),
        ({"ratio": "-1"}, 0, 0, 0, 1, 0),
        ({"ratio": "-1", "bug": "M13"}, 0, 0, 0, 0, 1),
        ({"located": ("e04_rules", "mul_rule")}, 1, 0, 0, 0, 0),
        ({"located": ("e04_rules", "")}, 1, 0, 0, 0, 0),
        ({"located": ("e04_rules", "add_rule")}, 0, 0, 0, 0, 0),
        ({"located": ("e05_rules_two", "mul_rule")}, 0, 0, 0, 0, 0),
        ({"repairs": [("e04_rules", "add_rule"), ("e04_rules", "mul_rule")]}, 0, 0, 1, 1, 0),
        ({"repairs": [("e04_rules", "add_rule")]}, 0, 0, 0, 0, 0),
        ({"state": "passed", "bug": "M40"}, 0, 0, 0, 0, 0),
    ],
)
def test_what_counts(says: dict, located: int, named: int, repaired: int, useful: int, false: int) -> None:
    def place(pair: tuple[str, str]) -> SimpleNamespace:
        return SimpleNamespace(exercise=pair[0], function=pair[1])

    fields = {"state": "wrong", "problem": "", "bug": None, "located_in": "", **says}
    fields["located"] = place(fields["located"]) if "located" in says else None
    fields["repairs"] = [place(pair) for pair in fields.get("repairs", ())]
    rules = exercise(4)
    file = Stranger(Path("x.py"), rules, rules, False, ("mul_rule", WHOLE_FILE), 9, "…", ("M14", "wrong shape"))
    answer = Checked(file, SimpleNamespace(**fields))
    flags = (answer.is_located, answer.is_named, answer.is_repaired, answer.is_useful, bool(answer.false))
    assert flags == (located, named, repaired, useful, false)
    assert bool(answer.fault) == bool(false or answer.passed)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("# wrong", "its header"),
        ("# exercise: 4\n# maybe", "its header"),
        ("# exercise: 4\n# wrong\n# where: mul_rule\n# names: none", "mend is missing"),
        ("# exercise: 4\n# wrong\n# were: mul_rule\n# mend: x\n# names: none", "its header"),
    ],
)
def test_a_header_that_is_not_as_it_should_be(tmp_path: Path, header: str, problem: str) -> None:
    (tmp_path / "x.py").write_text(header + "\n\nx = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=problem):
        stranger(tmp_path / "x.py")


@pytest.mark.parametrize("name", SAMPLE)
def test_sample(name: str) -> None:
    file = next(file for file in strangers(FOLDER) if file.path.name[7:-3] == name)
    answer = checked(file)
    assert answer.result.state == (PASSED if file.is_right else "wrong")
    assert not answer.false


@pytest.mark.long
@CHECKS
def test_right_solutions_pass() -> None:
    rejected = [answer for answer in answers() if answer.stranger.is_right and not answer.passed]
    assert len(rejected) <= REJECTED, faults(rejected)


@pytest.mark.long
@CHECKS
def test_wrong_solutions_do_not_pass() -> None:
    accepted = [answer for answer in answers() if not answer.stranger.is_right and answer.passed]
    assert len(accepted) <= PASSED_WRONGLY, faults(accepted)


@pytest.mark.long
@CHECKS
def test_few_names_are_false() -> None:
    false = [answer for answer in answers() if answer.false]
    assert len(false) <= FALSE_NAMES * sum(bool(answer.given) for answer in answers()), faults(false)


@pytest.mark.long
@CHECKS
def test_most_are_located_and_said_usefully(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [answer for answer in answers() if not answer.stranger.is_right]
    with capsys.disabled():
        print("\n" + total_of(answers()))
    assert sum(answer.is_located for answer in wrong) >= LOCATED * len(wrong)
    assert sum(answer.is_useful for answer in wrong) >= USEFUL * len(wrong)


@pytest.mark.long
@CHECKS
def test_verify_prints_them() -> None:
    lines: list[str] = []
    assert verify(lines.append, FOLDER.parent / "corpus", "4", FOLDER) == 0
    of_this = check_all(strangers(FOLDER, exercise(4).name))
    assert total_of(of_this) in lines
    for answer in of_this:
        assert not answer.fault or f"    a stranger's {answer.fault}" in lines
