# exercise: 10
# expect: G1
# style: absolute difference
def numerical(f, xs, i, h=1e-5):
    up, down = list(xs), list(xs)
    up[i] += h
    down[i] -= h
    return (f(up)[0] - f(down)[0]) / (2 * h), (f(up)[0] - f(xs)[0]) / h, (f(xs)[0] - f(down)[0]) / h


def gradcheck(f, xs):
    bad = []
    _, claimed = f(xs)
    for i in range(len(xs)):
        middle, right, left = numerical(f, xs, i)
        if abs(right - left) > 0.01 * max(abs(right), abs(left), 1):
            continue    # kink
        if abs(claimed[i] - middle) > 0.01:
            bad.append(i)
    return bad


def broken(engines):
    trials = [
        (lambda a, b: a * a + a * b * 3 - b, [5.0, 2.0]),
        (lambda a, b: (a - b) / b * 7, [5.0, 2.0]),
        (lambda a, b: (a**3).log() * 2 + (b / a).exp() * 3, [5.0, 2.0]),
        (lambda a, b: (a * 0.1).tanh() * 3 + (b - a).relu() * 2 + (a - b).relu() * 2, [5.0, 2.0]),
        (lambda a, b: -(a + b) * (a + b) + 1 / a - (2 - b), [5.0, 2.0]),
    ]
    names = []
    for name in engines:
        for f, xs in trials:
            if gradcheck(lambda p: engines[name](f, p), xs):
                names.append(name)
                break
    return names
