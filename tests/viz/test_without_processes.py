"""Where there are no processes, no threads and no timers, as in a browser: all but laid-out pictures works."""

import subprocess
import sys
from pathlib import Path

TAKEN_AWAY = """
import signal, subprocess, threading, warnings

def no_processes(*arguments, **options):
    raise OSError(138, "emscripten does not support processes.")

def no_threads(thread):
    raise RuntimeError("can't start new thread")

subprocess.Popen.__init__ = no_processes
threading.Thread.start = no_threads
if hasattr(signal, "setitimer"):
    del signal.setitimer
warnings.simplefilter("error")
"""

TOUR = """
import autograd, nn
from autograd import Value, draw, play

a = Value(2.0, label="a")
L = (a * 3).tanh()
L.backward()
for shown in (L, draw(L), play(L)):
    (text,) = shown._repr_mimebundle_().values()
    assert "Graphviz could not draw this" in text and "tanh" in text, text
assert "∂L/∂a" in str(play(L, language="en"))

X, y = nn.data.moons(60, seed=0)
model = nn.MLP(2, [4, 1], seed=0)
history = nn.fit(model, X, y, epochs=2, record=True, progress=True, checkpoint="run.npz")
assert set(play(history)._repr_mimebundle_()) == {"text/html", "text/plain"}
assert nn.fit(model, X, y, epochs=4, checkpoint="run.npz")["loss"][:2] == history["loss"]
assert autograd.compile(lambda x: model(x))(X).shape == (60,)
assert autograd.gradcheck(autograd.tanh, 0.5)

from autograd.learn import ex

def nudge(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h)

assert "passed" in str(ex(1, language="en").check(nudge))
print("all of it")
"""


def test_everything_but_the_layout_works(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TAKEN_AWAY + TOUR]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout) == (0, "all of it\n"), done.stderr
