# exercise: 10
# wrong
# where: broken, line 56
# mend: go on with the next engine
# names: none

def gradcheck(f, xs):
    h = 1e-5
    value, claims = f(list(xs))
    wrong = []
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        above, below = f(up)[0], f(down)[0]
        right, left = (above - value) / h, (value - below) / h
        if abs(right - left) > max(0.01 * abs(right), 0.01 * abs(left), 1e-3):
            continue
        slope = (above - below) / (2 * h)
        if abs(claims[i] - slope) > 1e-4 * max(abs(claims[i]), abs(slope), 1e-3):
            wrong.append(i)
    return wrong


TRIALS = [
    (lambda a, b: (a + b) * a - b / a, [2.0, 5.0]),
    (lambda a, b: (a / b) * 3 - 2 * b, [5.0, 2.0]),
    (lambda a: a**3 * 2 + a**2, [2.0]),
    (lambda a: 3 * a.exp() + 2 * a.log() - (1 - a) * (1 / a), [1.5]),
    (lambda a: 3 * a.tanh() + 2 * (a * a).tanh(), [0.5]),
    (lambda a, b: 3 * a.relu() - 2 * b.relu() + (a * b).relu(), [2.0, -3.0]),
    (lambda a, b: (3 * (2 * a) ** 2) + (2 * a) * (3 * b) + 2 * (0 - b), [3.0, 2.0]),
    (lambda a: ((3 * (a * 5)) ** 2) + a * 5, [1.0]),
]


def s(a):
    b = 5 * a
    return (3 * b) ** 2 + b


def t(a):
    b = 5 * a
    return b + (3 * b) ** 2


TRIALS += [(s, [1.0]), (t, [1.0]), (lambda a: (a + a) * 7, [3.0])]


def broken(engines):
    names = []
    for name, engine in engines.items():
        for f, xs in TRIALS:
            if gradcheck(lambda p: engine(f, p), xs):
                names.append(name)
                return names
    return names
