# exercise: 1
# expect: not sure
# style: helper functions
def distance(p, q):
    return abs(p - q)


def nudge(f, x, h=1e-5):
    x1, x2 = x - h, x + h
    return distance(f(x1), f(x2)) / distance(x1, x2)
