# exercise: 10
# wrong
# where: broken, line 50
# mend: compare with the slope, not with the other engines
# names: none

import math

H = 1e-5


def nudged(xs, i, h):
    return [x + h if j == i else x for j, x in enumerate(xs)]


def gradcheck(f, xs):
    value, claims = f(xs)
    wrong = []
    for i, claim in enumerate(claims):
        up = f(nudged(xs, i, H))[0]
        down = f(nudged(xs, i, -H))[0]
        right = (up - value) / H
        left = (value - down) / H
        if abs(right - left) > max(0.01 * abs(right), 0.01 * abs(left), 1e-3):
            continue
        slope = (up - down) / (2 * H)
        if abs(claim - slope) > 1e-4 * max(abs(claim), abs(slope), 1e-3):
            wrong.append(i)
    return wrong


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
    names = set()
    for f, xs in TRIALS:
        answers = {name: [round(g, 6) for g in engine(f, xs)[1]] for name, engine in engines.items()}
        every = list(answers.values())
        usual = max(every, key=every.count)
        names |= {name for name, answer in answers.items() if every.count(answer) == 1 and answer != usual}
    return sorted(names)
