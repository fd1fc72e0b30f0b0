# exercise: 2
# wrong
# where: grad, line 11
# mend: copy the list twice
# names: none

def grad(f, xs, h=1e-5):
    out = []
    for i in range(len(xs)):
        up = list(xs)
        down = up
        up[i] += h
        down[i] -= h
        out.append((f(*up) - f(*down)) / (2 * h))
    return out
