# exercise: 2
# wrong
# where: grad, line 13
# mend: put the old number back, exactly
# names: D8 | D14 | argument changed

def grad(f, xs, h=1e-5):
    out = []
    for i in range(len(xs)):
        xs[i] += h
        up = f(*xs)
        xs[i] -= 2 * h
        down = f(*xs)
        out.append((up - down) / (2 * h))
    return out
