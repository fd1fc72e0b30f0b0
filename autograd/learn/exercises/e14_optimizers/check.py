"""Three steps of two weights on fixed gradients, of the first weight 2, -1 and 0.5; with the usual settings, and others."""

NAMES = ("sgd_momentum", "rmsprop", "adam", "clip_norm", "l2")
NEEDS = ()
MINUTES = 25


def steps(optimizer, weights, gradients, more=""):
    """A probe: the weights after each step."""
    return (
        f"w, state, path = {weights}, {{}}, []\n"
        f"for g in {gradients}:\n"
        f"    w = {optimizer}(w, g, state{more})\n"
        "    path.append(list(w))\n"
        "path"
    )


def changed_lists(optimizer):
    """Which of the lists that three steps were given, weights and gradients in turn, are others behind the last."""
    weights, state, given = [1.0, -2.0], {}, []
    for g in ([2.0, -0.5], [-1.0, 3.0], [0.5, 1.5]):
        given += [(weights, list(weights)), (g, list(g))]
        weights = optimizer(weights, g, state)
    return [i for i, (now, before) in enumerate(given) if list(now) != before]


GRADIENTS = [[2.0, -0.5], [-1.0, 3.0], [0.5, 1.5]]
RUN, RMS_RUN = ([1.0, 1.0], GRADIENTS), ([2.0, -2.0], GRADIENTS)
UP_RUN = ([1.0, -2.0], [[2.0, 0.5], [1.0, 3.0], [0.5, 1.5]])  # of which a root can be taken, also if none is squared

PROBES = {
    "momentum": steps("sgd_momentum", *RUN),
    "momentum_other_settings": steps("sgd_momentum", *RUN, more=", lr=0.01, momentum=0.75"),
    "rmsprop": steps("rmsprop", *RMS_RUN),
    "rmsprop_other_settings": steps("rmsprop", *UP_RUN, more=", lr=0.01, decay=0.75, eps=0.5"),
    "adam": steps("adam", *RUN),
    "adam_other_settings": steps("adam", *UP_RUN, more=", lr=0.01, beta1=0.75, beta2=0.875, eps=0.5"),
    "lists_of_steps_stay": "[changed_lists(optimizer) for optimizer in (sgd_momentum, rmsprop, adam)]",
    "gradients_stay": "w, g = [1.0, -2.0], [3.0, 4.0]\nclip_norm(g, 2.5), l2(w, g, 0.5)\nw, g",
    "clip_long": "list(clip_norm([3.0, 4.0], 2.5))",
    "clip_long_again": "list(clip_norm([-2e-4, 3e-4, 6e-4], 3.5e-4))",
    "clip_short": "list(clip_norm([0.3, -0.4], 1.0)), list(clip_norm([-2.0, 3.0, 6.0], 7.5))",
    "clip_zero": "list(clip_norm([0.0, 0.0], 1.0))",
    "clip_zero_again": "list(clip_norm([0.0, 0.0, 0.0], 2.5))",
    "l2": "list(l2([1.0, -2.0], [0.5, 0.5], 0.1))",
    "l2_again": "list(l2([3.0, 3.0, -4.0], [-1.0, 2.0, 0.0], 0.5))",
}

OLD_V = 'old = state.get("v", [0.0] * len(weights))\n'
MOMENTUM_V = "[momentum * v + g for v, g in zip(old, gradients)]"
MOMENTUM_W = '[w - lr * v for w, v in zip(weights, state["v"])]'
RMS_V = "[decay * v + (1 - decay) * g**2 for v, g in zip(old, gradients)]"
RMS_W = '[w - lr * g / (math.sqrt(v) + eps) for w, g, v in zip(weights, gradients, state["v"])]'
ADAM_M = '[beta1 * m + (1 - beta1) * g for m, g in zip(state.get("m", zeros), gradients)]'
ADAM_V = '[beta2 * v + (1 - beta2) * g * g for v, g in zip(state.get("v", zeros), gradients)]'
ADAM_W = "[w - lr * mean / (size + eps) for w, mean, size in zip(weights, means, sizes)]"
MEANS, SIZES = "[m / (1 - beta1**t) for m in ms]", "[math.sqrt(v / (1 - beta2**t)) for v in vs]"
COUNT = 't = state["t"] = state.get("t", 0) + 1'
CLIP = "[g * limit / norm for g in gradients] if norm > limit else gradients"
L2 = "[g + strength * w for"

SHARED = """    v, state["v"] = state.get("last", 0.0), []
    for g in gradients:
        v = state["last"] = momentum * v + g
        state["v"].append(v)
"""
EACH = "i + len(weights) * (t - 1)"

MUTANTS = {
    "O1": (MOMENTUM_V, "[momentum * 0.0 + g for g in gradients]"),
    "O1/rmsprop": (RMS_V, "[(1 - decay) * g**2 for g in gradients]"),
    "O1/adam": (COUNT, COUNT + "\n    state.update(m=zeros, v=zeros)"),
    "O1/adam_all": (COUNT, "state = {}\n    t = 1"),
    "O4": ('    state["v"] = ' + MOMENTUM_V + "\n", SHARED),
    "O4/rmsprop": (
        '    state["v"] = ' + RMS_V + "\n",
        SHARED.replace("momentum * v + g", "decay * v + (1 - decay) * g**2"),
    ),
    "O4/adam": (
        (
            f'    ms = state["m"] = {ADAM_M}\n',
            SHARED.replace("momentum * v + g", "beta1 * v + (1 - beta1) * g").replace('"v"', '"m"'),
        ),
        (
            f'    vs = state["v"] = {ADAM_V}\n',
            SHARED.replace("momentum * v + g", "beta2 * v + (1 - beta2) * g**2").replace('"last"', '"size"')
            + '    ms, vs = state["m"], state["v"]\n',
        ),
    ),
    "O2": (MOMENTUM_V, "[momentum * v + (1 - momentum) * g for v, g in zip(old, gradients)]"),
    "O3": (MOMENTUM_W, '[w - lr * (g + momentum * v) for w, g, v in zip(weights, gradients, state["v"])]'),
    "T3": (MOMENTUM_W, MOMENTUM_W.replace("w - lr", "w + lr")),
    "T3/rmsprop": (RMS_W, RMS_W.replace("w - lr", "w + lr")),
    "T3/adam": (ADAM_W, ADAM_W.replace("w - lr", "w + lr")),
    "O5": (RMS_W, RMS_W.replace("math.sqrt(v)", "v")),
    "O6": (RMS_V, RMS_V.replace("g**2", "g")),
    "O6/size": ((RMS_V, RMS_V.replace("g**2", "g")), (RMS_W, RMS_W.replace("math.sqrt(v)", "math.sqrt(abs(v))"))),
    "O7": (RMS_V, "[v + g**2 for v, g in zip(old, gradients)]"),
    "O8": (RMS_W, RMS_W.replace('state["v"]', "old")),
    "O9": (RMS_V, "[(1 - decay) * v + decay * g**2 for v, g in zip(old, gradients)]"),
    "A1": ((MEANS, "ms"), (SIZES, "[math.sqrt(v) for v in vs]")),
    "A2": (COUNT, "t = 1"),
    "A2/zero": (COUNT, 't = state.get("t", 0)\n    state["t"] = t + 1'),
    "A2/late": (COUNT, 't = max(1, state.get("t", 0))\n    state["t"] = state.get("t", 0) + 1'),
    "A2/skipped": (
        (COUNT, 't = state.get("t", 0)\n    state["t"] = t + 1'),
        (MEANS, f"{MEANS} if t else ms"),
        (SIZES, f"{SIZES} if t else [math.sqrt(v) for v in vs]"),
    ),
    "A2/each": (
        (MEANS, f"[m / (1 - beta1 ** ({EACH})) for i, m in enumerate(ms, 1)]"),
        (SIZES, f"[math.sqrt(v / (1 - beta2 ** ({EACH}))) for i, v in enumerate(vs, 1)]"),
    ),
    "A3": (SIZES, "[v / (1 - beta2**t) for v in vs]"),
    "A4": (ADAM_V, ADAM_V.replace("g * g", "g")),
    "A4/size": (
        (ADAM_V, ADAM_V.replace("g * g", "g")),
        (SIZES, SIZES.replace("v / (1 - beta2**t)", "abs(v) / (1 - beta2**t)")),
    ),
    "A5": ("    zeros =", "    beta1, beta2 = beta2, beta1\n    zeros ="),
    "A5/averages": (
        (ADAM_M, ADAM_M.replace("beta1", "beta2")),
        (ADAM_V, ADAM_V.replace("beta2", "beta1")),
    ),
    "A6": (("means = [", 'means = state["m"] = ['), (SIZES, SIZES + '\n    state["v"] = [size**2 for size in sizes]')),
    "V29": (CLIP, "[max(-limit, min(limit, g)) for g in gradients]"),
    "O10": (CLIP, "[g * limit / norm for g in gradients]"),
    "O18": (CLIP, "[g * min(1.0, limit / norm) for g in gradients]"),
    "O11": ("math.sqrt(sum(g**2 for g in gradients))", "sum(g**2 for g in gradients)"),
    "O12": ("math.sqrt(sum(g**2 for g in gradients))", "sum(abs(g) for g in gradients)"),
    "O13": (CLIP, "[g / norm for g in gradients] if norm > limit else gradients"),
    "O14": (L2, "[g - strength * w for"),
    "O15": (L2, "[g + strength * (w > 0) - strength * (w < 0) for"),
    "O16": (L2, "[g + 2 * strength * w for"),
    "O17": (L2, "[g + strength * w * w / 2 for"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "steps": (
        "optimizer = numbers.choice((sgd_momentum, rmsprop, adam))\nw, state, path = [1.0, -2.0, 0.5], {}, []\n"
        "options = {} if optimizer == sgd_momentum else {'eps': numbers.choice((1e-8, numbers.uniform(0.1, 1)))}\n"
        "for _ in range(4):\n"
        "    w = optimizer(w, [numbers.uniform(-2, 2) for _ in w], state, lr=numbers.uniform(0.01, 0.5), **options)\n"
        "    path.append(w)\n"
        "path"
    ),
    "gradients": (
        "w, g = ([numbers.uniform(-2, 2) for _ in range(3)] for _ in range(2))\nclip_norm(g, numbers.uniform(0, 4)), l2(w, g, 0.3)"
    ),
}
