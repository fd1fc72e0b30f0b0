"""Freeze losses.json: values and gradients of the losses from PyTorch, metrics from scikit-learn.

pip install torch==2.13.0 scikit-learn==1.9.1
python tests/reference/make_losses.py
"""

import json
import math
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
import sklearn.metrics as sk
import torch
import torch.nn.functional as F

HERE = Path(__file__).parent
torch.set_default_dtype(torch.float64)
rng = random.Random(7)

REAL = [0.0, -0.0, 1.0, -1.0, 1e-20, 1e8, -1e8]
LOGITS = [0.0, 1.0, -1.0, 30.0, -30.0, 1000.0, -1000.0, 1e-20]
CHANCES = [0.0, 1.0, 0.5, 1e-12, 1e-13, 1e-20, 1e-300, 1 - 1e-13, 0.999999]


def hinge(p, t, reduction):
    return getattr(torch.relu(1 - t * p), reduction)()


def half(p, t, reduction):
    return F.mse_loss(p, t, reduction=reduction) / 2


PAIRED = {
    "mse_loss": (F.mse_loss, lambda: rng.gauss(0, 2), lambda: rng.gauss(0, 2), REAL, [0.0, 1.0]),
    "half_squared_error": (half, lambda: rng.gauss(0, 2), lambda: rng.gauss(0, 2), REAL, [0.0, 1.0]),
    "mae_loss": (F.l1_loss, lambda: rng.gauss(0, 2), lambda: rng.gauss(0, 2), REAL, [0.0, 1.0]),
    "huber_loss": (F.huber_loss, lambda: rng.gauss(0, 2), lambda: rng.gauss(0, 2), REAL, [0.0, 2.0]),
    "bce_loss": (F.binary_cross_entropy, rng.random, rng.random, CHANCES, [0.0, 1.0, 0.25]),
    "bce_with_logits": (
        F.binary_cross_entropy_with_logits, lambda: rng.gauss(0, 4), rng.random, LOGITS, [0.0, 1.0, 0.25]
    ),
    "hinge_loss": (hinge, lambda: rng.gauss(0, 2), lambda: rng.choice([-1.0, 1.0]), REAL, [-1.0, 1.0]),
}  # fmt: skip


def seen(loss, predictions, targets, **options):
    p = torch.tensor(predictions, requires_grad=True)
    out = loss(p, torch.tensor(targets), **options)
    out.backward()
    return {"value": out.item(), "gradient": p.grad.tolist()}


def entry(name, predictions, targets, reduction, **options):
    found = seen(PAIRED[name][0], predictions, targets, reduction=reduction, **options)
    return {
        "loss": name,
        "predictions": predictions,
        "targets": targets,
        "reduction": reduction,
        "options": options,
    } | found


def paired():
    for name, (_, prediction, target, edge_predictions, edge_targets) in PAIRED.items():
        options = [{}, {"delta": 0.3}, {"delta": 4.0}] if name == "huber_loss" else [{}]
        for extra in options:
            for reduction in ("mean", "sum"):
                p, t = [prediction() for _ in range(6)], [target() for _ in range(6)]
                yield entry(name, p, t, reduction, **extra)
                yield entry(name, [p[:3], p[3:]], [t[:3], t[3:]], reduction, **extra)
        for t in edge_targets:
            for p in edge_predictions:
                yield entry(name, [p], [t], "sum")


def cross_entropies():
    logits = [[rng.gauss(0, 2) for _ in range(4)] for _ in range(3)]
    soft = [[x / sum(row) for x in row] for row in [[rng.random() for _ in range(4)] for _ in range(3)]]
    edges = [[1000.0, 0.0, -1000.0, 0.0], [0.0] * 4, [1e-20, 0.0, 1e8, -1e8]]
    cases = [(logits, [0, 3, 1]), (logits, soft), (edges, [0, 1, 2]), (edges, [2, 3, 0]), (edges, soft)]
    for rows, targets in cases:
        for reduction in ("mean", "sum"):
            yield {"logits": rows, "targets": targets, "reduction": reduction} | seen(
                F.cross_entropy, rows, targets, reduction=reduction
            )


def of_classes():
    numbers = np.random.default_rng(5)
    cases = [([0, 1], [0, 1], "binary"), ([-1, 1], [-1, 1], "binary"), ([0, 1, 2, 3], [0, 1, 2, 4], "macro")]
    problems = [
        (numbers.choice(true, 30), numbers.choice(said, 30), average)
        for true, said, average in cases
        for average in dict.fromkeys((average, "macro"))
    ]
    problems += [
        (np.array(true), np.array(said), average)
        for true, said in [
            ([0, 0, 0], [0, 0, 0]), ([0, 0, 0], [1, 1, 1]), ([1, 1], [1, 1]), ([1, 1], [0, 0]), ([-1, -1], [-1, -1])
        ]
        for average in ("binary", "macro")
    ]  # fmt: skip
    problems += [(np.array([0, 1, 2]), np.array([0, 0, 0]), "macro"), (np.array([5]), np.array([7]), "macro")]
    problems += [
        (true, said, average) for true, said, of in problems if of == "macro" for average in ("micro", "weighted")
    ]
    for true, said, average in problems:
        yield {
            "y_true": true.tolist(),
            "y_pred": said.tolist(),
            "average": average,
            "accuracy": sk.accuracy_score(true, said),
            "precision": sk.precision_score(true, said, average=average),
            "recall": sk.recall_score(true, said, average=average),
            "f1_score": sk.f1_score(true, said, average=average),
            "confusion_matrix": sk.confusion_matrix(true, said).tolist(),
        }


def of_numbers():
    numbers = np.random.default_rng(6)
    t = numbers.normal(size=(8, 2))
    for true, said in [
        (t[:, 0], t[:, 0] + 0.3 * numbers.normal(size=8)),
        (t, t + 0.3 * numbers.normal(size=(8, 2))),
        (t[:, 0], numbers.normal(size=8)),
        (np.ones(3), np.ones(3)),
        (np.ones(3), np.array([1.0, 1.0, 2.0])),
        (np.array([[1.0, 2.0], [1.0, 4.0]]), np.array([[1.0, 2.0], [1.0, 3.0]])),
        (np.array([1.0]), np.array([2.0])),
    ]:
        yield {
            "y_true": true.tolist(),
            "y_pred": said.tolist(),
            "r2_score": sk.r2_score(true, said),
            "mean_squared_error": sk.mean_squared_error(true, said),
            "mean_absolute_error": sk.mean_absolute_error(true, said),
        }


def plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    if isinstance(tree, float) and not math.isfinite(tree):
        return str(float(tree))
    return float(tree) if isinstance(tree, np.floating) else tree


def main() -> None:
    warnings.simplefilter("ignore")  # scikit-learn's, where it divides by zero
    pytorch = f"PyTorch {torch.__version__.partition('+')[0]}, float64, CPU"
    fields = [f'  "source": "losses: {pytorch}; metrics: scikit-learn {sklearn.__version__}"']
    for name, rows in {
        "losses": paired(), "cross_entropies": cross_entropies(), "classes": of_classes(), "numbers": of_numbers()
    }.items():  # fmt: skip
        lines = ",\n    ".join(json.dumps(plain(row), allow_nan=False) for row in rows)
        fields.append(f'  "{name}": [\n    {lines}\n  ]')
    (HERE / "losses.json").write_text("{\n" + ",\n".join(fields) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
