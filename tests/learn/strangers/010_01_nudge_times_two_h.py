# exercise: 1
# wrong
# where: nudge, line 8
# mend: brackets around 2 * h

def nudge(f, x, h=1e-5):
    dy = f(x + h) - f(x - h)
    return dy / 2 * h
