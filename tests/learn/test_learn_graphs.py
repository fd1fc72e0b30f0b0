"""The graph that is drawn beside a wrong answer: the first wrong edge, and nothing where that cannot be told."""

import html

import pytest

from autograd.learn.checking.graphs import WHOLE, Mark, Node, first_wrong, graph_of, outcome_and_graph, watched
from autograd.learn.exercises.exercise import exercise
from autograd.learn.exercises.probes import probe_outcome
from autograd.learn.reporting.pictures import as_lines, as_picture
from autograd.learn.reporting.texts import words
from autograd.viz.drawing import Drawing
from autograd.viz.write.theme import SIGN_LIGHT

BACKWARD, LOCAL = exercise(9), exercise(18)


def left_by(probe, sources=None):
    """The graph that a probe of exercise 9 leaves behind, run on the solutions or on these sources."""
    with BACKWARD.ready(sources) as namespace:
        own = watched(namespace)
        probe_outcome(probe, own)
        return graph_of(own, namespace)


def lines(nodes, mark):
    return as_lines(as_picture(nodes, mark, words("en")))


def drawn(probe, sources):
    mine = left_by(probe, sources)
    return "\n".join(lines(mine, first_wrong(mine, left_by(probe))))


@pytest.mark.parametrize(
    ("bug", "probe", "line"),
    [
        (
            "M01",
            "a = Value(3.0)\ny = a + a\nbackward(y)\n0",
            "├─ ✗ ─ a  data 3  grad 1  ◀ first wrong edge: all its uses should add up to 2",
        ),
        (
            "M13",
            "a, b = Value(2.0), Value(3.0)\ny = (a * b) * 7\nbackward(y)\n0",
            "│  ├─ ✗ ─ a  data 2  grad 3  ◀ first wrong edge: grad should be 21",
        ),
        (
            "M11",
            "a, b = Value(2.0), Value(3.0)\ny = (a + b) * 7\nbackward(y)\n0",
            "│  └─ ✗ ─ b  data 3  grad 0  ◀ first wrong edge: grad should be 7",
        ),
        ("M08", "a = Value(2.0)\ny = a * 3\nbackward(y)\n0", "y  data 6  grad 0  ◀ first wrong edge: grad should be 1"),
        ("M18", "a = Value(4.0)\ny = 1 - a\nbackward(y)\n0", "y  data 3  grad 1  ◀ data should be −3"),
    ],
)
def test_the_first_wrong_edge_is_marked(bug, probe, line):
    said = drawn(probe, BACKWARD.planted(bug))
    assert said.count("◀") == 1
    assert line in said


@pytest.mark.parametrize(
    ("bug", "line"),
    [
        ("M53", "├─ ✗ ─ a  data 1  grad 5  ◀ first wrong edge: grad should be 35"),
        ("M14", "├─ ✗ ─ n2  data 15  grad 15  ◀ first wrong edge: grad should be 2"),
    ],
)
def test_the_first_wrong_edge_is_marked_where_nodes_hold_local_derivatives(bug, line):
    def graph(sources=None):
        with LOCAL.ready(sources) as namespace:
            return outcome_and_graph(LOCAL.probes["long_way_first"], namespace)[1]

    own, right = graph(LOCAL.planted(bug)), graph()
    assert line in "\n".join(lines(own, first_wrong(own, right)))
    assert first_wrong(graph(LOCAL.in_style("alt_microgpt")), right) is None


def test_a_value_that_backward_is_given_is_found_without_a_name():
    nodes = left_by("a = Value(3.0)\nbackward(a * 7)\n0")
    assert [node.label for node in nodes] == ["out", "a", ""]


def test_another_way_to_compute_is_not_called_wrong():
    """a - b as a + (-b) has other nodes; of those of which nothing is known, nothing is said."""
    probe = "a, b = Value(5.0), Value(3.0)\ny = (a - b) * 7\nbackward(y)\n0"
    sources = BACKWARD.in_style("alt_micrograd")
    mine = left_by(probe, sources)
    assert first_wrong(mine, left_by(probe)) is None
    assert first_wrong([*reversed(mine)], left_by(probe)) is None


def test_a_path_that_ends_at_a_copy_is_shown():
    right = [Node("y", 6.0, 1.0, (1, 2)), Node("", 2.0, 3.0, (3, 3)), Node("", 3.0, 2.0), Node("a", 1.0, 6.0)]
    mine = [Node("y", 6.0, 1.0, (1, 2)), Node("", 2.0, 3.0), Node("", 3.0, 2.0), Node("a", 1.0, 0.0)]
    assert first_wrong(mine, right) == Mark(1, None, "detached")
    unused = [Node("y", 6.0, 1.0), Node("a", 1.0, 0.0)]
    assert first_wrong([*unused], [Node("y", 6.0, 1.0, (1,)), Node("a", 1.0, 6.0)]).kind in ("detached", "unused")


def test_of_a_large_graph_the_way_to_the_mark_is_drawn():
    probe = "y = a = Value(1.0)\nfor _ in range(30):\n    y = y * 2 + a\nbackward(y)\n0"
    mine = left_by(probe, BACKWARD.planted("M13"))
    assert len(mine) > WHOLE
    shown = lines(mine, first_wrong(mine, left_by(probe)))
    assert len(shown) < WHOLE
    assert sum("◀" in line for line in shown) == 1


def test_every_form_of_the_picture_marks_the_edge_and_says_what_is_wrong():
    nodes = [Node("y", 6.0, 1.0, (1, 1)), Node("a", 3.0, 1.0)]
    drawing = Drawing(as_picture(nodes, Mark(0, 0, "shared", 2.0), words("en")))
    forms = [
        drawing.text(),
        drawing.to_dot().source,
        html.unescape(drawing.to_mermaid().replace("#", "&#")),
        drawing.svg(),
    ]
    assert [(form.count("✗"), form.count("should add up to 2")) for form in forms] == [(1, 1)] * len(forms)
    assert all(SIGN_LIGHT["wrong"] in form for form in forms[1::2])


def test_nothing_a_learner_can_write_makes_it_fail():
    class Odd:
        data, grad = 1.0, property(lambda self: 1 / 0)
        parents = ()

    class Loop:
        data = grad = 1.0

        @property
        def parents(self):
            return [self]

    class Endless:
        data = grad = 1.0

        @property
        def parents(self):
            return [Endless(), Endless()]

    class Words:
        data, grad, parents, pull, label = "two", None, 7, print, ["x"]

    assert graph_of({"a": Odd(), "b": 3, "c": Odd}) == []
    (node,) = graph_of({"a": Loop()})
    assert lines([node], None) == ["a  data 1  grad 1", "└─ a  (above)"]
    assert graph_of({"a": Endless()}) == []
    graph_of({"a": Words()})
