# exercise: 1
# wrong
# where: nudge, line 10
# mend: the two points x + h and x - h only
# names: none

def nudge(f, x, h=1e-5):
    far = f(x - 2 * h) - f(x + 2 * h)
    near = f(x + h) - f(x - h)
    return (far + 8 * near) / (12 * h)
