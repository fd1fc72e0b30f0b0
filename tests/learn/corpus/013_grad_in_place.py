# exercise: 2
# expect: D8
# style: C-like
def grad(f, xs, h=1e-5):
    out = [0.0] * len(xs)
    i = 0
    while i < len(xs):
        xs[i] += h
        up = f(*xs)
        xs[i] -= 2 * h
        down = f(*xs)
        out[i] = (up - down) / (2 * h)
        i += 1
    return out
