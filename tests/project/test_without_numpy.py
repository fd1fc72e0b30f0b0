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
from autograd import *
from autograd import draw, play, viz

a, b = Value(2.0, label="a"), Value(-3.0, label="b")
L = (a * b).tanh() + autograd.softmax([a, b])[0] ** 2 + nn.MLP(2, [3, 1], seed=0)([a, b])
L.backward()
assert "softmax" in draw(L).text() and draw(L).to_mermaid().startswith("flowchart")
assert draw(L).alt().startswith("Computation graph") and draw(L, focus=a, radius=1).picture.nodes
assert "a.grad" in str(play(L)) and play(L, quiz=True).steps
assert "▒" in str(viz.attention([[1.0], [0.8, 0.2]])) and "<svg" in viz.probabilities([[0.5, 0.5]]).svg()
assert gradcheck(lambda x: autograd.logsumexp([x, x.exp()]) * x.log1p(), 0.7)
assert (autograd.exp(1000.0), autograd.log(0.0), str(autograd.sqrt(-1.0))) == (float("inf"), -float("inf"), "nan")
assert gradcheck(lambda x: where(x > 0.0, 3.0 * x, x.exp()), 1000.0)  # the branch not taken overflows

rows = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]
image = [[[0.1 * i * j for i in range(4)] for j in range(4)]]
for layer, x in (
    (nn.Sequential(nn.Linear(2, 3, seed=0), nn.Tanh(), nn.LayerNorm(3), nn.Dropout(0.5)), [a, 1.0]),
    (nn.RNN(2, 3, seed=0), rows), (nn.LSTM(2, 3, seed=0), rows), (nn.GRU(2, 3, seed=0), rows),
    (nn.Conv2d(1, 2, 3, seed=0), image), (nn.MaxPool2d(2), image), (nn.Embedding(5, 3, seed=0), 2),
    (nn.Attention(2, num_heads=1, seed=0), rows), (nn.TransformerBlock(2, num_heads=1, seed=0), rows),
):
    layer(x)
for loss, prediction, target in (
    (nn.mse_loss, [a], [1.0]), (nn.mae_loss, [a], [1.0]), (nn.huber_loss, [a], [1.0]), (nn.hinge_loss, [a], [1.0]),
    (nn.bce_with_logits, [a], [1.0]), (nn.cross_entropy, [a, b], 1),
):
    loss(prediction, target).backward()

for needs_arrays in (lambda: autograd.compile(lambda x: x), lambda: nn.SGD([a], lr=0.1).step()):
    try:
        needs_arrays()
    except ModuleNotFoundError as error:
        assert str(error).startswith("arrays, compiled functions and training need NumPy"), error
    else:
        raise AssertionError(needs_arrays)
"""


LATE = """
import sys, threading
import autograd
from autograd.util.lazy_numpy import is_array, np as lazy

a, results = autograd.Value(2.0), []
assert "numpy" not in sys.modules and not is_array([1.0])
threads = [threading.Thread(target=lambda: results.append(lazy.exp(a).data)) for _ in range(4)]
for thread in threads:
    thread.start()
    assert autograd.Value(3) * 2 > 5 and not is_array(a)  # while NumPy is being loaded
for thread in threads:
    thread.join()
assert results == [autograd.exp(2.0)] * 4, results

import numpy as np

assert lazy.ndarray is np.ndarray and is_array(np.ones(2)) and not is_array(np.float64(1.0))
assert [v.data for v in a * np.array([1.0, 2.0])] == [v.data for v in np.array([1.0, 2.0]) * a] == [2.0, 4.0]
assert type(autograd.Value(np.float32(0.5)).data) is float and (np.float32(1.0) * a).data == 2.0
assert autograd.grad(lambda x: (x * x).sum())(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
assert autograd.compile(lambda x: x * 2.0)([1.0, 2.0]).tolist() == [2.0, 4.0]
"""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, cwd=ROOT, check=False)


def test_the_engine_works_and_says_what_needs_numpy() -> None:
    done = run("-c", "import sys\nsys.path.insert(0, 'tests')\n" + TOUR)
    assert (done.returncode, done.stderr) == (0, "")


def test_numpy_may_be_loaded_after_the_engine_and_by_several_threads_at_once() -> None:
    done = run("-c", LATE)
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
    assert passed > {"tests/engine": 6500, "tests/viz": 500}.get(files, 10), done.stdout[-500:]
