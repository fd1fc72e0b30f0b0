"""Exercise 4: local rules as closures.

An operation knows two things: its value, and how to carry a gradient one step back. Write both for a sum and a product.

    out, pull = mul_rule(2.0, 3.0)
    out            # 6.0
    pull(1.0)      # (∂out/∂a, ∂out/∂b), each times what arrives from above, here 1
"""


def add_rule(a, b):
    """(a + b, pull): pull(g) is the pair of gradients of a and b, where g is the gradient of the sum."""
    raise NotImplementedError


def mul_rule(a, b):
    """(a · b, pull): pull(g) is the pair of gradients of a and b, where g is the gradient of the product."""
    raise NotImplementedError
