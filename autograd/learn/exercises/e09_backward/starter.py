"""Exercise 9: backward.

    a, b = Value(2.0), Value(3.0)
    backward(a * b + a)
    a.grad, b.grad       # (4.0, 2.0): the derivatives of the output by a and by b

backward(root) leaves in each node's grad the derivative of root by that node. Each node's pull(grad) holds what it
passes on to its parents; your toposort knows the order. Where backward is called several times, the gradients of
leaves (nodes without parents) add up over the calls; those of the other nodes start at 0 in each call.
"""

from e08_toposort import toposort


def backward(root):
    """Set the gradients of root and of all it was made from."""
    raise NotImplementedError
