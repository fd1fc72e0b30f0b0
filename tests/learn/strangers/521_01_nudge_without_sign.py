# exercise: 1
# wrong
# where: nudge, line 8
# mend: no abs
# names: none

def nudge(f, x, h=1e-5):
    rise = abs(f(x + h) - f(x - h))
    return rise / (2 * h)
