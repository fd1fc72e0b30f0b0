# exercise: 1
# wrong
# where: nudge, line 8
# mend: the first derivative
# names: none

def nudge(f, x, h=1e-5):
    return (f(x + h) - 2 * f(x) + f(x - h)) / h ** 2
