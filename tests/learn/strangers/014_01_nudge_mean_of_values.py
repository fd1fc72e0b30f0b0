# exercise: 1
# wrong
# where: nudge, line 9
# mend: divide the difference
# names: none

def nudge(f, x, h=1e-5):
    forward = (f(x + h) - f(x)) / h
    backward = (f(x - h) - f(x)) / h
    return (forward + backward) / 2
