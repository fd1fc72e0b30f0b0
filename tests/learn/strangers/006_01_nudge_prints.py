# exercise: 1
# wrong
# where: nudge, line 9
# mend: return the slope
# names: R1 | nothing returned

def nudge(f, x, h=1e-5):
    slope = (f(x + h) - f(x - h)) / (2 * h)
    print(slope)
