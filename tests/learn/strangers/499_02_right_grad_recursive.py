# exercise: 2
# right

def grad(f, xs, h=1e-5):
    if not xs:
        return []
    first, *others = xs
    slope = (f(first + h, *others) - f(first - h, *others)) / (2 * h)
    return [slope, *grad(lambda *rest: f(first, *rest), others, h)]
