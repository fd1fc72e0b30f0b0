# exercise: 15
# expect: V12
# style: classes
import numpy as np


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW = self.x.T @ g
        self.db = g.sum(axis=0)
        return g @ self.W


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)


class Net:
    def __init__(self, p):
        self.l1 = Linear(p["W1"], p["b1"])
        self.act = Tanh()
        self.l2 = Linear(p["W2"], p["b2"])

    def forward(self, X):
        hidden = self.act.forward(self.l1.forward(X))
        return hidden, self.l2.forward(hidden)

    def backward(self, g):
        g = self.l2.backward(g)
        g = self.act.backward(g)
        self.l1.x, self.l1.dW, self.l1.db = self.l1.x, self.l1.x.T @ g, g.sum(axis=0)


def squared_error(predictions, targets):
    return np.mean((predictions - np.expand_dims(targets, 1)) ** 2)


def forward(parameters, X):
    return Net(parameters).forward(X)


def gradients(parameters, X, classes):
    net = Net(parameters)
    _, logits = net.forward(X)
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    y = np.zeros(p.shape)
    y[np.arange(len(X)), classes] = 1.0
    net.backward((p - y) / len(X))
    return {"W1": net.l1.dW, "b1": net.l1.db, "W2": net.l2.dW, "b2": net.l2.db}


def step(parameters, X, classes, lr):
    g = gradients(parameters, X, classes)
    return {k: parameters[k] - lr * g[k] for k in g}
