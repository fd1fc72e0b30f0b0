# exercise: 10
# right

import math

H = 1e-5


def nudged(xs, i, h):
    return [x + h if j == i else x for j, x in enumerate(xs)]


def gradcheck(f, xs):
    def is_wrong(i):
        def g(t):
            return f(xs[:i] + [xs[i] + t] + xs[i + 1 :])[0]

        left, right = (g(0.0) - g(-H)) / H, (g(H) - g(0.0)) / H
        size = max(abs(left), abs(right))
        if not math.isclose(left, right, rel_tol=0.01, abs_tol=1e-3):
            return False
        mean = (left + right) / 2
        return abs(mean - f(xs)[1][i]) > max(1e-4 * max(size, abs(f(xs)[1][i])), 1e-7)

    return list(filter(is_wrong, range(len(xs))))


TRIALS = [
    (lambda a, b: (a * b + a) * b - a * 3, [5.0, 2.0]),
    (lambda a, b: 3 * (a / b) - (b / a) * 2, [5.0, 2.0]),
    (lambda a, b: (a - b) * (a - b) * a, [5.0, 2.0]),
    (lambda a, b: (a**3) * b + (b**2) * a, [1.5, 2.5]),
    (lambda a, b: (a * 0.3).exp() * b, [1.2, 0.7]),
    (lambda a, b: (a * b).log() * a, [3.0, 2.0]),
    (lambda a, b: 2 * (a * b).tanh() * b, [0.4, 0.9]),
    (lambda a, b: 5 * (a * b).relu() + 3 * (a - b).relu() * a, [2.0, 3.0]),
]


def broken(engines):
    names = []
    for name, engine in engines.items():
        for f, xs in TRIALS:
            if gradcheck(lambda point: engine(f, point), xs):
                names.append(name)
                break
    return names
