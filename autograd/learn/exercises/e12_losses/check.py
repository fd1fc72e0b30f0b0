"""Square batches, in which a wrong axis is silent, and wide ones; logits at which exp or log gives up, rows far apart."""

NAMES = ("mse_loss", "mse_gradient", "softmax", "cross_entropy", "cross_entropy_gradient")
NEEDS = ("e09_backward",)
MINUTES = 25
INHERITS = False

P = "[[0.5, -1.25, 2.0], [1.5, 0.25, -0.75], [-0.5, 0.75, 1.0]]"
T = "[[1.0, 0.5, -0.5], [0.25, -1.0, 2.0], [3.0, 0.0, 1.5]]"
WIDE_P, WIDE_T = "[[0.5, 0.5, 2.0], [1.5, 0.25, 0.5]]", "[[1.0, 0.5, -0.5], [0.25, -1.0, 2.0]]"
Z, CLASSES = "[[1.0, 2.0, -0.5], [0.25, -1.0, 1.5], [2.5, 0.5, 0.75]]", "[2, 0, 1]"
LONG_Z, LONG_CLASSES = "[[0.5, -1.5], [2.0, 0.75], [-0.25, 1.0]]", "[0, 1, 1]"


APART = "[[-1000.0, -1001.0, -999.0], [1000.0, -1000.0, 0.0]]"


def with_values(name, rows, more):
    """A probe that makes Values of the rows first."""
    return f"{name} = [[Value(x) for x in row] for row in {rows}]\n{more}"


def softmax_of(rows):
    """A probe of the probabilities."""
    return with_values("z", rows, "[[p.data for p in row] for row in softmax(z)]")


def back(name, rows, loss):
    """A probe of what backward finds for a loss."""
    return with_values(name, rows, f"backward({loss})\n[[x.grad for x in row] for row in {name}]")


PROBES = {
    "mse": with_values("p", P, f"mse_loss(p, {T}).data"),
    "mse_backward": back("p", P, f"mse_loss(p, {T})"),
    "mse_wide_backward": back("p", WIDE_P, f"mse_loss(p, {WIDE_T})"),
    "mse_gradient": f"mse_gradient({P}, {T})",
    "mse_gradient_wide": f"[list(row) for row in mse_gradient({WIDE_P}, {WIDE_T})]",
    "softmax": softmax_of(Z),
    "softmax_long": with_values(
        "z",
        LONG_Z,
        "p = softmax(z)\nbackward(p[0][1] * 3 + p[2][0] * 5)\n[[x.data for x in row] for row in p], [[x.grad for x in row] for row in z]",
    ),
    "softmax_large": softmax_of("[[1000.0, 1001.0]]"),
    "softmax_very_negative": softmax_of(APART),
    "values_stay": with_values(
        "z", Z, f"mse_loss(z, {T}), softmax(z), cross_entropy(z, {CLASSES})\n[[x.data for x in row] for row in z]"
    ),
    "cross_entropy": with_values("z", Z, f"cross_entropy(z, {CLASSES}).data"),
    "cross_entropy_backward": back("z", Z, f"cross_entropy(z, {CLASSES})"),
    "cross_entropy_large": with_values("z", "[[1000.0, 1001.0]]", "cross_entropy(z, [0]).data"),
    "cross_entropy_far": with_values("z", "[[0.0, -800.0, 3.0]]", "cross_entropy(z, [1]).data"),
    "cross_entropy_far_backward": back("z", "[[1000.0, -1000.0], [-1000.0, -999.0]]", "cross_entropy(z, [1, 0])"),
    "cross_entropy_gradient": f"cross_entropy_gradient({Z}, {CLASSES})",
    "cross_entropy_gradient_long": f"[list(row) for row in cross_entropy_gradient({LONG_Z}, {LONG_CLASSES})]",
    "cross_entropy_gradient_large": "cross_entropy_gradient([[1000.0, 1001.0]], [0])",
    "cross_entropy_gradient_very_negative": f"cross_entropy_gradient({APART}, [2, 1])",
    "cross_entropy_gradient_many": "cross_entropy_gradient([[0.0] * 300], [299])[0][298:]",
    "lists_stay": (
        f"p, t, z, classes = {P}, {T}, {Z}, {CLASSES}\n"
        "mse_gradient(p, t)\ncross_entropy_gradient(z, classes)\np, t, z, classes"
    ),
}

SQUARES = "[(p - t) ** 2 for row"
MEAN = "sum(squares) / len(squares)"
MSE_G = "2 * (p - t) / n"
SOFTMAX = """        largest = max(z.data for z in row)
        powers = [(z - largest).exp() for z in row]
        total = sum(powers)
        probabilities.append([power / total for power in powers])
    return probabilities
"""
NOT_BY_ROW = """        probabilities.append(row)
    largest = max(z.data for row in logits for z in row)
    powers = [[(z - largest).exp() for z in row] for row in logits]
    totals = {}
    return [[p / total for p, total in zip(row, totals)] for row in powers]
"""
LOG_SUM = "log_sum = sum((z - largest).exp() for z in row).log() + largest"
CE_SUM = "total + (log_sum - row[k])"
IMPORT = ("import math", "import math\n\nfrom e07_value import Value")
CE_G = "(power / total - (j == k)) / len(logits)"

MUTANTS = {
    "V1": (MEAN, "sum(squares)"),
    "V2": (MSE_G, "2 * (p - t)"),
    "V3": (MSE_G, "(p - t) / n"),
    "V4": (MSE_G, "2 * (t - p) / n"),
    "V5": ("n = sum(len(row) for row in predictions)", "n = len(predictions)"),
    "V5/loss": (MEAN, "sum(squares) / len(predictions)"),
    "V13": (SOFTMAX, NOT_BY_ROW.format("[sum(column) for column in zip(*powers)]")),
    "V14": (SOFTMAX, NOT_BY_ROW.format("[sum(sum(row) for row in powers)] * 9")),
    "V15": (CE_G, "((j == k) - power / total) / len(logits)"),
    "V16": (CE_G, "power / total - (j == k)"),
    "V16/loss": ("return total / len(logits)", "return total"),
    "V17": (CE_G, "(power / total - 1 if j == k else 0.0) / len(logits)"),
    "V18": (CE_G, "(-total / power if j == k else 0.0) / len(logits)"),
    "V19": (CE_G, "power / total / len(logits)"),
    "V20": (CE_SUM, "total - (log_sum - row[k])"),
    "V21": ("return total / len(logits)", "return total / sum(len(row) for row in logits)"),
    "V22": ("powers = [(z - largest).exp() for z in row]", "powers = [z.exp() for z in row]"),
    "V22/loss": (LOG_SUM, "log_sum = sum(z.exp() for z in row).log()"),
    "V22/gradient": ("math.exp(z - max(row))", "math.exp(z)"),
    "L1": (CE_SUM, "total - (row[k] - log_sum).exp().log()"),
    "L2": (CE_SUM, "total - (row[k] - log_sum).exp()"),
    "L3": (SQUARES, "[((p - t) ** 2) ** 0.5 for row"),
    "L4": (MEAN, "sum(squares) / (2 * len(squares))"),
    "L5": (CE_SUM, "total + (log_sum - row[k - 1])"),
    "L6": ("return total / len(logits)", "return total / len(logits[0])"),
    "L6/gradient": (CE_G, "(power / total - (j == k)) / len(row)"),
    "M45": (IMPORT, (SQUARES, "[Value((p.data - t) ** 2) for row")),
    "M45/cross_entropy": (IMPORT, (CE_SUM, "total + Value((log_sum - row[k]).data)")),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

BATCH = (
    "n, k, size = numbers.randint(1, 3), numbers.randint(2, 4), numbers.choice((1, 1, 1000))\n"
    "rows, targets = ([[numbers.uniform(-size, size) for _ in range(k)] for _ in range(n)] for _ in range(2))\n"
    "classes = [numbers.randrange(k) for _ in range(n)]\nvalues = [[Value(x) for x in row] for row in rows]\n"
)
PROPERTIES = {
    "mse": BATCH + "mse_loss(values, targets).data, mse_gradient(rows, targets), rows, targets",
    "softmax": BATCH + "[[p.data for p in row] for row in softmax(values)], [[x.data for x in row] for row in values]",
    "cross_entropy": BATCH
    + "y = cross_entropy(values, classes)\nbackward(y)\ny.data, [[x.grad for x in row] for row in values]",
    "cross_entropy_gradient": BATCH + "cross_entropy_gradient(rows, classes), rows, classes",
}
