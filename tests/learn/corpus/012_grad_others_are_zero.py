# exercise: 2
# expect: D7
# style: copy-paste
def grad(f, xs, h=1e-5):
    result = []
    n = len(xs)
    for k in range(0, n, 1):
        plus = [0 for _ in xs]
        plus[k] = xs[k] + h
        minus = [0 for _ in xs]
        minus[k] = xs[k] - h
        result.append((f(*plus) - f(*minus)) / (2 * h))
    return result
