# exercise: 7
# right

from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, rdiv, rsub, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


class Value:
    def __init__(self, data, parents=(), pull=None, label=""):
        self.data, self.grad, self.parents, self.pull, self.label = data, 0.0, list(parents), pull, label

    def __repr__(self):
        return f"Value({self.data})"


def _wrap(x):
    return x if isinstance(x, Value) else Value(float(x))


def _method(rule, flip=False):
    def method(self, *others):
        operands = [self, *map(_wrap, others)]
        if flip:
            operands.reverse()
        out, pull = rule(*[o.data for o in operands])
        return Value(out, operands, pull)
    return method


for _name, _rule in {"add": add_rule, "sub": sub_rule, "mul": mul_rule, "truediv": div_rule, "pow": pow_rule}.items():
    setattr(Value, f"__{_name}__", _method(_rule))
    setattr(Value, f"__r{_name}__", _method(_rule, flip=True))
for _name, _rule in {"__neg__": neg_rule, "exp": exp_rule, "log": log_rule, "tanh": tanh_rule,
                     "sigmoid": sigmoid_rule, "relu": relu_rule}.items():
    setattr(Value, _name, _method(_rule))
