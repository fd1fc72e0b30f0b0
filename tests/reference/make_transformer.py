"""Freeze transformer.json: embeddings, norms, attention, blocks and a GPT, with gradients, from PyTorch.

pip install torch==2.13.0
python tests/reference/make_transformer.py
"""

import json
from pathlib import Path

import torch
from torch.nn import functional

HERE = Path(__file__).parent
torch.set_default_dtype(torch.float64)
torch.manual_seed(0)


def leaf(*shape, around=0.0):
    """Draw numbers that are short in the file."""
    return (torch.randn(shape) * 0.7 + around).round(decimals=2).requires_grad_()


def row(module, arguments, weights, x, y, **more):
    """Freeze y and the gradients of Σ k·yₖ, k = 1, 2, …, of the weights and of x if it is not of tokens."""
    (y.flatten() * torch.arange(1.0, y.numel() + 1)).sum().backward()
    return {
        "module": module, "arguments": arguments, "weights": {name: w.tolist() for name, w in weights.items()},
        "x": x.tolist(), "y": y.tolist(), "gradient": None if x.grad is None else x.grad.tolist(),
        "gradients": {name: w.grad.tolist() for name, w in weights.items()}, **more,
    }  # fmt: skip


def embedding():
    tokens, layer = torch.tensor([2, 0, 2, 3]), torch.nn.Embedding(5, 3)
    layer.weight = torch.nn.Parameter(leaf(5, 3).detach())
    yield row("Embedding", {"num_embeddings": 5, "embedding_dim": 3}, {"weight": layer.weight}, tokens, layer(tokens))


def norms():
    for name, options in [
        ("RMSNorm", {}), ("RMSNorm", {"eps": 0.1}), ("RMSNorm", {"elementwise_affine": False}), ("LayerNorm", {}),
        ("LayerNorm", {"eps": 0.1}), ("LayerNorm", {"elementwise_affine": False}), ("LayerNorm", {"bias": False}),
    ]:  # fmt: skip
        for scale in (1.0, 1e-6):
            layer, x = getattr(torch.nn, name)(4, **options), (leaf(4, around=0.3).detach() * scale).requires_grad_()
            for weight in layer.parameters():
                weight.data = leaf(4, around=1.0).detach()
            weights = dict(layer.named_parameters())
            yield row(name, {"normalized_shape": 4, **options}, weights, x, layer(x))


def attention():
    for heads, causal, bias in [(1, True, False), (2, True, True), (4, False, True), (2, False, False)]:
        layer, x = torch.nn.MultiheadAttention(4, heads, bias=bias), leaf(3, 4)
        weights, copy = matrices("", bias)
        copy(layer)
        mask = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1) if causal else None
        y, shares = layer(x, x, x, attn_mask=mask, average_attn_weights=False)
        shares, arguments = shares.tolist(), {"embed_dim": 4, "num_heads": heads, "causal": causal, "bias": bias}
        stack(layer, weights, "", bias, y)
        yield row("Attention", arguments, weights, x, y, shares=shares)


def matrices(prefix, bias):
    """Draw the four matrices of an attention; return them, and what copies them to PyTorch's."""
    names = [f"{prefix}{name}" for name in ("query", "key", "value", "output")]
    weights = {f"{name}.weight": leaf(4, 4) for name in names}
    weights |= {f"{name}.bias": leaf(4) for name in names} if bias else {}

    def copy(layer):
        query, key, value, output = names
        for kind in ("weight", "bias") if bias else ("weight",):
            three = torch.cat([weights[f"{name}.{kind}"] for name in (query, key, value)]).detach()
            setattr(layer, f"in_proj_{kind}", torch.nn.Parameter(three))
            setattr(layer.out_proj, kind, torch.nn.Parameter(weights[f"{output}.{kind}"].detach().clone()))

    return weights, copy


def stack(layer, weights, prefix, bias, y):
    """Give the four matrices the gradients of PyTorch's stacked ones as soon as these are known."""

    def split(kind):
        def hook(gradient):
            for name, part in zip(("query", "key", "value"), gradient.chunk(3), strict=True):
                weights[f"{prefix}{name}.{kind}"].grad = part

        return hook

    def last(kind):
        return lambda gradient: setattr(weights[f"{prefix}output.{kind}"], "grad", gradient)

    for kind in ("weight", "bias") if bias else ("weight",):
        getattr(layer, f"in_proj_{kind}").register_hook(split(kind))
        getattr(layer.out_proj, kind).register_hook(last(kind))


def encoder_layers():
    for activation, causal in (("relu", True), ("gelu", False)):
        layer = torch.nn.TransformerEncoderLayer(
            4, 2, dim_feedforward=16, dropout=0.0, activation=activation, norm_first=True, batch_first=True
        )
        x, (weights, copy) = leaf(3, 4), matrices("attention.", bias=True)
        copy(layer.self_attn)
        own = {"attention_norm": layer.norm1, "mlp_norm": layer.norm2, "mlp.layers[0]": layer.linear1,
               "mlp.layers[1]": layer.linear2}  # fmt: skip
        for name, part in own.items():
            part.weight = torch.nn.Parameter(leaf(*part.weight.shape, around=float("norm" in name)).detach())
            part.bias = torch.nn.Parameter(leaf(*part.bias.shape).detach())
            weights |= {f"{name}.weight": part.weight, f"{name}.bias": part.bias}
        mask = torch.triu(torch.full((3, 3), -torch.inf), 1) if causal else None
        y = layer(x[None], src_mask=mask)[0]
        stack(layer.self_attn, weights, "attention.", True, y)
        arguments = {"embed_dim": 4, "num_heads": 2, "causal": causal, "activation": activation, "norm": "layer",
                     "bias": True}  # fmt: skip
        yield row("TransformerBlock", arguments, weights, x, y)


def gpt():
    """microgpt's model on tensors."""
    vocabulary, width, heads, layers, context = 5, 4, 2, 2, 6
    weights = {"token.weight": leaf(vocabulary, width), "position.weight": leaf(context, width)}
    for i in range(layers):
        for name in ("query", "key", "value", "output"):
            weights[f"blocks[{i}].attention.{name}.weight"] = leaf(width, width)
        weights[f"blocks[{i}].mlp.layers[0].weight"] = leaf(4 * width, width)
        weights[f"blocks[{i}].mlp.layers[1].weight"] = leaf(width, 4 * width)
    weights["output.weight"] = leaf(vocabulary, width)
    for length in (1, 4, 6):
        for weight in weights.values():
            weight.grad = torch.zeros_like(weight)
        tokens = torch.tensor([4, 0, 0, 3, 1, 4][:length])

        def norm(x):
            return functional.rms_norm(x, (width,), eps=1e-5)

        x = norm(weights["token.weight"][tokens] + weights["position.weight"][:length])
        for i in range(layers):
            prefix = f"blocks[{i}]."
            q, k, v = (
                (norm(x) @ weights[f"{prefix}attention.{name}.weight"].T).view(length, heads, -1).transpose(0, 1)
                for name in ("query", "key", "value")
            )
            seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(0, 1).flatten(1)
            x = x + seen @ weights[f"{prefix}attention.output.weight"].T
            hidden = torch.relu(norm(x) @ weights[f"{prefix}mlp.layers[0].weight"].T)
            x = x + hidden @ weights[f"{prefix}mlp.layers[1].weight"].T
        arguments = {"vocab_size": vocabulary, "embed_dim": width, "num_heads": heads, "num_layers": layers,
                     "context": context}  # fmt: skip
        yield row("GPT", arguments, weights, tokens, x @ weights["output.weight"].T)


if __name__ == "__main__":
    lines = [json.dumps(line) for part in (embedding, norms, attention, encoder_layers, gpt) for line in part()]
    source = f"PyTorch {torch.__version__.partition('+')[0]}, float64, CPU"
    rows = ",\n".join("    " + line for line in lines)
    text = f'{{\n  "source": "{source}",\n  "rows": [\n{rows}\n  ]\n}}\n'
    (HERE / "transformer.json").write_text(text, encoding="utf-8")
