# exercise: 11
# expect: V28
# style: classes with docstrings
from e07_value import Value


class Neuron:
    """A single neuron: n weights and a bias."""

    def __init__(self, nin, activation=True):
        self.w = [Value(0.5) for _ in range(nin)]
        self.b = Value(0.0)
        self.activation = activation

    def __call__(self, xs):
        s = self.b
        for i in range(len(self.w)):
            s = s + self.w[i] * xs[i]
        if self.activation:
            s = s.tanh()
        return s

    def parameters(self):
        return [*self.w, self.b]


class Layer:
    def __init__(self, nin, nout, activation=True):
        self.neurons = []
        for _ in range(nout):
            self.neurons.append(Neuron(nin, activation))

    def __call__(self, xs):
        return [n(xs) for n in self.neurons]

    def parameters(self):
        params = []
        for n in self.neurons:
            params += n.parameters()
        return params


class MLP:
    def __init__(self, nin, nouts):
        self.layers = []
        for i, nout in enumerate(nouts):
            self.layers.append(Layer(nin, nout, activation=i < len(nouts) - 1))
            nin = nout

    def __call__(self, xs):
        for layer in self.layers:
            xs = layer(xs)
        return xs

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]
