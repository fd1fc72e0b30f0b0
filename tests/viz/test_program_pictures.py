"""A compiled program, drawn: the scalars as they were written beside the instructions they became."""

import re
from collections import Counter

import graphviz
import numpy as np
import pytest

import autograd
import nn
from autograd import RULES, Value
from autograd.core.conditions import CONDITIONS
from autograd.viz.graphviz.positions import positions
from autograd.viz.write.layout import lay_out
from examples.gallery import PROGRAMS


def compiled_mlp(*widths):
    model = nn.MLP(widths[0], list(widths[1:]), seed=0)
    loss = autograd.compile(lambda x, y: nn.mse_loss(model(x), y))
    loss(np.zeros((4, widths[0])), np.zeros(4))
    return loss


def test_each_scalar_stands_in_the_box_of_the_instruction_it_became():
    drawing = autograd.draw(compiled_mlp(2, 3, 1))
    scalars, instructions = drawing.scalars.picture, drawing.instructions.picture
    titles = {group.name: group.title for group in scalars.groups}
    held = Counter(titles[node.group] for node in scalars.nodes if node.operation)
    assert held == {
        "%17 layers[0] matmul 3×3": 6,
        "%20 relu × 3": 3,
        "%23 layers[1].neurons[0] matmul 1×4": 2,
        "%24 sub": 1,
        "%25 mul": 2,
    }
    assert {f"{node.label} {node.operation}" for node in instructions.nodes if node.kind == "group"} == set(held)
    assert [group.title for group in drawing.picture.groups if group.parent is None] == [
        "as it was written: 14 operations",
        "compiled: 5 instructions",
    ]


def test_the_scalar_view_is_the_graph_that_was_recorded():
    recorded = compiled_mlp(2, 3, 1).recordings()[0].scalars
    picture = autograd.draw(compiled_mlp(2, 3, 1)).scalars.picture
    wanted = [(int(x), recorded[i].start) for i in range(len(recorded)) for x in recorded[i].operands.ravel()]
    assert [(int(edge.tail[1:]), int(edge.head[1:])) for edge in picture.edges] == wanted
    assert [node.name for node in picture.roots] == [f"s{recorded.outputs[0]}"]


def test_of_many_scalars_those_of_one_instruction_share_a_box():
    drawing = autograd.draw(compiled_mlp(20, 30, 1))
    first = next(node for node in drawing.scalars.picture.nodes if node.kind == "group")
    assert re.fullmatch(r"%\d+ layers\[0\]", first.label)
    assert (first.operation, first.note) == ("matmul 30×21", "from 30 dot, 30 add")
    assert (first.values, first.parameters) == (60, 630)
    assert "from 30 dot, 30 add" in drawing.svg()
    assert not drawing.picture.notes
    assert "the first 3 of 5 instructions: draw(…, max_nodes=5)" in str(
        autograd.draw(compiled_mlp(2, 3, 1), max_nodes=3)
    )


def recurrent():
    w = Value(2.0, label="w")
    return autograd.compile(lambda x: (x * w).tanh() * w + x).record(0.0)


@pytest.mark.parametrize("make", [lambda: compiled_mlp(20, 30, 1), recurrent], ids=["folded", "one by one"])
def test_what_would_be_alike_above_and_below_is_drawn_once(make):
    drawing = autograd.draw(make())
    assert drawing.scalars is drawing.instructions
    (around,) = (group for group in drawing.picture.groups if group.parent is None)
    assert re.fullmatch(r"\d+ operations, compiled to \d+ instructions(, one by one)?", around.title)
    assert drawing.svg().count("<svg") == 1
    labels = [node.label for node in drawing.picture.nodes if node.kind == "group"]
    assert len(labels) == len(set(labels))
    assert str(drawing) == str(drawing.scalars)


@pytest.mark.parametrize("widths", [(2, 3, 1), (20, 30, 1)])
def test_every_form_of_it(widths, tmp_path):
    drawing = autograd.draw(compiled_mlp(*widths))
    assert drawing.alt().startswith("A compiled function")
    assert isinstance(drawing.to_dot(), graphviz.Digraph)  # as of every drawing
    for suffix in ("svg", "png", "dot", "html", "mmd", "txt"):
        assert drawing.save(tmp_path / f"program.{suffix}").stat().st_size > 100
    svg = (tmp_path / "program.svg").read_text(encoding="utf-8")
    assert svg.count("<svg") == (3 if widths == (2, 3, 1) else 1)
    assert "local derivative" not in svg  # the numbers on these arrows are none


def test_in_a_notebook_it_is_the_picture_and_the_listing():
    loss = compiled_mlp(2, 3, 1)
    bundle = loss._repr_mimebundle_()
    assert bundle["text/plain"] == str(loss)
    assert re.search(r'<img [^>]*alt="A compiled function in two views', bundle["text/html"])
    unrecorded = autograd.compile(lambda x: x)
    assert unrecorded._repr_mimebundle_() == {"text/plain": repr(unrecorded)}


def test_a_function_without_inputs_and_one_that_does_not_re_roll():
    w = autograd.Value(2.0, label="w")
    alone = autograd.compile(lambda: w * w + 1)
    alone()
    assert "w" in str(autograd.draw(alone))
    assert autograd.draw(recurrent()).svg()


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def of_rule(rule):
    return lambda: autograd.compile(lambda *xs: rule(*xs)).record(*rule.samples[0])


def detached():
    def f(x):
        with autograd.no_grad():
            held = (x + 1).exp()
        return held * x.detach() + autograd.leaky_relu(x, slope=0.25)

    return autograd.compile(f).record(2.0)


def conditions():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")

    def f(x, y, z):
        some, every = (x > 0) | (y >= a) | (z < 1), (x <= 9) & (y == b) & (z != 3) & ((x > y) ^ (y > z))
        largest = autograd.maximum(autograd.maximum(autograd.maximum(x, y), z), a)
        smallest = autograd.minimum(autograd.minimum(autograd.minimum(x, y), z), b)
        usable = np.isfinite(x) | np.isnan(y) | np.isinf(z)
        return autograd.where(some, largest, 0.0) + autograd.where(every, smallest, autograd.where(usable, x, y))

    return autograd.compile(f).record(1.0, 2.0, 0.5)


PICTURED = {
    **{name: of_rule(rule) for name, rule in RULES.items()},
    **PROGRAMS,
    "detached": detached,
    "conditions": conditions,
    "network": lambda: compiled_mlp(2, 3, 1),
    "recurrent": recurrent,
}
FIXED = (
    r"as it was written: [\d,]+ operations?|compiled: [\d,]+ instructions?|[\d,]+ operations?, compiled to [\d,]+ "
    r"instructions?(, one by one)?"
)
SIZE = re.compile(r" × \d+$| (?:\d+ × )?\d+×\d+(?: · \d+×\d+)?$")
SIGNS = {rule.symbol for rule in (*RULES.values(), *CONDITIONS.values())}


def is_public(word):
    """Whether a reader finds the word in the documentation: of this package, or of NumPy for what it borrows."""
    word = word.removesuffix(" (no gradient)")
    name = re.sub(r"\([^()]*=[^()]*\)$", "", word)
    return word in SIGNS or any(hasattr(place, name) for place in (autograd, np, Value))


@pytest.mark.parametrize("most", [60, 1])
@pytest.mark.parametrize("make", PICTURED.values(), ids=PICTURED)
def test_every_word_of_a_program_s_picture_is_the_user_s_or_a_public_name(make, most):
    program = make()
    recording = program.recordings()[-1]
    paths = [*recording.parameters, *(path.partition(".")[2] for path in recording.parameters)]
    names = {*recording.inputs, *(name.partition("[")[0] for name in recording.inputs), *paths}
    picture = autograd.draw(program, max_nodes=most).picture
    for group in picture.groups:
        assert group.parent or re.fullmatch(FIXED, group.title), group.title
    boxes = [node for node in picture.nodes if node.label.startswith("%")]
    instructions = autograd.draw(program, max_nodes=most).instructions.picture.nodes
    titles = {f"{node.label} {node.operation}" for node in instructions}
    assert {group.title for group in picture.groups if group.parent} <= titles
    for node in boxes:
        read = re.fullmatch(r"%\d+(?: (.+))?", node.label)[1] or ""
        assert all(not part or any(name.startswith(part) for name in names) for part in read.split(" … ")), node.label
        assert is_public(SIZE.sub("", node.operation)), node.operation
        for words in filter(None, node.note.removeprefix("from ").split(", ")):
            assert is_public(re.sub(r"^\d+ ", "", words)), node.note
    for node in set(picture.nodes) - set(boxes):
        assert not node.label or node.label in names or re.fullmatch(r"[−\d.e]+|inf|nan", node.label), node.label
        assert not node.operation or is_public(node.operation), node.operation


def test_an_edge_that_graphviz_loses_is_a_straight_line(monkeypatch):
    """Its dot gives no position to some edges that enter a group with a wide title."""
    picture = autograd.draw(compiled_mlp(2, 3, 1)).scalars.picture

    def losing(sources):
        (drawn,) = positions(sources)
        del drawn["edges"][3]["pos"]
        return [drawn]

    whole = lay_out(picture)
    monkeypatch.setattr("autograd.viz.write.layout.positions", losing)
    layout = lay_out(picture)
    (changed,) = (line for line, before in zip(layout.lines, whole.lines, strict=True) if line != before)
    tail, head = layout.boxes[changed.edge.tail], layout.boxes[changed.edge.head]
    assert changed.curve[0] == (tail.x + tail.width, tail.y + tail.height / 2)
    assert changed.tip == (head.x, head.y + head.height / 2)


def test_the_tree_of_a_program_has_no_names_that_nobody_gave():
    """An operation is its sign; one that is used again has a number, by which it is found."""
    w = Value(2.0, label="w")

    def twice(x):
        slope = (w * x).tanh()
        return slope * slope + x

    assert str(autograd.draw(autograd.compile(twice).record(3.0))).splitlines() == [
        "+",
        "├─ *",
        "│  ├─ [1]  tanh",
        "│  │  └─ *",
        "│  │     ├─ w",
        "│  │     └─ x",
        "│  └─ [1]  (above)",
        "└─ x  (above)",
    ]
    classic = str(autograd.draw(w * w + 1.0, ops="separate"))
    assert not re.search(r"\bo\d", classic) and len(classic.splitlines()) == 7


def test_an_operation_without_a_gradient_says_so():
    said = str(autograd.draw(detached()))
    assert "exp (no gradient)" in said
    assert "leaky_relu(slope=0.25)" in said
    assert "detached" not in said
    assert not re.search("any detached|all detached|folded", str(autograd.draw(conditions())))
