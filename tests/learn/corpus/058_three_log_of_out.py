# exercise: 6
# expect: M38
# style: one template for all
import math


def template(f, df):
    """df gives the derivative from the output."""
    def rule(x):
        out = f(x)
        def pull(g):
            return (g * df(out),)
        return out, pull
    return rule


def stable(x):
    return (1 + math.tanh(x / 2)) / 2


exp_rule = template(math.exp, lambda out: out)
log_rule = template(math.log, lambda out: 1 / out)
tanh_rule = template(math.tanh, lambda out: 1 - out**2)
sigmoid_rule = template(stable, lambda out: out * (1 - out))
relu_rule = template(lambda x: max(x, 0.0), lambda out: 1.0 if out > 0 else 0.0)
