# exercise: 6
# expect: M41
# style: Chinese variable names
import math


def exp_rule(x):
    值 = math.exp(x)
    return 值, lambda 上游: (上游 * 值,)


def log_rule(x):
    值 = math.log(x)
    return 值, lambda 上游: (上游 / x,)


def tanh_rule(x):
    值 = math.tanh(x)
    return 值, lambda 上游: (上游 * (1 - 值 * 值),)


def sigmoid_rule(x):
    if x > 0:
        值 = 1 / (1 + math.exp(-x))
    else:
        值 = math.exp(x) / (1 + math.exp(x))
    return 值, lambda 上游: (上游 * 值 * (1 - 值),)


def relu_rule(x):
    值 = max(0, x)
    return 值, lambda 上游: (上游 * 值,)
