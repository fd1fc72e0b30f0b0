# exercise: 10
# expect: not sure
# style: the number to move is found by its value

def moved(xs, i, step):
    """A copy of xs in which the i-th number is larger by step."""
    return [x + step if x == xs[i] else x for x in xs]


def gradcheck(f, xs, h=1e-5, tolerance=1e-4):
    """Compare each claimed derivative with the slope between two neighbours, relative to their size."""
    value, claims = f(list(xs))
    wrong = []
    for i, claim in enumerate(claims):
        above, below = f(moved(xs, i, h))[0], f(moved(xs, i, -h))[0]
        right, left = (above - value) / h, (value - below) / h
        if abs(right - left) > max(0.01 * abs(right), 0.01 * abs(left), 1e-3):
            continue
        slope = (above - below) / (2 * h)
        if abs(claim - slope) > tolerance * max(abs(claim), abs(slope), 1e-3):
            wrong.append(i)
    return wrong


TRIALS = [
    (lambda a, b: (a + b) * (a - 2 * b) * a, [2.0, 3.0]),
    (lambda a, b: 3 * (a / b), [5.0, 2.0]),
    (lambda a, b: 7 * a**3 - 2 * b, [2.0, 4.0]),
    (lambda a, b: 3 * a.tanh() + b * 5, [0.5, 1.5]),
    (lambda a, b: 3 * a.exp() * b.log(), [0.5, 3.0]),
    (lambda a, b: -2 * a.relu() + 3 * b.relu(), [3.0, -2.0]),
]


def broken(engines):
    """Those of which some claim, on one of the trials, is wrong."""
    return [name for name, engine in engines.items() if any(is_wrong(engine, f, xs) for f, xs in TRIALS)]


def is_wrong(engine, f, xs):
    """Whether the engine's gradient of f at xs is wrong somewhere."""
    return gradcheck(lambda point: engine(f, point), xs) != []
