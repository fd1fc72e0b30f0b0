"""Export of a model of layers as a PyTorch module, with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

from autograd.util.lazy_numpy import np
from nn.activations import Activation, Softmax
from nn.export.errors import ExportError, extra
from nn.layers import MLP, Layer, Neuron, Sequential
from nn.module import Module
from nn.running.row_function import Function

__all__ = ["TorchModel", "to_torch"]


class TorchModel(NamedTuple):
    """A ``torch.nn.Sequential`` and its state dict (path → float64 tensor)."""

    state_dict: dict[str, Any]
    module: Any


def to_torch(model: Function) -> TorchModel:
    """Convert a model to PyTorch: return the matching module and its state dict.

    model: a module of ``nn``, or a Sequential of such.

    The module takes a float64 tensor (batch, nin) and returns (batch, nout), even if nout is 1. A sequence of rows is
    (batch, positions, embed_dim), and tokens are an integer tensor (batch, positions). Images are
    (batch, channels, height, width). Its parameters are copies, and it is in eval mode if the model is.

    Raises ExportError for a part that PyTorch has no module for, and MissingExtraError without PyTorch.

    >>> import nn
    >>> model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    >>> state, module = to_torch(model)                       # doctest: +SKIP
    >>> list(state)                                           # doctest: +SKIP
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """
    torch = extra("torch")
    module = torch.nn.Sequential(*_parts(model, torch)).double().train(getattr(model, "training", True))
    return TorchModel(module.state_dict(), module)


def _parts(model: Function, torch: ModuleType) -> Iterator[Any]:
    if isinstance(model, (MLP, Sequential)):
        for layer in model.layers:
            yield from _parts(layer, torch)
    elif isinstance(model, (Layer, Neuron)):
        neurons = model.neurons if isinstance(model, Layer) else [model]
        yield _linear(neurons, torch)
        activations = {neuron.activation for neuron in neurons}
        if len(activations) > 1:
            raise ExportError(
                f"a layer has the activations {sorted(map(str, activations))}, but in PyTorch a layer has only one"
            )
        yield from _activation(activations.pop(), torch)
        if isinstance(model, Layer):
            yield from _activation(model.output, torch)
    elif isinstance(model, Softmax):
        yield getattr(torch.nn, type(model).__name__)(dim=-1)
    elif isinstance(model, Activation):
        yield getattr(torch.nn, type(model).__name__)(**model._settings())
    elif (module := _of_sequences(model, torch)) is not None:
        yield module
    else:
        name = getattr(model, "__name__", None)
        if name not in _activations(torch):
            raise ExportError(
                f"PyTorch has no module for {name or type(model).__name__}: export layers, MLPs and Sequentials "
                "of them, such as the parts of a class of your own, or compile the function and use to_onnx"
            )
        yield from _activation(name, torch)


def _of_sequences(model: Function, torch: ModuleType) -> Any:
    """Return the PyTorch module of a module for sequences; None for anything else."""
    if not isinstance(model, Module):
        return None
    from nn.export.torch_modules import module_of  # it imports PyTorch, which is optional

    def convert(part: Module) -> Any:
        parts = list(_parts(part, torch))
        return parts[0] if len(parts) == 1 else torch.nn.Sequential(*parts)

    return module_of(model, convert)


def _linear(neurons: list[Neuron], torch: ModuleType) -> Any:
    biases = [neuron.b.data for neuron in neurons if neuron.b is not None]
    if 0 < len(biases) < len(neurons):
        raise ExportError("some neurons of a layer have a bias and some have none, but in PyTorch all or none have one")
    linear = torch.nn.Linear(len(neurons[0].w), len(neurons), bias=bool(biases), dtype=torch.float64)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(np.array([[w.data for w in neuron.w] for neuron in neurons])))
        if biases:
            linear.bias.copy_(torch.from_numpy(np.array(biases)))
    return linear


def _activation(activation: str | Function | None, torch: ModuleType) -> Iterator[Any]:
    if activation is None:
        return
    name = str(getattr(activation, "__name__", activation))
    make = _activations(torch).get(name)
    if make is None:
        raise ExportError(f"PyTorch has no module for the activation {name!r}: compile the model and use to_onnx")
    yield make()


def _activations(torch: ModuleType) -> dict[str, Callable[[], Any]]:
    """Return the names of rules with the modules that compute the same."""
    nn = torch.nn
    return {
        "elu": nn.ELU,
        "gelu": nn.GELU,
        "hardtanh": nn.Hardtanh,
        "leaky_relu": nn.LeakyReLU,
        "log_softmax": lambda: nn.LogSoftmax(dim=-1),
        "logsigmoid": nn.LogSigmoid,
        "mish": nn.Mish,
        "relu": nn.ReLU,
        "relu6": nn.ReLU6,
        "selu": nn.SELU,
        "sigmoid": nn.Sigmoid,
        "silu": nn.SiLU,
        "softmax": lambda: nn.Softmax(dim=-1),
        "softplus": nn.Softplus,
        "softsign": nn.Softsign,
        "tanh": nn.Tanh,
    }
