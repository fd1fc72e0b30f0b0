"""Embedding, norms, attention, block and GPT: PyTorch's numbers, eager and compiled; generating; what is refused."""

from __future__ import annotations

import copy
import json
import math
import pickle
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import NonFiniteError, Value
from benchmarks import gpt_model as plain

ROWS = json.loads((Path(__file__).parents[1] / "reference" / "transformer.json").read_text(encoding="utf-8"))["rows"]


def label(row):
    return "-".join(str(x) for x in (row["module"], *row["arguments"].values(), len(row["x"])))


def values(numbers):
    return [values(x) if isinstance(x, list) else Value(x) for x in numbers]


def flat(nested):
    return [x for part in nested for x in flat(part)] if isinstance(nested, (list, tuple)) else [nested]


def gradients(nested):
    return [gradients(x) if isinstance(x, list) else x.grad for x in nested]


def parameter(model, name):
    """The Values of a weight or bias by its name in PyTorch, nested as there."""
    owner, _, kind = name.rpartition(".")
    module = dict(model.named_modules())[owner]
    if isinstance(module, nn.Layer):
        return [neuron.w if kind == "weight" else neuron.b for neuron in module.neurons]
    return getattr(module, kind)


def made(row):
    """The row's module, with its weights."""
    model = getattr(nn, row["module"])(**row["arguments"])
    named = {name: flat(parameter(model, name)) for name in row["weights"]}
    assert sum(map(len, named.values())) == len(model.parameters())
    for name, numbers in row["weights"].items():
        for value, number in zip(named[name], flat(numbers), strict=True):
            value.data = number
    return model


def weighted(y):
    return autograd.dot(flat(y), [1.0 + k for k in range(len(flat(y)))])


def agree(found, wanted):
    np.testing.assert_allclose(flat(found), flat(wanted), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_a_module_is_pytorchs_eager_and_compiled(row):
    model = made(row)
    x = values(row["x"]) if row["gradient"] else row["x"]
    y = model(x)
    weighted(y).backward()
    agree([[out.data for out in flat(line)] for line in y], row["y"])
    for name, wanted in row["gradients"].items():
        agree(gradients(parameter(model, name)), wanted)
    if row["gradient"]:
        agree(gradients(x), row["gradient"])

    program = autograd.compile(lambda x: weighted(model(x)), parameters=model.parameters())
    loss, gradient = program.value_and_grad(np.array([row["x"]]))
    assert loss == pytest.approx(weighted(y).data, rel=1e-10)
    agree(gradient.tolist(), [value.grad for value in model.parameters()])
    agree(nn.predict(model, np.array([row["x"]] * 2)).tolist(), [row["y"]] * 2)


@pytest.mark.parametrize("row", [row for row in ROWS if "shares" in row], ids=label)
def test_attention_weights_are_pytorchs(row):
    agree(made(row).weights(row["x"]), row["shares"])


def test_the_weights_of_a_gpts_attention_are_those_of_its_blocks():
    row = ROWS[-1]
    model = made(row)
    layers = model.attention(row["x"])
    assert np.shape(layers) == (2, 2, 6, 6)
    np.testing.assert_allclose(np.sum(layers, -1), 1.0)
    assert np.triu(layers, 1).max() == 0.0 < np.tril(layers).min() + 1.0
    first = [
        model.norm([t + p for t, p in zip(model.token(x), model.position(i), strict=True)])
        for i, x in enumerate(row["x"])
    ]
    assert layers[0] == model.blocks[0].attention.weights([model.blocks[0].attention_norm(x) for x in first])


# ── positions one at a time, and new tokens ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("row", [row for row in ROWS if row["arguments"].get("causal")], ids=label)
def test_a_step_is_the_row_of_its_position(row):
    model, keys, rows = made(row), [], []
    agree([[x.data for x in model.step(x, keys, rows)] for x in row["x"]], row["y"])
    assert len(keys) == len(rows) == len(row["x"])


@settings(max_examples=6)
@given(
    st.integers(0, 10**6), st.lists(st.integers(0, 4), min_size=1, max_size=6), st.sampled_from([0.0, 0.3, 1.0, 4.0])
)
def test_generated_tokens_are_drawn_from_the_models_probabilities(seed, prompt, temperature):
    model, source, tokens = GPT_OF_ROW, random.Random(seed), list(prompt)
    while len(tokens) < 7:
        logits = [x.data for x in model(tokens)[-1]]
        if temperature == 0.0:
            tokens.append(int(np.argmax(logits)))
        else:
            shares = np.exp((np.array(logits) - max(logits)) / temperature)
            tokens += source.choices(range(5), shares.tolist())
    assert model.generate(prompt, temperature, seed) == tokens
    assert model.generate(np.array(prompt), temperature, seed, max_new=2) == tokens[: len(prompt) + 2]
    end = tokens.index(tokens[-1], len(prompt))
    assert model.generate(prompt, temperature, seed, stop=tokens[-1]) == tokens[:end]


GPT_OF_ROW = made(ROWS[-1])


def test_a_document_without_a_prompt_begins_after_the_stop_token():
    new = GPT_OF_ROW.generate(seed=3, stop=4)
    assert [4, *new] == GPT_OF_ROW.generate([4], seed=3, stop=4)
    assert 4 not in new
    assert GPT_OF_ROW.generate([1, 2], max_new=0) == [1, 2]
    assert GPT_OF_ROW.generate(seed=3, stop=4, max_new=1) == new[:1]


def test_without_a_seed_tokens_are_drawn_from_pythons_generator():
    random.seed(5)
    tokens = GPT_OF_ROW.generate([1])
    random.seed(5)
    assert GPT_OF_ROW.generate([1]) == tokens
    assert all(value.grad == 0.0 and not value.has_grad for value in GPT_OF_ROW.parameters())


# ── how they begin, and what they say ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("weights", "deviation"),
    [
        (lambda: nn.Embedding(200, 50, seed=0).parameters(), 1.0),
        (lambda: nn.GPT(100, 40, num_heads=4, context=30, seed=0).parameters(), 0.08),
        (lambda: nn.Attention(60, 3, seed=0).parameters(), 1 / math.sqrt(3 * 60)),
        (lambda: nn.TransformerBlock(40, 2, elementwise_affine=False, seed=0).mlp.layers[1].parameters(),
         1 / math.sqrt(3 * 160)),
        (lambda: nn.Linear(64, 128, seed=0, bias=False).parameters(), 1 / math.sqrt(3 * 64)),
    ],
    ids=["Embedding", "GPT", "Attention", "TransformerBlock", "Linear"],
)  # fmt: skip
def test_weights_begin_with_the_moments_of_pytorchs(weights, deviation):
    numbers = np.array([value.data for value in weights()])
    assert abs(numbers.mean()) < 5 * deviation / math.sqrt(len(numbers))
    assert numbers.std() == pytest.approx(deviation, rel=0.03)


def test_a_gpt_has_microgpts_parameters_and_its_seed_all_of_them():
    assert len(nn.GPT(27).parameters()) == 4192
    assert nn.GPT(5, seed=1).state_dict() == nn.GPT(5, seed=1).state_dict() != nn.GPT(5, seed=2).state_dict()
    random.seed(3)
    state = nn.GPT(5).state_dict()
    random.seed(3)
    assert nn.GPT(5).state_dict() == state


MODULES = {
    "nn.Embedding(5, 3)": [1, 2],
    "nn.RMSNorm(3)": [1.0, 2.0, 3.0],
    "nn.RMSNorm(3, eps=0.1, elementwise_affine=False)": [1.0, 2.0, 3.0],
    "nn.LayerNorm(3)": [1.0, 2.0, 3.0],
    "nn.LayerNorm(3, eps=0.1, bias=False)": [1.0, 2.0, 3.0],
    "nn.LayerNorm(3, elementwise_affine=False)": [1.0, 2.0, 3.0],
    "nn.Attention(4, num_heads=2)": [[1.0, 2.0, 3.0, 4.0]] * 2,
    "nn.Attention(1, num_heads=1, causal=False)": [[1.0], [2.0]],
    "nn.TransformerBlock(4, num_heads=2)": [[1.0, 2.0, 3.0, 4.0]] * 2,
    "nn.TransformerBlock(1, num_heads=1)": [[1.0]],
    "nn.GPT(vocab_size=5, embed_dim=4, num_heads=2, num_layers=2, context=3)": [4, 0],
    "nn.GPT(vocab_size=1, embed_dim=1, num_heads=1, num_layers=1, context=1)": [0],
    "nn.Linear(2, 3, bias=False)": [1.0, 2.0],
}


@pytest.mark.parametrize("text", MODULES)
def test_a_module_prints_as_it_is_made_and_is_copied_and_kept(text, tmp_path):
    model, x = eval(text), MODULES[text]
    assert f"nn.{model!r}" == text
    model.save(tmp_path / "model.npz")
    y = repr(model(x))
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), nn.load(tmp_path / "model.npz")):
        assert (repr(other), repr(other(x)), other.state_dict()) == (repr(model), y, model.state_dict())
    assert str(len(model.parameters())) in str(model)


SETTINGS = [
    nn.Attention(4, 2, bias=True),
    nn.TransformerBlock(4, 2, activation="gelu", norm="layer", eps=0.1, bias=True),
    nn.TransformerBlock(4, 2, causal=False, activation=autograd.tanh, elementwise_affine=False),
    nn.MLP(4, [3, 2], bias=False),
    nn.Sequential(nn.LayerNorm(4), nn.Layer(4, 3, bias=False), nn.RMSNorm(3)),
]


@pytest.mark.parametrize("model", SETTINGS, ids=range(len(SETTINGS)))
def test_every_setting_is_kept_in_a_file(model, tmp_path):
    model.save(tmp_path / "model.npz")
    loaded = nn.load(tmp_path / "model.npz")
    x = [[1.0, 2.0, 3.0, 4.0]] if hasattr(model, "step") else [1.0, 2.0, 3.0, 4.0]
    assert repr(loaded(x)) == repr(model(x))


@pytest.mark.parametrize("tokens", [[1, 2, 0], (1, 2, 0), np.array([1, 2, 0]), np.array([1.0, 2.0, 0.0]),
                                    np.array([1, 2, 0], np.uint8)], ids=repr)  # fmt: skip
def test_tokens_are_whole_numbers_of_any_kind(tokens):
    assert repr(GPT_OF_ROW(tokens)) == repr(GPT_OF_ROW([1, 2, 0]))
    assert repr(GPT_OF_ROW.token(tokens)) == repr([GPT_OF_ROW.token.weight[i] for i in (1, 2, 0)])


def test_a_norm_of_rows_is_that_of_each():
    rows = np.arange(6.0).reshape(2, 3)
    for norm in (nn.RMSNorm(3), nn.LayerNorm([3])):
        assert repr(norm(rows)) == repr(norm(rows.tolist())) == repr([norm(row) for row in rows])


def test_a_sample_of_zeros_has_a_finite_gradient():
    for norm in (nn.RMSNorm(3), nn.LayerNorm(3)):
        x = values([0.0, 0.0, 0.0])
        weighted(norm(x)).backward()
        assert all(map(math.isfinite, gradients(x)))


# ── trained, and drawn ──────────────────────────────────────────────────────────────────────────────────────────────


def test_training_is_the_same_eager_and_compiled():
    X = np.random.default_rng(0).integers(0, 5, (12, 4))
    histories = []
    for engine in ("eager", "compiled"):
        model = nn.GPT(5, 4, num_heads=2, context=4, seed=0)
        histories.append(nn.fit(model, X, np.roll(X, -1, 1), loss="cross_entropy", optimizer="adam", lr=0.05, epochs=3,
                                batch_size=4, engine=engine, seed=0)["loss"])  # fmt: skip
    assert histories[0] == pytest.approx(histories[1], rel=1e-9)
    assert histories[0][-1] < histories[0][0]


def test_a_drawing_names_its_parts():
    model = nn.GPT(3, 2, num_heads=1, context=2, seed=0)
    loss = nn.cross_entropy(model([1, 2]), [2, 0])
    assert " GPT(vocab_size=3) " in autograd.draw(loss).text()
    text = autograd.draw(loss, open="GPT").text()
    for name in ("blocks[0].attention · Attention(2)", "blocks[0].mlp · MLP", "rms_norm", "output"):
        assert name in text


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────

REFUSED = [
    (lambda: nn.Embedding(0, 2), ValueError, "num_embeddings must be 1 or more, not 0"),
    (lambda: nn.Embedding(2, 1.5), TypeError, "embedding_dim must be an int, not a float"),
    (lambda: nn.Embedding(3, 2)(3), IndexError, "there is no token 3: with 3 tokens, they are 0 to 2"),
    (lambda: nn.Embedding(3, 2)([0, -1]), IndexError, "there is no token -1: with 3 tokens"),
    (lambda: nn.Embedding(3, 2)(0.5), IndexError, "there is no token 0.5"),
    (lambda: nn.Embedding(3, 2)(math.nan), IndexError, "there is no token nan"),
    (lambda: nn.Embedding(3, 2)("a"), TypeError, r"must be a whole number, not a str\n  try +tokenizer\.encode"),
    (lambda: GPT_OF_ROW(["a", "b"]), TypeError, r"a token must be a whole number, not a str\n  try +tokenizer\.encode"),
    (lambda: nn.Embedding(3, 2)(None), TypeError, "a token must be a whole number, not a NoneType"),
    (lambda: nn.Embedding(3, 2)(Value(7.0)), IndexError, "must be a whole number from 0 to 2"),
    (lambda: nn.RMSNorm([2, 3]), ValueError, "normalized_shape must be one number, because a sample has one axis"),
    (lambda: nn.RMSNorm(2, eps=-1.0), ValueError, "eps must be a finite number, 0 or more, not -1.0"),
    (lambda: nn.LayerNorm(2, eps=math.nan), ValueError, "eps must be a finite number"),
    (lambda: nn.RMSNorm(2)([1.0]), ValueError, "this RMSNorm takes 2 inputs, not 1"),
    (lambda: nn.Attention(6, 4), ValueError, "num_heads must divide embed_dim, but 4 does not divide 6"),
    (lambda: nn.Attention(2, 1)([1.0, 2.0]), ValueError, r"a sequence of rows, \(positions, 2\), not a single row"),
    (lambda: nn.Attention(2, 1)([]), ValueError, "not no row"),
    (lambda: nn.Attention(2, 1)(3.0), ValueError, "not a float"),
    (lambda: nn.Attention(2, 1)([[1.0, 2.0], [1.0]]), ValueError, "this Attention takes 2 inputs, not 1"),
    (lambda: nn.Attention(2, 1, causal=False).step([1.0, 2.0], [], []), ValueError, "is not causal"),
    (lambda: nn.TransformerBlock(2, 1, norm="batch"), ValueError, "norm must be 'rms' or 'layer', not 'batch'"),
    (lambda: nn.TransformerBlock(2, 1, activation="foo"), ValueError, "unknown activation 'foo'"),
    (lambda: nn.GPT(5, num_layers=0), ValueError, "num_layers must be 1 or more"),
    (lambda: GPT_OF_ROW([]), ValueError, "there are no tokens"),
    (lambda: GPT_OF_ROW([0] * 7), ValueError, r"takes at most 6 tokens, not 7\n  try  .*context=7\), .*tokens\[-6:\]"),
    (lambda: GPT_OF_ROW([[0, 1], [2, 3]]), ValueError, "one document at a time"),
    (lambda: GPT_OF_ROW(np.zeros((2, 2), int)), ValueError, "one document at a time"),
    *(
        (lambda call=call: call("abc"), TypeError, r"whole numbers, not a str\n  try +tokenizer\.encode\(text\)\[:-1\]")
        for call in (GPT_OF_ROW, GPT_OF_ROW.attention, GPT_OF_ROW.generate)
    ),
    (lambda: GPT_OF_ROW(3), TypeError, "not an int"),
    (lambda: GPT_OF_ROW([5]), IndexError, "there is no token 5: with 5 tokens, they are 0 to 4"),
    (lambda: GPT_OF_ROW.generate(), ValueError, r"no token to begin after\n  try +generate\(prompt=\[token\]\)"),
    (lambda: GPT_OF_ROW.generate([0] * 7), ValueError, "takes at most 6 tokens, not 7"),
    (lambda: GPT_OF_ROW.generate([9]), IndexError, "there is no token 9"),
    (lambda: GPT_OF_ROW.generate(stop=9), IndexError, "there is no token 9"),
    (lambda: GPT_OF_ROW.generate([1], stop=9), IndexError, "there is no token 9"),
    (lambda: GPT_OF_ROW.generate([1], temperature=-1), ValueError, "temperature must be a finite number, 0 or more"),
    (lambda: GPT_OF_ROW.generate([1], temperature=math.inf), ValueError, "temperature must be a finite number"),
    (lambda: GPT_OF_ROW.generate([1], max_new=-1), ValueError, "max_new must be a whole number, 0 or more, or None"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_refused(build, error, words):
    with pytest.raises(error, match=words):
        build()


def test_a_token_that_is_an_input_is_checked_when_the_program_runs():
    program = autograd.compile(lambda x: GPT_OF_ROW(x)[-1])
    program(np.array([[1, 2]]))
    with pytest.raises(IndexError, match=r"x\[1\] is 5 in row 1 of the batch"):
        program(np.array([[1, 2], [1, 5]]))


def test_a_model_that_diverged_draws_no_token():
    model = nn.GPT(3, 2, num_heads=1, seed=0)
    model.output.neurons[1].w[0].data = math.nan
    with pytest.raises(NonFiniteError, match="the logits are not finite, so no token can be drawn"):
        model.generate([0])


def test_a_damaged_file_describes_no_model_that_is_too_large(tmp_path):
    path = tmp_path / "model.npz"
    nn.GPT(2, 1, num_heads=1, context=1).save(path)
    arrays = dict(np.load(path))
    for name in ("vocab_size", "context", "embed_dim", "num_layers"):
        recipe = {**json.loads(str(arrays["model"])), name: 10**12}
        np.savez(path, **{**arrays, "model": np.array(json.dumps(recipe))})
        with pytest.raises(ValueError, match="parameters, but the file has"):
            nn.load(path)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_gpt_compiles_to_the_program_of_plain_scalars(layers):
    data = plain.problem(plain.Sizes(tokens=5, width=4, heads=2, layers=layers, context=4), documents=3, positions=4)
    model = nn.GPT(5, 4, num_heads=2, num_layers=layers, context=4)
    names = {
        "token": "token.weight", "position": "position.weight", "logits": "output.weight",
        **{f"{name} {i}": f"blocks[{i}].{path}.weight"
           for name, path in {"query": "attention.query", "key": "attention.key", "value": "attention.value",
                              "attended": "attention.output", "hidden": "mlp.layers[0]",
                              "output": "mlp.layers[1]"}.items() for i in range(layers)},
    }  # fmt: skip
    weights = {name: parameter(model, path) for name, path in names.items()}
    for name, matrix in weights.items():
        for value, number in zip(flat(matrix), data.numbers[name].ravel().tolist(), strict=True):
            value.data = number

    def mean_loss(document):
        losses = [nn.cross_entropy(x, t) for x, t in zip(model(document[:-1]), document[1:], strict=True)]
        return sum(losses) / len(losses)

    programs = [
        autograd.compile(loss, parameters=model.parameters())
        for loss in (mean_loss, lambda document: plain.loss(weights, data.sizes, document))
    ]
    (loss, gradient), (wanted, wanted_gradient) = (program.value_and_grad(data.documents) for program in programs)
    assert loss == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(gradient, wanted_gradient, rtol=1e-9, atol=1e-14)
    (own,), (others,) = (program.programs for program in programs)
    assert len(own) == len(others) <= 40 * layers + 20
