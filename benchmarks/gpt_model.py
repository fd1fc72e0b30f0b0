"""A GPT in plain scalar Python, and hand-written on whole arrays in NumPy, PyTorch and JAX.

The model is microgpt's: learned token and position embeddings, RMSNorm without parameters, causal attention with
several heads, a relu MLP four times as wide, no biases, and a separate output matrix. A document is a row of token
numbers, and each of them except the last predicts the next. `benchmarks.compiled` compares them, and `benchmarks.gpt`
trains the scalar code on several engines.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import autograd
import nn
from benchmarks.compiled_graphs import FirstCall, watched
from benchmarks.compiled_peers import Array, Case, Number, Ready, on, one_gradient

EPSILON = 1e-5
Vector = list[Number]
Matrix = list[Vector]


@dataclass(frozen=True)
class Sizes:
    """The size of a GPT. context: the largest number of positions."""

    tokens: int = 27
    width: int = 16
    heads: int = 4
    layers: int = 1
    context: int = 16

    def shapes(self) -> dict[str, tuple[int, int]]:
        """The shape of each parameter matrix, by name, in order."""
        layer = {"query": 1, "key": 1, "value": 1, "attended": 1, "hidden": 4}
        shapes = {"token": (self.tokens, self.width), "position": (self.context, self.width)}
        for i in range(self.layers):
            shapes |= {f"{name} {i}": (times * self.width, self.width) for name, times in layer.items()}
            shapes[f"output {i}"] = (self.width, 4 * self.width)
        return {**shapes, "logits": (self.tokens, self.width)}


@dataclass(frozen=True)
class Problem:
    """A GPT's parameters and a batch of documents, an array (documents, positions + 1) of token numbers."""

    sizes: Sizes
    numbers: dict[str, Array]
    documents: Array


def problem(sizes: Sizes, documents: int, positions: int) -> Problem:
    draw = np.random.default_rng(0)
    numbers = {name: draw.normal(0.0, 0.2, shape) for name, shape in sizes.shapes().items()}
    return Problem(sizes, numbers, draw.integers(0, sizes.tokens, (documents, positions + 1)))


# -- number by number --------------------------------------------------------------------------------------------------


def summed_products(xs: Vector, ys: Vector) -> Number:
    return sum(x * y for x, y in zip(xs, ys, strict=True))


class Words(NamedTuple):
    """The functions that an engine has under names of its own: pick(table, index), cross_entropy(logits, target)."""

    softmax: Callable[[Vector], Vector]
    relu: Callable[[Number], Number]
    pick: Callable[[Any, Number], Any]
    cross_entropy: Callable[[Vector, Number], Number]
    dot: Callable[[Vector, Vector], Number] = summed_products


OURS = Words(autograd.softmax, autograd.relu, autograd.pick, nn.cross_entropy)


def linear(matrix: Matrix, x: Vector, words: Words) -> Vector:
    return [words.dot(row, x) for row in matrix]


def normalized(x: Vector, words: Words) -> Vector:
    """Divide x by its root mean square."""
    scale = (words.dot(x, x) / len(x) + EPSILON) ** -0.5
    return [v * scale for v in x]


def attended(query: Vector, keys: Matrix, values: Matrix, heads: int, words: Words) -> Vector:
    """Return causal attention at one position: for each head, the values weighted by how well keys match the query."""
    size, out = len(query) // heads, []
    for begin in range(0, len(query), size):
        part = slice(begin, begin + size)
        scores = [words.dot(query[part], key[part]) / math.sqrt(size) for key in keys]
        weights = words.softmax(scores)
        columns = zip(*[value[part] for value in values], strict=True)
        out += [words.dot(weights, column) for column in columns]
    return out


def logits(weights: dict[str, Matrix], sizes: Sizes, tokens: Sequence[Number], words: Words) -> list[Vector]:
    """Return the next token's scores after each token."""
    caches: list[tuple[Matrix, Matrix]] = [([], []) for _ in range(sizes.layers)]
    scores = []
    for token, position in zip(tokens, weights["position"], strict=False):
        embedded = zip(words.pick(weights["token"], token), position, strict=True)
        x = normalized([a + b for a, b in embedded], words)
        for i, (keys, values) in enumerate(caches):
            y = normalized(x, words)
            keys.append(linear(weights[f"key {i}"], y, words))
            values.append(linear(weights[f"value {i}"], y, words))
            seen = attended(linear(weights[f"query {i}"], y, words), keys, values, sizes.heads, words)
            x = [a + b for a, b in zip(linear(weights[f"attended {i}"], seen, words), x, strict=True)]
            hidden = [words.relu(v) for v in linear(weights[f"hidden {i}"], normalized(x, words), words)]
            x = [a + b for a, b in zip(linear(weights[f"output {i}"], hidden, words), x, strict=True)]
        scores.append(linear(weights["logits"], x, words))
    return scores


def loss(weights: dict[str, Matrix], sizes: Sizes, document: Sequence[Number], words: Words = OURS) -> Number:
    """Return the mean cross entropy of the predictions."""
    scores = logits(weights, sizes, document[:-1], words)
    losses = [words.cross_entropy(x, target) for x, target in zip(scores, document[1:], strict=True)]
    return sum(losses) / len(losses)


def scalar_weights(data: Problem, make: Callable[[float], Number] = autograd.Value) -> dict[str, Matrix]:
    """Return the parameters as objects of an engine."""
    return {name: [[make(x) for x in row] for row in array.tolist()] for name, array in data.numbers.items()}


def flat(weights: dict[str, Matrix]) -> Vector:
    return [x for matrix in weights.values() for row in matrix for x in row]


def ours(data: Problem, dtype: str = "float64") -> Ready:
    """Compile the loss with token numbers as inputs, so that one program serves all documents of a length."""
    weights, documents = scalar_weights(data), data.documents
    program = autograd.compile(lambda document: loss(weights, data.sizes, document), dtype=dtype)
    theta = program.record(documents).read().astype(dtype)
    out = np.empty_like(theta)
    return one_gradient(
        lambda: program.value_and_grad(documents, parameters=theta, out=out),
        lambda gradient: np.append(gradient, 0.0)[order_of(program, weights)],
    )


def order_of(program: Any, weights: dict[str, Matrix]) -> list[int]:
    """Return the position of each parameter in the program's gradient, −1 where a short document does not use it."""
    index = {parameter: i for i, parameter in enumerate(program.parameters)}
    return [index.get(parameter, -1) for parameter in flat(weights)]


def ours_first_call(data: Problem) -> FirstCall:
    """Record, compile, and compute value and gradient once."""
    weights = scalar_weights(data)

    def call() -> tuple[Any, Any]:
        program = autograd.compile(lambda document: loss(weights, data.sizes, document))
        return program, program.value_and_grad(data.documents)

    (program, (value, gradient)), seconds, most = watched(call)
    answer = [float(value), *np.append(gradient, 0.0)[order_of(program, weights)]]
    return FirstCall(seconds, len(program.programs[0].instruction_of), most, answer)


# -- NumPy by hand -----------------------------------------------------------------------------------------------------

Pair = tuple[Array, Array]


def numpy_by_hand(data: Problem, dtype: str = "float64") -> Ready:
    """Hand-written forward and backward pass on arrays; query, key and value are one product."""
    weights = {name: array.astype(dtype) for name, array in data.numbers.items()}
    for i in range(data.sizes.layers):
        weights[f"seen {i}"] = np.concatenate([weights.pop(f"{name} {i}") for name in ("query", "key", "value")])
    inputs, targets = data.documents[:, :-1], data.documents[:, 1:]

    def separate(gradients: dict[str, Array]) -> list[float]:
        for i in range(data.sizes.layers):
            parts = np.split(gradients[f"seen {i}"], 3)
            gradients |= {f"{name} {i}": part for name, part in zip(("query", "key", "value"), parts, strict=True)}
        return [float(x) for name in data.numbers for x in gradients[name].ravel()]

    return one_gradient(lambda: numpy_gradient(weights, data.sizes, inputs, targets), separate)


def numpy_gradient(
    weights: dict[str, Array], sizes: Sizes, inputs: Array, targets: Array
) -> tuple[float, dict[str, Array]]:
    """Return the mean cross entropy, and its gradient with respect to each matrix."""
    count, length = inputs.shape
    gradients: dict[str, Array] = {}
    x, scale = numpy_normalized((weights["token"][inputs] + weights["position"][:length]).reshape(count * length, -1))
    begin, blocks = (x, scale), []
    for i in range(sizes.layers):
        x, kept = numpy_block(weights, i, sizes.heads, count, x)
        blocks.append(kept)
    z = x @ weights["logits"].T
    rows, classes = np.arange(len(z)), targets.ravel()
    z -= z.max(1, keepdims=True)
    chosen = z[rows, classes]
    np.exp(z, z)
    total = z.sum(1)
    loss = float((np.log(total) - chosen).mean())
    z /= (total * len(z))[:, None]
    z[rows, classes] -= 1.0 / len(z)
    gradients["logits"] = z.T @ x
    d = z @ weights["logits"]
    for i in range(sizes.layers - 1, -1, -1):
        d = numpy_block_back(weights, gradients, i, sizes.heads, blocks[i], d)
    d = numpy_normalized_back(d, *begin).reshape(count, length, -1)
    gradients["position"] = np.zeros_like(weights["position"])
    gradients["position"][:length] = d.sum(0)
    gradients["token"] = np.zeros_like(weights["token"])
    np.add.at(gradients["token"], inputs, d)
    return loss, gradients


def numpy_normalized(x: Array) -> Pair:
    scale = (np.einsum("ij,ij->i", x, x) / x.shape[1] + EPSILON) ** -0.5
    return x * scale[:, None], scale


def numpy_normalized_back(d: Array, y: Array, scale: Array) -> Array:
    return (d - y * (np.einsum("ij,ij->i", d, y) / y.shape[1])[:, None]) * scale[:, None]


def numpy_block(weights: dict[str, Array], i: int, heads: int, count: int, x: Array) -> tuple[Array, tuple[Any, ...]]:
    """Compute attention and MLP; return the result, and the arrays that the backward pass needs."""
    length, size = len(x) // count, x.shape[1] // heads
    y, scale = numpy_normalized(x)
    three = (y @ weights[f"seen {i}"].T).reshape(count, length, 3, heads, size)
    q, k, v = three.transpose(2, 0, 3, 1, 4)
    a = q @ k.swapaxes(2, 3)
    a *= size**-0.5
    a += np.triu(np.full((length, length), -np.inf, a.dtype), 1)
    a -= a.max(3, keepdims=True)
    np.exp(a, a)
    a /= a.sum(3, keepdims=True)
    o = (a @ v).swapaxes(1, 2).reshape(x.shape)
    x = o @ weights[f"attended {i}"].T + x
    normal, second_scale = numpy_normalized(x)
    h = np.maximum(normal @ weights[f"hidden {i}"].T, 0.0)
    return h @ weights[f"output {i}"].T + x, (y, scale, q, k, v, a, o, normal, second_scale, h)


def numpy_block_back(
    weights: dict[str, Array], gradients: dict[str, Array], i: int, heads: int, kept: tuple[Any, ...], d: Array
) -> Array:
    y, scale, q, k, v, a, o, normal, second_scale, h = kept
    count, length, size = len(q), q.shape[2], q.shape[3]
    gradients[f"output {i}"] = d.T @ h
    dh = (d @ weights[f"output {i}"]) * np.sign(h)
    gradients[f"hidden {i}"] = dh.T @ normal
    d = d + numpy_normalized_back(dh @ weights[f"hidden {i}"], normal, second_scale)
    gradients[f"attended {i}"] = d.T @ o
    do = (d @ weights[f"attended {i}"]).reshape(count, length, heads, size).swapaxes(1, 2)
    da = do @ v.swapaxes(2, 3)
    da -= np.einsum("bhij,bhij->bhi", da, a)[..., None]
    da *= a
    da *= size**-0.5
    three = np.empty((count, length, 3, heads, size), q.dtype)
    for part, gradient in enumerate((da @ k, da.swapaxes(2, 3) @ q, a.swapaxes(2, 3) @ do)):
        three[:, :, part] = gradient.swapaxes(1, 2)
    flat_three = three.reshape(count * length, -1)
    gradients[f"seen {i}"] = flat_three.T @ y
    return d + numpy_normalized_back(flat_three @ weights[f"seen {i}"], y, scale)


# -- PyTorch -----------------------------------------------------------------------------------------------------------


def torch_tensors(data: Problem, dtype: str = "float64") -> Ready:
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    sizes, numbers = data.sizes, data.numbers
    weights = {
        name: torch.tensor(array, dtype=getattr(torch, dtype)).requires_grad_() for name, array in numbers.items()
    }
    tokens = torch.tensor(data.documents)
    count, length = tokens.shape[0], tokens.shape[1] - 1
    mask = torch.triu(torch.full((length, length), -math.inf, dtype=getattr(torch, dtype)), 1)

    def normal(x: Any) -> Any:
        return x * (x.square().mean(-1, keepdim=True) + EPSILON) ** -0.5

    def split(x: Any) -> Any:
        return x.view(count, length, sizes.heads, -1).transpose(1, 2)

    def gradient() -> Any:
        x = normal(weights["token"][tokens[:, :-1]] + weights["position"][:length])
        for i in range(sizes.layers):
            y = normal(x)
            q, k, v = (split(y @ weights[f"{name} {i}"].T) for name in ("query", "key", "value"))
            a = torch.softmax(q @ k.transpose(2, 3) * (sizes.width // sizes.heads) ** -0.5 + mask, -1)
            x = (a @ v).transpose(1, 2).reshape(x.shape) @ weights[f"attended {i}"].T + x
            x = torch.relu(normal(x) @ weights[f"hidden {i}"].T) @ weights[f"output {i}"].T + x
        loss = functional.cross_entropy((x @ weights["logits"].T).flatten(0, 1), tokens[:, 1:].flatten())
        return loss.detach(), torch.autograd.grad(loss, list(weights.values()))

    return one_gradient(gradient, lambda parts: [float(x) for part in parts for x in part.flatten()])


# -- JAX ---------------------------------------------------------------------------------------------------------------


def jax_jitted(data: Problem, dtype: str = "float64") -> Ready:
    import jax

    jax.config.update("jax_enable_x64", dtype == "float64")
    weights = {name: jax.numpy.asarray(array, dtype) for name, array in data.numbers.items()}
    differentiate, documents = jax_gradient(data.sizes), jax.device_put(data.documents)
    return one_gradient(
        lambda: jax.block_until_ready(differentiate(weights, documents)), functools.partial(parts, data)
    )


def parts(data: Problem, gradients: dict[str, Any]) -> list[float]:
    return [float(x) for name in data.numbers for x in np.asarray(gradients[name]).ravel()]


def jax_gradient(sizes: Sizes) -> Any:
    """Return the jitted value and gradient, a function of the weights and the documents."""
    import jax
    import jax.numpy as jnp

    def normal(x: Any) -> Any:
        return x * (jnp.mean(x * x, -1, keepdims=True) + EPSILON) ** -0.5

    def loss(weights: dict[str, Any], documents: Any) -> Any:
        count, length = documents.shape[0], documents.shape[1] - 1
        future = jnp.triu(jnp.full((length, length), -jnp.inf), 1)
        x = normal(weights["token"][documents[:, :-1]] + weights["position"][:length])
        for i in range(sizes.layers):
            y = normal(x)
            three = (y @ weights[f"{name} {i}"].T for name in ("query", "key", "value"))
            q, k, v = (a.reshape(count, length, sizes.heads, -1).transpose(0, 2, 1, 3) for a in three)
            a = jax.nn.softmax(q @ k.swapaxes(2, 3) * (sizes.width // sizes.heads) ** -0.5 + future)
            x = (a @ v).transpose(0, 2, 1, 3).reshape(x.shape) @ weights[f"attended {i}"].T + x
            x = jax.nn.relu(normal(x) @ weights[f"hidden {i}"].T) @ weights[f"output {i}"].T + x
        scores = jax.nn.log_softmax(x @ weights["logits"].T)
        return -jnp.take_along_axis(scores, documents[:, 1:, None], axis=2).mean()

    return jax.jit(jax.value_and_grad(loss))


def jax_first_call(data: Problem) -> FirstCall:
    """Trace, compile, and compute value and gradient once."""
    import jax

    jax.config.update("jax_enable_x64", True)
    weights = {name: jax.numpy.asarray(array) for name, array in data.numbers.items()}
    call = lambda: jax.block_until_ready(jax_gradient(data.sizes)(weights, data.documents))  # noqa: E731
    (value, gradient), seconds, most = watched(call)
    return FirstCall(seconds, 0, most, [float(value), *parts(data, gradient)])


# -- the cases ---------------------------------------------------------------------------------------------------------

LARGE = Sizes(width=32, heads=8, layers=4, context=32)


def cases() -> Iterator[Case]:
    """Yield the cases: one and many documents, float32, a first call; and, with --full, the same for a larger model."""
    for documents, limits in ((1, {"numpy": 2.0, "torch": 0.6}), (32, {"numpy": 1.25, "torch": 1.0})):
        make = functools.partial(problem, Sizes(), documents, positions=9)
        yield Case(f"gradient of {documents}", contenders(make), limits, rounds=9, size=int(documents > 1))
    in_single = contenders(functools.partial(problem, Sizes(), 32, positions=9), "float32")
    yield Case("float32, 32", in_single, {"numpy": 1.3}, rounds=9, size=1, tolerance=1e-4)
    yield first_call("compile", functools.partial(problem, Sizes(), 1, positions=9), size=1)
    large = functools.partial(problem, LARGE, 1, positions=LARGE.context)
    yield Case("4 layers", contenders(large), {"numpy": 1.3}, rounds=9, size=2)
    yield first_call("4 layers, compile", large, size=2)


def contenders(make: Callable[[], Problem], dtype: str = "float64") -> dict[str, Callable[[], Any]]:
    by_name = {"ours": ours, "numpy": numpy_by_hand, "torch": torch_tensors, "jax": jax_jitted}
    return on(make, **{name: functools.partial(f, dtype=dtype) for name, f in by_name.items()})


def first_call(title: str, make: Callable[[], Problem], size: int) -> Case:
    return Case(title, on(make, ours=ours_first_call, jax=jax_first_call), rounds=3, first_call=True, size=size)
