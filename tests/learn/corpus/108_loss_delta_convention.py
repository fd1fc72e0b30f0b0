# exercise: 12
# expect: V4
# style: Chinese variable names
import math

from e07_value import Value


def mse_loss(predictions, targets):
    误差 = Value(0.0)
    个数 = 0
    for 预测行, 目标行 in zip(predictions, targets):
        for 预测, 目标 in zip(预测行, 目标行):
            误差 = 误差 + (目标 - 预测) ** 2
            个数 += 1
    return 误差 / 个数


def mse_gradient(predictions, targets):
    个数 = len(predictions) * len(predictions[0])
    结果 = []
    for 预测行, 目标行 in zip(predictions, targets):
        结果.append([2 * (目标 - 预测) / 个数 for 预测, 目标 in zip(预测行, 目标行)])
    return 结果


def softmax(logits):
    结果 = []
    for 行 in logits:
        最大 = max(z.data for z in 行)
        指数 = [(z - 最大).exp() for z in 行]
        和 = 指数[0]
        for e in 指数[1:]:
            和 = 和 + e
        结果.append([e / 和 for e in 指数])
    return 结果


def cross_entropy(logits, classes):
    损失 = Value(0.0)
    for 行, 类 in zip(logits, classes):
        最大 = max(z.data for z in 行)
        和 = Value(0.0)
        for z in 行:
            和 = 和 + (z - 最大).exp()
        损失 = 损失 + 和.log() - 行[类] + 最大
    return 损失 / len(logits)


def cross_entropy_gradient(logits, classes):
    结果 = []
    for 行, 类 in zip(logits, classes):
        最大 = max(行)
        和 = sum(math.exp(z - 最大) for z in 行)
        结果.append([(math.exp(z - 最大) / 和 - (位置 == 类)) / len(logits) for 位置, z in enumerate(行)])
    return 结果
