# exercise: 4
# expect: M13
# style: lambdas
add_rule = lambda a, b: (a + b, lambda g: (g, g))  # noqa
mul_rule = lambda a, b: (a * b, lambda g: (b, a))  # noqa
