# exercise: 13
# right

from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    def loss_at_w():
        errors = [w * x + (-y) for (x, y) in zip(xs, ys)]
        return sum([e * e for e in errors[1:]], errors[0] * errors[0]) * (1.0 / len(errors))

    steps = []
    loss = loss_at_w()
    while len(steps) < most and not loss.data < threshold:
        before = w.grad = 0.0
        backward(loss)
        slope = w.grad - before
        w.data = w.data - slope * lr
        steps += [w.data]
        loss = loss_at_w()
    return steps
