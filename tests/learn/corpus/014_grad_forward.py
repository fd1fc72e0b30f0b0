# exercise: 2
# expect: D1
# style: enumerate and copies
import copy


def grad(f, xs, h=1e-5):
    base = f(*xs)
    gradients = []
    for index, value in enumerate(xs):
        moved = copy.deepcopy(xs)
        moved[index] = value + h
        gradients.append((f(*moved) - base) / h)
    return gradients
