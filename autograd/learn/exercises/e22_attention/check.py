"""Rows of two, three and four numbers, and gradients of one place, which may not reach a later one."""

NAMES = ("attend", "causal_attention")
NEEDS = ("e19_cross_entropy",)
MINUTES = 25
INHERITS = False


def of_values(**tables):
    """Lines that make tables of Values."""
    return "".join(f"{name} = [[Value(x) for x in row] for row in {rows}]\n" for name, rows in tables.items())


WIDE = "q = [Value(x) for x in [1.0, -0.5, 2.0, 0.5]]\n" + of_values(
    k=[[0.5, 1.0, 0.25, -1.0], [-1.0, 0.5, 1.5, 2.0], [0.0, -2.0, 0.5, 1.0]], v=[[1.0, -3.0], [2.0, 0.5], [-4.0, 1.5]]
)
THREE = of_values(
    q=[[1.0, 0.5], [-1.0, 2.0], [0.5, 0.25]],
    k=[[0.5, -1.0], [2.0, 1.5], [-1.0, 0.75]],
    v=[[1.0, -2.0, 0.5], [3.0, 0.25, -1.0], [-0.5, 2.0, 4.0]],
)
LARGE = of_values(q=[[1000.0], [1.0]], k=[[-1.0], [1.0]], v=[[2.0], [5.0]])
BACK = "y = attend(q, k, v)\n(y[0] + 2 * y[1]).backward()\n"
BACK_OF = "y = causal_attention(q, k, v)[{}]\n(y[0] + 2 * y[1] + 3 * y[2]).backward()\n"
ALL_SLOPES = "[[[x.grad for x in row] for row in rows] for rows in (q, k, v)]"
NUMBERS = "[[x.data for x in row] for row in causal_attention(q, k, v)]"

PROBES = {
    "one": WIDE + "[x.data for x in attend(q, k, v)]",
    "one_backward_query": WIDE + BACK + "[x.grad for x in q]",
    "one_backward_keys": WIDE + BACK + "[[x.grad for x in row] for row in k]",
    "one_backward_values": WIDE + BACK + "[[x.grad for x in row] for row in v]",
    "causal": THREE + NUMBERS,
    "causal_large": LARGE + NUMBERS,
    "causal_backward_first": THREE + BACK_OF.format(0) + ALL_SLOPES,
    "causal_backward_second": THREE + BACK_OF.format(1) + ALL_SLOPES,
}

SCORE = "dot(query, key) / len(query) ** 0.5 for key in keys"
SOFTMAX = "    weights = softmax(scores)\n"
MIX = "[dot(weights, column) for column in zip(*values)]"
CAUSAL = "[attend(query, keys[: t + 1], values[: t + 1]) for t, query in enumerate(queries)]"
CALL = "attend(query, keys[: t + 1], values[: t + 1])"


def masked(line):
    """A causal attention over all scores of a place, with this line for what is masked."""
    return (
        "    return " + CAUSAL,
        "    outputs = []\n"
        "    for t, query in enumerate(queries):\n"
        f"        scores = [{SCORE}]\n"
        f"{line}"
        "        outputs.append([dot(weights, column) for column in zip(*values)])\n"
        "    return outputs",
    )


COLUMNS = """    root = len(queries[0]) ** 0.5
    columns = [softmax([dot(query, key) / root for query in queries[j:]]) for j, key in enumerate(keys)]
    rows = [[columns[j][t - j] for j in range(t + 1)] for t in range(len(queries))]
    return [[dot(row, column) for column in zip(*values)] for row in rows]"""

MUTANTS = {
    "X1": (SCORE, "dot(query, key) for key in keys"),
    "X2": (SCORE, SCORE.replace("len(query) ** 0.5", "len(query)")),
    "X3": (SCORE, SCORE.replace("len(query)", "len(keys)")),
    "X15": (SCORE, SCORE.replace("/", "*")),
    "X16": (MIX, "[dot(weights, column) / len(query) ** 0.5 for column in zip(*values)]"),
    "X16/both": (
        (SCORE, "dot(query, key) for key in keys"),
        (MIX, "[dot(weights, column) / len(query) ** 0.5 for column in zip(*values)]"),
    ),
    "X13": (SOFTMAX, "    weights = scores\n"),
    "X12": (
        SOFTMAX,
        "    best = max(score.data for score in scores)\n    weights = [1.0 * (score.data == best) for score in scores]\n",
    ),
    "X17": (SOFTMAX, "    weights = [1 / len(keys) for _ in keys]\n"),
    "X9": (MIX, MIX.replace("*values", "*keys")),
    "X10": (SCORE, SCORE.replace("in keys", "in values")),
    "X18": (MIX, "[dot(weights, row) for row in values]"),
    "N6": (
        SCORE,
        "query[0] * 0 + " + SCORE.replace("dot(query, key)", "sum(a.data * b.data for a, b in zip(query, key))"),
    ),
    "N6/query": (SCORE, SCORE.replace("dot(query, key)", "dot([x.data for x in query], key)")),
    "N6/keys": (SCORE, SCORE.replace("dot(query, key)", "dot(query, [x.data for x in key])")),
    "N6/values": (MIX, "[dot(weights, [x.data for x in column]) for column in zip(*values)]"),
    "X4": (CALL, "attend(query, keys, values)"),
    "X5": (CALL, "attend(query, keys[: t or 1], values[: t or 1])"),
    "X6": (CALL, "attend(query, keys[t:], values[t:])"),
    "X7": masked("        weights = softmax([score if j <= t else score * 0 for j, score in enumerate(scores)])\n"),
    "X8": masked("        weights = [w if j <= t else w * 0 for j, w in enumerate(softmax(scores))]\n"),
    "X11": (CAUSAL, "[attend(key, queries[: t + 1], values[: t + 1]) for t, key in enumerate(keys)]"),
    "X19": (CALL, CALL.replace("attend(query", "attend(queries[-1]")),
    "X20": (CALL, CALL.replace("keys[: t + 1]", "[keys[t]] * (t + 1)")),
    "X21": ("    return " + CAUSAL, COLUMNS),
    "X22": (CALL, "attend(query, keys[: t + 2], values[: t + 2])"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "attention": (
        "n, d = numbers.randint(1, 4), numbers.randint(1, 3)\n"
        "q, k, v = ([[Value(numbers.uniform(-2, 2)) for _ in range(d)] for _ in range(n)] for _ in range(3))\n"
        "rows = causal_attention(q, k, v)\nsum(sum(row) for row in rows).backward()\n"
        "[[x.data for x in row] for row in rows], [[x.grad for x in row] for row in (*q, *k, *v)]"
    ),
    "one": (
        "n, d = numbers.randint(1, 4), numbers.randint(1, 3)\nq = [Value(numbers.uniform(-2, 2)) for _ in range(d)]\n"
        "k, v = ([[Value(numbers.uniform(-2, 2)) for _ in range(m)] for _ in range(n)] for m in (d, 2))\n"
        "[x.data for x in attend(q, k, v)]"
    ),
}
