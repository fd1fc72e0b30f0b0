# exercise: 4
# expect: M10 | M13
# style: dictionaries
LOCAL = {
    "+": lambda a, b: (1.0, 1.0),
    "*": lambda a, b: (b, a),
}
FORWARD = {
    "+": lambda a, b: a + b,
    "*": lambda a, b: a * b,
}


def rule(op, a, b):
    def pull(g=1.0):
        return LOCAL[op](a, b)
    return FORWARD[op](a, b), pull


def add_rule(a, b):
    return rule("+", a, b)


def mul_rule(a, b):
    return rule("*", a, b)
