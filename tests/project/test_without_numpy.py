"""Without NumPy the engine, the pictures and the first exercises work; and NumPy is not loaded before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TOUR = """
import fixtures.without_numpy
sys.meta_path.insert(0, fixtures.without_numpy.Absent())

import autograd, nn
from autograd import Value, draw, gradcheck, play, viz

a, b = Value(2.0, label="a"), Value(-3.0, label="b")
L = (a * b).tanh() + autograd.softmax([a, b])[0] ** 2 + nn.MLP(2, [3, 1], seed=0)([a, b])
L.backward()
assert "softmax" in draw(L).text() and draw(L).to_mermaid().startswith("flowchart")
assert draw(L).alt().startswith("Computation graph") and draw(L, focus=a, radius=1).picture.nodes
assert "a.grad" in str(play(L)) and play(L, quiz=True).steps
assert "▒" in str(viz.attention([[1.0], [0.8, 0.2]])) and "<svg" in viz.probabilities([[0.5, 0.5]]).svg()
assert gradcheck(lambda x: autograd.logsumexp([x, x.exp()]) * x.log1p(), 0.7)
assert (autograd.exp(1000.0), autograd.log(0.0), str(autograd.sqrt(-1.0))) == (float("inf"), -float("inf"), "nan")
for needs_arrays in (lambda: autograd.compile(lambda x: x), lambda: nn.SGD([a], lr=0.1).step()):
    try:
        needs_arrays()
    except ModuleNotFoundError as error:
        assert str(error).startswith("arrays, compiled functions and training need NumPy"), error
    else:
        raise AssertionError(needs_arrays)
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT, check=False)


def test_the_engine_works_and_says_what_needs_numpy() -> None:
    done = run("-c", "import sys\nsys.path.insert(0, 'tests')\n" + TOUR)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("module", ["autograd", "nn", "autograd.viz", "autograd.learn.checking.check"])
def test_numpy_is_not_loaded_for_an_import(module: str) -> None:
    done = run("-c", f"import sys, {module}\nprint('numpy' in sys.modules)")
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.long
@pytest.mark.parametrize("files", ["tests/engine", "tests/viz", "tests/learn/test_learn_first_exercises.py"])
def test_their_tests_pass_without_numpy(files: str) -> None:
    """Those of them that are about arrays, and what is made of them, are skipped."""
    done = run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "fixtures.without_numpy", "--numprocesses=0", files
    )
    assert done.returncode == 0, done.stdout[-5000:]
    passed = int(done.stdout.rsplit(" passed", 1)[0].rsplit(maxsplit=1)[-1])
    assert passed > {"tests/engine": 8000, "tests/viz": 500}.get(files, 10), done.stdout[-500:]
