# exercise: 1
# wrong
# where: nudge, line 10
# mend: x -= 2 * h
# names: none

def nudge(f, x, h=1e-5):
    x += h
    right = f(x)
    x -= h
    left = f(x)
    return (right - left) / (2 * h)
