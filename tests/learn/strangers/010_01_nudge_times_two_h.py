# exercise: 1
# wrong
# where: nudge, line 9
# mend: brackets around 2 * h
# names: D10

def nudge(f, x, h=1e-5):
    dy = f(x + h) - f(x - h)
    return dy / 2 * h
