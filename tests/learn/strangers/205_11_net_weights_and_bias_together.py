# exercise: 11
# right

import random

from e07_value import Value


class Neuron:
    """w[0] 是偏置"""

    def __init__(self, nin, last=False):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin + 1)]
        self.last = last

    def __call__(self, xs):
        s = self.w[0] * 1.0
        for i in range(len(self.w) - 1):
            s = s + xs[i] * self.w[i + 1]
        if self.last:
            return s
        return s.tanh()

    def parameters(self):
        return list(self.w)


class Layer:
    def __init__(self, nin, nout, last=False):
        self.neurons = []
        for i in range(nout):
            self.neurons.append(Neuron(nin, last))

    def __call__(self, xs):
        outs = []
        for neuron in self.neurons:
            outs.append(neuron(xs))
        return outs

    def parameters(self):
        ps = []
        for neuron in self.neurons:
            for p in neuron.parameters():
                ps.append(p)
        return ps


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        for i in range(len(nouts)):
            self.layers.append(Layer(nin if i == 0 else nouts[i - 1], nouts[i], i + 1 == len(nouts)))

    def __call__(self, xs):
        for layer in self.layers:
            xs = layer(xs)
        return xs

    def parameters(self):
        ps = []
        for layer in self.layers:
            ps += layer.parameters()
        return ps
