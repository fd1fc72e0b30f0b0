# exercise: 1
# wrong
# where: nudge, line 9
# mend: no rounding
# names: none

def nudge(f, x, h=1e-5):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return round(slope, 4)
