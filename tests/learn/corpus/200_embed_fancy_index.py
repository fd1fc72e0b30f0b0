# exercise: 20
# expect: E1
# style: NumPy's += with an index array, which counts each row once
import numpy as np


def embed(letters, places, tokens):
    return (np.array(letters)[tokens] + np.array(places)[: len(tokens)]).tolist()


def embed_backward(letters, places, tokens, gradients):
    dl, dp = np.zeros_like(letters), np.zeros_like(places)
    dl[tokens] += np.array(gradients)
    dp[: len(tokens)] += np.array(gradients)
    return dl.tolist(), dp.tolist()
