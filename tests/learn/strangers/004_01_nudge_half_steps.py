# exercise: 1
# wrong
# where: nudge, line 9
# mend: 2 * h, or whole steps
# names: none

def nudge(f, x, h=1e-5):
    # half a step to each side
    left, right = x - h / 2, x + h / 2
    return (f(right) - f(left)) / (right - left)
