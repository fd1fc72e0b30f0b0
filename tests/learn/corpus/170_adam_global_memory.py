# exercise: 14
# expect: not sure
# style: globals instead of state
import math

V = []
S = []
M = []
T = 0


def _ready(memory, n):
    while len(memory) < n:
        memory.append(0.0)


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    _ready(V, len(weights))
    out = []
    for i in range(len(weights)):
        V[i] = momentum * V[i] + gradients[i]
        out.append(weights[i] - lr * V[i])
    return out


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    _ready(S, len(weights))
    out = []
    for i in range(len(weights)):
        S[i] = decay * S[i] + (1 - decay) * gradients[i] ** 2
        out.append(weights[i] - lr * gradients[i] / (math.sqrt(S[i]) + eps))
    return out


A = []


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    global T
    T += 1
    _ready(M, len(weights))
    _ready(A, len(weights))
    out = []
    for i in range(len(weights)):
        M[i] = beta1 * M[i] + (1 - beta1) * gradients[i]
        A[i] = beta2 * A[i] + (1 - beta2) * gradients[i] ** 2
        m, v = M[i] / (1 - beta1**T), A[i] / (1 - beta2**T)
        out.append(weights[i] - lr * m / (math.sqrt(v) + eps))
    return out


def clip_norm(gradients, limit):
    norm = math.hypot(*gradients)
    return [g * limit / norm for g in gradients] if norm > limit else gradients


def l2(weights, gradients, strength):
    return [g + strength * w for w, g in zip(weights, gradients)]
