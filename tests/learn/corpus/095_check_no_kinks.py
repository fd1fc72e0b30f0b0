# exercise: 10
# expect: G2
# style: relative error, no look at kinks
H = 1e-5


def slope(f, xs, i):
    return (f([x + H if j == i else x for j, x in enumerate(xs)])[0]
            - f([x - H if j == i else x for j, x in enumerate(xs)])[0]) / (2 * H)


def relative_error(p, q):
    return abs(p - q) / max(abs(p), abs(q), 1e-3)


def gradcheck(f, xs):
    value, claims = f(xs)
    return [i for i in range(len(xs)) if relative_error(claims[i], slope(f, xs, i)) > 1e-4]


TRIALS = [
    (lambda a, b: a * b + a * a - b / a, [2.5, 1.5]),
    (lambda a, b: ((a * b).tanh() + (a - b).exp()) * 3, [0.5, 0.3]),
    (lambda a, b: (a.log() - b.relu() * 2) * 5 + a**3 * 7, [2.0, 3.0]),
    (lambda a, b: (a - b).relu() * 4 + (-b).relu(), [2.0, 3.0]),
    (lambda a, b: (a + b) * (a + b) * a, [2.0, 3.0]),
]


def broken(engines):
    return [name for name, engine in engines.items()
            if any(gradcheck(lambda p: engine(f, p), xs) for f, xs in TRIALS)]
