# exercise: 1
# expect: D10
# style: one-liners
def nudge(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / 2 * h
