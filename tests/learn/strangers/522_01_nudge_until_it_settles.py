# exercise: 1
# wrong
# where: nudge, line 10
# mend: h as it is given
# names: D12

def nudge(f, x, h=1e-5):
    before, slope = None, (f(x + h) - f(x - h)) / (2 * h)
    while before is None or abs(slope - before) > 1e-6:
        h = h / 2
        before, slope = slope, (f(x + h) - f(x - h)) / (2 * h)
    return slope
