"""Leaving: PyTorch and onnxruntime compute what the model computes, for every rule of the table."""

import subprocess
import sys

import numpy as np
import pytest

import autograd
import nn
from autograd import RULES, MissingExtraError, Value
from nn.export import ExportError, errors, to_onnx, to_torch

onnxruntime = pytest.importorskip("onnxruntime", reason="pip install onnx onnxruntime to test the exports")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="pip install torch to test the export to it")


def run(path, *inputs):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    named = {wanted.name: x.reshape(len(x), -1) for wanted, x in zip(session.get_inputs(), inputs, strict=True)}
    return session.run(None, named)[0]


def agree(found, wanted, tolerance=1e-6):
    """To so much of the larger of 1 and the number; nan where nan is wanted, infinity where it is."""
    found, wanted = np.broadcast_arrays(found, wanted.reshape(len(wanted), -1))
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance, equal_nan=True)


MODELS = {
    "mlp": lambda: nn.MLP(3, [5, 4, 2], activation="tanh", seed=0),
    "one output": lambda: nn.MLP(3, [4, 1], activation="relu", seed=1),
    "softmax": lambda: nn.MLP(3, [6, 3], activation="gelu", output="softmax", seed=2),
    "neuron": lambda: nn.Neuron(3, "sigmoid", seed=3),
    "layer": lambda: nn.Layer(3, 4, "elu", seed=4),
    "modules": lambda: nn.Sequential(
        nn.Linear(3, 4, seed=5), nn.GELU("tanh"), nn.Linear(4, 4, seed=6), nn.LeakyReLU(0.3), nn.Linear(4, 2, seed=7),
        nn.Softmax(),
    ),
    "sequential": lambda: nn.Sequential(
        nn.Layer(3, 4, None, seed=5), autograd.softmax, nn.Layer(4, 2, "softplus", seed=6), autograd.log_softmax
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_the_same_in_onnx(name, tmp_path):
    model = MODELS[name]()
    X = np.random.default_rng(0).normal(size=(9, 3))
    agree(run(to_onnx(model, tmp_path / "model.onnx"), X), nn.predict(model, X))


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_the_same_in_pytorch(name, torch):
    model = MODELS[name]()
    X = np.random.default_rng(0).normal(size=(9, 3))
    state, module = to_torch(model)
    with torch.no_grad():
        agree(module(torch.from_numpy(X)).numpy(), nn.predict(model, X), 1e-12)
    assert list(state) == list(module.state_dict())


class Last(nn.Module):
    """The last output of a recurrent layer."""

    def __init__(self, layer):
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0][-1]


IMAGES = {
    "convolutional": lambda: nn.Sequential(
        nn.Conv2d(2, 3, (3, 2), padding=1, seed=0), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.4),
        nn.Conv2d(3, 2, 2, stride=(1, 2), bias=False, seed=1), nn.AvgPool2d(1), nn.Flatten(), nn.Linear(2, 3, seed=2),
    ),
    "the same size": lambda: nn.Sequential(nn.Conv2d(2, 1, (2, 3), padding="same", seed=0), nn.Flatten()),
    "overlapping": lambda: nn.Sequential(nn.MaxPool2d((3, 2), stride=1), nn.AvgPool2d(2), nn.Flatten()),
}  # fmt: skip
RECURRENT = {
    "rnn": lambda: nn.RNN(2, 3, 2, "relu", seed=0),
    "gru": lambda: nn.GRU(2, 3, bias=False, seed=1),
    "lstm": lambda: nn.LSTM(2, 4, 2, seed=2),
}


def images():
    return np.random.default_rng(0).normal(size=(5, 2, 5, 6))


def sequences():
    return np.random.default_rng(0).normal(size=(5, 4, 2))


@pytest.mark.parametrize("name", IMAGES)
def test_a_network_on_images_is_the_same_in_onnx(name, tmp_path):
    model, X = IMAGES[name](), images()
    agree(run(to_onnx(model, tmp_path / "model.onnx", example=X[0]), X), nn.predict(model, X))


@pytest.mark.parametrize("name", IMAGES)
def test_a_network_on_images_is_the_same_in_pytorch(name, torch):
    model, X = IMAGES[name](), images()
    module = to_torch(model.eval()).module
    with torch.no_grad():
        agree(module(torch.from_numpy(X)).numpy(), nn.predict(model, X), 1e-12)
    assert [to_torch(model).module.training, to_torch(model.train()).module.training] == [False, True]


@pytest.mark.parametrize("name", RECURRENT)
def test_a_recurrent_layer_is_the_same_in_onnx(name, tmp_path):
    model, X = Last(RECURRENT[name]()), sequences()
    agree(run(to_onnx(model, tmp_path / "model.onnx", example=X[0]), X), nn.predict(model, X))


@pytest.mark.parametrize("name", RECURRENT)
def test_a_recurrent_layer_is_the_same_in_pytorch(name, torch):
    layer, X = RECURRENT[name](), sequences()
    with torch.no_grad():
        outputs, _ = to_torch(layer).module(torch.from_numpy(X))
    agree(outputs[:, -1].numpy(), nn.predict(Last(layer), X), 1e-12)


SEQUENCES = {
    "embedding": (lambda: nn.Embedding(5, 3, seed=0), np.array([[1, 4, 1], [0, 0, 2]])),
    "norms": (lambda: nn.Sequential(nn.RMSNorm(3, 0.1), nn.LayerNorm(3), nn.Linear(3, 2, seed=0, bias=False)), None),
    "norm without weights": (lambda: nn.LayerNorm(3, 0.1, elementwise_affine=False), None),
    "norm without bias": (lambda: nn.Sequential(nn.LayerNorm(3, bias=False), nn.RMSNorm(3, None, False)), None),
    "attention": (lambda: nn.Attention(4, 2, bias=True, seed=0), "rows"),
    "attention to all": (lambda: nn.Attention(4, 1, causal=False, seed=0), "rows"),
    "block": (lambda: nn.TransformerBlock(4, 2, activation="gelu", norm="layer", bias=True, seed=0), "rows"),
    "gpt": (lambda: nn.GPT(5, 4, num_heads=2, num_layers=2, context=3, seed=0), np.array([[1, 4, 1], [0, 0, 2]])),
    "gpt, a shorter text": (lambda: nn.GPT(5, 4, num_heads=2, context=9, seed=0), np.array([[1, 4, 1], [0, 0, 2]])),
    "gpt, a long table": (lambda: nn.GPT(257, 4, num_heads=2, context=9, seed=0), np.array([[1, 4, 256], [0, 0, 2]])),
}


def samples(X):
    draw = np.random.default_rng(0)
    return draw.normal(size=(4, 3)) if X is None else draw.normal(size=(2, 3, 4)) if isinstance(X, str) else X


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_module_for_sequences_is_the_same_in_onnx(name, tmp_path):
    model, X = SEQUENCES[name][0](), samples(SEQUENCES[name][1])
    wanted = nn.predict(model, X).reshape(len(X), -1)
    agree(run(to_onnx(model, tmp_path / "model.onnx", example=X[0]), X.astype(float)), wanted)


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_module_for_sequences_is_the_same_in_pytorch(name, torch, tmp_path):
    model, X = SEQUENCES[name][0](), samples(SEQUENCES[name][1])
    state, module = to_torch(model)
    with torch.no_grad():
        agree(module(torch.from_numpy(X)).numpy().reshape(len(X), -1), nn.predict(model, X).reshape(len(X), -1), 1e-10)
    assert sum(x.numel() for x in state.values()) == len(model.parameters())
    torch.save(module, tmp_path / "module.pt")


@pytest.mark.parametrize("activation", ["elu", "gelu", "hardtanh", "leaky_relu", "logsigmoid", "mish", "relu", "relu6",
                                        "selu", "sigmoid", "silu", "softplus", "softsign", "tanh", None])  # fmt: skip
def test_every_activation_that_pytorch_has(activation, torch):
    model = nn.Layer(2, 3, activation, seed=0)
    X = np.random.default_rng(1).normal(size=(20, 2)) * 3
    with torch.no_grad():
        agree(to_torch(model).module(torch.from_numpy(X)).numpy(), nn.predict(model, X), 1e-9)


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if not rule.sequences], ids=lambda rule: rule.name)
def test_every_rule_at_its_samples(rule, tmp_path):
    function = getattr(autograd, rule.name)
    samples = np.array([sample for sample in rule.samples if len(sample) == len(rule.operands)], float)
    compiled = autograd.compile({1: lambda a: function(a), 2: lambda a, b: function(a, b),
                                 3: lambda a, b, c: function(a, b, c)}[len(rule.operands)])  # fmt: skip
    wanted = compiled(*samples.T)
    agree(run(to_onnx(compiled, tmp_path / "rule.onnx"), *samples.T), wanted)


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.sequences], ids=lambda rule: rule.name)
def test_every_rule_over_sequences(rule, tmp_path):
    function = getattr(autograd, rule.name)
    arrays = [np.random.default_rng(i).normal(size=(6, 4)) for i in range(len(rule.operands))]
    compiled = autograd.compile({1: lambda a: function(a), 2: lambda a, b: function(a, b)}[len(arrays)])
    wanted = compiled(*arrays)
    agree(run(to_onnx(compiled, tmp_path / "rule.onnx"), *arrays), wanted)


def test_a_compiled_loss_with_conditions_labels_and_parameters(tmp_path):
    model = nn.MLP(2, [4, 3], seed=0)

    def loss(x, y):
        out = model(x)
        return nn.cross_entropy(out, y) + autograd.where(x[0] > 0, out[0] ** 2, -out[1])

    compiled = autograd.compile(loss)
    X, y = np.random.default_rng(0).normal(size=(8, 2)), np.arange(8) % 3
    wanted = compiled(X, y)
    agree(run(to_onnx(compiled, tmp_path / "loss.onnx"), X, y.astype(float)), wanted, 1e-9)


class HalfUsed(nn.Module):
    """Layers before, between and after the two that the output comes from."""

    def __init__(self):
        self.layers = [nn.Linear(3, 3, seed=i) for i in range(5)]

    def forward(self, x):
        return self.layers[1](self.layers[3](x))


@pytest.mark.parametrize("is_listed", [False, True], ids=["found", "listed"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_parameters_that_the_program_does_not_use_shift_no_others(dtype, is_listed, tmp_path):
    model, X = HalfUsed(), np.random.default_rng(0).normal(size=(6, 3)).astype(dtype)
    agree(run(to_onnx(model, tmp_path / "model.onnx", example=X[0]), X.astype(float)), nn.predict(model, X))
    for values in (model.parameters(), model.parameters()[::-1], model.layers[2].parameters()):
        compiled = autograd.compile(
            lambda x: model(3.0 * x + 1.0), dtype=dtype, parameters=values if is_listed else ()
        ).record(X)
        compiled.write(np.random.default_rng(1).normal(size=len(compiled.parameters)))  # each number its own
        agree(run(to_onnx(compiled, tmp_path / "compiled.onnx"), X), compiled(X), 1e-5 if dtype == "float32" else 1e-9)


def test_a_pick_from_long_tables_of_parameters_and_of_outputs(tmp_path):
    """From 256 numbers on, a program lists a table once; its picks name it."""
    draw = np.random.default_rng(0)
    unused, numbers, more = ([Value(x) for x in draw.normal(size=n)] for n in (3, 300, 256))

    def f(x, i):
        outputs = [w * x for w in numbers]
        return [autograd.pick(table, k) for table in (numbers, more, outputs, [*more, x]) for k in (i, 255 - i)]

    for values in ((), [*unused, *more]):
        compiled = autograd.compile(f, parameters=values)
        X, i = draw.normal(size=7), draw.integers(0, 256, 7)
        wanted = compiled(X, i)
        agree(run(to_onnx(compiled, tmp_path / "m.onnx"), X, i.astype(float)), wanted, 1e-12)


@pytest.mark.parametrize("size", [5, 300])
@pytest.mark.parametrize("index", [-1, "size", 1.5, np.nan, -np.inf, 1e300])
def test_a_wrong_index_is_refused_by_onnxruntime_too(size, index, tmp_path):
    table = [[Value(float(i + j)) for i in range(size)] for j in range(3)]
    compiled = autograd.compile(lambda x: [autograd.pick(row, x) for row in table]).record([0.0, 1.0])
    path = to_onnx(compiled, tmp_path / "m.onnx")
    agree(run(path, np.array([1.0, size - 1])), np.array([[1, 2, 3], [size - 1, size, size + 1]]))
    with pytest.raises(Exception, match="out of data bounds"):
        run(path, np.array([0.0, size if index == "size" else index]))


def test_what_depends_on_no_input_has_a_row_for_each_sample(tmp_path):
    w = Value(3.0)
    compiled = autograd.compile(lambda x: [w * w, 2.0, x * w])
    compiled(np.arange(4.0))
    agree(run(to_onnx(compiled, tmp_path / "m.onnx"), np.arange(4.0)), np.array([[9, 2, 3 * x] for x in range(4)]))


def test_single_precision_and_any_batch(tmp_path):
    model = nn.MLP(2, [8, 1], seed=0)
    compiled = autograd.compile(lambda x: model(x), dtype="float32")
    X = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    wanted = compiled(X)
    path = to_onnx(compiled, tmp_path / "m.onnx")
    for count in (1, 5):
        found = run(path, X[:count])
        assert found.dtype == np.float32
        agree(found, wanted[:count])


def test_a_module_of_ones_own_needs_an_example(tmp_path):
    class Line(nn.Module):
        def __init__(self):
            self.a, self.b = Value(2.0), Value(1.0)

        def forward(self, x):
            return self.a * x[0] + self.b * x[1]

    with pytest.raises(ExportError, match="the number of inputs of Line is unknown: write to_onnx"):
        to_onnx(Line(), tmp_path / "m.onnx")
    X = np.array([[1.0, 2.0], [3.0, 5.0]])
    agree(run(to_onnx(Line(), tmp_path / "m.onnx", example=X[0]), X), np.array([4.0, 11.0]))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (3, "takes a model or a compiled function, not an int"),
        (autograd.compile(lambda x: x), "call it on a batch first"),
    ],
)
def test_what_onnx_cannot_have_leaves_no_file(model, words, tmp_path):
    with pytest.raises(ExportError, match=words):
        to_onnx(model, tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError,
        match=r"cannot save '.*nowhere.m\.onnx': the folder '.*nowhere' does not exist; create it first",
    ):
        to_onnx(nn.Neuron(2), tmp_path / "nowhere" / "m.onnx")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Layer(2, 2, "sin", seed=0), "PyTorch has no module for the activation 'sin'"),
        (nn.Sequential(nn.Layer(1, 1), print), "PyTorch has no module for print"),
        (nn.Module(), "PyTorch has no module for Module"),
    ],
)
def test_what_pytorch_has_no_module_for(model, words, torch):
    with pytest.raises(ExportError, match=words):
        to_torch(model)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(errors.importlib, "import_module", lambda name: (_ for _ in ()).throw(ImportError(name)))
    with pytest.raises(MissingExtraError, match=r"needs torch: pip install 'scalar-autograd\[export\]'"):
        to_torch(nn.Neuron(1))


def test_export_is_loaded_when_asked_for():
    code = "import sys, nn; print('nn.export' in sys.modules); nn.export; print('nn.export' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
