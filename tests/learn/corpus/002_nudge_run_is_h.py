# exercise: 1
# expect: D3
# style: helper functions
def rise(f, left, right):
    return f(right) - f(left)


def slope(rise, run):
    if run == 0:
        raise ValueError("run must not be zero")
    return rise / run


def nudge(f, x, h=1e-5):
    left = x - h
    right = x + h
    return slope(rise(f, left, right), run=h)
