# exercise: 2
# wrong
# where: grad, line 11
# mend: x - h on the left
# names: none

def grad(f, xs, h=1e-5):
    slopes = []
    for i in range(len(xs)):
        right = [x + h if j == i else x for j, x in enumerate(xs)]
        left = [x - h if j == i else x + h for j, x in enumerate(xs)]
        slopes.append((f(*right) - f(*left)) / (2 * h))
    return slopes
