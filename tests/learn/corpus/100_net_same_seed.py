# exercise: 11
# expect: V28
# style: reproducible on purpose
import random

from e07_value import Value


class Neuron:
    def __init__(self, nin):
        random.seed(42)     # so that I get the same every time
        self.weights = []
        for i in range(nin):
            self.weights.append(Value(random.uniform(-1, 1)))
        self.bias = Value(random.uniform(-1, 1))
        self.tanh = True

    def __call__(self, xs):
        z = sum((w * x for w, x in zip(self.weights, xs)), self.bias)
        return z.tanh() if self.tanh else z

    def parameters(self):
        return self.weights + [self.bias]


class Layer:
    def __init__(self, nin, nout):
        self.neurons = [Neuron(nin) for _ in range(nout)]

    def __call__(self, xs):
        return [neuron(xs) for neuron in self.neurons]

    def parameters(self):
        return sum((neuron.parameters() for neuron in self.neurons), [])


class MLP:
    def __init__(self, nin, nouts):
        sizes = [nin] + list(nouts)
        self.layers = [Layer(sizes[k], sizes[k + 1]) for k in range(len(nouts))]
        for neuron in self.layers[-1].neurons:
            neuron.tanh = False

    def __call__(self, xs):
        out = xs
        for layer in self.layers:
            out = layer(out)
        return out

    def parameters(self):
        return sum((layer.parameters() for layer in self.layers), [])
