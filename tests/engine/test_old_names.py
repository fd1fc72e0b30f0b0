"""Pickles of earlier versions name modules that have moved since: they load all the same."""

import base64
import math
import pickle

import pytest

import autograd
import nn
from autograd.pytree import flatten
from autograd.util.lazy_numpy import np
from autograd.util.old_names import MOVED

# What pickles of graphs, models, optimizers, trainings, programs and pictures named before any module moved.
NAMED = {
    "autograd.compiler.compiled": "Compiled compile",
    "autograd.compiler.passes.dots": "dots",
    "autograd.compiler.passes.drop": "drop",
    "autograd.compiler.passes.flatten": "flatten",
    "autograd.compiler.passes.fold": "fold",
    "autograd.compiler.passes.levels": "levels",
    "autograd.compiler.passes.matmul": "matmul",
    "autograd.compiler.passes.share": "share",
    "autograd.compiler.program": "Program _operation",
    "autograd.errors": "GradcheckWarning MissingExtraError NonFiniteError",
    "autograd.grad_mode": "no_grad",
    "autograd.gradcheck": "gradcheck",
    "autograd.graph": "ancestors depth topological",
    "autograd.rules": "tanh",
    "autograd.snapshot": "_entry _restore_leaf _restore_nodes",
    "autograd.table": "rule",
    "autograd.transforms": "grad",
    "autograd.tree": "Tree",
    "autograd.value": "Value",
    "autograd.viz.drawing": "Drawing draw",
    "autograd.viz.frames": "Frame Place",
    "autograd.viz.names": "label_locals",
    "autograd.viz.picture": "Edge Node Picture",
    "autograd.viz.player": "Player play",
    "autograd.viz.programs": "ProgramDrawing",
    "autograd.viz.steps": "Steps",
    "autograd.viz.training": "TrainingPlayer",
    "autograd.viz.training_data": "Column Film",
    "autograd.viz.training_scene": "Scene",
    "nn.checkpoint": "CheckpointError",
    "nn.clip": "clip_grad_norm clip_grad_value",
    "nn.diagnosis": "Diagnosis LayerReport diagnose",
    "nn.estimators": "MLPClassifier MLPRegressor",
    "nn.evaluation": "Data Evaluation evaluate predict",
    "nn.export.errors": "ExportError",
    "nn.gradients": "Gradients eager_sample",
    "nn.history": "History",
    "nn.init": "xavier_uniform",
    "nn.layers": "Layer MLP Neuron _linear",
    "nn.losses": "mse_loss",
    "nn.metrics": "r2_score",
    "nn.module": "Module",
    "nn.optim": "Adagrad Adam AdamW RMSprop SGD",
    "nn.optimizer": "Optimizer",
    "nn.schedules": "CosineAnnealingLR ExponentialLR LambdaLR LinearLR StepLR",
    "nn.snapshots": "Snapshot Snapshots _Thinned",
    "nn.train": "fit",
    "nn.training": "Place Settings Training",
}
RENAMED = {
    "Film": "TrainingRecord",
    "Frame": "Step",
    "Place": "Turn",
    "Scene": "TrainingLayout",
    "Tree": "Structure",
}
"""Classes that have another name now."""
STRUCTURE = base64.b64decode(  # of {"a": [1.0, (2.0,)], "b": np.ones((2, 1))}, pickled when it was a Tree
    "gAJjYXV0b2dyYWQudHJlZQpUcmVlCnEAKYFxAX1xAihYBAAAAGtpbmRxA2NfX2J1aWx0aW5fXwpkaWN0CnEEWAgAAABjaGlsZHJlbnEFaAApgXEG"
    "fXEHKGgDY19fYnVpbHRpbl9fCmxpc3QKcQhoBWgAKYFxCX1xCihoA05oBSlYBAAAAGtleXNxCylYBAAAAHNpemVxDEsBdWJoACmBcQ19cQ4oaANj"
    "X19idWlsdGluX18KdHVwbGUKcQ9oBWgJhXEQaAspaAxLAXVihnERaAspaAxLAnViaAApgXESfXETKGgDSwJLAYZxFGgFKWgLKWgMSwJ1YoZxFWgL"
    "WAEAAABhcRZYAQAAAGJxF4ZxGGgMSwR1Yi4="
)
GRAPH = base64.b64decode(  # (Value(2, label="a") * Value(3)).tanh() after backward(), pickled before any module moved
    "gAJjYXV0b2dyYWQuc25hcHNob3QKX2VudHJ5CnEAY2F1dG9ncmFkLnNuYXBzaG90Cl9yZXN0b3JlX25vZGVzCnEBKGNhdXRvZ3JhZC52YWx1ZQ"
    "pWYWx1ZQpxAl1xAyhjYXV0b2dyYWQuc25hcHNob3QKX3Jlc3RvcmVfbGVhZgpxBChoAkdAAAAAAAAAAEc/E1Ppm7aIQlgBAAAAYXEFiXRxBlJx"
    "B2gEKGgCR0AIAAAAAAAARz8JxTd6SLWuWAAAAABxCIl0cQlScQplXXELKEdAGAAAAAAAAEc/7//mOr4lPGV9cQwoSwBHPvnFN3pIta5LAUc/8A"
    "AAAAAAAHV9cQ1dcQ4oWAMAAABtdWxxD4VxEFgEAAAAdGFuaHERhXESZV1xEyhLAEsBZV1xFChLAksBZV1xFShK/////0r+////SwBlXXEWKEdA"
    "CAAAAAAAAEdAAAAAAAAAAEc++cU3eki1rmV0cRdScRhLAYZxGVJxGi4="
)


@pytest.mark.parametrize("module", NAMED)
def test_what_a_pickle_names_is_found(module):
    for name in NAMED[module].split():
        found = pickle.loads(f"c{module}\n{name}\n.".encode())
        assert found.__name__ == (RENAMED.get(name, name) if module.startswith("autograd") else name)
        if name in autograd.__all__ + nn.__all__:
            assert found is getattr(autograd if module.startswith("autograd") else nn, name)


def test_every_old_name_is_one_that_pickles_give():
    assert set(MOVED) <= set(NAMED)


def test_a_graph_pickled_before_the_moves():
    root = pickle.loads(GRAPH)
    root.backward()
    product = root._prev[0]
    a, b = product._prev
    assert (a.label, a.data, b.data, product.data, root.grad) == ("a", 2.0, 3.0, 6.0, 1.0)
    assert a.grad == pytest.approx(2 * 3 / math.cosh(6) ** 2, rel=1e-12)


def test_a_structure_pickled_before_it_had_this_name():
    structure = pickle.loads(STRUCTURE)
    assert str(structure) == "dict('a': list(number, tuple(number)), 'b': array(2, 1))"
    assert structure == flatten({"a": [1.0, (2.0,)], "b": np.ones((2, 1))}, "x")[1]
    assert pickle.loads(pickle.dumps(structure)) == structure
