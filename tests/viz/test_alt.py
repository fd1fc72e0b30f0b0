"""The words that stand for a picture where it is not seen."""

import contextlib
import functools
import html
import pickle
import re
from dataclasses import fields

import pytest

import autograd
import nn
from autograd import Value
from autograd.util.lazy_numpy import np
from autograd.viz.picture import Picture
from autograd.viz.web.words import drawing_words, picture_words
from autograd.viz.write.alt import alt_text
from autograd.viz.write.layout import _wrapped
from autograd.viz.write.numbers import number


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


def test_a_folded_function_is_no_parameter():
    scores = [Value(float(i), label=f"scores[{i}]") for i in range(4)]
    weights = autograd.softmax(scores)
    result = sum(i * weight for i, weight in enumerate(weights))
    result.backward()
    text = autograd.draw(result, max_nodes=8, language="en").alt()
    assert "folded: softmax" in text and "parameter" not in text and "Largest gradient of an input" in text


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


@pytest.mark.parametrize(
    ("language", "max_nodes", "label", "result"),
    [
        ("en", 60, "", "MLP's output {}"),
        ("en", 2, "", "MLP's output {}"),
        ("en", 60, "y", "y = {}"),
        ("zh", 60, "", "MLP 的输出 {}"),
        ("zh", 60, "y", "y = {}"),
    ],
)
def test_an_output_is_named_after_its_model_where_it_has_no_label(language, max_nodes, label, result, tmp_path):
    """Not after the neuron it comes from: every layer has a neurons[0]."""
    model = nn.MLP(3, [4, 4, 1], seed=0)
    output = model([1.0, 2.0, 3.0])
    output.label = label
    said = result.format(number(output.data))
    drawing = autograd.draw(output, max_nodes=max_nodes, language=language)
    headings = [
        re.search(r"<h1>(.*)</h1>", view.save(tmp_path / "page.html").read_text(encoding="utf-8"))[1]
        for view in (drawing, autograd.play(output, language=language))
    ]
    assert all(html.unescape(said) in html.unescape(heading) for heading in headings), headings
    assert said in drawing.alt() and " neurons[0]" not in drawing.alt()


def test_the_parameter_with_the_largest_gradient_is_named_with_its_layer():
    model = nn.MLP(3, [4, 4, 1], seed=0)
    output = model([1.0, 2.0, 3.0])
    output.backward()
    assert re.search(r"of layers\[\d\].neurons\[\d\]\.", autograd.draw(output).alt())


def test_a_language_that_there_is_not():
    with pytest.raises(ValueError, match="language must be one of en, zh, not 'fr'"):
        autograd.draw(Value(1.0), language="fr")


def test_both_languages_have_every_word():
    english, chinese = drawing_words("en"), drawing_words("zh")
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", chinese[key])), key


def drawings(language):
    """Drawings that have, together, every word that a drawing may have."""
    model, w = nn.MLP(3, [4, 4, 1], seed=0), Value(0.5, label="w")
    loss = nn.mse_loss([model(x) for x in np.eye(3).tolist()], [1.0, 0.0, 2.0])
    chain = functools.reduce(lambda x, _: (x * w).sin(), range(60), w)
    many = functools.reduce(lambda x, _: (x * w + w).sin(), range(90), w)
    program = autograd.compile(lambda x: (w * x).tanh() + w).record(1.0)
    compiled = autograd.compile(lambda x: model(x)).record([1.0, 2.0, 3.0])
    yield from (
        autograd.draw(root, language=language, **options)
        for root, options in [
            (loss, {}), (loss, {"max_nodes": 4}), (loss, {"max_nodes": 2}),
            (loss, {"focus": "layers[1].neurons[0].b", "radius": 2}),
            (loss, {"focus": "layers[1].neurons[0].b", "radius": 1}), (many, {"path": (w, many), "max_nodes": 5}),
            (loss, {"open": "call 1"}), (chain, {}), (many, {"max_nodes": 4, "open": "all"}), (w * 3.0 + 2.0, {}),
            (sum((w * float(i) for i in range(80)), Value(0.0)), {}), (program, {}), (compiled, {}),
            (compiled, {"max_nodes": 2}), (compiled, {"max_nodes": 200}),
        ]
    )  # fmt: skip


def words_of(drawing):
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawing.svg())
    return " ".join([*texts, *drawing.picture.notes, *(group.title for group in drawing.picture.groups)])


def test_a_chinese_drawing_has_no_english_sentence():
    """The notes under it, the titles of its groups, the key of its columns, and what a number at an arrow means."""
    english, chinese = picture_words("en"), picture_words("zh")
    assert {key for key in english if not key.endswith("_one")} == chinese.keys()
    for key, text in chinese.items():
        assert set(re.findall(r"{\w+}", text)) <= {*re.findall(r"{\w+}", english[key]), "{2}"}, key
    shown = {language: html.unescape(" ".join(map(words_of, drawings(language)))) for language in ("en", "zh")}
    told = [key for key, text in english.items() if re.search("[a-z]+ [a-z]+", longest(text))]
    seen = [key for key in told if longest(english[key]) in shown["en"]]
    assert len(seen) >= 15, seen
    for key in told:
        assert longest(english[key]) not in shown["zh"], key
    for key in seen:
        assert key.endswith("_one") or longest(chinese[key]) in shown["zh"], key


def longest(text):
    """The longest piece of a text between two of its fields."""
    return max(re.split(r"{\w+}", text), key=len)


def test_a_player_s_notes_are_in_the_language_of_its_page():
    values = [Value(float(i), label=f"v{i}") for i in range(100)]
    root = functools.reduce(lambda x, y: (x * y).tanh(), values)
    english, chinese = (autograd.play(root, language=language).steps.picture.notes for language in ("en", "zh"))
    assert len(english) == len(chinese) >= 1 and all("play(" in note for note in chinese)
    assert not any(re.search("[a-z]{3,} [a-z]{3,}", re.sub(r"play\(.*\)", "", note)) for note in chinese)


def test_a_chinese_note_is_wrapped_where_its_line_ends():
    assert _wrapped(["重复的步骤合为一个节点：draw(…)"], 65.0) == ["重复的步骤合", "为一个节点：", "draw(…)"]
    assert _wrapped(["a long  note"], 1.0) == ["a", "long", "note"]


def test_a_picture_from_before_there_were_languages_is_read():
    drawn = autograd.draw(Value(2.0, label="x")).picture
    state = [getattr(drawn, part.name) for part in fields(drawn) if part.name not in ("language", "about")]
    before = object.__new__(Picture)
    before.__setstate__(state)
    assert before == drawn and before.language == "en" and pickle.loads(pickle.dumps(drawn)) == drawn


def test_a_compiled_function():
    program = autograd.compile(lambda x: x * x).record(1.0)
    assert autograd.draw(program, language="zh").alt().startswith("编译后的函数。")
    assert alt_text(autograd.draw(graph()).picture, "en") == WORDS["en", "L"]


BOX_WORDS = [
    (lambda xs: autograd.sum([x * x for x in xs]), "sums", "max |grad|", "最大 |梯度|"),
    (lambda xs: functools.reduce(lambda total, x: total + x, xs), "", "sum of 40", "40 项之和"),
    (lambda xs: nn.MLP(40, [3, 1], seed=0)(xs), "", "120 inputs", "120 个输入"),
    (
        lambda xs: functools.reduce(lambda total, x: total + x, xs).log() + Value(0.0).log(),
        "",
        "⚠ first inf",
        "⚠ 首个 inf",
    ),
]


@pytest.mark.parametrize(("f", "opened", "english", "chinese"), BOX_WORDS)
@pytest.mark.parametrize("form", ["svg", "text"])
def test_the_boxes_speak_the_language_that_was_chosen(f, opened, english, chinese, form):
    root = f([Value(0.1 * i + 0.1) for i in range(40)])
    with contextlib.suppress(autograd.NonFiniteError):
        root.backward()
    for language, word, other in (("en", english, chinese), ("zh", chinese, english)):
        text = getattr(autograd.draw(root, open=opened or (), language=language), form)()
        assert (word in text, other in text) == (True, False), text
