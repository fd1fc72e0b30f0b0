"""Exercise 14: optimizers, on lists of numbers.

An optimizer's step takes the weights and their gradients and returns the list of the new weights. What it has to remember
until the next step goes into state: a dictionary, empty at first, which the caller keeps for you. The lists of weights
and gradients belong to the caller: make new ones, and leave those as they are.

    state = {}
    w = adam([1.0], [2.0], state)       # [0.9…]
    w = adam(w, [-1.0], state)          # [0.8733…]
    w = adam(w, [0.5], state)           # [0.8393…]

Everything starts at 0, and each weight has memories of its own:

    momentum   v = momentum·v + g
               w = w - lr·v
    RMSprop    v = decay·v + (1 - decay)·g²
               w = w - lr·g / (√v + eps)
    Adam       m = beta1·m + (1 - beta1)·g        v = beta2·v + (1 - beta2)·g²
               M = m / (1 - beta1ᵗ)               V = v / (1 - beta2ᵗ)              in step t = 1, 2, 3, …
               w = w - lr·M / (√V + eps)

Two helpers change gradients before a step: clip_norm makes a gradient vector shorter if it is too long, and l2 adds the
gradient of the penalty strength/2 · (w₁² + w₂² + …).
"""


def sgd_momentum(weights, gradients, state, lr=0.1, momentum=0.9):
    """The new weights after a step with momentum."""
    raise NotImplementedError


def rmsprop(weights, gradients, state, lr=0.1, decay=0.99, eps=1e-8):
    """The new weights after a step of RMSprop."""
    raise NotImplementedError


def adam(weights, gradients, state, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    """The new weights after a step of Adam."""
    raise NotImplementedError


def clip_norm(gradients, limit):
    """The gradients, scaled so that their norm √(g₁² + g₂² + …) is at most limit."""
    raise NotImplementedError


def l2(weights, gradients, strength):
    """The gradients with those of the penalty added."""
    raise NotImplementedError
