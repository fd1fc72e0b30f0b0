"""A small neural-network library on scalar Values, with PyTorch's names.

>>> import nn
>>> model = nn.MLP(3, [4, 4, 1], activation="tanh", output="tanh", seed=0)
>>> loss = nn.mse_loss([model([2.0, 3.0, -1.0]), model([3.0, -1.0, 0.5])], [1.0, -1.0])
>>> loss.backward()
"""

import typing

from autograd.util.suggestions import missing as _missing
from nn import data, init, metrics
from nn.activations import (
    ELU,
    GELU,
    SELU,
    Identity,
    LeakyReLU,
    LogSigmoid,
    LogSoftmax,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from nn.gpt import GPT
from nn.inspect.diagnosis import Diagnosis, LayerReport, diagnose
from nn.inspect.snapshots import Snapshots
from nn.layers import (
    GRU,
    LSTM,
    MLP,
    RNN,
    Attention,
    AvgPool2d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    LayerNorm,
    Linear,
    MaxPool2d,
    Neuron,
    RMSNorm,
    Sequential,
    TransformerBlock,
)
from nn.loss_modules import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, HuberLoss, L1Loss, MSELoss
from nn.losses import (
    bce_loss,
    bce_with_logits,
    cross_entropy,
    half_squared_error,
    hinge_loss,
    huber_loss,
    mae_loss,
    mse_loss,
)
from nn.module import Module
from nn.optim.clip import clip_grad_norm, clip_grad_value
from nn.optim.optimizer import Optimizer
from nn.optim.optimizers import SGD, Adagrad, Adam, AdamW, RMSprop
from nn.optim.schedules import CosineAnnealingLR, ExponentialLR, LambdaLR, LinearLR, StepLR
from nn.rebuild import load
from nn.running.evaluation import evaluate, predict
from nn.training.checkpoint import CheckpointError
from nn.training.fit import fit
from nn.training.history import History
from nn.training.loop import Training
from nn.training.options import Checkpoint, Shards, Stop

__all__ = [
    "ELU",
    "GELU",
    "GPT",
    "GRU",
    "LSTM",
    "MLP",
    "RNN",
    "SELU",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "Attention",
    "AvgPool2d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "Checkpoint",
    "CheckpointError",
    "Conv2d",
    "CosineAnnealingLR",
    "CrossEntropyLoss",
    "Diagnosis",
    "Dropout",
    "Embedding",
    "ExponentialLR",
    "Flatten",
    "History",
    "HuberLoss",
    "Identity",
    "L1Loss",
    "LambdaLR",
    "Layer",
    "LayerNorm",
    "LayerReport",
    "LeakyReLU",
    "Linear",
    "LinearLR",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MaxPool2d",
    "Mish",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSNorm",
    "RMSprop",
    "ReLU",
    "Sequential",
    "Shards",
    "SiLU",
    "Sigmoid",
    "Snapshots",
    "Softmax",
    "Softplus",
    "StepLR",
    "Stop",
    "Tanh",
    "Training",
    "TransformerBlock",
    "bce_loss",
    "bce_with_logits",
    "clip_grad_norm",
    "clip_grad_value",
    "cross_entropy",
    "data",
    "diagnose",
    "evaluate",
    "fit",
    "half_squared_error",
    "hinge_loss",
    "huber_loss",
    "init",
    "load",
    "mae_loss",
    "metrics",
    "mse_loss",
    "predict",
]

if typing.TYPE_CHECKING:
    from nn.sklearn import MLPClassifier as MLPClassifier
    from nn.sklearn import MLPRegressor as MLPRegressor
else:

    def __getattr__(name: str) -> object:
        if name in ("MLPClassifier", "MLPRegressor"):  # they load scikit-learn, which is an extra
            from nn import sklearn

            return getattr(sklearn, name)
        if name == "export":  # it is needed once, at the end
            import importlib

            return importlib.import_module("nn.export")
        raise _missing(f"module {__name__!r}", name, [__name__], [*__all__, "export"])
