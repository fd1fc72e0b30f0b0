# exercise: 1
# wrong
# where: nudge, line 8
# mend: h as it is given
# names: none

def nudge(f, x, h=1e-5):
    step = h * max(1.0, abs(x))
    return (f(x + step) - f(x - step)) / (2 * step)
