# exercise: 10
# expect: G6 | crashed
# style: closures
def gradcheck(f, xs):
    h = 0.00001
    value, claims = f(xs)
    problems = []
    for k in range(len(xs)):
        def at(v):
            q = list(xs)
            q[k] = v
            return f(q)[0]
        right = (at(xs[k] + h) - value) / h
        left = (value - at(xs[k] - h)) / h
        if abs(right - left) / abs(right) > 0.01:
            continue
        real = (right + left) / 2
        if abs(real - claims[k]) / abs(real) > 0.0001:
            problems.append(k)
    return problems


def broken(engines):
    tests = [(lambda a, b: a * b * 7 + a * a, [5.0, 2.0]), (lambda a, b: (a / b - b) * 3, [5.0, 2.0])]
    return [n for n, e in engines.items() if any(gradcheck(lambda p: e(f, p), x) for f, x in tests)]
