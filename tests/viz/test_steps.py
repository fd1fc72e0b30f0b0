"""One backward pass, recorded: what happens to which value, in which order, and the three lines that say so."""

from __future__ import annotations

import math
import pickle
import re
from collections import Counter
from dataclasses import fields, replace
from typing import Any

import pytest
from fixtures.backprop import (
    HOSTILE,
    gradients,
    graphs,
    last_words,
    lecture,
    mlp_loss,
    same,
    sent,
)
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value
from autograd.backward import backward_pass
from autograd.core.graph import topological
from autograd.core.node import NO_GRAD_YET
from autograd.viz.backprop.player import play
from autograd.viz.backprop.record import Steps, steps
from autograd.viz.backprop.step import Step
from autograd.viz.backprop.transcript import transcript

pytestmark = pytest.mark.usefixtures("nothing_on_stderr")

# ── recording ───────────────────────────────────────────────────────────────────────────────────────────────────────


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_the_observed_pass_is_the_ordinary_one_bit_for_bit(root: Value) -> None:
    expected = gradients(root)
    seen: list[tuple[Any, ...]] = []
    for node in expected:
        node._grad = NO_GRAD_YET
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
    several = sum(len(recorded.ledger(name)) > 1 for name in names.values())
    assert kinds == Counter({"seed": 1, "pull": edges, "done": several, "forward": computed * forward})
    assert sum(frame.completes for frame in recorded) == len(expected)
    final = {frame.node: frame.after for frame in recorded if frame.completes}
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
        if frame.kind == "pull":
            assert frame.user in done
            if passed[-1:] != [frame.user]:
                passed.append(frame.user)
        if frame.completes:
            users = {each.user for each in recorded.ledger(frame.node)}
            assert users <= set(passed)
            done.add(frame.node)
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
    assert recorded[-1].lines[1:] == ("x.grad = 0 + (2 · 3)", "x.grad: 0 → 6 = ∂L/∂x")
    assert recorded.rules["n1"] == {0: "∂wrong_square(x)/∂x = 3"}
    assert "They differ" in str(play(wrong_square(x), compare="numeric", language="en"))


def test_what_is_not_finite_is_played_too() -> None:
    assert math.isinf(steps(Value(0.0).log())[-1].after)
    assert steps(Value(-1.0).sqrt())[-1].lines[2] == "n0.grad: 0 → nan = ∂L/∂n0"


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
    assert (pull.lines[1:], pull.mistake) == (("x.grad = 1 + (0 · inf)", "x.grad: 1 → nan"), "")
    assert "0 × ∞ has no value" in transcript(recorded)


# ── the three lines ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lines_of_the_lecture() -> None:
    lines = [frame.lines for frame in steps(lecture()) if frame.node == "n0"]
    assert lines == [
        ("a.grad += (a·2).grad · ∂(a·2)/∂a", "a.grad = 0 + (1 · 2)", "a.grad: 0 → 2"),
        ("a.grad += e.grad · ∂(a·b)/∂a", "a.grad = 2 + (−2 · −3)", "a.grad: 2 → 8"),
        ("∂L/∂a = (a·2).grad · ∂(a·2)/∂a + e.grad · ∂(a·b)/∂a", "a.grad = 2 + 6", "a.grad = 8"),
    ]


def test_the_lines_of_the_forward_pass() -> None:
    lines = [frame.lines for frame in steps(lecture(), forward=True) if frame.kind == "forward"]
    assert lines[:3] == [
        ("e = a · b", "e.data = 2 · (−3)", "e.data = −6"),
        ("d = e + c", "d.data = (−6) + 10", "d.data = 4"),
        ("d · f", "(d·f).data = 4 · (−2)", "(d·f).data = −8"),
    ]
    assert steps(Value(1.0, label="x").tanh(), forward=True)[0].lines[0] == "L = tanh(x)"
    assert steps(-(Value(2.0, label="x") ** 3), forward=True)[0].lines[1] == "(x**3).data = 2 ** 3"


def evaluated(line: str) -> float:
    """The right side of a second line, as Python computes it."""
    formula = line.split(" = ")[1].replace("−", "-").replace("·", "*")
    return float(eval(formula, {"inf": math.inf, "nan": math.nan}))


@given(graphs())
@settings(max_examples=50, deadline=None)
def test_the_second_line_evaluated_gives_the_third(root: Value) -> None:
    recorded = steps(root, max_nodes=500)
    for frame in recorded:
        if "…" in frame.lines[1]:
            continue
        shown = float(re.split(r" [→=] ", frame.lines[2].split(" = ∂")[0])[-1].replace("−", "-"))
        size = max(abs(shown), abs(frame.before), abs(frame.contribution) if frame.kind == "pull" else abs(shown))
        if frame.completes:
            size = max([size, *(abs(each.contribution) for each in recorded.ledger(frame.node))])
        assert math.isclose(evaluated(frame.lines[1]), shown, rel_tol=0, abs_tol=3e-4 * size) or math.isnan(shown)


def test_many_uses_are_shortened() -> None:
    x = Value(1.0, label="x")
    last = steps(autograd.sum([x * i for i in range(9)]))[-1]
    assert last.lines[0].endswith("+ … 6 more") and last.lines[1].endswith("+ … 6 more")
    assert last.lines[2] == "x.grad = 36"


def test_a_pickle_of_an_earlier_version_has_words_for_equations() -> None:
    recorded = steps(lecture())
    assert pickle.loads(pickle.dumps(recorded)) == recorded
    old = pickle.loads(pickle.dumps(replace(recorded, rules={"n2": "a·b."})))  # type: ignore[dict-item]
    assert old.rules == {} and transcript(old).count("∂L/∂a") == 1


def test_a_pickle_from_before_there_were_folded_boxes_is_read() -> None:
    recorded = steps(lecture())
    old = Steps.__new__(Steps)
    old.__setstate__([getattr(recorded, part.name) for part in fields(Steps)][:12])
    assert old.frames == recorded.frames and (old.pulls, old.summaries, old.inside) == ((), {}, {})
    assert transcript(old) == transcript(recorded)
    step = Step.__new__(Step)
    step.__setstate__(["done", "n0", ("", "", ""), 8.0, 0.0, "", 0, None, None, 2])
    assert step.completes and step.count == 2


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
    assert "w[0].grad += " in transcript(recorded)  # in a formula a long path would hide what is said


def test_of_a_long_path_a_formula_says_as_much_as_tells_it_from_others() -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    called = steps(model([1.0, 2.0]), open="all").titles
    ends = sorted(title for title in called.values() if not re.fullmatch(r"n\d+|L", title))
    assert {"neurons[1].b", "neurons[1].w[0]", "layers[0].neurons[0].b"} <= set(ends)  # neurons[0] is in both layers
    assert {"layers[0].neurons[0]", "layers[0].neurons[1]"} <= set(ends)  # what they give
    assert set(called) >= {title for title in called.values() if re.fullmatch(r"n\d+", title)}


def test_what_a_module_gives_is_numbered_where_it_is_called_several_times() -> None:
    model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
    loss = nn.mse_loss([model([1.0, 2.0]), model([0.5, 1.0])], [1.0, 0.0])
    called = steps(loss, open="all").titles.values()
    assert {"layers[0].neurons[1]#1", "layers[0].neurons[1]#2"} <= set(called)


def test_an_unnamed_result_is_called_by_what_it_computes_where_that_is_short_and_no_others() -> None:
    w, x, b = (Value(number, label=name) for number, name in ((2.0, "w"), (3.0, "x"), (1.0, "b")))
    assert list(steps((w * x + b).tanh() * 2).titles.values()) == [
        "w",
        "x",
        "w·x",
        "b",
        "w·x+b",
        "tanh(w·x+b)",
        "n6",
        "L",
    ]
    assert list(steps(w * x * (w * x)).titles.values()) == ["w", "x", "n2", "n3", "L"]
    assert list(steps((w - (x - b)) / w * b).titles.values())[4:6] == ["w−(x−b)", "(w−(x−b))/w"]


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
    assert steps(loss)[-1].after == 8.0
    recorded = steps(loss, zero_grad=False)
    pulls = recorded.ledger("n0")
    assert [(frame.before, frame.after) for frame in pulls] == [(8.0, 10.0), (10.0, 16.0)]
    assert recorded[-1].lines[1:] == ("a.grad = 8 + 2 + 6", "a.grad = 16")
    (single,) = recorded.ledger("n1")
    assert single.completes and single.lines[1:] == ("b.grad = −4 + (−2 · 2)", "b.grad: −4 → −8")
    assert recorded.stale == {"n0": 8.0, "n1": -4.0, "n3": -2.0, "n5": 4.0}
    assert "It started from 8, left there by an earlier pass" in str(play(loss, zero_grad=False, language="en"))


def test_what_is_stale_is_not_called_the_slope() -> None:
    loss = lecture()
    loss.backward()
    player = play(loss, zero_grad=False, language="en")
    assert player.steps[-1].lines[0] == "a.grad = 8 + (a·2).grad · ∂(a·2)/∂a + e.grad · ∂(a·b)/∂a"
    assert "8 of it is stale, left there by an earlier pass: a.grad is not the slope." in player.text(None)
    assert last_words(player)[-2:] == ["end_off", "off_stale"]
    assert sent(player)["sums"]["0"] == "8"


def test_a_part_of_a_graph_says_so_at_the_end() -> None:
    loss, w = mlp_loss()
    player = play(loss, open="all", language="en")
    assert last_words(player)[-2:] == ["end_near", "end_all"]
    assert str(player).splitlines()[-2:] == [
        "Only the 60 values nearest to the result were played, of 124. For another: path=(w, loss).",
        "For all of them: max_nodes=124.",
    ]
    assert len(str(player).splitlines()) == 60
    assert last_words(play(loss, path=(w, loss)))[-1] == "end_view"
    assert last_words(play(loss, max_nodes=200))[-1] == "end"


def test_all_of_a_very_large_graph_is_not_proposed() -> None:
    x = Value(1.0)
    for _ in range(600):
        x = x * 1.0
    player = play(x, max_nodes=10, open="all", language="en")
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


def test_a_path_shows_one_weights_chain_and_its_whole_gradient() -> None:
    loss, w = mlp_loss()
    recorded = steps(loss, path=(w, loss))
    assert len(recorded.picture.nodes) < 60 < len(topological(loss))
    expected = gradients(loss)
    nodes = topological(loss)
    for frame in recorded:
        if frame.completes:
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
        if frame.completes:
            assert same(frame.after, expected[nodes[int(frame.node[1:])]])
    assert recorded.titles[f"n{nodes.index(near)}"] == "near"


def test_a_large_graph_is_shown_near_its_result_and_says_how_to_see_more() -> None:
    loss, _ = mlp_loss()
    recorded = steps(loss, open="all")
    assert len([node for node in recorded.picture.nodes if node.kind != "more"]) == 60
    assert recorded.picture.notes == (
        "the 60 values nearest to the result, of 124: play(loss, max_nodes=124)",
        "how one value makes the result: play(loss, path=(w, loss))",
    )
    assert steps(loss, max_nodes=10_000).picture.notes == ()
    done = {frame.node: frame.after for frame in recorded if frame.completes}
    nodes, expected = topological(loss), gradients(loss)
    assert done and all(same(grad, expected[nodes[int(name[1:])]]) for name, grad in done.items())


def test_a_result_of_many_values_and_a_chain_of_many() -> None:
    root = autograd.sum([Value(1.0) for _ in range(200)])
    assert len(steps(root, open="all")) == 1 + 59
    assert [step.kind for step in steps(root)] == ["seed", "merged", "done"]
    x = Value(1.0)
    for _ in range(20_000):
        x = x * 1.0
    recorded = steps(x, max_nodes=10)
    assert [frame.kind for frame in recorded].count("pull") < 10
    assert recorded[-1].after == 1.0
