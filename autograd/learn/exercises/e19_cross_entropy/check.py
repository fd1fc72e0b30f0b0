"""Logits at which exp or log gives up, one that is used twice, and gradients other than 1 that arrive."""

NAMES = ("softmax", "cross_entropy")
NEEDS = ("e18_local_derivatives",)
MINUTES = 20
INHERITS = False

Z = "[1.0, 2.0, -0.5]"


def made_of(loss, logits):
    """Whether the children of a loss are the logits, also under microgpt's name for them."""
    children = list(getattr(loss, "children", None) or getattr(loss, "_children", ()))
    is_one_node = len(children) == len(logits) and all(a is b for a, b in zip(children, logits))
    return "the logits" if is_one_node else "other nodes"


def values(numbers, more):
    """A probe that makes Values of the numbers first."""
    return f"z = [Value(x) for x in {numbers}]\n{more}"


def back(numbers, expression):
    """A probe of what backward finds for the logits."""
    return values(numbers, f"y = {expression}\ny.backward()\ny.data, [x.grad for x in z]")


PROBES = {
    "softmax": values(Z, "[p.data for p in softmax(z)]"),
    "softmax_backward": back(Z, "softmax(z)[1] * 3"),
    "softmax_backward_of_two": back("[0.5, -1.5, 0.0, 0.25]", "softmax(z)[0] * 2 - softmax(z)[2] * 5"),
    "softmax_large": values("[1000.0, 1001.0]", "[p.data for p in softmax(z)]"),
    "softmax_far_apart": values("[-1000.0, 1000.0, 999.0]", "[p.data for p in softmax(z)]"),
    "softmax_very_negative": values("[-1000.0, -1001.0, -999.0]", "[p.data for p in softmax(z)]"),
    "softmax_keeps": values("[3.0, 0.5]", "softmax(z)\n[x.data for x in z]"),
    "loss": values(Z, "cross_entropy(z, 0).data, cross_entropy(z, 2).data"),
    "loss_backward": back(Z, "cross_entropy(z, 1)"),
    "loss_children": values(Z, "made_of(cross_entropy(z, 1), z)"),
    "loss_children_of_two": values("[0.5, -1.5]", "made_of(cross_entropy(z, 0), z)"),
    "loss_large": back("[1000.0, 1001.0]", "cross_entropy(z, 0)"),
    "loss_far": back("[0.0, -800.0, 3.0]", "cross_entropy(z, 1)"),
    "loss_far_times": back("[1000.0, -1000.0]", "cross_entropy(z, 1) * 3"),
    "loss_same_logit": "a, b = Value(1.0), Value(2.0)\ny = cross_entropy([a, b, a], 0)\ny.backward()\ny.data, a.grad, b.grad",
    "loss_same_logit_times": (
        "a, b = Value(0.5), Value(-1.0)\ny = cross_entropy([a, a, b], 2) * 3\ny.backward()\ny.data, a.grad, b.grad"
    ),
    "loss_keeps": values("[3.0, 0.5]", "cross_entropy(z, 1)\n[x.data for x in z]"),
}

SOFTMAX_TOP = "    largest = max(z.data for z in logits)\n"
SOFTMAX_POWERS = "(z - largest).exp() for z in logits"
RETURN = "[power / total for power in powers]"
LOSS_TOP = "    largest = max(numbers)\n"
LOG_SUM, LOSS = "math.log(total) + largest", "log_sum - numbers[target]"
GRADS = "power / total - (j == target) for"
NODE = "Value(log_sum - numbers[target], logits, local_grads)"
CHANGED = "    for z in logits:\n        z.data -= largest\n"

MUTANTS = {
    "V22": ((SOFTMAX_POWERS, "z.exp() for z in logits"), (LOSS_TOP, "    largest = 0.0\n")),
    "V22/softmax": (SOFTMAX_POWERS, "z.exp() for z in logits"),
    "V22/loss": (LOSS_TOP, "    largest = 0.0\n"),
    "C2": (
        RETURN,
        "[Value(p.data, (z,), (p.data * (1 - p.data),)) for z, p in zip(logits, [q / total for q in powers])]",
    ),
    "C3": (RETURN, "powers"),
    "N6": (SOFTMAX_POWERS, "Value(math.exp(z.data - largest)) for z in logits"),
    "N6/total": ("total = sum(powers)\n    return", "total = sum(p.data for p in powers)\n    return"),
    "C6": (
        (SOFTMAX_TOP, SOFTMAX_TOP + CHANGED),
        (SOFTMAX_POWERS, "z.exp() for z in logits"),
        (LOSS_TOP, LOSS_TOP + CHANGED),
    ),
    "V20": (LOSS, "numbers[target] - log_sum"),
    "L1": (LOG_SUM, "numbers[target] - math.log(powers[target] / total)"),
    "L2": (LOSS, "powers[target] / total"),
    "L5": ((LOSS, "log_sum - numbers[target - 1]"), ("(j == target)", "(j == target - 1)")),
    "L5/loss": (LOSS, "log_sum - numbers[target - 1]"),
    "C4": (LOG_SUM, "math.log(total)"),
    "V15": (GRADS, "(j == target) - power / total for"),
    "V17": (GRADS, "(power / total - 1 if j == target else 0.0) for"),
    "V18": (GRADS, "(-total / power if j == target else 0.0) for"),
    "V19": (GRADS, "power / total for"),
    "C5": (GRADS, "powers[target] / total * ((j == target) - power / total) for"),
    "C1": (NODE, "sum((z - largest).exp() for z in logits).log() + largest - logits[target]"),
    "M45": (NODE, NODE.replace("logits,", "[Value(z.data) for z in logits],")),
    "M50": (NODE, NODE.replace("logits,", "list(dict.fromkeys(logits)),")),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "loss": (
        "size = numbers.choice((1, 1000))\nz = [Value(numbers.uniform(-size, size)) for _ in range(numbers.randint(2, 4))]\n"
        "y = cross_entropy(z, numbers.randrange(len(z))) * 3\ny.backward()\ny.data, [x.grad for x in z], [p.data for p in softmax(z)]"
    ),
}
