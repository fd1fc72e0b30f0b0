"""Graphs as data: any depth, copied and pickled whole, freed at once, left as they were when a pass fails."""

from __future__ import annotations

import copy
import functools
import gc
import io
import linecache
import math
import pickle
import random
import subprocess
import sys
import threading
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from typing import Any

import pytest

import autograd
from autograd import RULES, NonFiniteError, RuleError, Value
from autograd.core.graph import ancestors, depth, topological
from autograd.table import Rule
from autograd.util.lazy_numpy import np

# ── depth ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def chain(length: int) -> tuple[Value, Value]:
    """A leaf, and the end of a chain that adds 1 and subtracts the leaf's half in turn."""
    leaf = Value(1.0, label="leaf")
    node = leaf
    half = length // 2
    for _ in range(half):
        node = node + 1.0
    for _ in range(length - half):
        node = node - leaf
    return leaf, node


def in_a_small_stack(work: Callable[[], None]) -> None:
    """Do the work where recursion over a graph would overflow: 16 MB of C stack, 250 Python frames."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    # CPython 3.13 frees any chain of objects by up to 10,000 nested calls, which alone take several 100 KB.
    limit, size = sys.getrecursionlimit(), threading.stack_size(16 * 2**20)
    thread = threading.Thread(target=run)
    try:
        sys.setrecursionlimit(250)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
        threading.stack_size(size)
    if failures:
        raise failures[0]


@pytest.mark.parametrize("length", [50_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_a_deep_chain(length: int) -> None:
    half = length // 2

    def work() -> None:
        leaf, end = chain(length)
        assert repr(end) == "Value(1.0)"
        end.backward()
        assert leaf.grad == 1.0 - half
        assert repr(end) == "Value(1.0, grad=1.0)"

        twin = copy.deepcopy(end)
        twin.backward()
        assert leaf.grad == 1.0 - half
        twin_leaf = twin._prev[1]
        assert twin_leaf is not leaf
        assert (twin_leaf.label, twin_leaf.grad) == ("leaf", 2 * (1.0 - half))
        del twin, twin_leaf

        pickled = pickle.dumps(end)
        del leaf, end
        loaded = pickle.loads(pickled)
        loaded_leaf = loaded._prev[1]
        assert (loaded.data, loaded_leaf.label, loaded_leaf.grad) == (1.0, "leaf", 1.0 - half)
        loaded.backward(2.0)
        assert loaded_leaf.grad == 3 * (1.0 - half)

    in_a_small_stack(work)


@pytest.mark.parametrize("join", [lambda node, x: autograd.sum([node, x, 1.0]), lambda node, x: node.clip(x, 1e9)])
def test_a_deep_graph_of_nary_nodes(join: Callable[[Value, Value], Value]) -> None:
    def work() -> None:
        x = Value(0.0)
        node = Value(5.0, label="start")
        for _ in range(5_000):
            node = join(node, x)
        start_grad = pickle.loads(pickle.dumps(node)), copy.deepcopy(node)
        for each in (node, *start_grad):
            each.backward()
            assert each.data == node.data
            assert topological(each)[0].grad == 1.0
            assert depth(each) == 5_000

    in_a_small_stack(work)


def test_a_deep_graph_whose_nodes_are_used_twice() -> None:
    """2^5000 paths: only a walk that visits a node once comes to an end."""

    def work() -> None:
        x = Value(1.0)
        node = x
        for _ in range(5000):
            node = node + node
            node = node * 0.5
        node.backward()
        assert (node.data, x.grad) == (1.0, 1.0)
        assert depth(node) == 10_000
        twin = copy.deepcopy(node)
        twin.backward()
        assert depth(pickle.loads(pickle.dumps(twin))) == 10_000

    in_a_small_stack(work)


# ── any shape ───────────────────────────────────────────────────────────────────────────────────────────────────────

Dual = tuple[Value, float, Any]
"""A Value, its number, and ∂/∂leaf carried forward beside it."""


def random_graph(seed: int) -> tuple[list[Value], Dual]:
    """Some forty nodes of every form, each made of any earlier ones, whatever they are."""
    choose = random.Random(seed)
    nodes: list[Dual] = []
    for i in range(3):
        number = choose.uniform(-2, 2)
        nodes.append((Value(number), number, np.eye(3)[i]))
    for _ in range(40):
        (a, x, dx), (b, y, dy), (c, z, dz) = (choose.choice(nodes[-12:]) for _ in range(3))
        k = choose.uniform(-1, 1)
        forms: list[Dual] = [
            (a + b, x + y, dx + dy),
            (a - b, x - y, dx - dy),
            (a * b, x * y, y * dx + x * dy),
            (k - a, k - x, -dx),
            (a * k, x * k, k * dx),
            (-a, -x, -dx),
            (a.tanh(), math.tanh(x), (1 - math.tanh(x) ** 2) * dx),
            (a.maximum(k), max(x, k), dx if x > k else 0 * dx),
            (autograd.sum([a, k, b, c, a]), 2 * x + k + y + z, 2 * dx + dy + dz),
            (autograd.where(x > y, b, c), y if x > y else z, dy if x > y else dz),
            (autograd.dot([a, k, b], [c, b, k]), x * z + 2 * k * y, z * dx + x * dz + 2 * k * dy),
        ]
        made, number, tangent = choose.choice(forms)
        if abs(number) > 3:
            made, number, tangent = made.tanh(), math.tanh(number), (1 - math.tanh(number) ** 2) * tangent
        nodes.append((made, number, tangent))
    leaves = [value for value, _, _ in nodes[:3]]
    return leaves, (
        autograd.sum([value for value, _, _ in nodes]),
        sum(number for _, number, _ in nodes),
        sum(tangent for _, _, tangent in nodes),
    )


@pytest.mark.parametrize("seed", range(100))
def test_any_graph_agrees_with_derivatives_carried_forward(seed: int) -> None:
    leaves, (root, number, tangent) = random_graph(seed)
    for passes in (1, 2):
        root.backward()
        assert root.data == pytest.approx(number, rel=1e-12)
        assert [leaf.grad for leaf in leaves] == pytest.approx((passes * tangent).tolist(), rel=1e-11, abs=1e-12)
    inner = [node for node in topological(root) if node._op]
    before = [node.grad for node in inner]
    twin = copy.deepcopy(root)
    twin.backward()
    assert [node.grad for node in topological(twin) if node._op] == before


# ── copies and pickles ──────────────────────────────────────────────────────────────────────────────────────────────


def by_pickle(structure: Any, protocol: int = pickle.HIGHEST_PROTOCOL) -> Any:
    return pickle.loads(pickle.dumps(structure, protocol))


WAYS = [copy.deepcopy, *(functools.partial(by_pickle, protocol=p) for p in range(pickle.HIGHEST_PROTOCOL + 1))]
WAY_NAMES = ["deepcopy", *(f"pickle {p}" for p in range(pickle.HIGHEST_PROTOCOL + 1))]
each_way = pytest.mark.parametrize("duplicate", WAYS, ids=WAY_NAMES)


def two_results() -> tuple[Value, Value, Value, Value]:
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    shared = x * y
    shared.label = "shared"
    return shared.exp() * 2, shared - autograd.dot([x, 4.0], [y, shared]), shared, x


@each_way
def test_a_copy_has_the_same_numbers_names_and_gradients(duplicate: Callable[[Any], Any]) -> None:
    _, root, shared, x = two_results()
    root.backward()
    shared.grad = x.grad = 0.0  # a gradient of zero, which is not none
    root = root * 2
    twin = duplicate(root)
    originals, twins = topological(root), topological(twin)
    assert len(twins) == len(originals) > 5
    assert not set(twins) & set(originals)
    for old, new in zip(originals, twins, strict=True):
        assert type(new) is Value
        assert (new.data, new.grad, new.has_grad, new.label) == (old.data, old.grad, old.has_grad, old.label)
        assert (new._op, new.local_derivatives, new.is_constant) == (old._op, old.local_derivatives, old.is_constant)
        assert [twins.index(parent) for parent in new._prev] == [originals.index(parent) for parent in old._prev]


@each_way
def test_a_copy_is_differentiated_by_itself(duplicate: Callable[[Any], Any]) -> None:
    _, root, _, x = two_results()
    twin = duplicate(root)
    twin.backward()
    assert not x.has_grad
    twin_x = next(node for node in topological(twin) if node.label == "x")
    root.backward()
    assert twin_x.grad == x.grad != 0.0


@each_way
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 1, 0), (3, 2, 0, 1)])
def test_what_is_copied_together_shares_leaves_and_inner_nodes(
    duplicate: Callable[[Any], Any], order: tuple[int, ...]
) -> None:
    originals = two_results()
    together = duplicate([originals[i] for i in order])
    first, second, shared, x = (together[order.index(i)] for i in range(4))
    assert first._prev[0]._prev == (shared,)
    assert second._prev[0] is shared
    assert shared._prev[0] is x
    dot = second._prev[1]
    assert dot._prev[0] is x and dot._prev[3] is shared
    first.backward()
    second.backward()
    assert shared.grad == 1.0 - 4.0
    assert x.grad == pytest.approx(2 * math.exp(6) * 3 + 3 * (1 - 4) - 3, rel=1e-14)


@each_way
def test_a_structure_keeps_one_value_one(duplicate: Callable[[Any], Any]) -> None:
    x = Value(1.0)
    y = x + 1
    twin = duplicate({"a": [y, x], "b": (y, {"x": x})})
    assert twin["a"][0] is twin["b"][0]
    assert twin["a"][1] is twin["b"][1]["x"] is twin["a"][0]._prev[0]


@each_way
def test_a_constant_that_was_looked_at_stays_one_object(duplicate: Callable[[Any], Any]) -> None:
    x = Value(3.0)
    y = x * 2
    constant = y._prev[1]
    twin_y, twin_constant = duplicate((y, constant))
    assert twin_y._prev[1] is twin_constant
    assert twin_constant.is_constant
    twin_y.backward()
    assert (twin_y._prev[0].grad, twin_constant.has_grad) == (2.0, False)


@each_way
def test_parameters_of_an_operation_are_copied(duplicate: Callable[[Any], Any]) -> None:
    x = Value(-2.0)
    twin = duplicate(autograd.leaky_relu(x, slope=0.25) + autograd.gelu(x, approximate="tanh"))
    leaky, gelu = twin._prev
    assert (leaky.data, leaky.local_derivatives) == (-0.5, (0.25,))
    assert (leaky._rule.parameters, gelu._rule.parameters) == ({"slope": 0.25}, {"approximate": "tanh"})


@each_way
@pytest.mark.parametrize("number", [math.nan, math.inf, -0.0])
def test_numbers_at_the_edge_are_copied(duplicate: Callable[[Any], Any], number: float) -> None:
    leaf = duplicate(Value(number, label="edge"))
    assert repr(leaf) == repr(Value(number, label="edge"))
    product = duplicate(Value(number) * 3)
    assert math.copysign(1.0, product._prev[0].data) == math.copysign(1.0, number)


def test_two_dumps_one_off_pickler_share() -> None:
    first, second, shared, _ = two_results()
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream)
    for node in (first, second, shared):
        pickler.dump(node)
    stream.seek(0)
    unpickler = pickle.Unpickler(stream)
    first, second, shared = (unpickler.load() for _ in range(3))
    assert first._prev[0]._prev[0] is second._prev[0] is shared


@each_way
def test_threads_that_copy_one_graph_at_once_each_keep_what_is_shared(duplicate: Callable[[Any], Any]) -> None:
    shared = x = Value(1.0)
    for _ in range(100):
        shared = shared + x
    results = (shared * 2.0, shared * 3.0)

    def torn(_: int) -> int:
        copies = [duplicate(results) for _ in range(25)]
        return sum(first._prev[0] is not second._prev[0] for first, second in copies)

    interval = sys.getswitchinterval()
    try:
        sys.setswitchinterval(1e-6)
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(torn, range(4))) == 0
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.usefixtures("own_rules")
def test_a_pickle_needs_the_rules_of_its_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    @autograd.rule(samples=[(0.7,)])
    def cubed(x):
        """x³.   ∂/∂x = 3x²."""
        return x * x * x, (3 * x * x,)

    pickled = pickle.dumps(cubed(Value(2.0)) + 1)
    there = pickle.loads(pickled)
    there.backward()
    assert there._prev[0]._prev[0].grad == 12.0
    monkeypatch.delitem(RULES, "cubed")
    with pytest.raises(RuleError, match=r"'cubed', which is not in the table\n.*@rule"):
        pickle.loads(pickled)
    monkeypatch.setitem(RULES, "cube", RULES["pow"])
    with pytest.raises(RuleError, match=r"did you mean 'cube'\?.*\n.*@rule"):
        pickle.loads(pickled)


def test_a_pickle_is_read_by_another_process() -> None:
    _, root, _, _ = two_results()
    code = (
        "import pickle, sys; root = pickle.load(sys.stdin.buffer); root.backward(); "
        "from autograd.core.graph import topological; "
        "print({node.label: node.grad for node in topological(root) if node.label})"
    )
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(root), capture_output=True, check=True)
    assert done.stdout.decode().strip() == "{'x': -12.0, 'y': -8.0, 'shared': -3.0}"


# ── memory ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def collector_off() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.collect()
    gc.freeze()  # what other tests have left is not looked through
    gc.disable()
    yield
    if enabled:
        gc.enable()


def values_alive() -> int:
    return sum(issubclass(type(thing), Value) for thing in gc.get_objects())


def every_form() -> Value:
    """Unary, binary, fixed operands on either side, n-ary, sequences, parameters; some nodes used twice."""
    x, y = Value(0.5, label="x"), Value(-1.5)
    node = (x * y + 2) / (3 - x.exp())
    node = autograd.where(node > 0, node, y) + autograd.dot([node, 1.0, x], [y, x, node])
    node = autograd.leaky_relu(node.clip(-5, 5), slope=0.1) + autograd.max([x, y, 0.25]) + autograd.softmax([x, y])[0]
    return node * node + 2.0


def just_build() -> Value:
    return every_form()


def differentiate() -> Value:
    root = every_form()
    root.backward()
    root.backward()
    return root


def by_hand() -> Value:
    root = every_form()
    root.grad = 1.0
    for node in reversed(topological(root)):
        if node._prev:
            node._backward()
    return root


def fail_in_backward() -> Value:
    root = every_form() + Value(0.0, label="zero").log()
    with pytest.raises(NonFiniteError):
        root.backward()
    x = Value(0.0)
    with pytest.raises(NonFiniteError):
        x.sqrt().backward()
    return root


def read_the_parents() -> Value:
    root = every_form()
    assert len(topological(root)) >= 20
    assert all(node._prev is not None and node.local_derivatives is not None for node in topological(root))
    return root


def duplicate_it() -> Value:
    root = every_form()
    copy.deepcopy([root, root])
    by_pickle([root, root._prev[0]])
    return root


def under_transforms() -> Value:
    autograd.hessian(lambda x: autograd.dot(x, x) * x[0].exp())([1.0, 2.0])
    autograd.hvp(lambda x: x**4)(2.0, 1.0)
    autograd.gradcheck(autograd.tanh, 0.5, order=2)
    return every_form()


@pytest.mark.usefixtures("collector_off")
@pytest.mark.parametrize(
    "scenario",
    [just_build, differentiate, by_hand, fail_in_backward, read_the_parents, duplicate_it, under_transforms],
)
def test_dropping_a_graph_frees_it_at_once(scenario: Callable[[], Value]) -> None:
    scenario()  # what is made once and kept (compiled methods, variants of rules) is made now
    gc.collect()
    before = values_alive()
    root = scenario()
    assert values_alive() >= before + 20
    del root
    assert values_alive() == before


@pytest.mark.usefixtures("collector_off")
@pytest.mark.parametrize("scenario", [just_build, differentiate, read_the_parents])
def test_a_graph_holds_no_reference_cycle(scenario: Callable[[], Value]) -> None:
    scenario()
    gc.collect()
    root = scenario()
    del root
    assert gc.collect() == 0


@pytest.mark.usefixtures("collector_off")
def test_part_of_a_graph_is_freed_when_only_its_leaf_is_kept() -> None:
    x = Value(2.0)
    before = values_alive()
    for _ in range(3):
        y = (x * x + 1).tanh()
        y.backward()
    assert values_alive() == before + 3
    del y
    assert values_alive() == before
    assert x.grad != 0.0


@pytest.mark.usefixtures("collector_off")
@pytest.mark.parametrize(
    "step",
    [
        lambda node, x: node * x,
        lambda node, x: node + 1.5,
        lambda node, x: 2.5 - node,
        lambda node, x: node.tanh(),
        lambda node, x: -node,
        lambda node, x: node.maximum(x),
        lambda node, x: node**2,
    ],
    ids=["binary", "fixed right", "fixed left", "unary", "neg", "method", "power"],
)
def test_the_collector_tracks_one_object_a_node(step: Callable[[Value, Value], Value]) -> None:
    x = Value(0.5)
    nodes = [step(x, x)]
    nodes = [x] * 1000
    others = set(map(id, gc.get_objects()))
    node = x
    for i in range(1000):
        node = step(node, x)
        nodes[i] = node
    made = [thing for thing in gc.get_objects() if id(thing) not in others]
    assert sum(isinstance(thing, Value) for thing in made) == 1000  # other threads make other things meanwhile
    parts = [part for node in nodes for part in gc.get_referents(node) if not isinstance(part, (Value, Rule, type))]
    assert not any(map(gc.is_tracked, parts))


COLLECTOR_USERS: list[Callable[[Value], Any]] = [
    lambda root: root.backward(),
    copy.deepcopy,
    pickle.dumps,
    lambda root: pickle.loads(pickle.dumps(root)),
]


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("use", COLLECTOR_USERS, ids=["backward", "deepcopy", "dumps", "loads"])
def test_the_collector_is_left_as_it_was(use: Callable[[Value], Any], enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        use(every_form())
        assert gc.isenabled() is enabled
        with pytest.raises((NonFiniteError, TypeError)):
            (Value(0.0).log() * 2).backward()
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_importing_changes_nothing_about_the_collector() -> None:
    code = (
        "import gc, numpy; before = (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), len(gc.callbacks)); "
        "import autograd, nn; "
        "assert before == (gc.isenabled(), gc.get_threshold(), gc.get_freeze_count(), len(gc.callbacks)), before"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# ── a pass that fails or is interrupted changes nothing ─────────────────────────────────────────────────────────────


def state(nodes: list[Value]) -> list[tuple[float, bool]]:
    return [(node.grad, node.has_grad) for node in nodes]


def poisoned_value() -> tuple[Value, Value]:
    x, zero = Value(2.0), Value(0.0)
    return x * x, x * x + zero.log() * x


def poisoned_derivative() -> tuple[Value, Value]:
    x, zero = Value(2.0), Value(0.0)
    good = x * x
    return good, good * x + autograd.sqrt(zero * good)


def poisoned_by_overflow() -> tuple[Value, Value]:
    x = Value(1e-300)
    good = x * x
    return good, x * 1e200 * 1e100 * 1e200 + good


def poisoned_sum() -> tuple[Value, Value]:
    x = Value(0.5)
    good = x * 2
    return good, (x * 1.5e308 - 0.5e308) + (good * 0.7e308 - 0.5e308)


def poisoned_sequence() -> tuple[Value, Value]:
    x, zero = Value(2.0), Value(0.0)
    good = x * zero
    return good, autograd.dot([x, good.sqrt()], [good, zero + 1])


@pytest.mark.parametrize(
    "build", [poisoned_value, poisoned_derivative, poisoned_by_overflow, poisoned_sum, poisoned_sequence]
)
@pytest.mark.parametrize("used_before", [False, True])
def test_a_failing_backward_changes_no_gradient_anywhere(
    build: Callable[[], tuple[Value, Value]], used_before: bool
) -> None:
    good, bad = build()
    nodes = topological(good, bad)
    if used_before:
        good.backward()
        good._prev[0].grad = 17.0
    before = state(nodes)
    for _ in range(2):
        with pytest.raises(NonFiniteError):
            bad.backward()
        assert state(nodes) == before
    bad.backward(allow_nonfinite=True)
    assert state(nodes) != before
    assert not all(math.isfinite(node.grad) for node in nodes)


class Interrupt:
    """Raises once, at the n-th place where Python would let a signal interrupt the package.

    These are the entry of a function, the return from one written in C, and the jump back to the start of a loop.
    """

    def __init__(self, at: int, error: type[BaseException]) -> None:
        self.remaining, self.error = at, error
        self.last_line: dict[types.FrameType, int] = {}

    def __enter__(self) -> None:
        self.before = sys.getprofile(), sys.gettrace()
        sys.settrace(self.trace)
        sys.setprofile(self.profile)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self.before[0])
        sys.settrace(self.before[1])
        self.last_line.clear()

    def profile(self, frame: types.FrameType, event: str, _: Any) -> None:
        if event in ("call", "c_return") and self.concerns(frame):
            self.count()

    def trace(self, frame: types.FrameType, event: str, _: Any) -> Any:
        if not self.concerns(frame):
            return None
        if event == "line":
            back = frame.f_lineno < self.last_line.get(frame, 0)
            self.last_line[frame] = frame.f_lineno
            if back and not linecache.getline(frame.f_code.co_filename, frame.f_lineno).lstrip().startswith("with "):
                self.count()
        return self.trace

    def concerns(self, frame: types.FrameType) -> bool:
        return frame.f_globals.get("__name__", "").split(".")[0] in ("autograd", "contextlib")

    def count(self) -> None:
        self.remaining -= 1
        if self.remaining == 0:
            raise self.error


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("enabled", [True, False])
def test_an_interrupted_backward_changes_all_or_nothing(error: type[BaseException], enabled: bool) -> None:
    """Interrupt the pass at the first place, at the second, … until it comes through."""
    x, y = Value(2.0), Value(3.0)
    product = x * y
    root = autograd.dot([product, x], [y, product.tanh()]) + 1.5 * product
    nodes = topological(root)
    root.backward()
    y.grad, product.grad = 11.0, 7.0
    before = state(nodes)
    finished = copy.deepcopy(root)
    finished.backward()
    after = state(topological(finished))
    was_enabled = gc.isenabled()
    interrupted, unfinished = 0, True
    try:
        (gc.enable if enabled else gc.disable)()
        while unfinished:
            try:
                with Interrupt(interrupted + 1, error):
                    root.backward()
                unfinished = False
            except error:
                interrupted += 1
            assert gc.isenabled() is enabled, f"interrupted at place {interrupted}: the collector stays as it was"
            now = state(nodes)
            assert now in (before, after), f"interrupted at place {interrupted}: the gradients of half a pass"
            if unfinished and now == after:
                for node, (grad, _) in zip(nodes, before, strict=True):
                    if node.has_grad:
                        node.grad = grad
    finally:
        (gc.enable if was_enabled else gc.disable)()
    assert interrupted > 20
    assert state(nodes) == after


def test_another_thread_can_go_on_after_an_interrupted_pass() -> None:
    x = Value(2.0)
    y = x * x
    for at in range(1, 16):  # right after the lock is taken, too
        with pytest.raises(KeyboardInterrupt), Interrupt(at, KeyboardInterrupt):
            y.backward()
    thread = threading.Thread(target=y.backward, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert x.grad == 4.0


# ── walks ───────────────────────────────────────────────────────────────────────────────────────────────────────────

FAMILY = {"f": "de", "d": "ab", "e": "bc", "a": "", "b": "", "c": "", "g": "fa"}


@pytest.mark.parametrize(
    ("roots", "expected"),
    [
        ("f", "abdcef"),
        ("a", "a"),
        ("ed", "bcead"),
        ("fg", "abdcefg"),
        ("gf", "abdcefg"),
        ("ff", "abdcef"),
        ("", ""),
    ],
)
def test_topological_puts_parents_first_left_first_and_each_once(roots: str, expected: str) -> None:
    assert topological(*roots, parents=FAMILY.__getitem__) == list(expected)


@pytest.mark.parametrize(("root", "expected"), [("g", 3), ("f", 2), ("d", 1), ("a", 0)])
def test_depth_is_the_longest_path(root: str, expected: int) -> None:
    assert depth(root, FAMILY.__getitem__) == expected


def test_ancestors_are_all_but_the_root() -> None:
    assert ancestors("f", FAMILY.__getitem__) == list("abdce")
    assert ancestors("a", FAMILY.__getitem__) == []


def test_walks_over_values_follow_their_parents() -> None:
    x, y = Value(2.0), Value(3.0)
    product = x * y
    root = product + product
    assert topological(root) == [x, y, product, root]
    assert ancestors(root) == [x, y, product]
    assert (depth(root), depth(x)) == (2, 0)


def test_walks_take_any_nodes_with_any_parents() -> None:
    bases = attrgetter("__bases__")
    order = topological(bool, parents=bases)
    assert order == [object, int, bool]
    assert depth(bool, bases) == 2
    assert ancestors(10, lambda n: [n - 1, n - 2] if n > 1 else []) == list(range(1, -1, -1)) + list(range(2, 10))


def test_walks_do_not_recurse() -> None:
    def work() -> None:
        long = 50_000
        assert topological(long, parents=lambda n: [n - 1] if n else []) == list(range(long + 1))
        assert depth(long, lambda n: [n - 1] if n else []) == long

    in_a_small_stack(work)


# ── threads ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_threads_that_share_leaves_add_up_exactly() -> None:
    x, y = Value(2.0), Value(3.0)
    passes, width, threads = 40, 60, 4
    start = threading.Barrier(threads)

    def work(factor: float) -> None:
        terms = [x * y * factor for _ in range(width)]
        loss = terms[0]
        for term in terms[1:]:
            loss = loss + term
        start.wait()
        for _ in range(passes):
            loss.backward()

    interval = sys.getswitchinterval()
    try:
        sys.setswitchinterval(1e-5)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, [1.0, 2.0, 4.0, 8.0]))
    finally:
        sys.setswitchinterval(interval)
    assert x.grad == 15.0 * 3.0 * passes * width
    assert y.grad == 15.0 * 2.0 * passes * width


def test_a_thread_that_fails_takes_nothing_from_another() -> None:
    x, zero = Value(2.0), Value(0.0)
    good = x * x
    for _ in range(50):
        good = good + x
    bad = good + zero.sqrt()
    passes = 60

    def succeed() -> None:
        for _ in range(passes):
            good.backward()

    def fail() -> None:
        for _ in range(passes):
            with pytest.raises(NonFiniteError):
                bad.backward()

    interval = sys.getswitchinterval()
    try:
        sys.setswitchinterval(1e-5)
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(f) for f in (succeed, fail, succeed, fail)]:
                done.result()
    finally:
        sys.setswitchinterval(interval)
    assert x.grad == 2 * passes * (4.0 + 50)
    assert zero.grad == 0.0 and not zero.has_grad
    assert good.grad == 1.0
