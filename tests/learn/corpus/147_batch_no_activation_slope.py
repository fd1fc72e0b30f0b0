# exercise: 15
# expect: V26
# style: two loops over layers
import numpy as np

LAYERS = [("W1", "b1"), ("W2", "b2")]


def squared_error(predictions, targets):
    n = predictions.shape[0]
    return float(sum((predictions[i, 0] - targets[i]) ** 2 for i in range(n)) / n)


def forward(parameters, X):
    outs = [X]
    for number, (W, b) in enumerate(LAYERS):
        z = outs[-1] @ parameters[W] + parameters[b]
        outs.append(np.tanh(z) if number == 0 else z)
    return outs[1], outs[2]


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    inputs = {"W1": X, "W2": hidden}
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(X)), classes] -= 1
    delta = p / len(X)
    result = {}
    for W, b in reversed(LAYERS):
        result[W] = inputs[W].T @ delta
        result[b] = delta.sum(axis=0)
        delta = delta @ parameters[W].T
    return result


def step(parameters, X, classes, lr):
    g = gradients(parameters, X, classes)
    return {k: parameters[k] - lr * g[k] for k in parameters}
