# exercise: 15
# expect: V6
# style: functions for each layer
import numpy as np


def dense(x, W, b):
    return np.dot(x, W) + b


def dense_backward(upstream, x, W):
    dW = np.dot(x.T, upstream)
    db = np.mean(upstream, axis=0)
    dx = np.dot(upstream, W.T)
    return dW, db, dx


def squared_error(predictions, targets):
    return np.mean((predictions.ravel() - targets.ravel()) ** 2)


def forward(parameters, X):
    hidden = np.tanh(dense(X, parameters["W1"], parameters["b1"]))
    return hidden, dense(hidden, parameters["W2"], parameters["b2"])


def gradients(parameters, X, classes):
    hidden, logits = forward(parameters, X)
    shifted = logits - logits.max(axis=1, keepdims=True)
    probs = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    one_hot = np.zeros_like(probs)
    for i, c in enumerate(classes):
        one_hot[i, c] = 1
    d = (probs - one_hot) / len(X)
    dW2, db2, dhidden = dense_backward(d, hidden, parameters["W2"])
    dW1, db1, _ = dense_backward(dhidden * (1 - hidden**2), X, parameters["W1"])
    return dict(W1=dW1, b1=db1, W2=dW2, b2=db2)


def step(parameters, X, classes, lr):
    grads = gradients(parameters, X, classes)
    return {name: parameters[name] - lr * grads[name] for name in parameters}
