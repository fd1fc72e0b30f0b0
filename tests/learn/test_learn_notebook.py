"""The exercises in a notebook: results that show themselves, and what passes is kept."""

import linecache
import re
import sys
import types

import pytest
from fixtures.learning import M13, RIGHT, write

from autograd.learn import ex, load_ipython_extension
from autograd.learn.checking import check as checks
from autograd.learn.course import LearnError
from autograd.learn.exercises.exercise import exercise, load_module
from autograd.learn.notebook import exercise as notebooks
from autograd.learn.progress import FILE, Progress


@pytest.fixture
def cell(exercises, monkeypatch):
    """Run the text of a cell; the names it defines. What passes is forgotten at the end."""
    monkeypatch.chdir(exercises)
    monkeypatch.setattr(notebooks, "_passed", {})
    before = dict(sys.modules)

    def run(text):
        names = {}
        exec(compile(text, "/tmp/ipykernel_1/2.py", "exec"), names)  # noqa: S102
        return names

    yield run
    for name in set(sys.modules) - set(before):
        if re.match(r"e\d\d_", name):
            del sys.modules[name]


def backward(cell, change=("", "")):
    return cell(exercise(9).source().replace(*change))["backward"]


def test_objects_are_checked_by_their_names(cell, exercises):
    own = cell(M13)
    checked = ex(4).check(own["mul_rule"], own["add_rule"])
    assert (checked.state, checked.bug, checked.passed) == ("wrong", "M13", False)
    assert "M13  " in repr(checked)
    assert "ex(4).hint()" in repr(checked)
    assert Progress(exercises).entry("e04_rules")["bug"] == "M13"  # the file that the terminal reads
    own = cell(RIGHT)
    checked = ex(4).check(own["add_rule"], mul_rule=own["mul_rule"])
    assert checked.passed
    assert "pullback" in repr(checked)
    assert "ex(5)" in repr(checked)
    assert Progress(exercises).passed() == {"e04_rules"}


def test_what_is_missing_or_unknown_is_said(cell):
    own = cell(RIGHT)
    assert "mul_rule is not defined" in repr(ex(4).check(own["add_rule"]))
    assert "ex(4).check(add_rule, mul_rule)" in repr(ex(4).check(own["add_rule"]))
    assert "does not ask for 7" in repr(ex(4).check(own["add_rule"], own["mul_rule"], 7))
    assert "does not ask for colour" in repr(ex(4).check(colour=3))
    assert "not started" in repr(ex(4).check(**_only(cell(exercise(4).source("starter")), "add_rule", "mul_rule")))


def test_an_earlier_exercise_that_passes_is_not_blamed(cell):
    nudge = cell(exercise(1).source())["nudge"]
    assert ex(1).check(nudge).passed
    slopes = "[(f(*xs[:i], x + h, *xs[i + 1 :]) - f(*xs)) / h for i, x in enumerate(xs)]"
    forward = f"def grad(f, xs, h=1e-5):\n    return {slopes}\n"
    checked = ex(2).check(cell(forward)["grad"])
    assert checked.bug == "D1"
    assert "e01_nudge" not in repr(checked)
    notebooks._passed["e01_nudge"]["nudge"] = lambda f, x, h=1e-5: (f(x + h) - f(x)) / h
    checked = ex(2).check(cell(forward)["grad"])
    assert "It is in e01_nudge.py" in repr(checked)


def _only(names, *wanted):
    return {name: names[name] for name in wanted}


def test_a_wrong_backward_is_drawn(cell):
    nine = ex(9)
    checked = nine.check(backward(cell, ("parent.grad += gradient", "parent.grad = gradient")))
    assert checked.bug == "M01"
    html = checked._repr_html_()
    assert "M01" in html
    assert "data:image/svg+xml" in html
    assert "◀" in repr(checked)
    assert "<table>" in html
    assert "data:image/svg+xml" in nine.graph()._repr_html_()
    assert "◀" in repr(nine.graph())
    assert "data" in repr(ex(9).graph())
    assert "no graph" in repr(ex(4).graph())


def test_a_picture_is_text_where_there_is_no_graphviz(cell, monkeypatch):
    monkeypatch.setattr("autograd.viz.write.layout.positions", lambda *_: 1 / 0)
    html = ex(9).check(backward(cell, ("parent.grad += gradient", "parent.grad = gradient")))._repr_html_()
    assert "<pre>y  data 6" in html


def test_hints_and_solution(cell, exercises):
    assert "ex(4).hint()" in repr(ex(4).solution())
    assert "def mul_rule" not in repr(ex(4).solution(give_up=True))
    for tier in (1, 2, 3, 3):
        assert f"Hint {tier} of 3" in repr(ex(4).hint())
    assert "<pre style=" in ex(4).hint()._repr_html_()
    assert "ex(4).solution(give_up=True)" in repr(ex(4).hint())  # what comes after the last one
    assert "ex(4).solution(give_up=True)" in repr(ex(4).solution()) and "hint()" not in repr(ex(4).solution())
    assert "def mul_rule" in repr(ex(4).solution(give_up=True))
    assert Progress(exercises).entry("e04_rules")["helped"] is True


def test_an_endless_loop_ends(cell, monkeypatch):
    monkeypatch.setattr(checks, "LIMIT", 0.3)
    text = RIGHT.replace("    return a * b,", "    while True:\n        print('round')\n    return a * b,")
    checked = ex(4).check(**_only(cell(text), "add_rule", "mul_rule"))
    assert checked.state == "crashed"
    assert "Still running after 0.3 seconds" in repr(checked)
    assert "the cell" in repr(checked)
    assert len(repr(checked)) < 3000


def test_a_crash_and_a_recursion(cell):
    own = cell(RIGHT.replace("return a * b,", "return a * c,"))
    assert "NameError in line 11 of the cell" in repr(ex(4).check(**_only(own, "add_rule", "mul_rule")))
    text = "def toposort(root):\n    return [x for p in root.parents for x in toposort(p)] + [root]"
    assert ex(8).check(cell(text)["toposort"]).state != "passed"


def test_later_exercises_build_on_what_passed_in_this_kernel(cell, exercises):
    mine = cell(exercise(4).source("alt_table"))
    assert ex(4).check(**_only(mine, "add_rule", "mul_rule")).passed
    ex(7)
    import e04_rules

    assert e04_rules.mul_rule is mine["mul_rule"]
    assert ex(9).check(backward(cell)).passed
    assert "reference's exercises 4, 5" in repr(
        ex(9, using="reference").check(backward(cell, ("root.grad += 1.0", "pass")))
    )
    assert "your exercise 4" in repr(ex(9).check(cell("def backward(root):\n    root.grad = 1.0")["backward"]))


def test_a_file_that_has_passed_in_the_terminal_is_used(cell, exercises):
    write(exercises, exercise(8).source("alt_depth"), exercise(8))
    Progress(exercises).checked("e08_toposort", "passed", None)
    ex(9)
    import e08_toposort

    assert e08_toposort.__file__ == str(exercises / "e08_toposort.py")
    assert ex(9).check(backward(cell)).passed


def test_in_a_folder_without_exercises_progress_is_beside_the_notebook(cell, tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere" / "deep"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    ex(4).hint()
    assert (folder / FILE).is_file()


def test_it_shows_itself_in_both_languages(cell):
    assert repr(ex(4)).startswith("Exercise 4")
    assert "练习 4" in ex(4, "zh")._repr_html_()
    assert "<code>add_rule</code>" in ex(4)._repr_html_()


def test_a_magic_for_cells_that_checks_what_the_cell_defines(cell, monkeypatch):
    shell_module = pytest.importorskip("IPython.core.interactiveshell")
    from traitlets.config import Config

    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    shell = shell_module.InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    try:
        load_ipython_extension(shell)
        checked = shell.run_cell_magic("check", "4", M13)
        assert checked.bug == "M13"
        half = RIGHT[: RIGHT.index("def mul_rule")]
        assert "mul_rule is not defined" in repr(shell.run_cell_magic("check", "4", half))
        assert shell.run_cell_magic("check", "4", "1 / 0") is None
    finally:
        shell_module.InteractiveShell.clear_instance()


@pytest.mark.parametrize("broken", ["def add_rule(:\n", "1 / 0\n", "raise SystemExit\n"])
def test_an_earlier_file_that_was_broken_after_it_passed_is_replaced(cell, exercises, learn, broken):
    write(exercises, RIGHT)
    assert learn("check", 4)[0] == 0
    write(exercises, broken)
    checked = ex(9).check(backward(cell))
    assert checked.passed
    assert re.search(r"e04_rules.py cannot be run \(\w+\): the reference takes its place.", repr(checked))
    assert "e04_rules.py" in checked._repr_html_()


def test_a_hint_begins_with_what_the_last_check_found(cell):
    own = cell(M13)
    ex(4).check(own["add_rule"], own["mul_rule"])
    hint = ex(4).hint()  # another object than the one that checked
    for text in (repr(hint).replace("\n", " "), hint._repr_html_()):
        assert "M13" in text
        assert "What arrives from above?" in text


def in_a_cell(text, name):
    """Run a cell as a kernel does, which keeps its text for tracebacks."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    names = {}
    exec(compile(text, name, "exec"), names)  # noqa: S102
    return names


SHARED = """
last = []

def add_rule(a, b):
    return a + b, lambda g: (g, g)

def mul_rule(a, b):
    last[:] = [a, b]
    return a * b, lambda g: (g * last[1], g * last[0])
"""


def test_what_calls_share_is_named_in_a_cell_too(exercises):
    own = in_a_cell(SHARED, "<ipython-input-7>")
    checked = ex(4).check(own["add_rule"], own["mul_rule"])
    assert checked.result.general.kind == "state shared by calls"
    assert "last" in repr(checked)


SUM_BELOW = """
def add_rule(a, b):
    def pullback(g):
        return g, g
    return a + b, pullback

def mul_rule(a, b):
    def pullback(g):
        return 3 * g * b, g * a
    return a * b, pullback
"""


def test_a_cell_is_searched_as_a_file_is(exercises, monkeypatch):
    monkeypatch.chdir(exercises)
    own = in_a_cell(SUM_BELOW, "<ipython-input-1>")
    one = ex(4)
    checked = one.check(own["add_rule"], own["mul_rule"])
    assert checked.result.located.function == "mul_rule"
    assert "line 9" in repr(checked) and "`3 * g * b`" not in repr(checked)
    assert "ex(4).hint(line=True)" in repr(one.hint())
    assert "`3 * g` becomes `g`" in one.hint(line=True).text
    for shown in (repr(checked), repr(one.hint()), checked._repr_html_()):  # a cell shows no numbers of lines
        assert "9 | return 3 * g * b, g * a" in shown


def test_a_crash_is_searched_too(exercises, monkeypatch):
    monkeypatch.chdir(exercises)
    monkeypatch.setattr(notebooks, "_last", {})
    assert "nothing to mend yet" in repr(ex(4).hint(line=True))
    own = in_a_cell(RIGHT.replace("return a * b,", "return a * c,"), "<ipython-input-4>")
    checked = ex(4).check(**_only(own, "add_rule", "mul_rule"))
    assert checked.state == "crashed" and "NameError in line 11 of the cell" in repr(checked).replace("\n", " ")
    assert "c becomes b" in repr(ex(4).hint(line=True))


def test_a_cell_that_uses_names_of_other_cells_is_not_searched(exercises, monkeypatch):
    monkeypatch.chdir(exercises)
    factor = in_a_cell("factor = 3\n", "<ipython-input-2>")
    text = SUM_BELOW.replace("3 * g", "factor * g")
    own = in_a_cell(text, "<ipython-input-3>")
    own["mul_rule"].__globals__.update(factor)
    checked = ex(4).check(own["add_rule"], own["mul_rule"])
    assert checked.state == "wrong" and checked.result.places == ()


# ── several notebooks, each with a kernel of its own ────────────────────────────────────────────────────────────────


@pytest.fixture
def kernel(cell, monkeypatch):
    """Run the text of a cell in a kernel, which can be restarted: what has passed in it is forgotten."""

    def run(text, name="<ipython-input-7>", restart=False):
        if restart:
            for passed in (notebooks._passed, notebooks._last):
                passed.clear()
            for module in [module for module in sys.modules if re.match(r"e\d\d_", module)]:
                del sys.modules[module]
        return in_a_cell(text, name)

    monkeypatch.setattr(notebooks, "_last", {})
    return run


def rules(names):
    return _only(names, "add_rule", "mul_rule")


def test_a_cell_that_passes_is_the_file_that_other_notebooks_use(kernel, exercises, learn):
    path = exercises / "e04_rules.py"
    text = "# mine\n" + RIGHT
    checked = ex(4).check(**rules(kernel(text)))
    assert "saved as e04_rules.py" in repr(checked)
    assert path.read_text(encoding="utf-8").strip() == text.strip()
    assert "saved as" not in repr(ex(4).check(**rules(kernel(text))))  # it is there already
    assert learn("check", 4)[0] == 0

    kernel("", restart=True)
    again = text.replace("# mine", "# mine, better")
    checked = ex(9).check(backward(kernel))
    assert "your exercise 4" in repr(checked)
    assert ex(4).check(**rules(kernel(again))).passed
    assert path.read_text(encoding="utf-8").strip() == again.strip()  # it is still a notebook's
    before = sys.modules["e04_rules"]
    ex(9)
    assert sys.modules["e04_rules"] is not before


def test_a_file_of_the_learners_own_is_never_overwritten(kernel, exercises):
    for own in ("# my own work\n", "def add_rule(:\n"):
        write(exercises, own)
        assert ex(4).check(**rules(kernel(RIGHT))).passed
        assert (exercises / "e04_rules.py").read_text(encoding="utf-8") == own


def test_a_cell_that_passes_only_with_other_cells_is_no_file(kernel, exercises):
    before = (exercises / "e04_rules.py").read_text(encoding="utf-8")
    names = kernel(RIGHT.replace("return a * b,", "return product(a, b),"))
    names["mul_rule"].__globals__["product"] = lambda a, b: a * b
    assert "saved as" not in repr(ex(4).check(**rules(names)))
    assert (exercises / "e04_rules.py").read_text(encoding="utf-8") == before


def test_a_digest_in_a_progress_file_is_one_or_nothing(tmp_path):
    progress = Progress(tmp_path)
    progress.kept("e04_rules", "<b>")
    assert progress.entry("e04_rules")["cell"] == ""


def test_what_is_no_function_is_said_and_is_no_attempt(cell, exercises):
    right = cell(RIGHT)["mul_rule"]
    for wrong in ("add_rule", 42, None, (1.0, 2.0)):
        assert "add_rule is a function or a class" in repr(ex(4).check(add_rule=wrong, mul_rule=right)), wrong
    assert Progress(exercises).entry("e04_rules")["attempts"] == 0


def test_a_cell_that_ran_before_the_exercise_was_asked_for_is_to_run_again(cell, exercises):
    source = exercise(2).source()
    assert exercise(1).is_starter((exercises / "e01_nudge.py").read_text(encoding="utf-8"))
    load_module("e01_nudge", exercise(1).source("starter"), str(exercises / "e01_nudge.py"))
    early, two = cell(source)["grad"], ex(2)
    said = repr(two.check(early))
    assert said.startswith("e01_nudge: imported here before") and "ex(2).check(grad)" in said
    assert Progress(exercises).entry("e02_partials")["attempts"] == 0
    assert two.check(cell(source)["grad"]).passed


@pytest.fixture
def shell(monkeypatch):
    """What IPython says is running: the names of a notebook."""
    ipython, running = pytest.importorskip("IPython"), types.SimpleNamespace(user_ns={})
    monkeypatch.setattr(ipython, "get_ipython", lambda: running)
    return running


def test_answers_that_are_data_are_checked_and_kept(cell, exercises, shell):
    source = exercise(3).source()
    shell.user_ns["In"] = ["", "ANSWERS = {}", source, "ex(3).check(ANSWERS)", "1 +"]
    assert "saved as e03_by_hand.py" in repr(ex(3).check(cell(source)["ANSWERS"]))
    assert (exercises / "e03_by_hand.py").read_text(encoding="utf-8") == source


def test_without_objects_the_notebooks_own_are_checked(cell, shell):
    shell.user_ns = own = cell(RIGHT)
    for thing in rules(own).values():
        thing.__module__ = "__main__"
    assert ex(4).check().passed
    own["mul_rule"] = sys.modules["json"].dumps  # imported: it is not what the learner has written
    assert "mul_rule is not defined" in repr(ex(4).check())


def test_what_a_check_shows_can_be_run_in_a_cell(cell, shell):
    two = ex(2)
    shown = two.check(cell("def grad(f, xs, h=1e-5):\n    return [0.0 for x in xs]")["grad"]).report.evidence[0]
    shell.user_ns |= {"grad": lambda *_: "mine", "wave": 3.0}
    assert "mixed" in repr(two.try_out())
    assert eval("\n".join(shown.lines), shell.user_ns) == "mine"
    assert shell.user_ns["wave"] == 3.0  # a name of the learner's own stays
    assert "as it is" in repr(ex(4).try_out())


def test_chinese_has_no_space_where_a_word_stands_for_a_file(cell):
    assert "单元格里没有定义" in repr(ex(4, "zh").check())


def test_tests_that_pass_are_shown_with_what_they_notice_and_kept(kernel):
    checked = ex(16).check(kernel(exercise(16).source())["TESTS"])
    assert checked.passed and "saved as e16_tests.py" in repr(checked)
    assert "what your tests notice" in repr(checked) and "M01" in repr(checked)


def test_after_a_pass_the_next_notebook_is_named_where_there_is_one(cell, exercises):
    names = cell(exercise(1).source())
    assert "ex(2)" in repr(ex(1).check(names["nudge"]))
    (exercises / "e02_partials.ipynb").touch()
    assert "open e02_partials.ipynb" in repr(ex(1).check(names["nudge"]))


def test_a_mistake_in_the_number_shows_no_way_through_the_package(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LearnError) as caught:
        ex(99)
    [line] = caught.value._render_traceback_()
    assert line.startswith("LearnError: ") and "99" in line
