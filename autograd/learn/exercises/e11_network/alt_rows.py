"""Exercise 11 with rows of numbers: a layer is a matrix whose last column holds the biases; a neuron is a layer of one."""

from itertools import chain, pairwise
from random import gauss

from e07_value import Value


class Layer:
    squash = staticmethod(lambda total: total.tanh())

    def __init__(self, nin, nout):
        scale = (nin + 1) ** -0.5
        self.rows = [[Value(gauss(0, scale)) for _ in range(nin + 1)] for _ in range(nout)]

    def __call__(self, xs):
        return tuple(self.squash(sum(w * x for w, x in zip(row, [*xs, 1.0], strict=True))) for row in self.rows)

    def parameters(self):
        yield from chain(*self.rows)


class Straight(Layer):
    squash = staticmethod(lambda total: total)


class Neuron(Layer):
    def __init__(self, nin):
        super().__init__(nin, 1)

    def __call__(self, xs):
        (out,) = super().__call__(xs)
        return out


class MLP:
    def __init__(self, nin, nouts):
        *hidden, (before, outputs) = pairwise([nin, *nouts])
        self.chain = [Layer(*sizes) for sizes in hidden] + [Straight(before, outputs)]

    def __call__(self, xs):
        out = xs
        for link in self.chain:
            out = link(out)
        return out

    def parameters(self):
        return list(chain.from_iterable(link.parameters() for link in self.chain))
