"""fit, predict and evaluate on sequences of different lengths, beside PyTorch's loop over padded batches."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fixtures.training import ROOT, numbers_of

import autograd
import nn

REFERENCE = json.loads((ROOT / "tests/reference/sequences.json").read_text(encoding="utf-8"))
X = [[int(token) for token in row] for row in REFERENCE["sequences"]]
Y = [[int(token) for token in row] for row in REFERENCE["targets"]]
LABELS = [int(x) for x in REFERENCE["labels"]]
TOKENS = sum(map(len, X))


class Pairs(nn.Module):
    """The scores of the token after each: those of its row in a table."""

    def __init__(self, causal=False):
        self.table, self.linear, self.causal = nn.Embedding(5, 3, seed=1), nn.Linear(3, 5, seed=2), causal

    def forward(self, tokens):
        return [self.linear(row) for row in self.table(tokens)]


class Bag(nn.Module):
    """The scores of three labels: those of the mean of a sequence's rows."""

    def __init__(self):
        self.table, self.linear = nn.Embedding(5, 3, seed=1), nn.Linear(3, 3, seed=2)

    def forward(self, tokens):
        return self.linear([autograd.mean(column) for column in zip(*self.table(tokens), strict=True)])


class Follows(nn.Module):
    """A model that says it is causal, and looks at the whole sequence."""

    causal = True

    def __init__(self):
        self.pairs = Pairs()

    def forward(self, tokens):
        return [[x * 0.1 * len(rows) for x in row] for rows in [self.pairs(tokens)] for row in rows]


WAYS = {
    "padded": lambda: (Pairs(causal=True), "compiled"),
    "by length": lambda: (Pairs(), "compiled"),
    "eager": lambda: (Pairs(causal=True), "eager"),
}
"""How sequences are run, all with the same numbers."""


def put(model, numbers):
    table, weights, biases = numbers
    for row, given in zip(model.table.weight, table, strict=True):
        for x, number in zip(row, given, strict=True):
            x.data = number
    for neuron, given, bias in zip(model.linear.neurons, weights, biases, strict=True):
        for x, number in zip([*neuron.w, neuron.b], [*given, bias], strict=True):
            x.data = number


def trained(model, y=Y, **options):
    return nn.fit(model, X, y, **{"loss": "cross_entropy", "lr": 0.05, "epochs": 2, "batch_size": 3} | options)


def surprises(model):
    """The cross entropy of each token, computed one after the other."""
    return [
        [nn.cross_entropy(row, target).data for row, target in zip(model(tokens), targets, strict=True)]
        for tokens, targets in zip(X, Y, strict=True)
    ]


# ── beside PyTorch ──────────────────────────────────────────────────────────────────────────────────────────────────

TRAININGS = REFERENCE["trainings"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("training", TRAININGS, ids=lambda x: f"{x['of']} {x['batch_size']:g} {[*x][2:-3]}")
def test_a_training_is_that_of_pytorch(training, way):
    model, engine = WAYS[way]() if training["of"] == "tokens" else (Bag(), WAYS[way]()[1])
    put(model, training["begin"])
    settings = {name: training[name] for name in ("weight", "label_smoothing") if name in training}
    loss = nn.CrossEntropyLoss(**settings) if settings else "cross_entropy"
    size, y = int(training["batch_size"]), Y if training["of"] == "tokens" else LABELS
    history = trained(model, y, loss=loss, shuffle=False, batch_size=size, engine=engine)
    wanted = type(model)()
    put(wanted, training["final"])
    np.testing.assert_allclose(numbers_of(model), numbers_of(wanted), rtol=0, atol=1e-10)
    weight = training.get("weight", [1.0] * 5)
    counts = [sum(weight[token] for token in np.ravel(target)) for target in y]
    shares = [sum(counts[i : i + size]) for i in range(0, len(y), size)]
    epochs = np.reshape(training["losses"], (2, -1))
    np.testing.assert_allclose(history["loss"], np.average(epochs, axis=1, weights=shares), rtol=1e-10)


def test_class_weights_over_all_samples_are_those_of_pytorch():
    training = TRAININGS[-1]
    for given in (training["weight"], dict(enumerate(training["weight"]))):
        model, wanted = Bag(), Bag()
        put(model, training["begin"])
        put(wanted, training["final"])
        trained(model, LABELS, class_weight=given, batch_size=None)
        np.testing.assert_allclose(numbers_of(model), numbers_of(wanted), rtol=0, atol=1e-10)


# ── predict and evaluate ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("way", WAYS)
def test_predictions_are_the_models_own(way):
    model, engine = WAYS[way]()
    predictions = nn.predict(model, X, engine=engine)
    assert predictions.shape == (7,)
    for tokens, rows in zip(X, predictions, strict=True):
        np.testing.assert_allclose(rows, [[x.data for x in row] for row in model(tokens)], rtol=1e-12)
    labels = nn.predict(Bag(), X, engine=engine)
    np.testing.assert_allclose(labels, [[x.data for x in Bag()(tokens)] for tokens in X], rtol=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_loss_and_metrics_are_means_over_the_tokens(way):
    model, engine = WAYS[way]()
    found = nn.evaluate(model, X, Y, loss="cross_entropy", metrics=["accuracy", "perplexity"], engine=engine)
    each = np.concatenate(surprises(model))
    assert found["loss"] == pytest.approx(each.mean(), rel=1e-12)
    assert found["perplexity"] == pytest.approx(np.exp(each.mean()), rel=1e-12)
    rows = [[x.data for x in row] for tokens in X for row in model(tokens)]
    right = np.argmax(rows, axis=1) == np.concatenate(Y)
    assert found["accuracy"] == right.mean()


@pytest.mark.parametrize("way", WAYS)
def test_the_validation_data_may_have_other_lengths(way):
    model, engine = WAYS[way]()
    history = trained(model, validation=([[4, 1, 1], [4]], [[1, 1, 4], [0]]), metrics="accuracy", engine=engine)
    after = nn.evaluate(model, [[4, 1, 1], [4]], [[1, 1, 4], [0]], "cross_entropy", "accuracy")
    assert history["val_loss"][-1] == pytest.approx(after["loss"], rel=1e-9)
    assert history["val_accuracy"][-1] == after["accuracy"]
    split, same = WAYS[way]()[0], WAYS[way]()[0]
    trained(split, validation_split=0.4, engine=engine)
    nn.fit(same, X[:4], Y[:4], loss="cross_entropy", lr=0.05, epochs=2, batch_size=3, engine=engine)
    np.testing.assert_array_equal(numbers_of(split), numbers_of(same))


# ── what else fit can do ────────────────────────────────────────────────────────────────────────────────────────────

SETTINGS = {
    "as it is": {}, "one batch": {"batch_size": None}, "single samples": {"batch_size": 1}, "l2": {"l2": 0.01},
    "clipping": {"clip_grad_norm": 0.1}, "weights": {"sample_weight": [1.0, 2.0, 0.0, 1.0, 3.0, 1.0, 0.5]},
    "patience": {"patience": 1},
    "squared errors": {"loss": lambda rows, targets: nn.mse_loss([row[0] for row in rows], targets)},
    "in the middle of an epoch": {"max_steps": 4},
}  # fmt: skip


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_every_way_gives_the_same_numbers(settings):
    models, histories = zip(*[(model, trained(model, engine=engine, **settings)) for model, engine in
                              (make() for make in WAYS.values())], strict=True)  # fmt: skip
    for model, history in zip(models[1:], histories[1:], strict=True):
        np.testing.assert_allclose(numbers_of(model), numbers_of(models[0]), rtol=1e-9, atol=1e-12)
        assert list(history) == list(histories[0])
        for name in history:
            np.testing.assert_allclose(history[name], histories[0][name], rtol=1e-9)


def test_the_loss_of_an_epoch_that_was_cut_off_is_that_of_its_tokens():
    model = Pairs()
    each = surprises(model)
    history = trained(model, shuffle=False, max_steps=1)
    assert history["loss"] == pytest.approx([np.mean(np.concatenate(each[:3]))], rel=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_a_weight_of_two_is_a_sample_twice(way):
    (model, engine), (twice, _) = WAYS[way](), WAYS[way]()
    trained(model, batch_size=None, sample_weight=[2.0] + [1.0] * 6, engine=engine)
    nn.fit(twice, [X[0], *X], [Y[0], *Y], loss="cross_entropy", lr=0.05, epochs=2, batch_size=None, engine=engine)
    np.testing.assert_allclose(numbers_of(model), numbers_of(twice), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("way", ["padded", "by length"])
def test_shards_add_up(way):
    ends = []
    with ThreadPoolExecutor(2) as pool:
        for shards in (None, nn.Shards(pool, 2)):
            model, _ = WAYS[way]()
            trained(model, shards=shards)
            ends.append(numbers_of(model))
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_a_checkpoint_continues_bit_for_bit(way, tmp_path: Path):
    (whole, engine), (part, _), (rest, _) = (WAYS[way]() for _ in range(3))
    trained(whole, epochs=4, engine=engine)
    trained(part, epochs=4, engine=engine, checkpoint=tmp_path / "run.npz", max_steps=5)
    history = trained(rest, epochs=4, engine=engine, checkpoint=tmp_path / "run.npz")
    np.testing.assert_array_equal(numbers_of(rest), numbers_of(whole))
    assert history.epochs == 4


@pytest.mark.parametrize("causal", [True, False])
def test_what_a_dropout_drops_is_the_same_on_both_engines(causal):
    class Dropping(Pairs):
        def __init__(self):
            super().__init__(causal)
            self.dropout = nn.Dropout(0.4)

        def forward(self, tokens):
            return [self.linear(self.dropout(row)) for row in self.table(tokens)]

    ends = []
    for engine in ("compiled", "eager"):
        model = Dropping()
        history = trained(model, engine=engine, metrics="perplexity")
        ends.append([*numbers_of(model), *history["loss"], *history["perplexity"]])
    np.testing.assert_allclose(*ends, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("causal", [True, False])
def test_a_model_that_does_not_compile_is_trained_eagerly_and_every_parameter_that_is_reached_moves(causal):
    class Branching(Pairs):
        def forward(self, tokens):
            return [self.linear(self.table.weight[int(token)]) for token in tokens]  # an input has no int

    wanted, model = Pairs(), Branching(causal)
    trained(wanted, engine="eager", batch_size=None)
    with pytest.warns(UserWarning, match="the model does not compile, so it runs eagerly"):
        trained(model, batch_size=None)
    np.testing.assert_allclose(numbers_of(model), numbers_of(wanted), rtol=1e-12)


def test_a_checkpoint_knows_the_lengths(tmp_path: Path):
    nn.fit(Bag(), [[0, 0], [1]], [0, 1], loss="cross_entropy", epochs=1, checkpoint=tmp_path / "run.npz")
    with pytest.raises(nn.CheckpointError, match=r"  lengths +int64 \(2,\) \w+ in the file, not int64 \(2,\) \w+"):
        nn.fit(Bag(), [[0], [1, 0]], [0, 1], loss="cross_entropy", epochs=1, checkpoint=tmp_path / "run.npz")


def test_sequences_of_one_length_are_arrays_and_may_be_padded_by_hand():
    tokens = [len(row) for row in X]
    padded = np.array([[*row, *[0] * (6 - len(row))] for row in X])
    targets = np.array([[*row, *[-100] * (6 - len(row))] for row in Y])
    by_hand, fit = Pairs(), Pairs(causal=True)
    history = nn.fit(
        by_hand, padded, targets, loss="cross_entropy", lr=0.05, epochs=2, batch_size=3, metrics="accuracy"
    )
    same = trained(fit, metrics="accuracy")
    np.testing.assert_array_equal(numbers_of(by_hand), numbers_of(fit))
    assert history["loss"] == same["loss"]
    assert history["accuracy"] == same["accuracy"]
    assert sum(tokens) == TOKENS


def test_a_recorded_training_keeps_loss_and_gradient():
    model = Pairs(causal=True)
    history = trained(model, record=True)
    first, *_, last = history.snapshots
    assert [snapshot.epoch for snapshot in history.snapshots] == [0, 1, 2]
    assert last.loss == pytest.approx(nn.evaluate(model, X, Y, "cross_entropy")["loss"], rel=1e-9)
    twin = Pairs()
    total = autograd.sum([nn.cross_entropy(twin(x), y, "sum") for x, y in zip(X, Y, strict=True)])
    (total / TOKENS).backward()
    np.testing.assert_allclose(first.gradient, [x.grad for x in twin.parameters()], rtol=1e-9, atol=1e-15)
    about = history.snapshots.to_dict()
    assert (about["sample"]["x"], about["sample"]["y"]) == (X[0], Y[0])
    assert (last.answers, about["axes"]) == (None, [])
    with pytest.raises(ValueError, match="record= takes sequences of different lengths only for a causal model"):
        trained(Pairs(), record=True)


def test_rows_of_numbers_are_sequences_too():
    class Last(nn.Module):
        def __init__(self):
            self.linear = nn.Linear(2, 1, seed=0)

        def forward(self, rows):
            return autograd.sum([self.linear(row) for row in rows])

    rows = [[[1.0, 2.0]], [[0.5, -1.0], [2.0, 0.0]], [[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]]]
    ends = []
    for engine in ("compiled", "eager"):
        model = Last()
        nn.fit(model, [np.array(row) for row in rows], [1.0, 0.0, 2.0], lr=0.1, epochs=5, batch_size=2, engine=engine)
        ends.append(numbers_of(model))
    np.testing.assert_allclose(*ends, rtol=1e-9)


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────────────

CLASSES = {"loss": "cross_entropy"}
REFUSED = [
    ("an empty sequence", ValueError, r"X\[1\] is an empty sequence",
     lambda: nn.fit(Pairs(), [[1, 2], []], [[2, 1], []])),
    ("fewer targets", ValueError, r"X\[0\] has length 2 but y\[0\] has length 1",
     lambda: nn.fit(Pairs(), [[1, 2], [1]], [[2], [1, 2]])),
    ("fewer samples", ValueError, "X has 2 samples but y has 3 targets",
     lambda: nn.fit(Pairs(), [[1, 2], [1]], [[2, 1], [1], [2, 1]])),
    ("targets alone", ValueError, "y is ragged", lambda: nn.fit(Pairs(), [[1, 2], [1, 2]], [[2, 1], [1]])),
    ("a number among lists", ValueError, "X is ragged", lambda: nn.fit(Pairs(), [[1, 2], 1], [1, 2])),
    ("rows of two widths", ValueError, "its rows differ in more than their length",
     lambda: nn.predict(Pairs(), [[[1.0], [2.0]], [[1.0, 2.0]]])),
    ("text", TypeError, r"nn\.data\.sequences\(texts\) makes numbers of texts",
     lambda: nn.fit(Pairs(), ["ab", "c"], [1, 2])),
    ("tokens of text", TypeError, r"X\[0\] must contain numbers", lambda: nn.fit(Pairs(), [["a", "b"], ["c"]], [1, 2])),
    ("no such token", ValueError, r"takes targets from 0 to 4, .* but y\[0\]\[3\] is 5",
     lambda: trained(Pairs(), [[*row[:-1], 5] for row in Y])),
    ("no such input", ValueError, r"^there is no token 7.*\n  given +X\[2\], of length 2; X is ragged",
     lambda: nn.predict(Pairs(), [[1, 2], [3], [7, 1]])),
    ("too long", ValueError,
     r"^this GPT takes at most 3 tokens, not 4\n  given +X\[1\], of length 4; X is ragged.*\n  try +GPT",
     lambda: nn.predict(nn.GPT(5, 4, 2, context=3), [[1], [1, 2, 3, 4]])),
    ("not causal", ValueError, r"Follows\.causal is True, but the first outputs for a sequence change",
     lambda: trained(Follows())),
    ("fewer class weights", ValueError, "the model has 5 logits, but the loss has 2 class weights",
     lambda: trained(Pairs(), loss=nn.CrossEntropyLoss(weight=[1.0, 2.0]))),
    ("nothing counts", ValueError, "y has no target that counts",
     lambda: nn.fit(Pairs(), [[1, 2], [1]], [[-100, -100], [-100]], **CLASSES)),
    ("out of memory", ValueError, r"X\[300\] has length 1,000,000, the mean is 3,323",
     lambda: nn.predict(Pairs(), [[0]] * 300 + [[0] * 1_000_000])),
    ("class weights of tokens", ValueError, "one class a sample, but y has a target for each number of a sequence",
     lambda: trained(Pairs(), class_weight="balanced")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "error", "says", "call"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_what_does_not_fit_is_refused(name, error, says, call):
    with pytest.raises(error, match=says):
        call()
