"""Freeze modules.json: activations and losses as modules, with PyTorch's defaults and arguments, from PyTorch.

pip install torch==2.13.0
python tests/reference/make_modules.py
"""

import json
from pathlib import Path

import torch

HERE = Path(__file__).parent
torch.set_default_dtype(torch.float64)
X = [-3.0, -1.0, -0.25, 0.0, 0.5, 2.0, 7.5]
ACTIVATIONS = [
    *((name, {}) for name in ("ReLU", "Tanh", "Sigmoid", "SELU", "SiLU", "Mish", "Softplus", "LogSigmoid", "Identity")),
    *(("LeakyReLU", options) for options in ({}, {"negative_slope": 0.2})),
    *(("ELU", options) for options in ({}, {"alpha": 0.5})),
    *(("GELU", options) for options in ({}, {"approximate": "tanh"})),
    *((name, options) for name in ("Softmax", "LogSoftmax") for options in ({"dim": 0}, {"dim": -1})),
]
PREDICTED, WANTED = [0.9, 0.2, 0.6, 0.35], [1.0, 0.0, 0.25, 1.0]
LOGITS, CLASSES = [[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], [2, 1]
SHARES = [[0.25, 0.25, 0.5], [1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]]
LOSSES = [
    *(
        (name, options, PREDICTED, WANTED)
        for name in ("MSELoss", "L1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss")
        for options in ({}, {"reduction": "sum"})
    ),
    ("HuberLoss", {"delta": 0.3}, PREDICTED, WANTED),
    *(("CrossEntropyLoss", options, LOGITS, CLASSES) for options in ({}, {"reduction": "sum"})),
    *(
        ("CrossEntropyLoss", {**options, **reduction}, [*LOGITS, [0.5, 0.25, -0.75], [-1.0, 4.0, 1.5]], targets)
        for options, targets in [
            ({"weight": [0.5, 2.0, 3.0]}, [2, 1, 0, 0]),
            ({}, [2, -100, 0, -100]),
            ({"ignore_index": 1}, [2, 1, 1, 0]),
            ({"label_smoothing": 0.1}, [2, 1, 0, 0]),
            ({"label_smoothing": 1.0}, [2, 1, 0, 0]),
            ({"weight": [0.5, 0.0, 3.0], "ignore_index": -1, "label_smoothing": 0.25}, [2, -1, 0, 1]),
            ({"weight": [0.5, 2.0, 3.0], "label_smoothing": 0.25}, SHARES),
            ({"weight": [0.5, 0.0, 3.0]}, SHARES),
            ({"label_smoothing": 0.25}, SHARES),
        ]
        for reduction in ({}, {"reduction": "sum"})
    ),
]


def leaf(numbers):
    return torch.tensor(numbers, requires_grad=True)


def activations():
    for name, options in ACTIVATIONS:
        x = leaf(X)
        y = getattr(torch.nn, name)(**options)(x)
        (y * torch.arange(1.0, len(X) + 1)).sum().backward()
        yield {"module": name, "options": options, "x": X, "y": y.tolist(), "gradient": x.grad.tolist()}


def losses():
    for name, options, predicted, wanted in LOSSES:
        p = leaf(predicted)
        tensors = {key: torch.tensor(x) if isinstance(x, list) else x for key, x in options.items()}
        loss = getattr(torch.nn, name)(**tensors)(p, torch.tensor(wanted))
        loss.backward()
        yield {
            "module": name, "options": options, "predictions": predicted, "targets": wanted, "value": loss.item(),
            "gradient": p.grad.tolist(),
        }  # fmt: skip


if __name__ == "__main__":
    rows = {"activations": list(activations()), "losses": list(losses())}
    parts = [f'  "source": "PyTorch {torch.__version__.partition("+")[0]}, float64, CPU"']
    for name, listed in rows.items():
        lines = ",\n".join("    " + json.dumps(row) for row in listed)
        parts.append(f'  "{name}": [\n{lines}\n  ]')
    (HERE / "modules.json").write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
