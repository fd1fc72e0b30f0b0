"""The words that stand for a picture where it is not seen."""

import re

import pytest

import autograd
import nn
from autograd import Value
from autograd.viz.web.words import drawing_words
from autograd.viz.write.alt import alt_text


def graph(label="L"):
    a = Value(-3.0, label="a")
    root = a * 2
    root.label = label
    root.backward()
    return root


WORDS = {
    ("en", "L"): "Computation graph of L = −6. 3 values, among them 1 input. Largest gradient of an input: 2, of a.",
    ("en", ""): "Computation graph of the result −6. 3 values, among them 1 input. "
    "Largest gradient of an input: 2, of a.",
    ("zh", "L"): "L = −6 的计算图。共 3 个值，其中 1 个输入。输入的最大梯度为 2，属于 a。",
    ("zh", ""): "结果 −6 的计算图。共 3 个值，其中 1 个输入。输入的最大梯度为 2，属于 a。",
}


@pytest.mark.parametrize(("language", "label"), WORDS)
def test_a_drawing_speaks_the_language_that_was_chosen(language, label, tmp_path):
    drawing = autograd.draw(graph(label), language=language)
    assert drawing.alt() == WORDS[language, label]
    assert f"<title>{WORDS[language, label]}</title>" in drawing.svg()
    assert f'alt="{WORDS[language, label]}"' in drawing.html
    page = drawing.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert re.search(r"<h1>(.*)</h1>", page)[1] in WORDS[language, label]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_player_s_picture_has_words_in_the_language_of_its_page(language, tmp_path):
    page = autograd.play(graph(), language=language).save(tmp_path / "step.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert f'alt="{WORDS[language, "L"]}"' in page


def test_without_a_choice_a_player_speaks_the_language_of_the_system(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh")
    assert autograd.play(graph()).alt() == WORDS["zh", "L"]
    assert autograd.draw(graph()).alt() == WORDS["en", "L"]


def test_one_value_is_not_several():
    assert autograd.draw(Value(2.0)).alt().startswith("Computation graph of the result 2. 1 value")


def test_several_results_and_parameters():
    model = nn.MLP(2, [2], seed=0)
    first, second = model([Value(1.0), Value(2.0)])
    said = autograd.draw(first, second, model=model).alt()
    assert re.match(r"Computation graph of the result \S+, the result \S+\. \d+ values, among them ", said)
    assert "among them 2 inputs and 6 parameters." in said


def test_a_language_that_there_is_not():
    with pytest.raises(ValueError, match="language is one of en, zh, not 'fr'"):
        autograd.draw(Value(1.0), language="fr")


def test_both_languages_have_every_word():
    english, chinese = drawing_words("en"), drawing_words("zh")
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", chinese[key])), key


def test_a_compiled_function():
    program = autograd.compile(lambda x: x * x).record(1.0)
    assert autograd.draw(program, language="zh").alt().startswith("编译后的函数。")
    assert alt_text(autograd.draw(graph()).picture, "en") == WORDS["en", "L"]
