"""Initialisations: the random numbers that weights start with.

An initialisation is a function (nin, nout, generator) → number, marked ``@_init``, which also enters it in ``INITS``.
nin and nout are the layer's numbers of inputs and outputs; generator is a ``random.Random`` or the module ``random``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from autograd.util.suggestions import missing

__all__ = [
    "INITS",
    "fan_in_uniform",
    "he_normal",
    "he_uniform",
    "suited_to",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
]


class Generator(Protocol):
    """A source of random numbers."""

    def uniform(self, a: float, b: float) -> float:
        """Draw a number between a and b."""
        ...

    def normalvariate(self, mu: float, sigma: float) -> float:
        """Draw a number from the normal distribution with this mean and standard deviation."""
        ...


Initialisation = Callable[[int, int, Any], float]

INITS: dict[str, Initialisation] = {}
"""Every initialisation by its name."""


def _init(function: Initialisation) -> Initialisation:
    """Put an initialisation into the table."""
    INITS[function.__name__] = function
    return function


@_init
def uniform(nin: int, nout: int, generator: Generator) -> float:
    """Uniform in [−1, 1], regardless of the layer's widths, as in micrograd.

    >>> import random
    >>> uniform(3, 4, random.Random(0))
    0.6888437030500962
    """
    return generator.uniform(-1, 1)


@_init
def xavier_uniform(nin: int, nout: int, generator: Generator) -> float:
    """Uniform in [−a, a], a = √(6 / (nin + nout)): for tanh and sigmoid.   (Glorot & Bengio 2010, equation 16)

    >>> import random
    >>> xavier_uniform(3, 3, random.Random(0))
    0.6888437030500962
    """
    bound = math.sqrt(6 / (nin + nout))
    return generator.uniform(-bound, bound)


@_init
def xavier_normal(nin: int, nout: int, generator: Generator) -> float:
    """Normal, with the standard deviation √(2 / (nin + nout)): for tanh and sigmoid.   (Glorot & Bengio 2010)

    >>> import random
    >>> abs(xavier_normal(5000, 5000, random.Random(0))) < 0.1
    True
    """
    return generator.normalvariate(0.0, math.sqrt(2 / (nin + nout)))


@_init
def he_uniform(nin: int, nout: int, generator: Generator) -> float:
    """Uniform in [−a, a], a = √(6 / nin): for relu.   (He et al. 2015, equation 10; PyTorch's kaiming_uniform)

    >>> import random
    >>> he_uniform(6, 3, random.Random(0))
    0.6888437030500962
    """
    bound = math.sqrt(6 / nin)
    return generator.uniform(-bound, bound)


@_init
def fan_in_uniform(nin: int, nout: int, generator: Generator) -> float:
    """Uniform in [−a, a], a = √(1 / nin): PyTorch's default for nn.Linear, weights and biases alike.

    >>> import random
    >>> fan_in_uniform(4, 3, random.Random(0))
    0.3444218515250481
    """
    bound = math.sqrt(1 / nin)
    return generator.uniform(-bound, bound)


@_init
def he_normal(nin: int, nout: int, generator: Generator) -> float:
    """Normal, with the standard deviation √(2 / nin): for relu.   (He et al. 2015, equation 10; kaiming_normal)

    >>> import random
    >>> abs(he_normal(5000, 3, random.Random(0))) < 0.1
    True
    """
    return generator.normalvariate(0.0, math.sqrt(2 / nin))


_RECTIFIERS = frozenset({"elu", "gelu", "leaky_relu", "mish", "relu", "relu6", "silu", "softplus"})
"""Activations that let only about half of their input through, so that the weights before them start larger."""

_TANH_GAIN = 5 / 3
"""PyTorch's gain for tanh, whose output is smaller than its input."""


def suited_to(activation: object) -> Initialisation:
    """The default initialisation before an activation: ``he_uniform`` for relu and the like, else ``xavier_uniform``.

    For tanh it is ``xavier_uniform`` times 5/3, as PyTorch's ``calculate_gain`` recommends.

    activation: the activation's name, or the function.

    >>> import random
    >>> [round(suited_to(name)(3, 3, random.Random(0)), 3) for name in ("relu", "tanh", "sigmoid", None)]
    [0.974, 1.148, 0.689, 0.689]
    """
    name = activation if isinstance(activation, str) else getattr(activation, "__name__", "")
    if name == "tanh":
        return lambda nin, nout, generator: _TANH_GAIN * xavier_uniform(nin, nout, generator)
    return he_uniform if name in _RECTIFIERS else xavier_uniform


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        raise missing(f"module {__name__!r}", name, [__name__], __all__)
