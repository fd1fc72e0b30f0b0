"""Exercise 1 with the two points named, and the distance measured between them."""


def nudge(f, x, h=1e-5):
    left = x - h
    right = x + h
    rise = f(right) - f(left)
    run = right - left
    return rise / run
