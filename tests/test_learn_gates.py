"""The gates: right answers pass, every mistake is named, no probe is dead weight; `autograd learn verify` prints them."""

import pytest

from autograd.learn.bugs import BUGS
from autograd.learn.exercise import EXERCISES
from autograd.learn.gates import CORPUS, GATES, corpus
from autograd.learn.predictions import pairs, table
from autograd.learn.texts import LANGUAGES, words
from autograd.learn.verify import verify

BY_NAME = {"ids": lambda each: each.name if hasattr(each, "name") else str(each)}


@pytest.mark.parametrize("one", EXERCISES, **BY_NAME)
@pytest.mark.parametrize("gate", [gate for gate in GATES if gate != 8])
def test_gate(gate, one):
    assert list(GATES[gate][1](one)) == []


def test_few_pairs_of_mistakes_are_given_a_false_name():
    found = [pairs(one.name) for one in EXERCISES]
    assert sum(len(each.false) for each in found) < 0.02 * sum(each.total for each in found)


def test_the_corpus_is_named_rightly_or_not_at_all():
    found = [corpus(one.name) for one in EXERCISES]
    assert [line for each in found for line in (*each.wrong, *each.surprises)] == []
    right, unnamed = sum(each.right for each in found), sum(len(each.unnamed) for each in found)
    assert len(list(CORPUS.glob("*.py"))) >= 60
    assert right >= 0.8 * (right + unnamed)


def test_every_listed_mistake_is_planted_somewhere_and_has_its_sentences():
    planted = {bug.partition("/")[0] for one in EXERCISES for bug in one.mutants}
    assert planted == set(BUGS)
    for language in LANGUAGES:
        assert set(words(language).bugs) == set(BUGS)


def test_the_matrix_and_the_totals_are_printed():
    lines = []
    assert verify(lines.append, "4") == 0
    said = "\n".join(lines)
    assert "6/6 killed" in said
    for bug in table("e04_rules").rows:
        assert bug in said
    assert "pairs of bugs" in said


def test_the_gates_can_fail(monkeypatch):
    """Each on something that is wrong on purpose."""
    one = EXERCISES[3]
    found = table(one.name)
    monkeypatch.setattr(found, "rows", {**found.rows, "M14": dict(found.rows["M13"])})
    assert "M13 and M14 look the same" in list(GATES[4][1](one))
    monkeypatch.setattr(found, "rows", {"M13": dict.fromkeys(found.right, 0)})
    assert "M13 looks right" in list(GATES[4][1](one))
    assert list(GATES[7][1](one)) != []
    monkeypatch.setattr("autograd.learn.gates.SECONDS", 0.0)
    assert "it takes" in " ".join(GATES[6][1](one))
    monkeypatch.setattr("autograd.learn.gates.LONGEST_SENTENCE", 5)
    assert "M13 has no sentence in en of at most 5" in " ".join(GATES[5][1](one))
