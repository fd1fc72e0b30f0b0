"""The recorded backward pass and its player, as data, text and HTML; test_player_browser.py looks at the page."""

from __future__ import annotations

import json
import math
import re
import shutil
import string
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import MissingExtraError, Value
from autograd.backward import backward_pass
from autograd.core.graph import topological
from autograd.viz.backprop import player as player_module
from autograd.viz.backprop.observe import parents_of
from autograd.viz.backprop.player import Player, play
from autograd.viz.backprop.quiz import MISTAKES, questions
from autograd.viz.backprop.record import Steps, steps
from autograd.viz.backprop.transcript import transcript
from autograd.viz.web.script import text
from autograd.viz.web.words import training_words, words
from autograd.viz.write import graphviz as render

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    '"&<{}|>',
    "a\\b",
    "学习率 η",
    "--> ]]> <!--",
    "%s {0} $& `${x}`",
    "two\nlines",
    "'; alert(1) //",
    "∂L/∂x",
    "n3",
    "__proto__",
    "L",
    "w" * 100,
]


@pytest.fixture(autouse=True)
def nothing_on_stderr(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr().err == ""


def lecture() -> Value:
    """L = d·f with d = a·b + c, and a is used once more."""
    a, b, c, f = (Value(x, label=name) for x, name in zip((2.0, -3.0, 10.0, -2.0), "abcf", strict=True))
    e = a * b
    d = e + c
    loss = d * f + a * 2
    e.label, d.label, loss.label = "e", "d", "L"
    return loss


UNARY: list[Callable[[Value], Value]] = [
    Value.tanh,
    Value.relu,
    Value.exp,
    lambda x: x * 2,
    lambda x: 1 - x,
    lambda x: x * x,
]
BINARY: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a - b,
    lambda a, b: autograd.maximum(a, b),
    lambda a, b: autograd.dot([a, b, a], [b, 2.0, a]),
    lambda a, b: autograd.where(a > 0, a, b),
]


@st.composite
def graphs(draw: Any) -> Value:
    """A random graph with shared values, constants, squares, and branches whose gradient is 0."""
    numbers = st.floats(-2.0, 2.0, allow_nan=False).map(lambda x: round(x, 3))
    values = [Value(draw(numbers)) for _ in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(1, 15))):
        a, b = (values[draw(st.integers(0, len(values) - 1))] for _ in range(2))
        is_unary = draw(st.booleans())
        made = draw(st.sampled_from(UNARY))(a) if is_unary else draw(st.sampled_from(BINARY))(a, b)
        values.append(made if abs(made.data) < 1e6 else made.tanh())
    return values[-1]


def gradients(root: Value) -> dict[Value, float]:
    """What an ordinary backward pass leaves, from zeroed gradients."""
    nodes = topological(root)
    for node in nodes:
        node._grad = autograd.backward.NO_GRAD_YET
    backward_pass(root, 1.0, allow_nonfinite=True)
    return {node: node.grad for node in nodes if node.has_grad}


def same(a: float, b: float) -> bool:
    """Bit for bit, nan included."""
    return a.hex() == b.hex()


# ── recording ───────────────────────────────────────────────────────────────────────────────────────────────────────


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_the_observed_pass_is_the_ordinary_one_bit_for_bit(root: Value) -> None:
    expected = gradients(root)
    seen: list[tuple[Any, ...]] = []
    for node in expected:
        node._grad = autograd.backward.NO_GRAD_YET
    backward_pass(root, 1.0, allow_nonfinite=True, observe=lambda *edge: seen.append(edge))
    assert all(same(node.grad, grad) for node, grad in expected.items())
    assert len(seen) == sum(local is not None for node in expected for local in node.local_derivatives)


@given(graphs(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_frames_order_and_sums(root: Value, forward: bool) -> None:
    recorded = steps(root, forward=forward, max_nodes=500)
    names = {node: f"n{i}" for i, node in enumerate(topological(root))}
    expected = {names[node]: grad for node, grad in gradients(root).items()}
    kinds = Counter(frame.kind for frame in recorded)
    edges = sum(local is not None for node in topological(root) if node.has_grad for local in node.local_derivatives)
    computed = sum(bool(node._prev) for node in names)
    assert kinds == Counter({"seed": 1, "pull": edges, "done": len(expected), "forward": computed * forward})
    final = {frame.node: frame.after for frame in recorded if frame.kind == "done"}
    assert final.keys() == expected.keys()
    for node, grad in expected.items():
        assert same(final[node], grad)
        total = 1.0 if node == recorded.picture.roots[0].name else 0.0
        for frame in recorded.ledger(node):
            assert same(frame.before, total)
            total += frame.contribution
            assert same(frame.after, total) and not frame.mistake
        assert same(total, grad)


@given(graphs())
@settings(max_examples=50, deadline=None)
def test_a_value_passes_on_after_all_its_users_and_is_done_when_they_have(root: Value) -> None:
    recorded = steps(root, max_nodes=500)
    assert [place.late for place in recorded.order] == [()] * len(recorded.order)
    done: set[str] = set()
    passed: list[str] = []
    for frame in recorded:
        if frame.kind == "done":
            users = {each.user for each in recorded.ledger(frame.node)}
            assert users <= set(passed)
            done.add(frame.node)
        elif frame.kind == "pull":
            assert frame.user in done
            if passed[-1:] != [frame.user]:
                passed.append(frame.user)
    assert passed == [place.node for place in recorded.order]
    assert all(set(place.users) == {each.user for each in recorded.ledger(place.node)} for place in recorded.order)


@given(graphs())
@settings(max_examples=50, deadline=None)
def test_every_gradient_is_afterwards_what_it_was(root: Value) -> None:
    nodes = topological(root)
    nodes[0].grad = 5.0
    before = [node._grad for node in nodes]
    play(root, max_nodes=500)
    play(root, max_nodes=500, zero_grad=False)
    assert all(node._grad is grad for node, grad in zip(nodes, before, strict=True))


def test_gradients_are_put_back_when_the_pass_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    loss = lecture()
    loss.backward()
    before = [(node, node._grad) for node in topological(loss)]
    monkeypatch.setattr(autograd.viz.backprop.observe, "Pull", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        play(loss)
    assert all(node._grad is grad for node, grad in before)


@pytest.mark.usefixtures("own_rules")
def test_a_wrong_rule_plays_its_own_mistake() -> None:
    @autograd.rule(samples=[(0.5,)])
    def wrong_square(x):  # type: ignore[no-untyped-def]
        """x², with the derivative of somebody who forgot the 2."""
        return x * x, (x,)

    x = Value(3.0, label="x")
    recorded = steps(wrong_square(x) * 2)
    assert recorded[-2].lines[1:] == ("x.grad = 0 + (2 × 3)", "x.grad: 0 → 6")
    assert recorded.rules["n1"] == "x², with the derivative of somebody who forgot the 2."
    assert "They differ" in str(play(wrong_square(x), compare="numeric", language="en"))


def test_what_is_not_finite_is_played_too() -> None:
    assert math.isinf(steps(Value(0.0).log())[-1].after)
    assert steps(Value(-1.0).sqrt())[-1].lines[2] == "n0.grad = nan"


def test_a_branch_that_was_not_taken_adds_nothing_even_through_an_infinite_slope() -> None:
    x = Value(0.0, label="x")
    recorded = steps(autograd.maximum(x.sqrt(), 1.0) + x)
    (pull,) = [frame for frame in recorded if frame.local == math.inf]
    assert (pull.contribution, pull.lines[1], recorded[-1].after) == (0.0, "x.grad = 1 + 0", 1.0)
    assert "The upstream is 0, so nothing is added" in transcript(recorded)


def test_a_computed_zero_at_an_infinite_slope_is_played_as_what_it_is() -> None:
    x = Value(0.0, label="x")
    recorded = steps(x.sqrt() * 0 + x)
    (pull,) = [frame for frame in recorded if frame.local == math.inf]
    assert math.isnan(pull.contribution)
    assert (pull.lines[1:], pull.mistake) == (("x.grad = 1 + (0 × inf)", "x.grad: 1 → nan"), "")
    assert "0 × ∞ has no value" in transcript(recorded)


# ── the three lines ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lines_of_the_lecture() -> None:
    lines = [frame.lines for frame in steps(lecture()) if frame.node == "n0"]
    assert lines == [
        ("∂L/∂a += ∂L/∂n8 · ∂n8/∂a", "a.grad = 0 + (1 × 2)", "a.grad: 0 → 2"),
        ("∂L/∂a += ∂L/∂e · ∂e/∂a", "a.grad = 2 + (−2 × −3)", "a.grad: 2 → 8"),
        ("∂L/∂a = ∂L/∂n8 · ∂n8/∂a + ∂L/∂e · ∂e/∂a", "a.grad = 2 + 6", "a.grad = 8"),
    ]


def test_the_lines_of_the_forward_pass() -> None:
    lines = [frame.lines for frame in steps(lecture(), forward=True) if frame.kind == "forward"]
    assert lines[:3] == [
        ("e = a · b", "e.data = 2 × (−3)", "e.data = −6"),
        ("d = e + c", "d.data = (−6) + 10", "d.data = 4"),
        ("n6 = d · f", "n6.data = 4 × (−2)", "n6.data = −8"),
    ]
    assert steps(Value(1.0, label="x").tanh(), forward=True)[0].lines[0] == "L = tanh(x)"
    assert steps(-(Value(2.0, label="x") ** 3), forward=True)[0].lines[1] == "n2.data = 2 ** 3"


def evaluated(line: str) -> float:
    """The right side of a second line, as Python computes it."""
    formula = line.split(" = ")[1].replace("−", "-").replace("×", "*")
    return float(eval(formula, {"inf": math.inf, "nan": math.nan}))


@given(graphs())
@settings(max_examples=50, deadline=None)
def test_the_second_line_evaluated_gives_the_third(root: Value) -> None:
    recorded = steps(root, max_nodes=500)
    for frame in recorded:
        if "…" in frame.lines[1]:
            continue
        shown = float(re.split(r" [→=] ", frame.lines[2])[-1].replace("−", "-"))
        size = max(abs(shown), abs(frame.before), abs(frame.contribution) if frame.kind == "pull" else abs(shown))
        if frame.kind == "done":
            size = max([size, *(abs(each.contribution) for each in recorded.ledger(frame.node))])
        assert math.isclose(evaluated(frame.lines[1]), shown, rel_tol=0, abs_tol=3e-4 * size) or math.isnan(shown)


def test_many_uses_are_shortened() -> None:
    x = Value(1.0, label="x")
    last = steps(autograd.sum([x * i for i in range(9)]))[-1]
    assert last.lines[0].endswith("+ … 6 more") and last.lines[1].endswith("+ … 6 more")
    assert last.lines[2] == "x.grad = 36"


# ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_names_are_unambiguous() -> None:
    x, twin, fake = Value(1.0, label="x"), Value(2.0, label="x"), Value(3.0, label="n0")
    sentence = Value(4.0, label="a + b")
    recorded = steps(x * twin * fake * sentence)
    assert recorded.titles == {"n0": "n0", "n1": "n1", "n2": "n2", "n3": "n3", "n4": "n4", "n5": "n5", "n6": "L"}
    labels = [node.label for node in recorded.picture.nodes]
    assert labels == ["x (n0)", "x (n1)", "n2", "n0 (n3)", "n4", "a + b (n5)", "L"]


def test_a_parameter_has_its_path() -> None:
    model = nn.MLP(2, [1], seed=0)
    recorded = steps(model([1.0, 2.0]))
    labels = {node.label for node in recorded.picture.nodes}
    assert {"layers[0].neurons[0].w[0]", "layers[0].neurons[0].b"} <= labels
    assert "∂L/∂w[0] += " in transcript(recorded)  # in a formula a long path would hide what is said


def test_of_a_long_path_a_formula_says_as_much_as_tells_it_from_others() -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    called = steps(model([1.0, 2.0])).titles
    ends = sorted(title for title in called.values() if not re.fullmatch(r"n\d+|L", title))
    assert ends == ["neurons[1].b", "neurons[1].w[0]", "neurons[1].w[1]"]  # neurons[0] is in both layers
    assert set(called) >= {title for title in called.values() if re.fullmatch(r"n\d+", title)}


def test_of_a_path_that_has_no_room_one_is_shown_unbroken() -> None:
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    loss = nn.mse_loss([model([x, 1.0]) for x in range(30)], [0.0] * 30)
    weight = model.parameters()[0]
    recorded = steps(loss, path=(weight, loss), max_nodes=20)
    edges = {edge.tail: edge.head for edge in recorded.picture.edges}
    node = next(name for name, title in recorded.titles.items() if title.endswith("w[0]"))
    seen = [node]
    while seen[-1] in edges:
        seen.append(edges[seen[-1]])
    assert set(seen) == {node.name for node in recorded.picture.nodes}
    assert recorded.titles[seen[-1]] == "L"
    assert any(note.startswith(f"one path, {len(seen)} values, of ") for note in recorded.picture.notes)


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8)), min_size=2, max_size=6))
@settings(max_examples=50, deadline=None)
def test_titles_differ_whatever_the_labels(labels: list[str]) -> None:
    root = autograd.sum([Value(1.0, label=label) for label in labels])
    titles = steps(root).titles
    assert len(set(titles.values())) == len(labels) + 1


# ── stale gradients, finite differences, a part of a graph ──────────────────────────────────────────────────────────


def test_stale_gradients_are_started_from() -> None:
    loss = lecture()
    loss.backward()
    assert steps(loss)[-2].after == 8.0
    recorded = steps(loss, zero_grad=False)
    pulls = recorded.ledger("n0")
    assert [(frame.before, frame.after) for frame in pulls] == [(8.0, 10.0), (10.0, 16.0)]
    assert recorded[-2].lines[1:] == ("a.grad = 8 + 2 + 6", "a.grad = 16")
    assert recorded.stale == {"n0": 8.0, "n1": -4.0, "n3": -2.0, "n5": 4.0}
    assert "It started from 8, left there by an earlier pass" in str(play(loss, zero_grad=False, language="en"))


def test_what_is_stale_is_not_called_the_slope() -> None:
    loss = lecture()
    loss.backward()
    player = play(loss, zero_grad=False, language="en")
    assert player.steps[-2].lines[0] == "a.grad = 8 + ∂L/∂n8 · ∂n8/∂a + ∂L/∂e · ∂e/∂a"
    assert "8 of it is stale, left there by an earlier pass: a.grad is not the slope." in player.text(None)
    assert last_words(player)[-2:] == ["end_off", "off_stale"]
    assert sent(player)["sums"]["0"] == "8"


def test_a_part_of_a_graph_says_so_at_the_end() -> None:
    loss, w = mlp_loss()
    player = play(loss, language="en")
    assert last_words(player)[-2:] == ["end_near", "end_all"]
    assert str(player).splitlines()[-2:] == [
        "Only the 80 values nearest to the result were played, of 124. For another: path=(w, loss).",
        "For all of them: max_nodes=124.",
    ]
    assert len(str(player).splitlines()) == 60
    assert last_words(play(loss, path=(w, loss)))[-1] == "end_view"
    assert last_words(play(loss, max_nodes=200))[-1] == "end"


def test_all_of_a_very_large_graph_is_not_proposed() -> None:
    x = Value(1.0)
    for _ in range(600):
        x = x * 1.0
    player = play(x, max_nodes=10, language="en")
    assert not any("max_nodes" in note for note in player.steps.picture.notes)
    assert any("path=" in note for note in player.steps.picture.notes)
    assert "max_nodes" not in str(player) and last_words(player)[-1] == "end_near"


def test_what_backward_refuses_is_said() -> None:
    player = play(Value(0.0).log(), language="en")
    assert last_words(player)[-1] == "end_refused" and "NonFiniteError" in str(player)
    assert "NonFiniteError" not in str(play(Value(1.0).log(), language="en"))


def test_finite_differences() -> None:
    recorded = steps(lecture(), numeric=True)
    assert recorded.numeric == pytest.approx({"n0": 8.0, "n1": -4.0, "n3": -2.0, "n5": 4.0}, abs=1e-6)
    printed = str(play(lecture(), compare="numeric", language="en"))
    assert printed.count("They agree") == 4 and "They differ" not in printed


@given(graphs())
@settings(max_examples=30, deadline=None)
def test_a_replayed_graph_is_the_graph(root: Value) -> None:
    from autograd.viz.backprop.record import _replayed

    nodes = topological(root)
    assert _replayed(nodes, nodes[0], nodes[0].data) == pytest.approx(root.data, nan_ok=True)


def mlp_loss() -> tuple[Value, Value]:
    model = nn.MLP(3, [4, 4, 1], seed=1)
    loss = nn.mse_loss([model(x) for x in ([2.0, 3.0, -1.0], [0.5, 1.0, 1.0])], [1.0, -1.0])
    loss.label = "loss"
    return loss, model.layers[0].neurons[0].w[0]


def test_a_path_shows_one_weights_chain_and_its_whole_gradient() -> None:
    loss, w = mlp_loss()
    recorded = steps(loss, path=(w, loss))
    assert len(recorded.picture.nodes) < 80 < len(topological(loss))
    expected = gradients(loss)
    nodes = topological(loss)
    for frame in recorded:
        if frame.kind == "done":
            assert same(frame.after, expected[nodes[int(frame.node[1:])]])
    assert not any(frame.kind == "outside" for frame in recorded)
    assert recorded[-1].kind == "done" and nodes[int(recorded[-1].node[1:])] is w


def test_the_neighbourhood_of_a_value_gets_the_rest_from_outside() -> None:
    x = Value(2.0, label="x")
    far = x * 3
    for _ in range(6):
        far = far.tanh()
    near = x * 5
    near.label = "near"
    loss = far + near.exp() + near
    recorded = steps(loss, focus=near, radius=1)
    outside = [frame for frame in recorded if frame.kind == "outside"]
    assert outside and all("…" in frame.lines[0] for frame in outside)
    expected = gradients(loss)
    nodes = topological(loss)
    for frame in recorded:
        if frame.kind == "done":
            assert same(frame.after, expected[nodes[int(frame.node[1:])]])
    assert recorded.titles[f"n{nodes.index(near)}"] == "near"


def test_a_large_graph_is_shown_near_its_result_and_says_how_to_see_more() -> None:
    loss, _ = mlp_loss()
    recorded = steps(loss)
    assert len([node for node in recorded.picture.nodes if node.kind != "more"]) == 80
    assert recorded.picture.notes == (
        "the 80 values nearest to the result, of 124: play(loss, max_nodes=124)",
        "how one value makes the result: play(loss, path=(w, loss))",
    )
    assert steps(loss, max_nodes=10_000).picture.notes == ()
    done = {frame.node: frame.after for frame in recorded if frame.kind == "done"}
    nodes, expected = topological(loss), gradients(loss)
    assert done and all(same(grad, expected[nodes[int(name[1:])]]) for name, grad in done.items())


def test_a_result_of_many_values_and_a_chain_of_many() -> None:
    assert len(steps(autograd.sum([Value(1.0) for _ in range(200)]))) == 1 + 1 + 79 + 79
    x = Value(1.0)
    for _ in range(20_000):
        x = x * 1.0
    recorded = steps(x, max_nodes=10)
    assert [frame.kind for frame in recorded].count("pull") < 10
    assert recorded[-1].after == 1.0


# ── engines of others ───────────────────────────────────────────────────────────────────────────────────────────────


class Number:
    """An engine as a learner writes it."""

    def __init__(self, data: float, parents: tuple[Any, ...] = (), op: str = "", label: str = "") -> None:
        self.data, self.grad, self._prev, self._op, self.label = data, 0.0, parents, op, label
        self._backward: Callable[[], None] = lambda: None

    def __add__(self, other: Number) -> Number:
        out = type(self)(self.data + other.data, (self, other), "+")
        out._backward = lambda: self.add_back(other, out)
        return out

    def __mul__(self, other: Number) -> Number:
        out = type(self)(self.data * other.data, (self, other), "*")
        out._backward = lambda: self.multiply_back(other, out)
        return out

    def add_back(self, other: Number, out: Number) -> None:
        self.grad += out.grad
        other.grad += out.grad

    def multiply_back(self, other: Number, out: Number) -> None:
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    def order(self) -> list[Number]:
        return topological(self)

    def backward(self) -> None:
        self.grad = 1.0
        for node in reversed(self.order()):
            node._backward()


class Overwrites(Number):
    def multiply_back(self, other: Number, out: Number) -> None:
        self.grad = other.data * out.grad
        other.grad = self.data * out.grad


class ForgetsUpstream(Number):
    def multiply_back(self, other: Number, out: Number) -> None:
        self.grad += other.data
        other.grad += self.data


class BreadthFirst(Number):
    def order(self) -> list[Number]:
        found, waiting = [], [self]
        while waiting:
            node = waiting.pop(0)
            if node not in found:
                found.append(node)
                waiting.extend(node._prev)
        return found[::-1]


def of(kind: type[Number]) -> Number:
    a, b, c = kind(2.0, label="a"), kind(-3.0, label="b"), kind(7.0, label="c")
    return (a * b + a * c) * b


def test_another_engine_plays() -> None:
    root = of(Number)
    recorded = steps(root)
    grads = {recorded.titles[frame.node]: frame.after for frame in recorded if frame.kind == "done"}
    assert {name: grads[name] for name in "abc"} == {"a": -12.0, "b": 2.0, "c": -6.0}
    assert not any(frame.mistake for frame in recorded)
    assert all(node.grad == 0.0 for node in topological(root))
    assert "∂L/∂a += ∂L/∂n2 · ∂n2/∂a" in transcript(recorded)
    assert len(play(root)._repr_mimebundle_()["text/html"]) > 5_000


def test_their_methods_and_gradients_are_put_back() -> None:
    root = of(Number)
    root.backward()
    before = [(node, node.grad, node._backward) for node in topological(root)]
    play(root)
    assert all((node.grad, node._backward) == (grad, carry) for node, grad, carry in before)
    stale = {
        frame.node: frame.before for frame in reversed(steps(root, zero_grad=False).frames) if frame.kind == "pull"
    }
    assert stale["n0"] == -12.0


@pytest.mark.parametrize(
    ("kind", "mistake", "said"),
    [
        (Overwrites, "overwrote", "a.grad was .* and is overwritten"),
        (ForgetsUpstream, "upstream", "The upstream −3 is left out"),
    ],
)
def test_their_mistakes_play_and_are_named(kind: type[Number], mistake: str, said: str) -> None:
    recorded = steps(of(kind))
    assert {frame.mistake for frame in recorded} == {"", mistake}
    assert re.search(said, transcript(recorded))


def test_their_order_plays_and_is_named() -> None:
    a = BreadthFirst(2.0, label="a")
    b = a * a
    b.label = "b"
    c = b * b
    c.label = "c"
    recorded = steps(b + c * c)
    assert "too early: c has not passed on yet" in transcript(recorded)
    late = [(recorded.titles[place.node], [recorded.titles[user] for user in place.late]) for place in recorded.order]
    assert ("b", ["c"]) in late


def sent(player: Player) -> dict[str, Any]:
    """The data of a page."""
    data = re.search(r"player\(box, (\{.*\}), \"", "".join(Page(player.html).scripts))
    assert data
    found: dict[str, Any] = json.loads(data[1])
    return found


def last_words(player: Player) -> list[str]:
    """What is said of the last step."""
    data = sent(player)
    return [word for word, *_ in data["remarks"][str(len(data["frames"]) - 1)]]


def test_what_was_overwritten_is_not_said_to_add_up() -> None:
    player = play(of(Overwrites), language="en")
    lines = next(f.lines for f in player.steps if f.kind == "done" and "≠" in f.lines[1] and f.node == "n0")
    assert lines[1:] == ("a.grad ≠ −21 + 9 = −12", "a.grad = 9") or lines[1] == "a.grad ≠ 9 + (−21) = −12"
    assert "a.grad = " in str(player) and "= −12 arrived." in str(player)
    assert str(player).splitlines()[-2:] == [
        "The pass is over, but its gradients are not the slopes of the result.",
        "Values that were overwritten: 2 (a, b).",
    ]
    data = sent(player)
    assert last_words(player)[-2:] == ["end_off", "off_overwrote"]
    assert not any(word == "nudge" for said in data["remarks"].values() for word, *_ in said)
    assert data["sums"]["0"] == "-12" and "0" in data["off"]
    assert "收到的是" in str(play(of(Overwrites), language="zh"))


def test_a_pass_without_mistakes_ends_as_before() -> None:
    player = play(of(Number), language="en")
    data = sent(player)
    assert last_words(player)[-1] == "end" and data["off"] == data["sums"] == {}
    assert "not the slopes" not in str(player)


def level_by_level() -> Number:
    """An engine whose b passes on before c has given it its part."""

    class ByLevels(Number):
        def order(self) -> list[Number]:
            found: list[Number] = [self]
            for node in found:
                found += [parent for parent in dict.fromkeys(node._prev) if parent not in found]
            return found[::-1]

    a = ByLevels(2.0, label="a")
    b = a * a
    c = b + a
    root = b * c
    b.label, c.label, root.label = "b", "c", "L"
    return root


def test_who_passed_on_too_early_is_named() -> None:
    player = play(level_by_level(), language="en")
    assert str(player).splitlines()[-1] == "Values that passed on too early: 1 (b)."
    assert str(play(level_by_level(), language="zh")).splitlines()[-1] == "过早回传的值：1 个（b）。"
    data = sent(player)
    assert data["remarks"][str(len(player.steps) - 1)][-1] == ["off_late", "1", "b"]
    number = next(node[1:] for node, title in player.steps.titles.items() if title == "b")
    assert data["flawed"] == {number: "!"}
    assert data["sums"] == {"0": "44"}
    assert data["words"]["en"]["order"] == "Order: some values come too early"
    right = sent(play(of(Number)))
    assert right["flawed"] == {}
    assert right["words"]["en"]["order"] == "Order: each value after all its users"
    assert "order_off" not in right["words"]["zh"]


def test_of_many_values_three_are_named() -> None:
    a = Overwrites(2.0, label="a")
    root = a
    for name in "bcdef":
        root = root * a
        root.label = name
    said = str(play(root + root, language="en")).splitlines()[-1]
    assert re.fullmatch(r"Values that were overwritten: 1 \(a\)\.", said)
    many = [Overwrites(float(i + 1), label=name) for i, name in enumerate("abcde")]
    root = many[0]
    for number in [*many[1:], *many]:
        root = root * number
    said = str(play(root, language="en")).splitlines()[-1]
    assert said == "Values that were overwritten: 5 (a, b, c, …)."


def test_a_second_turn_has_its_own_heading_and_complete_comes_after_it() -> None:
    class Recursive(Number):
        def backward(self) -> None:
            self.grad = 1.0
            self.walk()

        def walk(self) -> None:
            self._backward()
            for parent in self._prev:
                parent.walk()  # type: ignore[attr-defined]

    a = Recursive(2.0, label="a")
    b = a * Recursive(3.0, label="k")
    d = b * Recursive(5.0, label="m")
    b.label, d.label = "b", "d"
    player = play(b + d, language="en")
    printed = str(player)
    assert "too early: d has not passed on yet" in printed and "again: it has passed on before" in printed
    assert [place.why for place in player.steps.order] == ["root", "late", "now", "again"]
    assert [turn[3] for turn in sent(player)["order"]] == ["root", "late", "now", "again"]
    assert [turn[5:] for turn in sent(player)["order"]] == [[], ["early"], [], ["twice"]]
    kinds = [frame.kind for frame in player.steps if frame.node == "n0"]
    assert kinds == ["pull", "pull", "done"]
    assert last_words(player)[-3:] == ["end_off", "off_late", "off_again"]


class WithMethods:
    """The chain rule as a method of the class."""

    def __init__(self, data: float, parents: tuple[Any, ...] = ()) -> None:
        self.data, self.grad, self._prev, self._op = data, 0.0, parents, "*" if parents else ""

    def _backward(self) -> None:
        for parent, other in zip(self._prev, self._prev[::-1], strict=True):
            parent.grad += other.data * self.grad

    def backward(self) -> None:
        self.grad = 1.0
        for node in reversed(topological(self)):
            node._backward()


class Slotted:
    """A node without a dict, of one operation."""

    __slots__ = ("_backward", "_op", "_prev", "data", "grad")

    def __init__(self, data: float, parents: tuple[Any, ...] = ()) -> None:
        self.data, self.grad, self._prev, self._op, self._backward = data, 0.0, parents, "", self.carry_back

    def carry_back(self) -> None:
        for parent in self._prev:
            parent.grad += 3.0 * self.grad

    def backward(self) -> None:
        self.grad = 1.0
        for node in reversed(topological(self)):
            node._backward()


def test_slots_are_put_back() -> None:
    root = Slotted(6.0, (Slotted(2.0),))
    assert steps(root)[-1].after == 3.0
    assert root._backward == root.carry_back


def test_a_method_is_watched_and_is_a_method_again() -> None:
    a, b = WithMethods(2.0), WithMethods(5.0)
    root = WithMethods(10.0, (a, b))
    assert {frame.node: frame.after for frame in steps(root) if frame.kind == "done"} == {
        "n0": 5.0,
        "n1": 2.0,
        "n2": 1.0,
    }
    assert "_backward" not in vars(root) | vars(a)


class Pulled:
    """A node of the exercises: parents, and a pullback that returns what goes to each."""

    def __init__(self, data: float, parents: tuple[Any, ...] = (), pull: Any = None, label: str = "") -> None:
        self.data, self.grad, self.parents, self.pull, self.label = data, 0.0, parents, pull, label


def times(a: Pulled, b: Pulled) -> Pulled:
    return Pulled(a.data * b.data, (a, b), lambda upstream: (upstream * b.data, upstream * a.data))


def backward_of_pulled(root: Pulled, overwrites: bool = False) -> None:
    root.grad = 1.0
    for node in reversed(topological(root, parents=lambda node: node.parents)):
        if node.pull:
            for parent, gradient in zip(node.parents, node.pull(node.grad), strict=True):
                parent.grad = gradient if overwrites else parent.grad + gradient


def test_the_engine_of_the_exercises_plays() -> None:
    a, b = Pulled(2.0, label="a"), Pulled(-3.0, label="b")
    root = times(times(a, b), a)
    recorded = steps(root, backward=backward_of_pulled)
    grads = {recorded.titles[frame.node]: frame.after for frame in recorded if frame.kind == "done"}
    assert (grads["a"], grads["b"]) == (-12.0, 4.0)
    assert "n2 = times(a, b)" in transcript(recorded)
    assert (a.grad, root.pull.__name__, root.parents[0].pull.__qualname__) == (
        0.0,
        "<lambda>",
        "times.<locals>.<lambda>",
    )
    wrong = steps(root, backward=lambda node: backward_of_pulled(node, overwrites=True))
    assert [frame.mistake for frame in wrong if frame.mistake] == ["overwrote"]
    with pytest.raises(TypeError, match=r"Pulled has no backward\(\): play\(…, backward=…\) takes the function"):
        play(root)


def test_a_pass_that_starts_from_another_number() -> None:
    class Seeded(Number):
        def backward(self) -> None:
            self.grad = self.data
            for node in reversed(self.order()):
                node._backward()

    assert "The pass starts from −24; the derivative of the result by itself is 1." in transcript(steps(of(Seeded)))


def test_micrograd_itself() -> None:
    engine = pytest.importorskip("micrograd.engine")
    a, b = engine.Value(2.0), engine.Value(-3.0)
    root = (a * b + a**2 + 20).relu() * b
    grads = {frame.node: frame.after for frame in steps(root) if frame.kind == "done"}
    names = {node: f"n{i}" for i, node in enumerate(topological(root, parents=parents_of))}
    assert (a.grad, b.grad) == (0, 0)
    root.backward()
    assert (grads[names[a]], grads[names[b]]) == (a.grad, b.grad)


def test_an_engine_that_never_calls_its_nodes() -> None:
    class Silent(Number):
        def backward(self) -> None:
            pass

    with pytest.raises(TypeError, match=r"watches each node's _backward\(\), which the backward of Silent never calls"):
        play(of(Silent))


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wrong", ["a", 1.0, None, [Value(1.0)]])
def test_not_a_value(wrong: object) -> None:
    with pytest.raises(TypeError, match=rf"play\(\) takes a Value, or a node with .*, not {type(wrong).__name__}"):
        play(wrong)


def test_options_there_are_not() -> None:
    x = Value(1.0)
    with pytest.raises(ValueError, match="mode is 'auto' or 'static', not 'big'"):
        play(x, mode="big")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match='compare="numeric" or nothing'):
        play(x, compare="torch")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="language is one of en, zh, not 'fr'"):
        play(x, language="fr")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match='compare="numeric" computes a graph of Values anew: Number keeps no rules'):
        play(of(Number), compare="numeric")
    with pytest.raises(TypeError, match="takes focus for the Values of autograd alone"):
        play(of(Number), focus="a")


def test_a_leaf_alone() -> None:
    assert [frame.kind for frame in steps(Value(3.0))] == ["seed", "done"]
    assert "text/html" in play(Value(3.0))._repr_mimebundle_()


# ── as text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_prints_itself() -> None:
    printed = str(play(lecture(), language="en")).splitlines()
    assert printed[0] == "L = −4"
    assert printed[3] == "1  L = n6 + n8   first: it is the result   a + b. ∂/∂a = 1, ∂/∂b = 1."
    assert re.split("  +", printed[4])[1:] == ["pull", *steps(lecture())[2].lines]
    assert len({line.index("n6.grad") for line in printed if line.startswith("   pull") and "n6.grad =" in line}) == 1
    assert repr(play(lecture())) == "Player(19 steps)"
    assert str(steps(lecture())) == str(play(lecture()))


def test_a_long_pass_says_how_to_see_all() -> None:
    x = Value(1.0)
    for _ in range(60):
        x = x * 1.01
    player = play(x, max_nodes=200, language="en")
    assert len(str(player).splitlines()) == 60
    assert str(player).splitlines()[-1] == "… 124 more lines: .text(max_lines=None)"
    assert len(player.text(max_lines=None).splitlines()) == 183


def test_in_chinese() -> None:
    printed = str(play(lecture(), language="zh"))
    assert "回传" in printed and "最先：它就是结果" in printed


@pytest.mark.parametrize("say", [words, training_words])
def test_both_languages_say_the_same_things(say: Callable[[Any], dict[str, str]]) -> None:
    assert say("en").keys() == say("zh").keys() >= {"play", "pause", "of"}
    for name, sentence in say("en").items():
        fields = [
            {field for _, field, *_ in string.Formatter().parse(text) if field} for text in (sentence, say("zh")[name])
        ]
        assert fields[0] == fields[1], name


# ── the quiz ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_wrong_answer_names_one_mistake() -> None:
    loss = lecture()
    loss.backward()
    recorded = steps(loss)
    place = next(i for i, frame in enumerate(recorded) if frame.kind == "pull" and frame.before == 2.0)
    question = questions(recorded)[place]
    assert question.right == 8.0
    assert question.mistakes == {
        "overwrote": 6.0,
        "upstream": -1.0,
        "operand": -2.0,
        "sign": -4.0,
        "local": 0.0,
        "plus": -3.0,
        "before": 2.0,
        "stale": 16.0,
    }
    assert questions(steps(loss, zero_grad=False))[place].mistakes["zeroed"] == 8.0
    assert questions(steps(loss)).keys() == {i for i, frame in enumerate(recorded) if frame.kind == "pull"}


@given(graphs())
@settings(max_examples=50, deadline=None)
def test_no_mistake_is_the_right_answer(root: Value) -> None:
    for question in questions(steps(root, max_nodes=500)).values():
        assert question.right not in question.mistakes.values()
        assert set(question.mistakes) <= set(MISTAKES)


def test_every_mistake_has_its_words() -> None:
    assert {f"quiz_{name}" for name in MISTAKES} <= words("en").keys()


# ── as HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────


SCRIPTS = ["controls.js", "player.js"]


class Page(HTMLParser):
    """The tags of a page, and the texts of its table."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[dict[str, str | None]] = []
        self.cells: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append(dict(attrs))
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"]:
            self.scripts.append(data)
        elif self.cells and self.tags[-1] in ("td", "th"):
            self.cells[-1] += data


def hundred() -> Value:
    """A graph of 100 values: a small network of two layers with a loss."""
    model = nn.MLP(4, [4, 4], seed=0)
    loss = nn.mse_loss(model([1.0, -2.0, 0.5, 3.0]), [1.0, 0.0, -1.0, 0.5])
    while len(topological(loss)) < 99:
        loss = loss * 2
    return loss


def test_the_page_is_an_image_a_table_and_one_script() -> None:
    page = Page(play(lecture(), language="en").html)
    outer = ["div", "div", "img", "details", "summary", "table", "thead", "tr", "th", "th", "th", "th", "tbody"]
    assert page.tags[: len(outer)] == outer
    assert set(page.tags) == {*outer, "td", "script"}
    assert page.tags.count("script") == 1
    alt = page.attributes[2]["alt"]
    assert alt and alt.startswith("Computation graph of L = -4.") and "Largest gradient of an input: 8, of a." in alt
    recorded = steps(lecture())
    rows = [page.cells[i : i + 4] for i in range(4, len(page.cells), 4)]
    assert [tuple(row[1:]) for row in rows] == [frame.lines for frame in recorded]
    assert {"style", "svg", "iframe", "link"}.isdisjoint(page.tags)


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_text(label: str, tmp_path: Path) -> None:
    x = Value(1.0, label=label)
    y = x * x
    y.label = label[::-1]
    for player in (play(y, quiz=True, forward=True), play(y, language="zh")):
        page = Page(player.html)
        assert page.tags.count("script") == page.tags.count("img") == 1
        assert not any(name.startswith("on") for attributes in page.attributes for name in attributes)
        assert player.save(tmp_path / "step.html").read_text(encoding="utf-8").count("<script>") == 2


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_a_script_with_any_label_is_javascript() -> None:
    scripts = []
    for label in HOSTILE:
        y = Value(1.0, label=label) ** 2
        y.label = label[::-1]
        scripts.append("".join(Page(play(y, language="zh").html).scripts))
    functions = "".join(f"() => {{\n{script}\n}};\n" for script in scripts)
    done = subprocess.run(["node", "--check", "-"], input=functions.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_sizes() -> None:
    assert len((text("controls.js") + text("player.js")).encode()) < 12_000
    player = play(hundred(), max_nodes=101)
    assert 98 <= len(player.steps.picture.nodes) <= 101
    bundle = player._repr_mimebundle_()
    assert sum(len(content.encode()) for content in bundle.values()) < 120_000
    dense = play(mlp_loss()[0])._repr_mimebundle_()  # as many edges as there are, and long paths for labels
    assert sum(len(content.encode()) for content in dense.values()) < 140_000


def test_the_same_graph_gives_the_same_bytes() -> None:
    assert play(lecture()).html == play(lecture()).html
    assert play(lecture()).html != play(lecture(), quiz=True).html


def test_static_is_a_plain_image() -> None:
    bundle = play(lecture(), mode="static")._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert bundle["image/svg+xml"].startswith("<svg ")


def test_a_representation_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    player = play(lecture(), language="en")
    monkeypatch.setattr(player_module, "svg_text", lambda *_: 1 / 0)
    assert player._repr_mimebundle_() == {"text/plain": f"{player}\ndivision by zero"}
    monkeypatch.setattr(player_module, "transcript", lambda *_: 1 / 0)
    assert player._repr_mimebundle_() == {"text/plain": "Player(19 steps)\nZeroDivisionError: division by zero"}


def test_without_graphviz_there_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_commands", lambda kind: [])
    player = play(lecture(), language="en")
    assert player._repr_mimebundle_() == {
        "text/plain": f"{player}\na picture needs Graphviz, which pygraphviz brings: pip install pygraphviz"
    }
    with pytest.raises(MissingExtraError):
        player.svg()


def test_saving(tmp_path: Path) -> None:
    path = play(lecture(), language="en").save(str(tmp_path / "step.html"))
    page = path.read_text(encoding="utf-8")
    assert path == tmp_path / "step.html"
    assert page.startswith('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">')
    assert set(re.findall(r"https?://[^\"'% )]+", page)) == {"http://www.w3.org/2000/svg"}
    with pytest.raises(ValueError, match=r"save\('step.html'\): 'step.pdf' has another suffix"):
        play(lecture()).save(tmp_path / "step.pdf")
    with pytest.raises(FileNotFoundError, match=r"no folder '.*nowhere' to save 'x\.html' in: create it first"):
        play(lecture()).save(tmp_path / "nowhere" / "x.html")


@pytest.mark.skipif(not shutil.which("node"), reason="Node.js checks the syntax of what is sent")
@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_sent_is_the_script(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text(name), encoding="utf-8")
    done = subprocess.run(["node", "--check", str(path)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_no_text_in_a_script_is_changed_when_it_is_sent() -> None:
    assert r"/(∂\S+|(?<=\()[^ )]+) ([·×]) (∂\S+|[^ )]+(?=\)$))/g" in text("player.js")
    sources = {name: (Path(player_module.__file__).parents[1] / "web" / name).read_text("utf-8") for name in SCRIPTS}
    for name, source in sources.items():
        code = re.sub(r"/\*.*?\*/|^ *//[^\n]*$", "", source, flags=re.DOTALL | re.MULTILINE)
        for literal in re.findall(r'"(?:\\.|[^"\\\n])*"', code):
            assert literal in text(name)
    assert len(text("player.js")) < 0.9 * len(sources["player.js"])


def test_the_words_of_a_quiz_are_sent_with_a_quiz_alone() -> None:
    assert "quiz_sign" in sent(play(lecture(), quiz=True, language="en"))["words"]["en"]
    plain = sent(play(lecture()))
    assert plain["words"].keys() == {"en", "zh"}
    assert not any(name.startswith("quiz") for name in plain["words"]["en"])
    assert isinstance(play(lecture()).steps, Steps)
