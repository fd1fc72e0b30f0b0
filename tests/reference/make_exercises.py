"""Freeze exercises.json: what exercises 18 to 22 compute, with gradients, from PyTorch.

pip install torch==2.13.0
python tests/reference/make_exercises.py
"""

import json
from pathlib import Path

import torch
from torch.nn import functional

HERE = Path(__file__).parent
torch.set_default_dtype(torch.float64)
torch.manual_seed(18)


def leaf(*shape):
    """Draw numbers that are short in the file."""
    return torch.randn(shape).round(decimals=2).requires_grad_()


def frozen(output, **inputs):
    """Freeze the inputs, the output, and the gradients of Σ k·outputₖ, k = 1, 2, …"""
    factors = torch.arange(1.0, output.numel() + 1)
    (output.flatten() * factors).sum().backward()
    return {
        "inputs": {name: x.tolist() for name, x in inputs.items()},
        "arriving": factors.reshape(output.shape).tolist(),
        "output": output.tolist(),
        "gradients": {name: x.grad.tolist() for name, x in inputs.items() if x.grad is not None},
    }


def expression():
    xs = torch.tensor([0.7, -1.3, 2.1], requires_grad=True)
    a, b, c = xs
    d = a * b + c**3
    e = (d - 2 * a).exp() / (1 + c) - 3 / b
    return frozen(((e + d) * d).relu() + (c * 5 - b).log() + (-e) ** 2, xs=xs)


def cross_entropy():
    logits, target = leaf(5), torch.tensor(3)
    return frozen(functional.cross_entropy(logits, target), logits=logits, target=target)


def softmax():
    logits = leaf(4)
    return frozen(logits.softmax(0), logits=logits)


def embedding():
    letters, places, tokens = leaf(5, 3), leaf(6, 3), torch.tensor([2, 0, 2, 4])
    output = functional.embedding(tokens, letters) + places[: len(tokens)]
    return frozen(output, letters=letters, places=places, tokens=tokens)


def rms_norm():
    xs, scale = leaf(5), leaf(5)
    return frozen(functional.rms_norm(xs, (5,), scale, eps=1e-5), xs=xs, scale=scale)


def attention():
    queries, keys, values = leaf(4, 3), leaf(4, 3), leaf(4, 2)
    output = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    return frozen(output, queries=queries, keys=keys, values=values)


if __name__ == "__main__":
    makers = (expression, cross_entropy, softmax, embedding, rms_norm, attention)
    rows = {make.__name__: make() for make in makers}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    source = f"PyTorch {torch.__version__.partition('+')[0]}, float64, CPU"
    text = f'{{"source": "{source}", "rows": {{\n{lines}\n}}}}\n'
    (HERE / "exercises.json").write_text(text, encoding="utf-8")
