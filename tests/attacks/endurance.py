"""Attacks by size and by time: graphs as deep as memory allows, trainings as long as patience does."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys

import numpy as np

import autograd
from attacks.files import ROOT, Outcome
from autograd import Value


def deep(depth: int) -> Outcome:
    """A graph so deep: backward, second derivative, copy, pickle, text, recording, deletion, without a recursion."""
    outcome = Outcome()

    def chain(x: Value) -> Value:
        node = x
        for _ in range(depth // 2):
            node = node * 1.0 + 1.0
        return node

    def holds(what: str, found: object, expected: object) -> None:
        outcome.tries += 1
        if found != expected:
            outcome.fault(f"{what}: {found} in place of {expected}")

    x = Value(1.0)
    root = chain(x)
    holds("value", root.data, 1.0 + depth // 2)
    root.backward()
    holds("backward", x.grad, 1.0)
    copied = copy.deepcopy(root)
    holds("copy", (copied.data, copied is root), (root.data, False))
    copied.backward(2.0)
    holds("backward of a copy leaves the original", x.grad, 1.0)
    del copied
    packed = pickle.dumps(root)
    restored = pickle.loads(packed)
    holds("pickle", restored.data, root.data)
    del restored, packed
    holds("repr", repr(root), f"Value({root.data}, grad=1.0)" if "grad" in repr(root) else f"Value({root.data})")
    holds("drawing", len(str(autograd.draw(root))) > 0, True)
    holds("recording", autograd.compile(lambda y, root=root: root * y)(np.array([2.0])).tolist(), [2.0 * root.data])
    holds("derivative by a transform", autograd.grad(chain)(1.0), 1.0)
    del root
    holds("a small graph afterwards", (Value(2.0) * 3.0).data, 6.0)
    return outcome


_TRAINING = """
import gc, json, os, sys
import numpy as np
import autograd, nn
kind, steps = sys.argv[1], int(sys.argv[2])
model = nn.MLP(2, [2, 1], activation="tanh", seed=0)
optimizer = nn.Adam(model.parameters(), lr=1e-3)
x, y = [0.5, -0.25], 0.3
program = autograd.compile(lambda x: (model(x) - y) ** 2, parameters=model.parameters())
theta, rows = np.array([p.data for p in model.parameters()]), np.array([x, x])

def step():
    if kind == "eager":
        optimizer.zero_grad()
        ((model(x) - y) ** 2).backward()
        optimizer.step()
    elif kind == "compiled":
        optimizer.apply(theta, program.value_and_grad(rows, parameters=theta)[1])
    else:
        nn.fit(model, rows, [y, y], epochs=1, optimizer=optimizer, progress=False)

def memory():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"), len(gc.get_objects())

for i in range(steps):
    step()
    if i + 1 == steps // 10:
        early = memory()
print(json.dumps([early, memory()]))
"""


def flat_memory(kind: str, steps: int) -> Outcome:
    """Train so many steps (eager, compiled, or of ``fit``): memory and objects are as after a tenth of them."""
    outcome = Outcome(tries=steps)
    if not os.path.exists("/proc/self/statm"):
        return outcome
    command = [sys.executable, "-c", _TRAINING, kind, str(steps)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    (early, early_objects), (late, late_objects) = json.loads(done.stdout)
    if late - early > 1 << 20:
        outcome.fault(f"{kind}: {(late - early) / 2**20:.1f} MB more")
    if late_objects - early_objects > 50:
        outcome.fault(f"{kind}: {late_objects - early_objects} objects more")
    return outcome
