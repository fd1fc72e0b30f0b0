# exercise: 1
# wrong
# where: nudge, line 10
# mend: divide by h once for each side
# names: none

def nudge(f, x, h=1e-5):
    forward = (f(x + h) - f(x)) / h
    backward = (f(x) - f(x - h)) / h
    return forward + backward / 2
