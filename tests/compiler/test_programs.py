"""A program as a thing: how it prints, draws, pickles and compares; what a legal one is, and that passes leave one."""

from __future__ import annotations

import copy
import math
import os
import pickle
import random
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pygraphviz
import pytest

import autograd
import nn
from autograd import ProgramError, RecordingError, Value
from autograd.compiler import PASSES, Instruction, Program, verify
from autograd.compiler.inspection import holds_parameters
from nn import MLP

HERE = Path(__file__).parents[1]
REFERENCE = runpy.run_path(str(HERE / "reference" / "networks.py"))
NETWORKS, weights, data = REFERENCE["NETWORKS"], REFERENCE["weights"], REFERENCE["data"]
PROGRAMS = HERE / "reference" / "programs"

# The stored programs say what the compiler makes of known networks. To write them anew, and then see in `git diff`
# what has changed:  AUTOGRAD_WRITE_PROGRAMS=1 python -m pytest tests/compiler/test_programs.py -k stored
WRITE_PROGRAMS = "AUTOGRAD_WRITE_PROGRAMS" in os.environ

every_network = pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)

w, b = Value(2.0, label="w"), Value(1.0, label="b")
factor = Value(2.0)


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-10, abs=1e-12)


def recorded(f: Callable[..., Any], *batches: Any, **options: Any) -> Any:
    return autograd.compile(f, **options).record(*batches)


def instructions(program: Program) -> list[Instruction]:
    return [program[i] for i in range(len(program))]


# ── what the passes make ────────────────────────────────────────────────────────────────────────────────────────────


@every_network
def test_a_networks_program_is_the_stored_one(network: Callable[[], Any]) -> None:
    f, batches = network()
    program = recorded(f, *batches)
    path = PROGRAMS / f"{network.__name__}.txt"
    if WRITE_PROGRAMS:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{program}\n", encoding="utf-8")
    assert f"{program}\n" == path.read_text(encoding="utf-8")


def test_there_is_a_network_for_each_stored_program() -> None:
    assert sorted(path.name for path in PROGRAMS.iterdir()) == sorted(f"{network.__name__}.txt" for network in NETWORKS)


@every_network
def test_a_program_does_not_depend_on_the_row_it_was_recorded_with(network: Callable[[], Any]) -> None:
    f, batches = network()
    program = recorded(f, *batches)
    for other in ([x[3:] for x in batches], [x * 0 for x in batches], [x[0] for x in batches]):
        assert recorded(f, *other) == program
        assert str(recorded(f, *other)) == str(program)


@every_network
@pytest.mark.parametrize("count", range(len(PASSES) + 1))
def test_after_every_pass_the_program_is_legal_and_computes_the_same(network: Callable[[], Any], count: int) -> None:
    f, batches = network()
    plain, program = recorded(f, *batches, passes=()), recorded(f, *batches, passes=PASSES[:count])
    assert verify(program.programs[0]) is program.programs[0]
    assert program(*batches) == close(plain(*batches))
    assert program.parameters == plain.parameters
    assert program.value_and_grad(*batches)[1] == close(plain.value_and_grad(*batches)[1])


@every_network
def test_passes_leave_their_input_alone_and_have_nothing_to_do_twice(network: Callable[[], Any]) -> None:
    f, batches = network()
    program = recorded(f, *batches, passes=()).programs[0]
    for apply in PASSES:
        before = copy.deepcopy(program)
        made = apply(program)
        assert program == before
        assert apply(program) == made
        program = made


WHOLE: list[tuple[str, Callable[[Any, Any, Any], Any]]] = [
    ("sum over a zip", lambda m, xs, ys: sum((m(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)) / len(xs)),
    ("mse_loss", lambda m, xs, ys: nn.mse_loss([m(x) for x in xs], ys)),
    ("cross entropies", lambda m, xs, ys: sum(nn.cross_entropy([m(x), 0.0], y > 0) for x, y in zip(xs, ys))),  # noqa: B905
    ("a loop", lambda m, xs, ys: looped(m, xs, ys)),
]  # fmt: skip


def looped(model: Any, xs: Any, ys: Any) -> Any:
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        error = model(x) - y
        total = total + error * error
    return total


@pytest.mark.parametrize("loss", [row[1] for row in WHOLE], ids=[row[0] for row in WHOLE])
@pytest.mark.parametrize("nouts", [[1], [8, 1], [5, 4, 1]])
def test_instruction_counts_do_not_grow_with_a_data_set(loss: Callable[..., Any], nouts: list[int]) -> None:
    counts = []
    for rows in (20, 40):
        model = nn.MLP(3, nouts, activation="tanh", seed=0)
        xs, ys = data(rows, 3).tolist(), data(rows, seed=1).tolist()
        program = autograd.compile(lambda model=model, xs=xs, ys=ys: loss(model, xs, ys))
        value = loss(model, xs, ys)
        value.backward()
        assert program() == close(value.data)
        assert program.value_and_grad()[1] == close(np.array([x.grad for x in program.parameters]))
        counts.append(len(program.programs[0]))
    assert counts[0] == counts[1] <= 20


def test_a_layer_of_a_gpt_is_few_instructions_whatever_the_context() -> None:
    """At most 40 a layer; what is beside the layers (embedding, logits, loss) does not grow with the context either."""
    sizes = {}
    for depth in (1, 2):
        for positions in (8, 16):
            f, batches = REFERENCE["gpt"](positions, depth)
            sizes[depth, positions] = len(recorded(f, *batches).programs[0])
    assert sizes[1, 8] == sizes[1, 16]
    assert sizes[2, 8] == sizes[2, 16] <= sizes[1, 8] + 40
    assert sizes[1, 8] <= 80


# ── how it looks ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_prints_and_explains_itself() -> None:
    program = recorded(lambda x, y: (w * x + b - y) ** 2, 1.0, 2.0)
    assert str(program) == str(program.programs[0])
    assert str(program).splitlines() == [
        "inputs      x  1,  y  1",
        "parameters  2",
        "%4          mul  1  p[0]  x[0]",
        "%5          add  1  %4    p[1]",
        "%6          sub  1  %5    y[0]",
        "%7          mul  1  %6    %6",
        "result      %7",
    ]
    assert repr(program) == "<compiled <lambda>: 4 scalar operations in 4 instructions>"
    assert repr(program.programs[0]) == "<program of 4 instructions>"
    assert program.explain().splitlines() == [
        "4 scalar operations became 4 instructions",
        "%4          mul  1  from 1  w",
        "%5          add  1  from 1  b",
        "%6          sub  1  from 1",
        "%7          mul  1  from 1",
    ]


@pytest.mark.parametrize(
    ("f", "lines"),
    [
        (lambda x: x, ["inputs      x  1", "result      x[0]"]),
        (lambda x: 3.0, ["inputs      x  1", "constants   3.0", "result      3.0"]),
        (lambda x: (w, x), ["inputs      x  1", "parameters  1", "result      p[0], x[0]"]),
        (lambda x: [x] * 3, ["inputs      x  1", "result      x[0] (3 times)"]),
    ],
    ids=["input", "constant", "parameter", "thrice"],
)
def test_a_program_of_no_instructions_prints(f: Callable[..., Any], lines: list[str]) -> None:
    program = recorded(f, 1.0)
    assert str(program).splitlines() == lines
    assert repr(program) == "<compiled <lambda>: 0 scalar operations in 0 instructions>"
    assert program.explain() == "0 scalar operations became 0 instructions"
    assert pygraphviz.AGraph(string=autograd.draw(program).to_dot().source).nodes() == []


def test_one_is_singular() -> None:
    program = recorded(lambda x: w * x, 1.0)
    assert program.explain().startswith("1 scalar operation became 1 instruction\n")
    assert repr(program) == "<compiled <lambda>: 1 scalar operation in 1 instruction>"
    assert repr(program.programs[0]) == "<program of 1 instruction>"


def test_several_programs_print_one_after_the_other() -> None:
    program = autograd.compile(lambda x: x * w - b if isinstance(x, Value) else autograd.dot(x, [w, b]) * 3.0)
    program.record(np.ones((1, 2))).record([1.0])
    first, second = map(str, program.programs)
    assert str(program) == f"{first}\n\n{second}"
    assert "x  2" in first and "x  1" in second
    each = "2 scalar operations in 2 instructions"
    assert repr(program) == f"<compiled <lambda>: {each}; {each}>"
    assert program.explain().count("2 scalar operations became 2 instructions") == 2


def test_a_layer_is_one_matrix_product_explained_by_its_name() -> None:
    model = nn.MLP(3, [8, 6, 1], activation="relu", seed=0)
    program = recorded(lambda x: model(x), np.ones(3))
    lines = [line for line in str(program).splitlines() if line.startswith("%")]
    assert [line.split()[1] for line in lines[:4]] == ["matmul", "relu", "matmul", "relu"]
    assert ["8×4" in lines[0], "6×9" in lines[2], len(lines)] == [True, True, 5]
    explained = program.explain().splitlines()
    assert re.fullmatch(r"\d+ scalar operations became 5 instructions", explained[0])
    assert explained[1].endswith("model.layers[0]") and explained[3].endswith("model.layers[1]")
    assert "model.layers[2]" in explained[5]


inner_model = nn.MLP(2, [3, 1], activation="tanh", seed=0)


@pytest.mark.parametrize(
    ("f", "batches"),
    [
        (lambda x: inner_model(x), [np.ones(2)]),
        (lambda xs, ys: nn.mse_loss([inner_model(x) for x in xs], ys), [np.ones((4, 2)), np.ones(4)]),
        (lambda x, y: sum((inner_model(x) - y) ** 2 for _ in range(2)), [np.ones(2), 1.0]),
        (lambda x: (lambda y: inner_model(y))(x), [np.ones(2)]),
    ],
    ids=["global", "comprehension", "generator", "inner function"],
)
def test_a_model_is_found_by_name_wherever_f_uses_it(f: Callable[..., Any], batches: list[Any]) -> None:
    assert "inner_model.layers[0]" in recorded(f, *batches).explain()


def test_a_model_that_f_makes_is_no_object_it_closes_over() -> None:
    program = recorded(lambda x: MLP(1, [2, 1], seed=0)([x]) * w, 1.0)
    assert program.explain().endswith("  w")


def test_what_did_not_re_roll_is_said() -> None:
    program = autograd.compile(lambda x, y: autograd.dot(x[:3], y[:3]).tanh() * autograd.dot(x[3:], y[3:]).tanh())
    program.record(np.ones(6), np.ones(6))
    why = "because both vectors of each depend on an input"
    assert re.search(rf"^%\d+: 2 dot products do not form a matrix product, {why}$", program.explain(), re.MULTILINE)

    lstm = nn.LSTM(2, 3, seed=0)
    text = recorded(lambda xs: autograd.sum(lstm(xs)[0][-1]), np.ones((5, 2))).explain()
    steps = r"^%\d+, %\d+, … %\d+ \(5 times\): 3 dot products do not form a matrix product"
    assert len(re.findall(steps, text, re.MULTILINE)) == text.count("do not form") == 1

    def winding(x):
        for i in range(30):
            x = (x * w).tanh() if i % 2 else (x + b).sin()
        return x

    why = "no other operation of their kind is at the same depth"
    assert recorded(winding, 1.0).explain().splitlines()[-1] == f"60 instructions have one lane: {why}"


def test_a_long_program_is_cut() -> None:
    def long(x):
        for _ in range(100):
            x = (x * w).tanh()
        return x

    program = recorded(long, 1.0)
    assert len(program.programs[0]) == 200
    for text in (str(program), program.explain()):
        assert len(text.splitlines()) < 70
        assert "… 140 more instructions" in text.splitlines()
    assert str(program).splitlines()[-1].startswith("result")


def test_a_rules_parameters_and_a_stopped_gradient_are_shown() -> None:
    def f(x):
        with autograd.no_grad():
            frozen = x * w
        return autograd.leaky_relu(x, slope=0.25) + autograd.gelu(x.detach() * frozen, approximate="tanh")

    text = str(recorded(f, 1.0))
    for part in ("leaky_relu(slope=0.25)", "gelu(approximate='tanh')", " detach ", "mul (no gradient)  "):
        assert part in text


@every_network
def test_a_program_draws(network: Callable[[], Any]) -> None:
    f, batches = network()
    program = recorded(f, *batches)
    drawing = autograd.draw(program)
    boxes = [node for node in drawing.instructions.picture.nodes if node.kind == "group"]
    written = set(program.programs[0].instruction_of.tolist()) - {-1}  # a mask that a pass put in is not
    assert len(boxes) == len(written)
    names = {node.operation.split()[0] for node in boxes}
    assert names == {program.programs[0][i].operation.name.split()[0] for i in written}
    tails = {edge.tail for edge in drawing.instructions.picture.edges}
    assert [node.is_root for node in boxes if node.name not in tails] == [True]
    picture = pygraphviz.AGraph(string=drawing.to_dot().source)
    assert len(picture.nodes()) == len(drawing.picture.nodes) and len(picture.edges()) == len(drawing.picture.edges)


def test_a_drawing_of_odd_names_is_legal() -> None:
    program = recorded(lambda d: d['a"b\\'] * w, {'a"b\\': 1.0})
    picture = pygraphviz.AGraph(string=autograd.draw(program).instructions.to_dot().source)
    assert len(picture.nodes()) == 3 and len(picture.edges()) == 2


def test_a_program_is_a_sequence_of_instructions() -> None:
    program = recorded(lambda x: (w * x).exp() * b, 1.0).programs[0]
    assert [made.operation.name for made in instructions(program)] == ["mul", "exp", "mul"]
    assert program[-1].number == program[2].number == 2
    for i in (3, -4):
        with pytest.raises(IndexError):
            program[i]
    assert (program.inputs, program.parameters, program.names) == ((1,), 2, ("x",))


# ── pickles, copies and comparison ──────────────────────────────────────────────────────────────────────────────────


class Loss(nn.Module):
    """The squared error of a model: a function that has its parameters with it, and pickles."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def forward(self, x: Any, y: Any) -> Any:
        return (self.model(x) - y) ** 2

    def __repr__(self) -> str:
        return f"Loss({self.model!r})"


@autograd.compile
def decorated(x: Any) -> Any:
    """A compiled function of a module."""
    return factor * autograd.leaky_relu(x, slope=0.25) + x.detach()


def named(x: Any) -> Any:
    parts = [autograd.maximum(v * factor, 0.5) for v in x]
    chosen = autograd.where((x[0] > x[1]) & (x[0] < 3.0), autograd.logsumexp(parts), autograd.norm(parts))
    return chosen + autograd.max(list(x)) * autograd.gelu(parts[1], approximate="tanh")


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_program_pickles_with_its_parameters(protocol: int) -> None:
    model = nn.MLP(3, [4, 1], activation="tanh", seed=0)
    x, y = data(5, 3), data(5, seed=1)
    program = autograd.compile(Loss(model), dtype="float32")
    program.value_and_grad(x, y, write=True)
    twin_model, twin = pickle.loads(pickle.dumps((model, program), protocol))
    place = {p: i for i, p in enumerate(model.parameters())}
    twins = twin_model.parameters()
    assert all(mine is twins[place[p]] for mine, p in zip(twin.parameters, program.parameters, strict=True))
    assert set(twins).isdisjoint(model.parameters())
    assert [p.grad for p in twin.parameters] == [p.grad for p in program.parameters]
    assert twin == program and twin.programs == program.programs
    for look in (str, repr, lambda p: p.explain(), lambda p: str(autograd.draw(p))):
        assert look(twin) == look(program)
    assert twin(x, y).dtype == np.float32 and np.array_equal(twin(x, y), program(x, y))
    twins[0].data += 1.0
    assert not np.array_equal(twin(x, y), program(x, y))
    before = twin.parameters
    assert type(twin(x[0].tolist(), float(y[0]))) is float  # another structure: the twin's own f is called
    assert twin.parameters == before


@pytest.mark.parametrize(
    ("program", "batch"),
    [
        (decorated, data(5)),
        (autograd.compile(named), data(5, 2)),
        (autograd.compile(autograd.tanh), data(5)),
        (autograd.compile(abs, dtype="float32"), data(5)),
        (autograd.compile(named, passes=()), data(5, 2)),
    ],
    ids=["decorated", "function", "rule", "builtin", "without passes"],
)
@pytest.mark.parametrize(
    "twin_of", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy, copy.copy], ids=["pickle", "deepcopy", "copy"]
)
def test_copies_compute_the_same(program: Any, batch: Any, twin_of: Callable[[Any], Any]) -> None:
    expected = program(batch)
    twin = twin_of(program)
    assert twin == program
    assert np.array_equal(twin(batch), expected)
    assert twin.value_and_grad(batch)[1].tolist() == program.value_and_grad(batch)[1].tolist()
    for look in (str, repr, lambda p: p.explain(), lambda p: str(autograd.draw(p))):
        assert look(twin) == look(program)
    for one in program.programs:
        assert twin_of(one) == one and str(twin_of(one)) == str(one)
    if twin_of is not copy.deepcopy or not holds_parameters(program._f, bool(len(program._parameters))):
        assert type(twin(batch[0].tolist())) is float  # a structure that may be new


def test_a_program_pickled_before_a_column_was_renamed() -> None:
    program = recorded(lambda x: (w * x).exp() * b, 1.0).programs[0]
    state = dict(vars(program))
    state["home"] = state.pop("instruction_of")
    twin: Program = object.__new__(Program)
    twin.__setstate__(state)
    assert twin == program and twin.instruction_of.tolist() == program.instruction_of.tolist()
    assert pickle.loads(pickle.dumps(twin)) == program


def test_a_copy_of_a_local_function_still_records() -> None:
    local = Value(3.0)
    program = recorded(lambda x: local * x if isinstance(x, Value) else local * x[0], 1.0)
    assert copy.copy(program)([[2.0, 3.0]]).tolist() == [6.0]
    without_parameters = recorded(lambda x: 3.0 * x if isinstance(x, Value) else 3.0 * x[0], 1.0)
    assert copy.deepcopy(without_parameters)([[2.0, 3.0]]).tolist() == [6.0]


@pytest.mark.parametrize(
    "function_of", [lambda model: model, lambda model: lambda x: model(x)], ids=["model", "lambda"]
)
def test_a_deep_copy_has_the_copied_models_parameters(function_of: Callable[[Any], Any]) -> None:
    model = nn.MLP(2, [3, 1], seed=1)
    program = recorded(function_of(model), [1.0, 2.0])
    before = program([1.0, -2.0])
    twin_model, twin = copy.deepcopy((model, program))
    assert twin.parameters == tuple(twin_model.parameters())
    twin.write(np.zeros(len(twin.parameters)))
    twin.value_and_grad([[1.0, 2.0]], write=True)
    assert [x.data for x in twin_model.parameters()] == [0.0] * len(twin.parameters)
    assert program([1.0, -2.0]) == before != twin([1.0, -2.0]) == 0.0
    assert not any(x.has_grad for x in model.parameters())
    alone = copy.deepcopy(program)
    assert set(alone.parameters).isdisjoint(program.parameters) and alone([1.0, -2.0]) == before


def test_a_deep_copy_that_was_not_recorded() -> None:
    model = nn.MLP(2, [3, 1], seed=1)
    twin_model, twin = copy.deepcopy((model, autograd.compile(model)))
    assert set(twin.record([1.0, 2.0]).parameters) == set(twin_model.parameters())
    for sample in ([1.0, 2.0], [Value(1.0), 2.0]):
        with pytest.raises(RecordingError, match="only the recorded programs"):
            copy.deepcopy(autograd.compile(lambda x: model(x)))(sample)
    model.program = autograd.compile(model)
    assert copy.deepcopy(model).program is not model.program


def test_two_programs_in_one_pickle_share_their_parameters() -> None:
    model = nn.MLP(2, [1], seed=0)
    first, second = recorded(model, [1.0, 2.0]), recorded(Loss(model), [1.0, 2.0], 1.0)
    assert set(first.parameters) == set(second.parameters)
    one, other = pickle.loads(pickle.dumps([first, second]))
    assert set(one.parameters) == set(other.parameters)
    assert set(one.parameters).isdisjoint(first.parameters)


def test_a_function_that_was_not_recorded_pickles_too() -> None:
    twin = pickle.loads(pickle.dumps(autograd.compile(named)))
    assert twin([3.0, 1.0]) == close(named([Value(3.0), Value(1.0)]).data)


def test_programs_are_equal_where_they_compute_the_same() -> None:
    p, q = Value(1.0), Value(2.0)
    one = recorded(lambda x: p * x + 0.5, 1.0)
    for twin in (recorded(lambda x: p * x + 0.5, [1.0, 2.0]), recorded(lambda x: q * x + 0.5, np.ones(3))):
        assert one == twin and one.programs == twin.programs
        assert type(one).__hash__ is None or hash(one) == hash(twin)
    others: list[Any] = [
        recorded(lambda x: p * x + 0.25, 1.0), recorded(lambda x: p + x * 0.5, 1.0), recorded(lambda x: x * 0.5, 1.0),
        recorded(lambda x: p * x - 0.5, 1.0), recorded(lambda x: p * x[0] + 0.5, [[1.0, 2.0]]), 3, None, "program",
        recorded(lambda x: (p * x).detach() + 0.5, 1.0), recorded(lambda x: [p * x + 0.5, p], 1.0),
        recorded(lambda x: autograd.leaky_relu(x, slope=0.5), 1.0), autograd.compile(lambda x: x),
        recorded(lambda x: p * x + 0.5, 1.0, dtype="float32"),
    ]  # fmt: skip
    for other in others:
        assert one != other
    assert autograd.compile(math.sin) != autograd.compile(math.cos)
    program = one.programs[0]
    assert program == program.replace() and program != 3
    assert program != recorded(lambda x: autograd.leaky_relu(x, slope=0.5), 1.0).programs[0]
    slopes = [recorded(lambda x, s=s: autograd.leaky_relu(x, slope=s), 1.0).programs[0] for s in (0.5, 0.25, 0.5)]
    assert slopes[0] == slopes[2] != slopes[1]
    with pytest.raises(TypeError) as caught:
        hash(program)
    assert str(caught.value) == "unhashable type: 'Program'"


# ── what a legal program is ─────────────────────────────────────────────────────────────────────────────────────────


def legal(*, passes: Any = PASSES) -> Program:
    """Inputs of 2 and 1 numbers; re-rolled, a matrix product and a tanh of two lanes, a mul, a sum, a sub."""
    rows = weights(2, 3)

    def f(x, y):
        hidden = [autograd.dot(row[:2], x) + row[2] for row in rows]
        return autograd.sum([h.tanh() for h in hidden]) - y * 0.5

    return verify(recorded(f, np.ones(2), 1.0, passes=passes).programs[0])


def place(program: Program, name: str) -> int:
    """The number of the instruction of this name."""
    return [made.operation.name for made in instructions(program)].index(name)


def at(column: Any, where: int, number: int) -> Any:
    """A copy of a column with another number in one place."""
    changed = np.array(column)
    changed[where] = number
    return changed


NO_ORDER = "the operands' offsets are not in order"
NO_LANES = "an instruction has no lanes, or an unknown operation"
NO_INSTRUCTION = "a recorded operation refers to an instruction that does not exist"

ILLEGAL: list[tuple[str, Callable[[Program], dict[str, Any]], str]] = [
    ("too few lanes", lambda p: {"lanes": p.lanes[:-1]}, r"the columns do not fit: 5 codes, 4 lanes, 6 offsets"),
    ("too many codes", lambda p: {"codes": np.append(p.codes, 0)},
     r"the columns do not fit: 6 codes, 5 lanes, 6 offsets"),
    ("too few places", lambda p: {"first": p.first[:-1]}, r"the columns do not fit: 5 codes, 5 lanes, 5 offsets"),
    ("places that begin late", lambda p: {"first": at(p.first, 0, 1)}, NO_ORDER),
    ("places that end early", lambda p: {"first": at(p.first, -1, p.first[-1] - 1)}, NO_ORDER),
    ("places that go back", lambda p: {"first": at(p.first, 1, p.first[2] + 1)}, NO_ORDER),
    ("no lanes", lambda p: {"lanes": at(p.lanes, 1, 0)}, NO_LANES),
    ("a code too large", lambda p: {"codes": at(p.codes, 0, len(p.operations))}, NO_LANES),
    ("a negative code", lambda p: {"codes": at(p.codes, 0, -1)}, NO_LANES),
    ("an output too large", lambda p: {"outputs": np.array([99])}, r"output 0 is register 99, but there are 18"),
    ("a negative output", lambda p: {"outputs": np.array([0, -1])}, r"output 1 is register -1, but there are 18"),
    ("an operand too large", lambda p: {"operands": at(p.operands, 2, 18)},
     r"operand 2 is register 18, but there are 18"),
    ("a negative operand", lambda p: {"operands": at(p.operands, 0, -1)},
     r"operand 0 is register -1, but there are 18"),
    ("its own result", lambda p: {"operands": at(p.operands, p.first[1], p.starts[1])},
     r"instruction 1, \w+, uses register \d+ before it is computed"),
    ("a later result", lambda p: {"operands": at(p.operands, 0, 17)},
     r"instruction 0, matmul, uses register 17 before it is computed"),
    ("lanes for other operands", lambda p: {"lanes": at(at(p.lanes, place(p, "tanh"), 1), place(p, "mul"), 2)},
     r"instruction 2, tanh, has 2 operands for 1 lanes?"),
    ("a matrix of another shape", lambda p: {"shapes": at(p.shapes, 0, [1, 1, 1, 1])},
     r"instruction 0, matmul, has 9 operands for 2 lanes"),
    ("an instruction that is not there", lambda p: {"instruction_of": at(p.instruction_of, 0, len(p))}, NO_INSTRUCTION),
    ("an instruction below -1", lambda p: {"instruction_of": at(p.instruction_of, 0, -2)}, NO_INSTRUCTION),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), [row[1:] for row in ILLEGAL], ids=[row[0] for row in ILLEGAL])
def test_verify_refuses_what_is_not_legal(changes: Callable[[Program], dict[str, Any]], message: str) -> None:
    program = legal()
    assert sorted(made.operation.name for made in instructions(program)) == ["matmul", "mul", "sub", "sum", "tanh"]
    assert program[0].operation.name == "matmul" and program.starts[-1] == 18
    with pytest.raises(ProgramError) as caught:
        verify(program.replace(**changes(program)))
    assert re.fullmatch(message, str(caught.value))


def test_verify_takes_a_compiled_function_too() -> None:
    program = autograd.compile(lambda x: x * w).record(1.0)
    assert verify(program) is program
    kept = next(iter(program._runners.values()))
    kept.program = kept.program.replace(outputs=np.array([9]))
    with pytest.raises(ProgramError) as caught:
        verify(program)
    assert str(caught.value) == "output 0 is register 9, but there are 3"


def test_passes_are_functions_of_programs_that_anybody_may_add() -> None:
    seen = []

    def spy(program: Program) -> Program:
        seen.append(verify(program))
        return program

    compiled = autograd.compile(lambda x: x.exp() * w.exp(), passes=[spy, *PASSES, spy])
    assert compiled([0.0, 1.0]) == close(np.exp([2.0, 3.0]))
    assert [len(x) for x in seen] == [3, 3] and seen[1] == compiled.programs[0]


def test_verify_refuses_a_wrong_number_of_operands() -> None:
    program = legal(passes=())
    for name, other in (("tanh", "sub"), ("sub", "tanh"), ("dot", "tanh"), ("sum", "mul"), ("dot", "mul")):
        where = place(program, name)
        changed = program.replace(codes=at(program.codes, where, program.codes[place(program, other)]))
        if (name, other) == ("sum", "mul"):
            assert verify(changed) is changed  # of two numbers a product is as good as a sum
            continue
        with pytest.raises(ProgramError) as caught:
            verify(changed)
        assert re.fullmatch(rf"instruction {where}, {other}, has \d operands for 1 lanes?", str(caught.value))


def test_verify_refuses_lanes_that_are_of_the_batch_beside_lanes_that_are_not() -> None:
    program = recorded(lambda x: x[0].tanh() + x[1].tanh() + w, np.ones(2)).programs[0]
    assert program.lanes[0] == 2
    mixed = program.replace(operands=at(program.operands, 0, program.first_parameter))
    with pytest.raises(ProgramError) as caught:
        verify(mixed)
    assert str(caught.value) == "instruction 0, tanh, mixes lanes that depend on an input with lanes that do not"


LEGAL = [legal(), legal(passes=())]


@pytest.mark.parametrize("column", ["codes", "lanes", "first", "operands", "outputs", "instruction_of", "shapes"])
@pytest.mark.parametrize("program", LEGAL, ids=["re-rolled", "recorded"])
def test_what_verify_lets_through_can_be_looked_at(column: str, program: Program) -> None:
    """One number of one column changed, each in turn: verify's own error, or a program that prints and draws."""
    source = random.Random(0)
    whole = np.array(getattr(program, column))
    refused = 0
    for where in range(whole.size):
        for step in source.sample([-100, -3, -2, -1, 1, 2, 3, 100], 4):
            before = whole.copy()
            before.reshape(-1)[where] += step
            changed = program.replace(**{column: before})
            try:
                verify(changed)
            except ProgramError:
                refused += 1
                continue
            assert len(str(changed)) > 10
            assert len(instructions(changed)) == len(changed)
            assert changed.batched.shape == (changed.starts[-1],)
    assert refused or not whole.size
