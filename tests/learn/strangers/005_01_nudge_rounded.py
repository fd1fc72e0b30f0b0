# exercise: 1
# wrong
# where: nudge, line 8
# mend: no rounding

def nudge(f, x, h=1e-5):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return round(slope, 4)
