"""Exercise 4: local rules as closures."""


def add_rule(a, b):
    """A sum hands the gradient it receives to both operands."""
    return a + b, lambda g: (g, g)


def mul_rule(a, b):
    """The derivative of a product by one factor is the other factor."""
    return a * b, lambda g: (g * b, g * a)
