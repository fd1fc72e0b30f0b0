# exercise: 6
# expect: M33
# style: lambdas
from math import exp, log, tanh

def exp_rule(x): return exp(x), lambda g: (g * exp(x),)
def log_rule(x): return log(x), lambda g: (g * 1 / x,)
def tanh_rule(x): return tanh(x), lambda g: (g * (1 - tanh(x) ** 2),)
def sigmoid(x): return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))
def sigmoid_rule(x): return sigmoid(x), lambda g: (g * x * (1 - x),)
def relu_rule(x): return x * (x > 0), lambda g: (g * (x > 0),)
