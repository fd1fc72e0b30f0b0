"""Freeze recurrent_and_convolution.json: outputs and gradients of RNN, GRU, LSTM, Conv2d and the pools, from PyTorch.

pip install torch==2.13.0
python tests/reference/make_recurrent_and_convolution.py

Parameters, inputs and the weights of the loss are numbers of ``wave``; the loss is Σ weight·output, over all outputs
and states in the order in which PyTorch returns them. The gradients are those with respect to the inputs, the initial
states and the parameters.
"""

import json
import math
from pathlib import Path

import torch

HERE = Path(__file__).parent
torch.set_default_dtype(torch.float64)

RECURRENT = [
    ("RNN", {"input_size": 2, "hidden_size": 3}, 4, False),
    ("RNN", {"input_size": 2, "hidden_size": 3, "nonlinearity": "relu", "bias": False}, 3, True),
    ("RNN", {"input_size": 1, "hidden_size": 2, "num_layers": 3}, 3, True),
    ("GRU", {"input_size": 3, "hidden_size": 2}, 4, False),
    ("GRU", {"input_size": 2, "hidden_size": 2, "num_layers": 2, "bias": False}, 2, True),
    ("LSTM", {"input_size": 2, "hidden_size": 3}, 4, False),
    ("LSTM", {"input_size": 2, "hidden_size": 2, "num_layers": 2}, 3, True),
    ("LSTM", {"input_size": 1, "hidden_size": 2, "bias": False}, 1, True),
]
IMAGES = [
    ("Conv2d", {"in_channels": 1, "out_channels": 2, "kernel_size": 3}, (1, 5, 4)),
    (
        "Conv2d",
        {"in_channels": 2, "out_channels": 3, "kernel_size": [2, 3], "stride": [2, 1], "padding": [1, 0]},
        (2, 4, 5),
    ),
    ("Conv2d", {"in_channels": 2, "out_channels": 1, "kernel_size": 1, "bias": False}, (2, 2, 3)),
    ("Conv2d", {"in_channels": 1, "out_channels": 2, "kernel_size": [3, 4], "padding": "same"}, (1, 3, 5)),
    ("Conv2d", {"in_channels": 1, "out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 2}, (1, 4, 4)),
    ("Conv2d", {"in_channels": 2, "out_channels": 1, "kernel_size": 2, "padding": "valid"}, (2, 2, 2)),
    ("MaxPool2d", {"kernel_size": 2}, (2, 5, 4)),
    ("MaxPool2d", {"kernel_size": [3, 2], "stride": 1}, (1, 4, 4)),
    ("MaxPool2d", {"kernel_size": 2, "stride": [1, 3]}, (1, 3, 6)),
    ("AvgPool2d", {"kernel_size": 2}, (2, 4, 5)),
    ("AvgPool2d", {"kernel_size": [2, 3], "stride": [2, 1]}, (1, 4, 5)),
    ("Flatten", {"start_dim": 0}, (2, 2, 3)),
]
TIES = [
    ("MaxPool2d", {"kernel_size": 2}, [[[1.0, 1.0, 2.0, 0.0], [1.0, 1.0, 3.0, 3.0]]]),
    (
        "MaxPool2d",
        {"kernel_size": [2, 3], "stride": 1},
        [[[0.0, 2.0, 2.0, 2.0], [2.0, 2.0, 0.0, 2.0], [2.0, 0.0, 0.0, 0.0]]],
    ),
]


def wave(shape, start):
    """Numbers between −1 and 1 in an irregular order."""
    count = math.prod(shape)
    return torch.tensor([math.sin(start + 1.7 * i) for i in range(count)]).reshape(shape).requires_grad_()


def filled(layer):
    with torch.no_grad():
        for number, parameter in enumerate(layer.parameters()):
            parameter.copy_(wave(parameter.shape, number + 1.0))
    return layer


def answer(outputs, leaves, layer):
    loss = sum((wave(x.shape, 0.5 + i) * x).sum() for i, x in enumerate(outputs))
    gradients = torch.autograd.grad(loss, [*leaves, *layer.parameters()])
    flat = [gradient.ravel().tolist() for gradient in gradients]
    return {"outputs": [x.tolist() for x in outputs], "gradients": flat}


def recurrent():
    for name, options, steps, with_state in RECURRENT:
        layer = filled(getattr(torch.nn, name)(**options))
        x = wave((steps, options["input_size"]), 0.0)
        shape = (options.get("num_layers", 1), options["hidden_size"])
        states = [wave(shape, 7.0 + i) for i in range(2 if name == "LSTM" else 1)] if with_state else []
        outputs, state = layer(x, *([tuple(states) if name == "LSTM" else states[0]] if states else []))
        every = [outputs, *(state if name == "LSTM" else [state])]
        row = {"layer": name, "options": options, "steps": steps, "state": with_state}
        yield {**row, **answer(every, [x, *states], layer)}


def images():
    for name, options, given in [*IMAGES, *TIES]:
        spread = {key: tuple(x) if isinstance(x, list) else x for key, x in options.items()}
        layer = filled(getattr(torch.nn, name)(**spread))
        x = wave(given, 0.0) if isinstance(given, tuple) else torch.tensor(given).requires_grad_()
        batch = x if name == "Flatten" else x[None]
        out = layer(batch)
        row = {"layer": name, "options": {} if name == "Flatten" else options, "x": x.tolist()}
        yield {**row, **answer([out if name == "Flatten" else out[0]], [x], layer)}


if __name__ == "__main__":
    rows = {"recurrent": list(recurrent()), "images": list(images())}
    parts = [f'  "source": "PyTorch {torch.__version__.partition("+")[0]}, float64, CPU"']
    for name, listed in rows.items():
        lines = ",\n".join("    " + json.dumps(row) for row in listed)
        parts.append(f'  "{name}": [\n{lines}\n  ]')
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    (HERE / "recurrent_and_convolution.json").write_text(text, encoding="utf-8")
