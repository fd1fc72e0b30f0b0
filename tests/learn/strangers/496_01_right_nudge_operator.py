# exercise: 1
# right

from operator import sub, truediv


def nudge(f, x, h=1e-5):
    right, left = x + h, x - h
    return truediv(sub(*map(f, (right, left))), right - left)
