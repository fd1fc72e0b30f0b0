"""Checks without processes, as in a browser: they say what they say elsewhere, and what does not end is ended."""

import gc
import sys
import threading

import pytest

from autograd.learn.checking import check as checks
from autograd.learn.checking import in_process, process
from autograd.learn.checking.limits import TimeIsUp, limited
from autograd.learn.exercises.exercise import EXERCISES, exercise
from autograd.learn.exercises.probes import run_probes
from autograd.learn.reporting.json_data import as_data
from autograd.learn.reporting.report import report
from autograd.learn.reporting.texts import words
from autograd.util import deep_graphs

SWAPPED = exercise(4).source().replace("(g * b, g * a)", "(g * a, g * b)")
FILES = {
    "right": exercise(4).source(),
    "named": SWAPPED,
    "raised": exercise(4).source().replace("g * b", "g * c"),
    "does not run": "1 / 0",
    "syntax": "def add_rule(",
    "names": "def mul_rule(a, b): pass",
    "starter": exercise(4).source("starter"),
    "printed": SWAPPED.replace("    return a * b", "    print('seen')\n    return a * b"),
    "ended": "raise SystemExit",
}


@pytest.mark.parametrize("case", FILES)
def test_a_check_says_the_same_with_and_without_processes(case, tmp_path):
    path = tmp_path / "e04_rules.py"
    path.write_text(FILES[case], encoding="utf-8")
    results = [checks.check(exercise(4), path, runner=runner) for runner in (process, in_process)]
    there, here = ({**as_data(result, report(result, words("en")))} for result in results)
    assert here == there


@pytest.mark.parametrize(
    ("loop", "ending"),
    [("while True: pass", "timeout"), ("raise KeyboardInterrupt", "died"), ("raise GeneratorExit", "died")],
)
def test_what_ends_a_check_is_said_with_its_line(loop, ending, tmp_path):
    path = tmp_path / "e04_rules.py"
    path.write_text(FILES["right"].replace("    return a * b", f"    {loop}\n    return a * b"), encoding="utf-8")
    result = checks.check(exercise(4), path, runner=in_process, seconds=0.2, search_seconds=0)
    assert (result.state, result.problem, result.error.line) == ("crashed", ending, 11)


def test_no_module_of_a_check_stays(tmp_path):
    path = tmp_path / "e09_backward.py"
    path.write_text(exercise(9).source(), encoding="utf-8")
    before = {name for name in sys.modules if name[:1] == "e" and name[1:3].isdigit()}
    assert checks.check(exercise(9), path, runner=in_process).state == "passed"
    assert {name for name in sys.modules if name[:1] == "e" and name[1:3].isdigit()} == before


LOOPS = {
    "while": "while True: pass",
    "caught": "while True:\n    try: x = 1\n    except BaseException: pass",
    "for": "import itertools\nfor i in itertools.count(): pass",
    "inner": "import itertools\nsum(i for i in itertools.count())",
    "calls": "def f(n): return f(n - 1) + f(n - 1) if n else 0\nf(100)",
}


@pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="sys.monitoring is there from Python 3.12 on")
@pytest.mark.parametrize("loop", LOOPS)
def test_loops_end_without_a_timer(loop):
    ended = []

    def run():  # in another thread, where no signal arrives
        try:
            with limited(0.05):
                exec(LOOPS[loop], {})  # noqa: S102
        except TimeIsUp:
            ended.append(loop)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(10)
    assert ended == [loop]


def needed(monkeypatch):
    monkeypatch.setattr(deep_graphs, "_is_needed", True)
    monkeypatch.setattr(deep_graphs, "_leave_alone_what_is_there", lambda: None)  # for good, in a process of its own


@pytest.mark.parametrize("number", [8, 9])
def test_deep_graphs_are_freed_in_order(number, monkeypatch):
    needed(monkeypatch)
    right = exercise(number).outcomes()
    for sources in (None, *list(exercise(number).mutants.values())[:3]):
        with exercise(number).ready(sources) as namespace:
            outcomes = run_probes(exercise(number).probes, namespace)
        assert sources or outcomes == right
    assert deep_graphs._names
    deep_graphs.free_kept()
    assert not (deep_graphs._names or deep_graphs._errors)


DEEP = {
    "held by a name": "node = deep()\n1",
    "held by a call that failed": "def fail():\n    node = deep()\n    raise ValueError\nfail()",
    "held by a function that calls itself": (
        "node = deep()\ndef walk(root):\n    seen = set()\n    def visit(node):\n        if node not in seen:\n"
        "            seen.add(node)\n            visit(node.before)\n    visit(root)\nwalk(node)"
    ),
}


@pytest.mark.parametrize("case", DEEP)
def test_deep_graphs_are_freed_node_by_node(case, monkeypatch):
    """Freeing tells its depth: a node that is freed within the freeing of another is a step deeper."""
    needed(monkeypatch)
    depth = [0, 0, 0]

    class Node:
        def __init__(self, before):
            self.before = before

        def __del__(self):
            depth[0] += 1
            depth[1:] = max(depth[:2]), depth[2] + 1
            self.before = None
            depth[0] -= 1

    def deep():
        node = None
        for _ in range(3000):
            node = Node(node)
        return node

    run_probes({"deep": DEEP[case], "last": "1"}, {"deep": deep})
    deep_graphs.free_kept()
    gc.collect()
    assert depth == [0, 1, 3000]


MANY = "x = [[] for _ in range(2000)]\n1"


@pytest.mark.parametrize(
    ("probe", "is_looked_at"),
    [
        ("x = [[] for _ in range(20)]\n1", False),
        (MANY, True),
        (f"import gc\n{MANY.removesuffix('1')}gc.collect()\n1", True),  # which counts anew
        (f"import gc\n{MANY.removesuffix('1')}gc.collect()\nx.clear()\n1", True),
    ],
)
def test_only_where_there_are_many_objects_each_is_looked_at(probe, is_looked_at, monkeypatch):
    needed(monkeypatch)
    looks = []
    monkeypatch.setattr(deep_graphs, "_order", lambda roots: looks.append(roots) or [])
    deep_graphs.free_kept()
    looks.clear()
    gc.disable()
    try:
        run_probes({"probe": probe}, {})
        deep_graphs.free_kept()
    finally:
        gc.enable()
    assert bool(looks) == is_looked_at


@pytest.mark.long
def test_every_exercise_of_a_page_passes_without_processes(tmp_path):
    for each in EXERCISES[:13]:
        path = tmp_path / f"{each.name}.py"
        path.write_text(each.source(), encoding="utf-8")
        assert checks.check(each, path, runner=in_process).state == "passed"
