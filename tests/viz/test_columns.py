"""Networks as columns: where their boxes and lines stand, alone and inside of an expression, and how these look."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from fixtures.pictures import any_network, any_picture, network
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nn
from autograd.viz import Drawing, draw
from autograd.viz.graphviz import positions as port
from autograd.viz.picture import Edge, Group, Node, Picture
from autograd.viz.write.boxes import box_texts
from autograd.viz.write.edges import EdgeLook, edge_looks
from autograd.viz.write.layout import Box, Layout, Line, lay_out
from autograd.viz.write.networks import networks
from autograd.viz.write.svg import svg_text
from autograd.viz.write.theme import SIGN_LIGHT

SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def columns(layout: Layout) -> list[list[Box]]:
    return [[layout.boxes[name] for name in names] for names in layout.picture.groups[0].columns]


def right(box: Box) -> tuple[float, float]:
    return box.x + box.width, box.y + box.height / 2


def left(box: Box) -> tuple[float, float]:
    return box.x, box.y + box.height / 2


def cross(a: Line, b: Line) -> bool:
    """Whether two straight lines cross elsewhere than at their ends."""

    def side(line: Line, x: float, y: float) -> float:
        (ax, ay), (bx, by) = line.curve
        return (bx - ax) * (y - ay) - (by - ay) * (x - ax)

    return side(a, *b.curve[0]) * side(a, *b.curve[1]) < -1e-6 and side(b, *a.curve[0]) * side(b, *a.curve[1]) < -1e-6


def along(line: Line) -> Iterable[tuple[float, float]]:
    """Points of a line."""
    curve = line.curve
    if len(curve) == 2:
        curve = (curve[0], curve[0], curve[1], curve[1])
    for i in range(0, len(curve) - 3, 3):
        a, b, c, d = curve[i : i + 4]
        for t in (step / 24 for step in range(25)):
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
            yield tuple(sum(w * p[k] for w, p in zip(weights, (a, b, c, d), strict=True)) for k in (0, 1))  # type: ignore[misc]


def is_inside(point: tuple[float, float], box: Box, by: float) -> bool:
    x, y = point
    return box.x + by < x < box.x + box.width - by and box.y + by < y < box.y + box.height - by


# ── a network by itself ─────────────────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=30)
@given(SIZES, st.sampled_from([1, 4]))
@example([9, 1, 5, 9, 5], 1)  # wider than a page: its columns stand closer
def test_a_column_a_layer_in_the_given_order_evenly_spaced_and_centred(sizes: list[int], calls: int) -> None:
    layout = lay_out(network(sizes, calls=calls))
    found = columns(layout)
    assert [len(column) for column in found] == sizes
    middles = []
    for column in found:
        heights = [box.y for box in column]
        assert heights == sorted(heights)
        assert len({box.x for box in column} | {box.width for box in column}) <= 2
        assert len({round(b - a) for a, b in itertools.pairwise(heights)}) <= 1
        assert all(a.y + a.height < b.y for a, b in itertools.pairwise(column))
        middles.append((column[0].y + column[-1].y + column[-1].height) / 2)
    assert max(middles) - min(middles) <= 1
    for before, after in itertools.pairwise(found):
        assert max(box.x + box.width for box in before) + 30 < min(box.x for box in after)


@settings(deadline=None, max_examples=30)
@given(SIZES)
def test_the_only_crossings_are_the_unavoidable_ones(sizes: list[int]) -> None:
    """Between full columns of n and m nodes these are (n choose 2) · (m choose 2): any two of n with any two of m."""
    lines = lay_out(network(sizes)).lines
    expected = sum(math.comb(n, 2) * math.comb(m, 2) for n, m in itertools.pairwise(sizes))
    assert sum(cross(a, b) for a, b in itertools.combinations(lines, 2)) == expected


@settings(deadline=None, max_examples=30)
@given(SIZES)
def test_lines_are_straight_from_border_to_border(sizes: list[int]) -> None:
    layout = lay_out(network(sizes))
    for line in layout.lines:
        assert line.curve == (right(layout.boxes[line.edge.tail]), left(layout.boxes[line.edge.head]))
        assert line.tip == line.curve[1]
        assert line.text is None


def test_a_network_alone_needs_no_graphviz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "render", None)
    svg = svg_text(lay_out(network([2, 3, 1])), "")
    assert svg.count('class="node') == 6
    assert svg.count("data-edge") == 9
    assert svg.count('class="head"') == 0


def test_the_frame_is_around_the_layers_and_not_around_the_inputs() -> None:
    layout = lay_out(network([2, 3, 1]))
    (frame,) = layout.group_boxes
    inputs, *layers = columns(layout)
    assert all(box.x + box.width < frame.x for box in inputs)
    for box in itertools.chain(*layers):
        assert frame.x < box.x and box.x + box.width < frame.x + frame.width
        assert frame.y < box.y and box.y + box.height < frame.y + frame.height


def test_what_stands_above_the_columns_and_in_the_boxes() -> None:
    layout = lay_out(network([2, 3, 1]))
    assert [heading.text for heading in layout.headings] == ["inputs", "layers[0]", "tanh", "layers[1]", "tanh"]
    assert [box.words.title for box in layout.boxes.values()] == ["x[0]", "x[1]", "[0]", "[1]", "[2]", "[0]"]
    assert [row.key for row in layout.boxes["g0_0"].words.rows] == ["data", "grad"]
    assert not any(box.words.operation for box in layout.boxes.values())


def test_a_neuron_of_several_calls_says_what_is_known_of_all_of_them() -> None:
    words = box_texts(network([2, 3, 1], calls=4))
    assert [row.text for row in words["g0_0"].rows] == ["|grad| ≤ 1.25"]
    assert words["g0_0"].sheets == 2
    assert box_texts(network([2, 3, 1]))["g0_0"].sheets == 0


def test_neurons_of_different_activations_say_theirs() -> None:
    picture = network([2, 2])
    nodes = [replace(node, operation="relu") if node.name == "g0_1" else node for node in picture.nodes]
    assert [text.title for text in box_texts(replace(picture, nodes=tuple(nodes))).values()][2:] == [
        "[0] tanh",
        "[1] relu",
    ]


def test_a_folded_layer_is_a_column_that_says_what_it_holds() -> None:
    x = Node("n0", "input", "x[0]", data=1.0)
    layer = Node("g1", "group", "layers[0] · Layer of 128", data=None, group="g0", values=384, parameters=256)
    last = Node("g2", "group", "neurons[0]", "tanh", 0.5, 1.0, is_root=True, group="g3")
    groups = (Group("g0", "MLP", columns=(("n0",), ("g1",), ("g2",))), Group("g3", "layers[1]", "g0"))
    layout = lay_out(Picture((x, layer, last), (Edge("n0", "g1", count=128), Edge("g1", "g2", count=128)), groups))
    assert [heading.text for heading in layout.headings] == ["inputs", "layers[0]", "Layer of 128", "layers[1]", "tanh"]
    assert [row.text for row in layout.boxes["g1"].words.rows] == ["384 values, 256 parameters"]
    assert not layout.has_key


def test_left_out_neurons_have_a_box_in_the_column() -> None:
    picture = network([2, 3, 1])
    more = Node("more1", "more", "… 120 more", values=120, group="g100")
    outer = replace(picture.groups[0], columns=(("n0", "n1"), ("g0_0", "g0_1", "more1", "g0_2"), ("g1_0",)))
    layout = lay_out(replace(picture, nodes=(*picture.nodes, more), groups=(outer, *picture.groups[1:])))
    between = [layout.boxes[name].y for name in ("g0_1", "more1", "g0_2")]
    assert between == sorted(between)
    assert layout.boxes["more1"].words.title == "… 120 more"
    assert [box.words.title for box in columns(layout)[1]] == ["[0]", "[1]", "… 120 more", "[2]"]


# ── inside of an expression ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("make", [any_network, any_picture])
def test_lines_begin_and_end_at_their_boxes_and_none_is_on_another(make, seed: int) -> None:
    layout = lay_out(make(seed))
    for line in layout.lines:
        tail, head = layout.boxes[line.edge.tail], layout.boxes[line.edge.head]
        assert line.curve[0] == pytest.approx(right(tail), abs=1)
        assert line.tip[0] == pytest.approx(head.x, abs=1)
        assert head.y - 1 <= line.tip[1] <= head.y + head.height + 1
    for a, b in itertools.combinations(layout.boxes.values(), 2):
        assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y


@pytest.mark.parametrize("seed", range(30))
def test_no_line_passes_under_a_box_of_the_columns(seed: int) -> None:
    layout = lay_out(any_network(seed))
    for line in layout.lines:
        others = [box for names in layout.picture.groups[0].columns or layout.picture.groups[1].columns
                  for name in names if name not in (line.edge.tail, line.edge.head)
                  for box in [layout.boxes[name]]]  # fmt: skip
        assert not any(is_inside(point, box, by=2) for point in along(line) for box in others), line.edge


@pytest.mark.parametrize("seed", range(30))
def test_a_network_in_an_expression_is_laid_out_as_alone(seed: int) -> None:
    picture = any_network(seed)
    (inside,) = networks(picture)
    layout = lay_out(picture)
    boxes = [[layout.boxes[node.name] for node in column.nodes] for column in inside.columns]
    for column in boxes:
        assert all(a.y + a.height < b.y for a, b in itertools.pairwise(column))
    assert all(max(map(right, a)) < min(map(left, b)) for a, b in itertools.pairwise(boxes))


def test_a_skip_connection_goes_around_the_boxes_between() -> None:
    picture = network([1, 1, 1])
    edges = sorted([*picture.edges, Edge("n0", "g1_0", 1, 1.0)], key=lambda edge: edge.head)
    layout = lay_out(replace(picture, edges=tuple(edges)))
    (skip,) = [line for line in layout.lines if line.edge.tail == "n0" and line.edge.head == "g1_0"]
    assert len(skip.curve) > 2
    assert not any(is_inside(point, layout.boxes["g0_0"], by=0) for point in along(skip))


def test_a_group_with_further_nodes_has_one_frame_around_all() -> None:
    picture = network([2, 2])
    total = Node("n9", "result", "sum", "+", 1.0, 1.0, is_root=True, group="g0")
    edges = (*picture.edges, Edge("g0_0", "n9", 0, 2.0), Edge("g0_1", "n9", 1, 2.0))
    layout = lay_out(replace(picture, nodes=(*picture.nodes, total), edges=edges))
    (frame,) = layout.group_boxes
    for name in ("g0_0", "g0_1", "n9"):
        box = layout.boxes[name]
        assert frame.x < box.x and box.x + box.width < frame.x + frame.width
        assert frame.y < box.y and box.y + box.height < frame.y + frame.height


@pytest.mark.parametrize(
    "wrong",
    [
        [Edge("g0_0", "g0_1", 9)],
        [Edge("g1_0", "g0_1", 9)],
        [Edge("g0_0", "n8"), Edge("n8", "g1_0", 9)],
    ],
    ids=["beside", "back", "out and in"],
)
def test_columns_that_an_edge_contradicts_are_left_to_graphviz(wrong: list[Edge]) -> None:
    picture = network([2, 2, 1])
    outside = Node("n8", "result", "norm", "+", 1.0)
    order = ["n0", "n1", "g0_0", "g0_1", "n8", "g1_0"]
    edges = sorted([*picture.edges, *wrong], key=lambda edge: order.index(edge.head))
    picture = replace(picture, nodes=(*picture.nodes, outside), edges=tuple(edges))
    assert networks(picture) == []
    assert len(lay_out(picture).boxes) == 6


def layer_behind(picture: Picture, first: tuple[str, ...]) -> Picture:
    """The picture with a layer of one neuron that takes the outputs of its last, in a group of its own."""
    columns = (first, ("n9",)) if first else (("n9",),)
    last = Node("n9", "group", "neurons[0]", "tanh", 1.0, 1.0, is_root=True, group="g9")
    edges = (*picture.edges, Edge("g0_0", "n9", 0, 1.0, weight=1.0), Edge("g0_1", "n9", 1, 1.0, weight=2.0))
    return Picture((*picture.nodes, last), edges, (*picture.groups, Group("g9", "other", columns=columns)))


@pytest.mark.parametrize("first", [("g0_0", "g0_1"), ()], ids=["named by both", "named by one"])
def test_a_layer_that_takes_what_another_gives_is_a_further_column(first: tuple[str, ...]) -> None:
    picture = layer_behind(network([2, 2]), first)
    (joined,) = networks(picture)
    assert [len(column.nodes) for column in joined.columns] == [2, 2, 1]
    layout = lay_out(picture)
    assert all(line.look.color and len(line.curve) == 2 for line in layout.lines if line.edge.weight)
    one, other = layout.group_boxes
    assert one.x < layout.boxes["g0_0"].x < one.x + one.width < other.x < layout.boxes["n9"].x < other.x + other.width


def test_a_layer_that_takes_something_else_too_stands_by_itself() -> None:
    picture = layer_behind(network([2, 2]), ())
    between = Node("n8", "result", "", "exp", 1.0)
    nodes = (*picture.nodes[:-1], between, picture.nodes[-1])
    edges = (*picture.edges[:-2], Edge("g0_0", "n8"), Edge("g0_1", "n9", 1, 1.0, weight=2.0), Edge("n8", "n9", 2))
    picture = Picture(nodes, edges, picture.groups)
    assert [[len(column.nodes) for column in found.columns] for found in networks(picture)] == [[2, 2], [1]]
    layout = lay_out(picture)
    assert layout.boxes["g0_0"].x < layout.boxes["n8"].x < layout.boxes["n9"].x


# ── how the lines look ──────────────────────────────────────────────────────────────────────────────────────────────


def looks(*edges: Edge, data: float = 1.0) -> list[EdgeLook]:
    """Of edges from x0, x1, … to one neuron."""
    inputs = tuple(Node(f"x{i}", "input", f"x[{i}]", data=data) for i in range(len(edges)))
    neuron = Node("g1", "group", "neurons[0]", data=1.0, group="g0")
    group = Group("g0", "Layer", columns=(tuple(node.name for node in inputs), ("g1",)))
    return edge_looks(Picture((*inputs, neuron), edges, (group,)))


def test_colour_is_the_sign_and_width_the_size_of_a_weight() -> None:
    weights = [2.0, -2.0, 1.0, -0.01, 0.0, -0.0]
    made = looks(*(Edge(f"x{i}", "g1", i, 9.0, 9.0, weight=weight) for i, weight in enumerate(weights)))
    assert [look.color for look in made] == ["plus", "minus", "plus", "minus", "", ""]
    assert [look.dash for look in made] == ["", "", "", "", "zero", "zero"]
    assert [look.width for look in made] == [3.5, 3.5, 2.0, 0.5, 1.0, 1.0]
    assert [look.text for look in made] == [""] * 6
    assert [look.hint for look in made][:2] == ["weight 2", "weight −2"]


def test_where_there_is_no_weight_the_local_derivative_counts() -> None:
    made = looks(Edge("x0", "g1", 0, -3.0), Edge("x1", "g1", 1, 1.0), Edge("x2", "g1", 2, None, 2.0, 4))
    assert [(look.color, look.width, look.hint) for look in made] == [
        ("minus", 3.5, "−3"), ("plus", 1.5, "1"), ("", 3.5, "× 4"),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_seen(number: float) -> None:
    assert [look.color for look in looks(Edge("x0", "g1", 0, 1.0, weight=number))] == ["wrong"]
    assert [look.color for look in looks(Edge("x0", "g1", 0, 1.0, weight=1.0), data=number)] == ["wrong"]


def test_a_number_that_says_nothing_is_left_out() -> None:
    a = Node("n0", "input", "a", data=1.0)
    many, alike = Node("n1", "input", "x", repeats=4), Node("n2", "result", "", "+", repeats=4, grad=1.0)
    edges = (Edge("n0", "n2", 0, 1.0), Edge("n0", "n2", 1, 1.0000001), Edge("n1", "n2", 2, count=4))
    made = edge_looks(Picture((a, many, alike), (*edges, Edge("n0", "n2", 3, mark=True, local=1.0)), ()))
    assert [look.text for look in made] == ["", "1", "", "✗"]
    assert [look.hint for look in made] == ["1", "", "× 4", ""]


# ── numbers at the tails ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(20))
def test_a_number_stands_beside_its_own_line_nearer_to_the_tail(seed: int) -> None:
    layout = lay_out(any_picture(seed))
    numbered = [line for line in layout.lines if line.text]
    assert all(line.text or not line.look.text for line in layout.lines)
    for line in numbered:
        assert line.text
        x, y = line.text
        assert min(math.hypot(x - px, (y - py) / 2) for px, py in along(line)) < 45
    near = [line for line in numbered if line.text and abs(line.text[0] - line.curve[0][0]) < 80]
    assert len(near) >= 0.7 * len(numbered)


def test_nearly_every_number_has_a_spot_beside_hostile_networks_too() -> None:
    lines = [line for seed in range(25) for line in lay_out(any_network(seed)).lines if line.look.text]
    assert len(lines) > 150
    assert sum(line.text is None for line in lines) <= 0.1 * len(lines)


def test_in_a_small_graph_every_number_is_at_its_tail() -> None:
    a, b = Node("n0", "input", "a", data=2.0), Node("n1", "input", "b", data=3.0)
    c, d = Node("n2", "result", "", "*", 6.0), Node("n3", "result", "d", "*", 12.0, is_root=True)
    edges = (Edge("n0", "n2", 0, 3.0), Edge("n1", "n2", 1, 2.0), Edge("n2", "n3", 0, 2.0), Edge("n0", "n3", 1, 6.0))
    for line in lay_out(Picture((a, b, c, d), edges)).lines:
        assert line.text and line.text[0] - line.curve[0][0] < 15
        assert abs(line.text[1] - line.curve[0][1]) < 20


# ── in every form ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_svg_of_a_network() -> None:
    picture = network([3, 4, 4, 1])
    svg = svg_text(lay_out(picture), "a network")
    tree = ElementTree.fromstring(svg)
    groups = list(tree.iter("{http://www.w3.org/2000/svg}g"))
    assert [g.get("data-opens") for g in groups if g.get("data-node") == "g0_2"] == ["layers[0].neurons[2]"]
    assert [g.get("data-opens") for g in groups if g.get("data-group")] == ["MLP"]
    edges = [g for g in groups if g.get("data-edge")]
    assert len(edges) == 32
    for g, edge in zip(edges, picture.edges, strict=True):
        names = (g.get("class") or "").split()
        sign = {True: "plus", False: "minus"}[(edge.weight or 0) > 0]
        assert sign in names if edge.weight else "zero" in names
        assert (g.findtext("{http://www.w3.org/2000/svg}title") or "").startswith("weight ")
        assert re.fullmatch(r"M\d+ \d+l\d+[ -]\d+", g[0].get("d") or "")
    assert [word for word in ("positive weight", "negative", "the wider, the larger") if word in svg] != []
    assert len(svg) < 13_000
    assert "--plus" not in draw(nn.Neuron(1, seed=0)([1.0])).svg()


def test_other_forms_of_a_network_show_the_same() -> None:
    drawing = Drawing(network([2, 3, 1]))
    source = drawing.to_dot().source
    assert source.count("rank=same") == 3
    assert re.search(r"title_g0_1 -> g0_0 .*g0_0 -> g0_1 .*g0_1 -> g0_2 ", source, re.DOTALL)
    edges = drawing.picture.edges
    for sign, count in (
        ("plus", sum((e.weight or 0) > 0 for e in edges)),
        ("minus", sum((e.weight or 0) < 0 for e in edges)),
    ):
        assert source.count(f'color="{SIGN_LIGHT[sign]}"') == count
        (style,) = re.findall(rf"linkStyle ([\d,]+) stroke:{SIGN_LIGHT[sign]}", drawing.to_mermaid())
        assert len(style.split(",")) == count
    assert source.count("style=dashed") == sum(edge.weight == 0 for edge in edges)
    assert "purple for a negative" in source


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg", "html", "mmd", "dot", "txt"])
def test_every_form_can_be_saved(suffix: str, tmp_path) -> None:
    for seed in (0, 1):
        assert Drawing(any_network(seed)).save(tmp_path / f"x.{suffix}").stat().st_size > 300


# ── nan ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("operation", "operands", "data", "formula", "sign"),
    [
        ("log", [0.0], -math.inf, "log(0) = −inf", "⚠ first inf"),
        ("/", [0.0, 0.0], math.nan, "0 / 0 = nan", "⚠ first nan"),
        ("", [], math.nan, "x = nan", "⚠ first nan"),
    ],
)
def test_the_first_value_that_is_not_finite_is_marked_and_so_is_the_way_from_it(
    operation: str, operands: list[float], data: float, formula: str, sign: str
) -> None:
    before = tuple(Node(f"n{i}", "input", f"x{i}", data=value) for i, value in enumerate(operands))
    first = Node("n5", "result", "" if operation else "x", operation, data, first_not_finite=True)
    after, other = Node("n6", "result", "", "exp", math.nan), Node("n7", "input", "y", data=1.0)
    root = Node("n8", "result", "loss", "+", math.nan, is_root=True)
    edges = [Edge(node.name, "n5", i, 1.5) for i, node in enumerate(before)]
    edges += [Edge("n5", "n6", 0, 2.0), Edge("n6", "n8", 0, 1.0), Edge("n7", "n8", 1, 1.0)]
    drawing = Drawing(Picture((*before, first, after, other, root), tuple(edges)))
    svg = drawing.svg()
    assert re.findall(r'<g class="edge wrong" data-edge="([^"]*)"', svg) == ["n5>n6:0", "n6>n8:0"]
    assert re.findall(r'<g class="node [^"]*wrong" data-node="(\w+)"', svg) == ["n5"]
    assert f">{sign}</text>" in svg
    assert f"The first value that is not finite: {formula}." in drawing.alt()
    assert sign in str(drawing)
    assert drawing.to_dot().source.count(f'color="{SIGN_LIGHT["wrong"]}"') == 2


# ── sizes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_loss_over_four_samples_fits_a_cell() -> None:
    """The lecture's: at most 1,000 × 700 pixels and 40 boxes, with no text under 10 pixels."""
    model = nn.MLP(3, [4, 4, 1], seed=1, activation="tanh")
    xs, ys = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]], [1.0, -1.0, -1.0, 1.0]
    loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
    loss.label = "loss"
    loss.backward()
    drawing = draw(loss, model=model)
    layout = lay_out(drawing.picture)
    assert layout.width <= 1_000 and layout.height <= 700
    assert len(layout.boxes) <= 40
    assert min(map(int, re.findall(r"font(?:-size)?:(\d+)px", drawing.svg()))) >= 10
