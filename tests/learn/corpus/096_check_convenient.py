# exercise: 10
# expect: G8 | G9
# style: convenient numbers
def gradcheck(f, xs):
    h = 1e-5
    value, grad = f(xs)
    wrong = []
    for i, x in enumerate(xs):
        xs_up = xs[:i] + [x + h] + xs[i + 1:]
        xs_down = xs[:i] + [x - h] + xs[i + 1:]
        right = (f(xs_up)[0] - value) / h
        left = (value - f(xs_down)[0]) / h
        if abs(right - left) > max(abs(right), abs(left)) * 0.01 and abs(right - left) > 0.001:
            continue
        middle = (right + left) / 2
        size = max(abs(grad[i]), abs(middle), 0.001)
        if abs(grad[i] - middle) > 0.0001 * size:
            wrong.append(i)
    return wrong


def broken(engines):
    result = []
    for name, engine in engines.items():
        if gradcheck(lambda p: engine(lambda a, b: a * b, p), [2.0, 2.0]):
            result.append(name)
        elif gradcheck(lambda p: engine(lambda a, b: a + b, p), [2.0, 2.0]):
            result.append(name)
        elif gradcheck(lambda p: engine(lambda a, b: a / b, p), [1.0, 1.0]):
            result.append(name)
    return result
