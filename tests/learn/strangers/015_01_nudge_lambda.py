# exercise: 1
# right

nudge = lambda f, x, h=1e-5: (f(x + h) - f(x - h)) / ((x + h) - (x - h))
