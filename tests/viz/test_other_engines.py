"""The backward pass of an engine that a learner wrote, played with its mistakes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fixtures.backprop import (
    BreadthFirst,
    ForgetsUpstream,
    Number,
    Overwrites,
    last_words,
    level_by_level,
    of,
    sent,
)

from autograd.core.graph import topological
from autograd.viz.backprop.observe import parents_of
from autograd.viz.backprop.player import play
from autograd.viz.backprop.record import steps
from autograd.viz.backprop.transcript import transcript

pytestmark = pytest.mark.usefixtures("nothing_on_stderr")

# ── engines of others ───────────────────────────────────────────────────────────────────────────────────────────────


def test_another_engine_plays() -> None:
    root = of(Number)
    recorded = steps(root)
    grads = {recorded.titles[frame.node]: frame.after for frame in recorded if frame.completes}
    assert {name: grads[name] for name in "abc"} == {"a": -12.0, "b": 2.0, "c": -6.0}
    assert not any(frame.mistake for frame in recorded)
    assert all(node.grad == 0.0 for node in topological(root))
    assert "a.grad += (a·b).grad · ∂(a·b)/∂a" in transcript(recorded)
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
    assert {frame.node: frame.after for frame in steps(root) if frame.completes} == {
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
    grads = {recorded.titles[frame.node]: frame.after for frame in recorded if frame.completes}
    assert (grads["a"], grads["b"]) == (-12.0, 4.0)
    assert "times(a, b)" in transcript(recorded)
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
    grads = {frame.node: frame.after for frame in steps(root) if frame.completes}
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
