"""Exercise 2 with two copies of the point, of which one number is changed, and without exercise 1."""


def grad(f, xs, h=1e-5):
    result = [0.0] * len(xs)
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        result[i] = (f(*up) - f(*down)) / (2 * h)
    return result
