"""A player of more values than there is room for: what happens inside of a folded box is one step, to be entered."""

from __future__ import annotations

import math
import pickle
import re

import pytest
from fixtures.backprop import gradients, graphs, same, sent
from hypothesis import given, settings

import autograd
import nn
from autograd import Value
from autograd.core.graph import topological
from autograd.viz.backprop.player import play
from autograd.viz.backprop.record import Steps, steps
from autograd.viz.backprop.transcript import transcript
from autograd.viz.write.room import estimated_width
from examples.gallery import GRAPHS

pytestmark = pytest.mark.usefixtures("nothing_on_stderr")


def network() -> tuple[nn.MLP, Value]:
    """The lecture's network, and its loss of four samples."""
    model = nn.MLP(3, [4, 4, 1], seed=1)
    rows = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    return model, autograd.sum([(model(x) - y) ** 2 for x, y in zip(rows, [1.0, -1.0, -1.0, 1.0], strict=True)])


def hidden_layer() -> tuple[nn.MLP, Value]:
    """A network too large to show each value, of one sample."""
    model = nn.MLP(4, [6, 6, 1], activation="tanh", seed=0)
    loss = model([1.0, -2.0, 0.5, 3.0]) ** 2
    loss.label = "loss"
    return model, loss


# ── what is recorded ────────────────────────────────────────────────────────────────────────────────────────────────


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_every_contribution_is_recorded_and_adds_up_to_the_gradient_bit_for_bit(root: Value) -> None:
    recorded = steps(root, max_nodes=3)
    nodes, expected = topological(root), gradients(root)
    totals = {f"n{nodes.index(root)}": 1.0}
    for pull in recorded.pulls:
        before = totals.get(pull.node, 0.0)
        assert same(pull.before, before)
        totals[pull.node] = before + pull.upstream * pull.local
        assert same(pull.after, totals[pull.node])
    if any(node.parts for node in recorded.picture.nodes):
        assert all(same(totals[f"n{nodes.index(node)}"], grad) for node, grad in expected.items())


@given(graphs())
@settings(max_examples=60, deadline=None)
def test_whatever_is_folded_the_values_that_are_shown_get_their_gradients(root: Value) -> None:
    recorded = steps(root, max_nodes=4)
    nodes, expected = topological(root), gradients(root)
    shown = {node.name for node in recorded.picture.nodes if not node.parts and node.kind != "more"}
    for step in recorded:
        if step.completes and step.node in shown:
            assert same(step.after, expected[nodes[int(step.node[1:])]])
    whole = [step.node for step in recorded if step.completes]
    assert len(whole) == len(set(whole))
    text = transcript(recorded, max_lines=None)
    assert all(turn.why in ("now", "root") for turn in recorded.order) and "not the slopes" not in text
    assert steps_are_plain_data(recorded)


def steps_are_plain_data(recorded: Steps) -> bool:
    copy: Steps = pickle.loads(pickle.dumps(recorded))
    return repr(copy) == repr(recorded)


# ── one step for what is inside ─────────────────────────────────────────────────────────────────────────────────────


def test_the_lectures_network_has_at_most_sixty_steps_and_all_of_it_is_named() -> None:
    _model, loss = network()
    recorded = steps(loss)
    assert len(recorded) <= 60
    assert recorded[0].kind == "seed" and recorded.picture.roots
    folded = [recorded.titles[node.name] for node in recorded.picture.nodes if node.kind == "group"]
    assert folded and not any(re.fullmatch(r"[ng]\d+(_\d+)?", title) for title in folded)


def test_a_step_inside_says_what_arrives_and_leaves_and_the_largest_gradient_of_its_parameters() -> None:
    model, loss = hidden_layer()
    recorded = steps(loss)
    expected = gradients(loss)
    neuron = model.layers[1].neurons[2]
    (box,) = (node for node, title in recorded.titles.items() if title == "layers[1].neurons[2]")
    summary = recorded.summaries[box]
    largest = max((expected[parameter] for parameter in neuron.parameters()), key=abs)
    assert (summary.parameters, summary.largest) == (len(neuron.parameters()), largest)
    assert len(summary.gradients) == 1 and sum(flow.count for flow in summary.arrives) == 1
    assert {recorded.titles[flow.node] for flow in summary.leaves} == {f"layers[0].neurons[{i}]" for i in range(6)}
    for flow, weight in zip(sorted(summary.leaves, key=lambda flow: recorded.titles[flow.node]), neuron.w, strict=True):
        slope = 1 - math.tanh(_activation(neuron, model)) ** 2
        assert flow.largest == pytest.approx(summary.gradients[0] * slope * weight.data)
    step = next(step for step in recorded if step.kind == "inside" and step.node == box)
    assert step.count == summary.contributions > 10
    assert step.lines[1].startswith("layers[1].neurons[2].grad = ") and step.lines[2].startswith("max |w.grad| = ")


def _activation(neuron: nn.Neuron, model: nn.MLP) -> float:
    """What a neuron of the second layer takes the tanh of, computed by hand."""
    x = [1.0, -2.0, 0.5, 3.0]
    before = [
        math.tanh(sum(w.data * a for w, a in zip(n.w, x, strict=True)) + n.b.data) for n in model.layers[0].neurons
    ]
    return sum(w.data * a for w, a in zip(neuron.w, before, strict=True)) + neuron.b.data


def test_what_is_inside_is_played_with_the_same_numbers() -> None:
    _model, loss = hidden_layer()
    recorded = steps(loss)
    expected, nodes = gradients(loss), topological(loss)
    entered = 0
    for box, inside in recorded.inside.items():
        parts = set(recorded.picture[box].parts)
        ended = {step.node: step.after for step in inside if step.completes}
        assert parts <= ended.keys()
        assert all(same(grad, expected[nodes[int(node[1:])]]) for node, grad in ended.items())
        entered += len(inside)
    assert entered > len(recorded) and len(recorded.inside) == len(recorded.summaries)


def test_a_box_is_entered_by_its_name_in_a_formula_or_in_the_picture() -> None:
    _model, loss = hidden_layer()
    player = play(loss, language="en")
    inside = player.inside("layers[0].neurons[1]")
    assert "tanh" in str(inside) and "+=" in str(inside)
    with pytest.raises(ValueError, match=r"inside\(\): no folded box is called 'layers\[7\]'; there is '"):
        player.inside("layers[7]")


def test_without_a_need_nothing_is_folded() -> None:
    model = nn.MLP(2, [1], seed=0)
    recorded = steps(model([1.0, 2.0]))
    assert recorded.summaries == recorded.inside == {}
    assert steps(network()[1], open="all").summaries == {}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_player_is_hardly_wider_than_a_page(name: str) -> None:
    """Its text is drawn with 9 pixels or more: the names and the gradients that come later make the boxes wider."""
    graph = GRAPHS[name]()
    assert estimated_width(steps(graph.root).picture) <= 1_000 / 0.9


def test_values_that_a_folded_box_uses_get_what_it_gives_in_one_step() -> None:
    x = [Value(0.5, label=f"x{i}") for i in range(3)]
    model = nn.MLP(3, [8, 8, 1], activation="tanh", seed=0)
    loss = model(x) ** 2 + x[0]
    recorded = steps(loss, open="expressions")
    expected = gradients(loss)
    for i, leaf in enumerate(x):
        name = next(node for node, title in recorded.titles.items() if title == f"x{i}")
        ledger = recorded.ledger(name)
        assert {step.kind for step in ledger} == ({"pull", "merged"} if i == 0 else {"merged"})
        (last,) = (step for step in recorded if step.completes and step.node == name)
        assert same(last.after, expected[leaf])


def test_the_forward_pass_of_a_folded_box_is_one_step() -> None:
    _model, loss = hidden_layer()
    recorded = steps(loss, forward=True)
    computed = [step.node for step in recorded if step.kind == "forward"]
    assert set(recorded.summaries) <= set(computed) and len(computed) == len(set(computed))


# ── on a page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_has_what_is_inside_within_its_limits() -> None:
    _model, loss = network()
    player = play(loss, language="en")
    data = sent(player)
    assert set(data["inside"]) <= {str(name).removeprefix("n") for name in player.steps.summaries}
    assert len(data["inside"]) == len(player.steps.inside) >= 9
    assert len(player.html.encode()) < 110_000
    assert any(frame[0] == "i" for frame in data["frames"])


# ── what is not finite ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_gradient_that_is_not_finite_is_named() -> None:
    x = Value(0.0, label="x")
    player = play(x.sqrt() * 3 + x, language="en")
    texts = [words for said in sent(player)["remarks"].values() for words in said if words[0] == "first_not_finite"]
    assert texts == [["first_not_finite", "x", "inf"]]
    assert str(player).count("Here the backward pass makes its first number that is not finite: x.grad = inf.") == 1
    assert "first number that is not finite" not in str(play(Value(1.0).sqrt(), language="en"))


@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_of_the_gallery_plays(name: str) -> None:
    made = GRAPHS[name]()
    root = made if isinstance(made, Value) else made[0]
    player = play(root, language="en")
    assert len(player.steps) <= 160 and "not the slopes" not in player.text(None)
    assert sent(player)["frames"][0][0] == "s"
    expected, nodes = gradients(root), topological(root)
    shown = {node.name for node in player.steps.picture.nodes if not node.parts}
    for step in player.steps:
        if step.completes and step.node in shown:
            assert same(step.after, expected[nodes[int(step.node[1:])]])
