# exercise: 10
# expect: passed
# style: dataclass, Richardson steps, one big trial per operation
from dataclasses import dataclass, field
from math import isclose


@dataclass
class Probe:
    f: object
    xs: list
    h: float = 2e-5
    wrong: list = field(default_factory=list)

    def at(self, i, step):
        point = tuple(self.xs)
        return self.f(list(point[:i] + (point[i] + step,) + point[i + 1:]))[0]

    def run(self):
        value, claims = self.f(list(self.xs))
        for i, claim in enumerate(claims):
            right = (self.at(i, self.h) - value) / self.h
            left = (value - self.at(i, -self.h)) / self.h
            if not isclose(right, left, rel_tol=0.01, abs_tol=1e-3):
                continue
            if not isclose(claim, (left + right) / 2, rel_tol=1e-4, abs_tol=1e-7):
                self.wrong.append(i)
        return self.wrong


def gradcheck(f, xs):
    return Probe(f, xs).run()


def _trials():
    yield lambda a, b: (a + b) * 3, [5.0, 2.0]
    yield lambda a, b: (a - b) * 3, [5.0, 2.0]
    yield lambda a, b: (2 - b) * a, [5.0, 3.0]
    yield lambda a, b: (a * b) * 7, [5.0, 2.0]
    yield lambda a, b: (a / b) * 3, [5.0, 2.0]
    yield lambda a, b: (1 / a) * b, [4.0, 2.0]
    yield lambda a, b: (-a) * b, [4.0, 2.0]
    yield lambda a, b: (a**3) * b, [2.0, 7.0]
    yield lambda a, b: a.exp() * b, [2.0, 3.0]
    yield lambda a, b: a.log() * b, [2.0, 3.0]
    yield lambda a, b: a.tanh() * b, [0.5, 3.0]
    yield lambda a, b: a.relu() * b, [2.0, -3.0]
    yield lambda a, b: a.relu() * b, [-2.0, 3.0]
    yield lambda a, b: -(a.relu()) + b, [2.0, 3.0]
    yield lambda a, b: a + a + b * b, [3.0, 4.0]
    yield lambda a, b: ((a * 5) * 3 * 2 + a * 5) * b, [1.0, 2.0]
    yield lambda a, b: (lambda s: s + (s * 3) * 2)(a * 5) * b, [1.0, 2.0]
    yield lambda a, b: (lambda s: (s * 3) * 2 + s)(a * 5) * b, [1.0, 2.0]
    yield lambda a, b: (a * 2) * (b * 3), [3.0, 2.0]


def broken(engines):
    names = set()
    for name, engine in engines.items():
        for f, xs in _trials():
            if gradcheck(lambda point: engine(f, point), xs):
                names.add(name)
    return sorted(names)
