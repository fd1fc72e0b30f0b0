# exercise: 14
# expect: A5
# style: Chinese variable names
import math


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    速度 = state.get("速度", [0.0] * len(weights))
    速度 = [momentum * 旧 + g for 旧, g in zip(速度, gradients)]
    state["速度"] = 速度
    return [w - lr * v for w, v in zip(weights, 速度)]


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    平方 = state.get("平方", [0.0] * len(weights))
    平方 = [decay * 旧 + (1 - decay) * g * g for 旧, g in zip(平方, gradients)]
    state["平方"] = 平方
    return [w - lr * g / (math.sqrt(s) + eps) for w, g, s in zip(weights, gradients, 平方)]


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    步数 = state.get("步数", 0) + 1
    一阶 = state.get("一阶", [0.0] * len(weights))
    二阶 = state.get("二阶", [0.0] * len(weights))
    一阶 = [beta2 * 旧 + (1 - beta2) * g for 旧, g in zip(一阶, gradients)]
    二阶 = [beta1 * 旧 + (1 - beta1) * g * g for 旧, g in zip(二阶, gradients)]
    state.update(步数=步数, 一阶=一阶, 二阶=二阶)
    新 = []
    for w, m, v in zip(weights, 一阶, 二阶):
        m = m / (1 - beta2**步数)
        v = v / (1 - beta1**步数)
        新.append(w - lr * m / (math.sqrt(v) + eps))
    return 新


def clip_norm(gradients, limit):
    范数 = math.sqrt(sum([g * g for g in gradients]))
    if 范数 <= limit:
        return list(gradients)
    return [g * limit / 范数 for g in gradients]


def l2(weights, gradients, strength):
    return [g + strength * w for g, w in zip(gradients, weights)]
