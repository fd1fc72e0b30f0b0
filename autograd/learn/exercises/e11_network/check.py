"""Counts, and outputs with all parameters at one number: whatever the order in which parameters() lists them."""

import random

NAMES = ("Neuron", "Layer", "MLP")
NEEDS = ("e09_backward",)
MINUTES = 20
INHERITS = False


def set_all(model, number):
    """The model, with every parameter at this number."""
    for parameter in model.parameters():
        parameter.data = number
    return model


def numbers(outputs):
    """The data of one output, or of several."""
    return [y.data for y in (outputs if isinstance(outputs, (list, tuple)) else [outputs])]


def with_all(number, make, xs):
    """The outputs of a model for xs, when all its parameters are at this number, whatever it was called with before."""
    outputs = []
    for seed in (1, 2):
        random.seed(seed)
        model = make()
        set_all(model, number + 0.5)(xs)
        set_all(model, number)(xs)
        outputs.append(numbers(model(xs)))
    return (
        outputs[0] if outputs[0] == outputs[1] else "it depends on a weight or a bias that parameters() does not list"
    )


def count(model):
    """How many parameters are listed, and how many different ones."""
    listed = model.parameters()
    if isinstance(listed, (set, frozenset)):
        return "parameters() gives a set, which has no order"
    listed = list(listed)
    return len(listed), len({id(p) for p in listed})


def first(outputs):
    """The first output, also where it comes without a list."""
    return outputs[0] if isinstance(outputs, (list, tuple)) else outputs


def different(xs):
    """How many different numbers there are, to ten digits."""
    return len({f"{x:.10g}" for x in xs})


PROBES = {
    "neuron": "with_all(0.5, lambda: Neuron(2), [1.0, 2.0])",
    "neuron_parameters": "count(Neuron(2))",
    "neuron_input": "a, b = Value(1.0), Value(2.0)\nn = set_all(Neuron(2), 0.25)\nbackward(first(n([a, b])))\na.grad, b.grad",
    "neuron_gradients": (
        "n = set_all(Neuron(3), 0.5)\nbackward(n([1.0, -0.5, 1.0]))\nsorted(p.grad for p in n.parameters())"
    ),
    "layer": "with_all(0.5, lambda: Layer(2, 3), [1.0, 2.0])",
    "layer_of_one": "len(Layer(2, 1)([1.0, -0.5])), len(MLP(2, [3, 1])([1.0, -0.5]))",
    "lists_stay": "xs, nouts = [0.5, -1.0], [3, 1]\nMLP(2, nouts)(xs)\nxs, nouts",
    "layer_neurons_differ": "random.seed(1)\nlayer = Layer(2, 4)\ndifferent(numbers(layer([1.0, -0.5])))",
    "mlp": "with_all(1.0, lambda: MLP(2, [3, 1]), [1.0, 0.5])",
    "mlp_deeper": "with_all(0.25, lambda: MLP(1, [2, 4, 2]), [3.0]), with_all(0.5, lambda: MLP(1, [2]), [1.5])",
    "mlp_deeper_parameters": "count(MLP(1, [2, 4, 2]))",
    "mlp_gradients_differ": (
        "random.seed(2)\nm = MLP(2, [3, 1])\nbackward(first(m([0.5, -1.0])))\ndifferent([p.grad for p in m.parameters()])"
    ),
}

WEIGHTS = "[Value(random.uniform(-1, 1)) for _ in range(nin)]"
LAYERS = "[Layer(sizes[i], sizes[i + 1], is_linear=i == last) for i in range(len(nouts))]"

MUTANTS = {
    "V28": (WEIGHTS, "[Value(0.5) for _ in range(nin)]"),
    "V28/zeros": (WEIGHTS, "[Value(0.0) for _ in range(nin)]"),
    "V28/seed": ("        self.weights =", "        random.seed(0)\n        self.weights ="),
    "N1": (("total = self.bias\n", "total = 0.0\n"), ("[*self.weights, self.bias]", "self.weights")),
    "N1/unlisted": (("Value(0.0)", "Value(random.uniform(-1, 1))"), ("[*self.weights, self.bias]", "self.weights")),
    "N2": ("is_linear=i == last", "is_linear=False"),
    "N3": ("is_linear=i == last", "is_linear=True"),
    "N3/neuron": ("total if self.is_linear else total.tanh()", "total"),
    "N4": ("[Neuron(nin, is_linear) for _ in range(nout)]", "[Neuron(nin, is_linear)] * nout"),
    "N5": ("return [p for layer in self.layers for p in layer.parameters()]", "return self.layers[-1].parameters()"),
    "N5/first": (
        "return [p for layer in self.layers for p in layer.parameters()]",
        "return self.layers[0].parameters()",
    ),
    "N6": ("total + w * x", "total + w.data * x"),
    "N6/input": ("total + w * x", "total + w * getattr(x, 'data', x)"),
    "N7": (LAYERS, LAYERS.replace("sizes[i]", "nin")),
    "N8": ("xs = layer(xs)\n        return xs", "ys = layer(xs)\n        return ys"),
    "N9": (WEIGHTS, "[Value(random.uniform(-1, 1))] * nin"),
    "N11": (LAYERS, "[Layer(nin, nouts[0]), Layer(nouts[0], nouts[-1], True)]"),
    "N10": ("[*self.weights, self.bias]", "[Value(p.data) for p in [*self.weights, self.bias]]"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "network": (
        "sizes, xs = [numbers.randint(1, 4) for _ in range(numbers.randint(1, 3))], [numbers.uniform(-2, 2) for _ in range(2)]\n"
        "with_all(numbers.uniform(-1, 1), lambda: MLP(2, sizes), xs), count(MLP(2, sizes))"
    ),
    "layer": "with_all(numbers.uniform(-1, 1), lambda: Layer(2, numbers.randint(1, 4)), [0.5, -1.0])",
}
