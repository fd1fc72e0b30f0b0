# exercise: 4
# right

def add_rule(a, b):
    return [a + b, lambda g: [g] * 2]


def mul_rule(a, b):
    # d(ab)/da = b, d(ab)/db = a
    return [a * b, lambda g: [d * g for d in (b, a)]]
