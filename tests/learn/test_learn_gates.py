"""The gates: right answers pass, every mistake is named, no probe is dead; `autograd learn verify` prints them."""

import re
from pathlib import Path

import pytest

from autograd.learn.authoring.gates import gates, lucky_inputs, texts, without_a_trace
from autograd.learn.authoring.predictions import table
from autograd.learn.authoring.slips import total_of_slips
from autograd.learn.authoring.verify import examine_all, totals_of, verify
from autograd.learn.checking.misconceptions import BUGS
from autograd.learn.exercises.exercise import EXERCISES
from autograd.learn.reporting.texts import words
from autograd.util.language import LANGUAGES

CORPUS = Path(__file__).parent / "corpus"
SLIPS_LOCATED, SLIPS_MENDED = 0.9, 0.7  # on a machine that does nothing else it is 0.75
LEFT_OUT = 0.02  # the share of mistakes that may be given a name while they are left out of the list
# `autograd learn verify` runs them too; test_learn_matching has the names in the default run.
# In one process with the strangers: both take every processor, and searches end by the clock.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("checks")]


@pytest.fixture(scope="module")
def examined():
    """What the gates found, by exercise."""
    return {each.name: each for each in examine_all(CORPUS)}


@pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.name)
@pytest.mark.parametrize("gate", gates(CORPUS))
def test_gate(gate, one, examined):
    assert [problem for number, problem in examined[one.name].problems if number == gate] == []


def test_every_mistake_is_killed_and_named(examined):
    for each in examined.values():
        assert set(each.rows) == each.killed == each.named


def test_few_pairs_of_mistakes_are_given_a_false_name(examined):
    found = [each.pairs for each in examined.values()]
    assert sum(each.total for each in found) > 861
    assert sum(len(each.false) for each in found) < 0.02 * sum(each.total for each in found)


def test_the_corpus_is_named_rightly_or_not_at_all(examined):
    found = [each.corpus for each in examined.values()]
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
    assert verify(lines.append, CORPUS, "4") == 0
    said = "\n".join(lines)
    assert "11/11 killed" in said
    for bug in table("e04_rules").rows:
        assert f"    {bug} " in said
    assert "pairs of bugs" in said


def numbers(text):
    return [float(x.replace(",", "")) for x in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)]


def beyond_the_list(totals):
    """The numbers of the last two lines, as the guide has them."""
    false, planted, share, _, edits, *_, holes = totals
    return [edits, holes, false, planted, share]


def test_the_guide_says_what_the_gates_find(examined):
    page = (Path(__file__).parents[2] / "docs/guide/exercises.md").read_text(encoding="utf-8")
    said = numbers(re.search(r"tests the tests: .*?\.\n\n", page, re.DOTALL)[0])
    totals = numbers(totals_of(list(examined.values())))
    bugs, planted, _, named, _, _, pairs, _, false, share, corpus, right, wrong, _, *unlisted = totals
    assert said == [bugs, planted, pairs, false, share, corpus, right]
    assert (named, wrong) == (planted, 0)
    assert numbers(re.search(r"beyond the list:.*?\n\n", page, re.DOTALL)[0]) == beyond_the_list(unlisted)


def test_few_mistakes_left_out_of_the_list_are_given_a_name(examined):
    found = [each.left_out for each in examined.values()]
    assert sum(len(each.false) for each in found) <= LEFT_OUT * sum(each.total for each in found)


def test_no_edit_of_one_token_passes_unless_it_is_as_right(examined):
    found = [each.edits for each in examined.values()]
    assert sum(each.total for each in found) > 5000
    assert [hole for each in found for hole in each.holes] == []


def test_most_slips_are_located_and_mended(examined, capsys):
    """Over all exercises; a search ends by the clock."""
    found = [each.slips for each in examined.values()]
    total = sum(each.total for each in found)
    with capsys.disabled():
        print("\n" + total_of_slips(found))
    assert total > 150
    assert sum(each.located for each in found) >= SLIPS_LOCATED * total
    assert sum(each.repaired for each in found) >= SLIPS_MENDED * total


def test_the_gates_can_fail(monkeypatch):
    """Each on something that is wrong on purpose."""
    one = EXERCISES[3]
    found = table(one.name)
    monkeypatch.setattr(found, "rows", {**found.rows, "M14": dict(found.rows["M13"])})
    assert "M13 and M14 look the same" in list(lucky_inputs(one))
    monkeypatch.setattr(found, "rows", {"M13": dict.fromkeys(found.right, 0)})
    assert "M13 looks right" in list(lucky_inputs(one))
    monkeypatch.setattr("autograd.learn.authoring.gates.SECONDS", 0.0)
    assert "it takes" in " ".join(without_a_trace(one))
    monkeypatch.setattr("autograd.learn.authoring.gates.LONGEST_SENTENCE", 5)
    assert "M13 has no sentence in en of at most 5" in " ".join(texts(one))
