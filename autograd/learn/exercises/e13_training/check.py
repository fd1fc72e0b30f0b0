"""Three steps, because the first is the same with and without the usual mistakes; then the two ways to end."""

NAMES = ("train",)
NEEDS = ("e12_losses",)
MINUTES = 20
INHERITS = False

ONE = "w = Value(1.0)\n"
TWO = "w = Value(0.0)\n"
ON_ONE = "train([3.0], [6.0], w, lr=0.01, threshold=0.001, most={})"
ON_TWO = "train([1.0, 2.0], [3.0, 6.0], w, lr=0.05, threshold=0.001, most={})"

PROBES = {
    "three_steps": f"{ONE}list({ON_ONE.format(3)})",
    "three_steps_of_two": f"{TWO}list({ON_TWO.format(3)})",
    "w_after_three_steps": f"{ONE}list({ON_ONE.format(3)})\nw.data",
    "one_step": f"{ONE}steps = list({ON_ONE.format(1)})\nsteps, 'w has moved' if w.data != 1.0 else w.grad",
    "until_the_threshold": f"{TWO}list({ON_TWO.format(100)})",
    "own_settings": "w = Value(0.0)\nsteps = train([1.0, 2.0, 3.0], [3.0, 6.0, 9.0], w)\nlen(steps) < 500, round(w.data, 2)",
    "data_stay": f"{TWO}xs, ys = [2.0, 1.0, 1.0], [6.0, 3.0, 5.0]\nlist(train(xs, ys, w, most=2)), xs, ys",
    "below_the_threshold": f"w = Value(3.0)\nlist({ON_TWO.format(5)}), list({ON_ONE.format(0)})",
}

LOSS = "        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)\n"
LOOP = "    for _ in range(most):\n"
STOP = "        if loss.data < threshold:\n            break\n"
ZERO = "        w.grad = 0.0\n"
BACKWARD = "        backward(loss)\n"
STEP = "        w.data -= lr * w.grad\n"
HISTORY = "        history.append(w.data)\n"

MUTANTS = {
    "T1": (ZERO, ""),
    "T2": ((LOSS, ""), (LOOP, LOSS[4:] + LOOP)),
    "T3": (STEP, "        w.data += lr * w.grad\n"),
    "T4": (STEP, "        w.data -= w.grad\n"),
    "T5": (ZERO + BACKWARD, BACKWARD + ZERO),
    "T6": (STEP, ""),
    "T7": (ZERO + BACKWARD + STEP, STEP + ZERO + BACKWARD),
    "T7/first": ((ZERO + BACKWARD + STEP, ZERO + BACKWARD), (LOSS, STEP + LOSS)),
    "T8": (STOP, ""),
    "T9": (LOOP, "    for _ in range(most + 200):\n"),
    "T10": ((STOP, ""), (HISTORY, HISTORY + STOP)),
    "T11": (
        (LOSS, "        loss = sum((w * x - y) ** 2 for x, y in zip(xs, ys)) / len(xs)\n"),
        (
            ZERO + BACKWARD + STEP,
            "        for x, y in zip(xs, ys):\n    " + ZERO + "            backward((w * x - y) ** 2)\n    " + STEP,
        ),
    ),
    "T12": (HISTORY, "        history.append(w)\n"),
    "T13": ((HISTORY, ""), (ZERO, HISTORY + ZERO)),
    "T14": ("    history = []\n", "    history = []\n    w = type(w)(w.data)\n"),
    "T14/new": (STEP, "        w = type(w)(w.data - lr * w.grad)\n"),
    "T15": ("    return history\n", "    return history[-1:]\n"),
    "V1": (" / len(xs)\n", "\n"),
    "L4": (" / len(xs)\n", " / (2 * len(xs))\n"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "training": (
        "xs, ys = ([numbers.uniform(-2, 2) for _ in range(3)] for _ in range(2))\nw = Value(numbers.uniform(-2, 2))\n"
        "history = train(xs, ys, w, lr=numbers.uniform(0.01, 0.1), threshold=numbers.uniform(0, 1), most=numbers.randint(0, 9))\n"
        "history, w.data, xs, ys"
    ),
    "own_settings": "w = Value(numbers.uniform(-2, 2))\nsteps = train([1.0, 2.0, 3.0], [3.0, 6.0, 9.0], w)\nlen(steps) < 500, round(w.data, 2)",
}
