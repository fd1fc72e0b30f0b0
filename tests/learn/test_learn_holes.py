"""Programs that differ from a solution in one token, and strangers' solutions: a sample; test_learn_gates has all."""

import ast
from pathlib import Path

import pytest

from autograd.learn.authoring.gates import solutions_of_strangers
from autograd.learn.authoring.holes import edits_of
from autograd.learn.authoring.mutations import single_token_edits
from autograd.learn.exercises.exercise import exercise

CORPUS = Path(__file__).parent / "corpus"

SOURCE = '''"""A text."""

class Walk:
    def back(self, node, *, keeps=True):
        for parent in reversed(node.parents):
            if node.pull and parent.grad > 0:
                parent.grad += node.pull(node.grad)[:1]
        return (-node.grad,)
'''
CHANGES = [
    "True → False",
    "reversed(node.parents) → node.parents",
    "node.parents → node.grad",
    "node.pull and parent.grad > 0 → node.pull or parent.grad > 0",
    "parent.grad > 0 → parent.grad >= 0",
    "0 → 1",
    "parent.grad += node.pull(node.grad)[:1] → parent.grad = node.pull(node.grad)[:1]",
    "node.pull(node.grad) → node.grad",
    ":1 → :",
    "node → parent",
    "(-node.grad,) → -node.grad",
    "-node.grad → node.grad",
]


def test_each_kind_of_token_is_changed():
    edits = list(single_token_edits(SOURCE))
    assert set(CHANGES) <= {edit.change for edit in edits}
    assert {edit.function for edit in edits} == {"Walk.back"}
    assert not any("A text" in edit.change for edit in edits)


@pytest.mark.parametrize("number", [1, 5, 7])
def test_edits_are_programs_that_differ_from_the_solution_and_from_one_another(number):
    source = exercise(number).source()
    edits = [edit.source for edit in single_token_edits(source)]
    assert ast.unparse(ast.parse(source)) not in edits
    assert all(ast.parse(edit) for edit in edits)
    assert len(set(edits)) > 0.9 * len(edits)


@pytest.mark.parametrize("number", [1, 2, 4, 5, 6, 8])
def test_what_passes_is_as_right_as_the_solution(number):
    edits = edits_of(exercise(number).name)
    assert edits.holes == ()
    assert edits.total > 30


def test_a_probe_that_is_left_out_leaves_a_hole(monkeypatch):
    three = exercise(6)
    monkeypatch.delitem(three.check.PROBES, "sigmoid_value")
    monkeypatch.delitem(three.check.PROBES, "sigmoid_minus")
    assert any(hole.startswith("sigmoid, ") for hole in edits_of.__wrapped__(three.name).holes)


@pytest.mark.parametrize("number", [2, 4, 5, 6, 14])
def test_no_wrong_solution_of_a_stranger_passes_and_no_right_one_fails(number):
    assert list(solutions_of_strangers(exercise(number), CORPUS)) == []
