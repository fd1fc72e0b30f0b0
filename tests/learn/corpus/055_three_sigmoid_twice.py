# exercise: 6
# expect: M34
# style: function and derivative pairs
import math


def sigmoid(z):
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    else:
        return math.exp(z) / (1.0 + math.exp(z))


def sigmoid_derivative(z):
    return sigmoid(z) * (1.0 - sigmoid(z))


def tanh_derivative(out):
    return 1.0 - out ** 2


def relu(z):
    return max(0.0, z)


def relu_derivative(z):
    return 1.0 if z > 0 else 0.0


def exp_rule(x):
    out = math.exp(x)
    return out, lambda g: (g * out,)


def log_rule(x):
    out = math.log(x)
    return out, lambda g: (g / x,)


def tanh_rule(x):
    out = math.tanh(x)
    return out, lambda g: (g * tanh_derivative(out),)


def sigmoid_rule(x):
    out = sigmoid(x)
    return out, lambda g: (g * sigmoid_derivative(out),)


def relu_rule(x):
    out = relu(x)
    return out, lambda g: (g * relu_derivative(out),)
