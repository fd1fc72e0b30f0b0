# exercise: 2
# expect: D9
# style: list comprehensions
def grad(f, xs, h=1e-5):
    right = [x + h for x in xs]
    left = [x - h for x in xs]
    total = (f(*right) - f(*left)) / (2 * h)
    return [total for x in xs]
