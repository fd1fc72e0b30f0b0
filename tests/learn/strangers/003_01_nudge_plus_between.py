# exercise: 1
# wrong
# where: nudge, line 8
# mend: - between the two values
# names: none

def nudge(f, x, h=1e-5):
    rise = f(x + h) + f(x - h)
    run = 2 * h
    return rise / run
