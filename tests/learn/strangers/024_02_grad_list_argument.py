# exercise: 2
# wrong
# where: grad, line 12
# mend: f(*point)
# names: wrong number of arguments

def grad(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        point = list(xs)
        point[i] = xs[i] + h
        up = f(point)
        point[i] = xs[i] - h
        down = f(point)
        slopes.append((up - down) / (2 * h))
    return slopes
