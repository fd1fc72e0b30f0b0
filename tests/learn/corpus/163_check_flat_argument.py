# exercise: 10
# expect: not sure | crashed
# style: ratios, which are 0 / 0 for an argument that f ignores
def ratio(p, q):
    return abs(p - q) / max(abs(p), abs(q))


def at(f, xs, i, d):
    ys = list(xs)
    ys[i] += d
    return f(ys)[0]


def gradcheck(f, xs):
    h = 1e-5
    value, claims = f(xs)
    wrong = []
    for i in range(len(xs)):
        up, down = at(f, xs, i, h), at(f, xs, i, -h)
        right, left, middle = (up - value) / h, (value - down) / h, (up - down) / (2 * h)
        if ratio(right, left) > 0.01 and abs(right - left) > 1e-3:
            continue
        if abs(claims[i] - middle) < 1e-7:
            continue
        if ratio(claims[i], middle) > 1e-4:
            wrong.append(i)
    return wrong


FUNCTIONS = [
    lambda a, b: a * b * 7 + a * a * b,
    lambda a, b: (a / b) * 3 + b * 2,
    lambda a, b: (a * 0.1 + b * 0.2).tanh() * 3,
    lambda a, b: (a - b).relu() * 4 + b.exp() + a.log() * b,
    lambda a, b: a**3 * 2 - 1 / b,
]


def broken(engines):
    return [
        name
        for name, engine in engines.items()
        if any(gradcheck(lambda p, f=f: engine(f, p), [5.0, 2.0]) for f in FUNCTIONS)
    ]
