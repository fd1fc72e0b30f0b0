# exercise: 1
# wrong
# where: nudge, line 7
# mend: the first derivative

def nudge(f, x, h=1e-5):
    return (f(x + h) - 2 * f(x) + f(x - h)) / h ** 2
