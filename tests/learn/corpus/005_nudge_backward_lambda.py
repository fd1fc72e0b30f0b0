# exercise: 1
# expect: D2
# style: one-liners
nudge = lambda f, x, h=1e-5: (f(x) - f(x - h)) / h  # noqa
