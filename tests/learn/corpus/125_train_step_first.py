# exercise: 13
# expect: T7
# style: Chinese variable names
from e07_value import Value
from e09_backward import backward


def train(xs, ys, w, lr=0.01, threshold=1e-6, most=1000):
    记录 = []
    for 步 in range(most):
        损失 = Value(0.0)
        for x, y in zip(xs, ys):
            损失 = 损失 + (w * x - y) ** 2
        损失 = 损失 / len(xs)
        if 损失.data < threshold:
            break
        # 先更新权重
        w.data -= lr * w.grad
        记录.append(w.data)
        # 再清零并反向传播
        w.grad = 0.0
        backward(损失)
    return 记录
