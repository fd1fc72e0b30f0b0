# exercise: 2
# wrong
# where: grad, line 8
# mend: put xs[i] back
# names: D14

def grad(f, xs, h=1e-5):
    point = list(xs)
    slopes = []
    for i, x in enumerate(xs):
        point[i] = x + h
        right = f(*point)
        point[i] = x - h
        left = f(*point)
        slopes.append((right - left) / (2 * h))
    return slopes
