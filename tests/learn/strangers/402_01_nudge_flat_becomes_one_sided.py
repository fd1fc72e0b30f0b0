# exercise: 1
# wrong
# where: nudge, line 11
# mend: no special case where both sides are equal
# names: none

def nudge(f, x, h=1e-5):
    right = f(x + h)
    left = f(x - h)
    if right == left:
        return (right - f(x)) / h
    return (right - left) / (2 * h)
