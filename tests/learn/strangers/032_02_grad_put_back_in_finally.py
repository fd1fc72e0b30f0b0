# exercise: 2
# right

def grad(f, xs, h=1e-5):
    """In place, as one would in C, and put back exactly."""
    result = [None] * len(xs)
    i = 0
    while i < len(xs):
        keep = xs[i]
        try:
            xs[i] = keep + h
            hi = f(*xs)
            xs[i] = keep - h
            lo = f(*xs)
        finally:
            xs[i] = keep
        result[i] = (hi - lo) / (2.0 * h)
        i += 1
    return result
