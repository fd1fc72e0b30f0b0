# exercise: 1
# wrong
# where: nudge, line 8
# mend: use the argument h
# names: D12

def nudge(f, x, h=1e-5):
    h = 1e-5
    right = f(x + h)
    left = f(x - h)
    return (right - left) / (2 * h)
