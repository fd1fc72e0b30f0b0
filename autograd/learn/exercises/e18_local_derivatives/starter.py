"""Exercise 18: local derivatives.

    a, b = Value(2.0), Value(3.0)
    y = a * b + a**2
    y.backward()
    a.grad, b.grad                       # (7.0, 2.0)

    Value(6.0, (a, b), (3.0, 2.0))       # what a * b makes: its number, its children, and the derivative by each

An operation no longer makes a pull. It makes a Value of three things: the number; children, the Values it was made from
(exercise 7 called them parents); and local_grads, plain numbers: the derivative of this one operation by each child.
Multiplying is left to backward(), which is the same for all of them.

backward() gives the output the gradient 1. Then each node, after everything that was made from it, adds to the gradient
of each child: the local derivative times the node's own gradient. It is called once on each graph that is built; where
graphs share a leaf, its gradients add up.
"""

import math


class Value:
    def __init__(self, data, children=(), local_grads=()):
        """Keep data, children and local_grads; grad is 0.0 at first."""
        raise NotImplementedError

    # Write these, and the methods exp, log and relu; a and b are Values:
    #     -a     a + b     a - b     a * b     a / b     a ** 3, with a plain number as the exponent
    # A plain number may stand on either side of + - * /, as in 1 / a.

    def __mul__(self, other):
        raise NotImplementedError

    def backward(self):
        """Set the gradients of everything that this Value was made from."""
        raise NotImplementedError
