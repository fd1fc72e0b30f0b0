# exercise: 2
# wrong
# where: grad, line 9
# mend: range(len(xs))
# names: none

def grad(f, xs, h=1e-5):
    out = [0.0] * len(xs)
    for i in range(1, len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        out[i] = (f(*up) - f(*down)) / (2 * h)
    return out
