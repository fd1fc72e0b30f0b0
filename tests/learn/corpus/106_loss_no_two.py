# exercise: 12
# expect: V3
# style: loops with indices
import math


def mse_loss(predictions, targets):
    N = len(predictions)
    K = len(predictions[0])
    s = 0
    for i in range(N):
        for j in range(K):
            d = predictions[i][j] - targets[i][j]
            s = d * d + s
    return s / (N * K)


def mse_gradient(predictions, targets):
    N = len(predictions)
    K = len(predictions[0])
    grad = []
    for i in range(N):
        row = []
        for j in range(K):
            row.append((predictions[i][j] - targets[i][j]) / (N * K))
        grad.append(row)
    return grad


def softmax(logits):
    out = []
    for i in range(len(logits)):
        biggest = logits[i][0].data
        for z in logits[i]:
            if z.data > biggest:
                biggest = z.data
        s = 0
        for z in logits[i]:
            s = (z - biggest).exp() + s
        out.append([(z - biggest).exp() / s for z in logits[i]])
    return out


def cross_entropy(logits, classes):
    N = len(logits)
    s = 0
    for i in range(N):
        biggest = max([z.data for z in logits[i]])
        t = 0
        for z in logits[i]:
            t = (z - biggest).exp() + t
        s = t.log() - (logits[i][classes[i]] - biggest) + s
    return s / N


def cross_entropy_gradient(logits, classes):
    N = len(logits)
    grad = []
    for i in range(N):
        biggest = max(logits[i])
        e = [math.exp(z - biggest) for z in logits[i]]
        grad.append([])
        for j in range(len(e)):
            y = 1 if classes[i] == j else 0
            grad[i].append((e[j] / sum(e) - y) / N)
    return grad
