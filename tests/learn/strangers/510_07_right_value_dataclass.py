# exercise: 7
# right

from dataclasses import dataclass, field
from functools import partialmethod
from typing import Any

from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, rdiv, rsub, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


@dataclass(eq=False)
class Value:
    data: float
    parents: Any = ()
    pull: Any = None
    label: str = ""
    grad: float = field(default=0.0, init=False)

    @classmethod
    def of(cls, x):
        return x if isinstance(x, cls) else cls(x)

    def _op(self, rule, *others):
        operands = [self, *map(self.of, others)]
        out, pull = rule(*(o.data for o in operands))
        return type(self)(out, operands, pull)

    __neg__ = partialmethod(_op, neg_rule)
    __add__ = __radd__ = partialmethod(_op, add_rule)
    __mul__ = __rmul__ = partialmethod(_op, mul_rule)
    __sub__ = partialmethod(_op, sub_rule)
    __rsub__ = partialmethod(_op, rsub)
    __truediv__ = partialmethod(_op, div_rule)
    __rtruediv__ = partialmethod(_op, rdiv)
    __pow__ = partialmethod(_op, pow_rule)
    exp = partialmethod(_op, exp_rule)
    log = partialmethod(_op, log_rule)
    tanh = partialmethod(_op, tanh_rule)
    sigmoid = partialmethod(_op, sigmoid_rule)
    relu = partialmethod(_op, relu_rule)

    def __rpow__(self, other):
        return self.of(other) ** self
