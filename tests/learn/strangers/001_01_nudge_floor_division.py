# exercise: 1
# wrong
# where: nudge, line 8
# mend: / for //
# names: none

def nudge(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) // (2 * h)
