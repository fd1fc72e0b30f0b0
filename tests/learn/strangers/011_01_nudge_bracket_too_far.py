# exercise: 1
# wrong
# where: nudge, line 8
# mend: f(x + h) - f(x - h) divided, not only the last
# names: D11

def nudge(f, x, h=1e-5):
    return f(x + h) - f(x - h) / (2 * h)
