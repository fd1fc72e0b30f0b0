# exercise: 13
# expect: not sure
# style: takes the examples out of the lists it was given

from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    examples = []
    while xs:
        examples.append((xs.pop(), ys.pop()))
    history = []
    while len(history) < most:
        loss = sum((w * x - y) ** 2 for x, y in examples) / len(examples)
        if loss.data < threshold:
            break
        w.grad = 0.0
        backward(loss)
        w.data -= lr * w.grad
        history.append(w.data)
    return history
