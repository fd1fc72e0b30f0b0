# exercise: 1
# expect: D6
# style: globals
TINY = 0.0000000000000001   # limit h -> 0 ! the smaller the better


def nudge(f, x, h=1e-5):
    global TINY
    h = TINY
    dy = f(x + h) - f(x - h)
    dx = 2 * h
    return dy / dx
