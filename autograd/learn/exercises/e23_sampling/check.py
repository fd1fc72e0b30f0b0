"""Models whose next token is certain, which show the loop, and others, which show the draws."""

NAMES = ("probabilities", "pick", "generate")
NEEDS = ()
MINUTES = 20


COUNTING = "model = lambda tokens: [1000.0 * (token == (tokens[-1] + 1) % 4) for token in range(4)]\n"
LETTERS = "model = lambda tokens: [len(tokens) / 4 - 1, 0.5, sum(tokens) % 5 / 2, tokens[-1] % 2]\n"
ENDLESS = "model = lambda tokens: [-1000.0, 0.5, sum(tokens) % 5 / 2, len(tokens) % 2]\n"
NOTING = "notes = []\nmodel = lambda tokens: notes.append(list(tokens)) or [1000.0 * (len(tokens) == k) for k in (4, 1, 2, 3)]\n"
DRAWING = (
    "import random\nmodel = lambda tokens: [-1000.0, 0.5 + 0 * random.random(), sum(tokens) % 5 / 2, len(tokens) % 2]\n"
)


def drawn(model, seeds, options=""):
    """A probe of the tokens for each of the seeds, if a second call gives the same."""
    calls = f"[list(generate(model, seed{options})) for seed in {seeds}]"
    return f"{model}first = {calls}\nfirst if first == {calls} else 'not the same twice'"


PROBES = {
    "probabilities": "probabilities([1.0, 2.0, -0.5])",
    "cold": "probabilities([1.0, 2.0, -0.5], 0.5)",
    "large": "probabilities([1000.0, 1001.0], 1.0)",
    "large_when_cold": "probabilities([10.0, -10.0, 9.999], 0.01)",
    "logits_stay": "logits = [1.0, 2.0, -0.5]\nprobabilities(logits, 0.5)\nlogits",
    "pick": "[pick([0.25, 0.25, 0.5], u) for u in (0.125, 0.375, 0.75, 0.9375)]",
    "pick_at_a_border": "[pick([0.25, 0.25, 0.5], u) for u in (0.0, 0.25, 0.5)]",
    "pick_impossible": "pick([0.0, 0.5, 0.0, 0.5], 0.0), pick([0.0, 0.5, 0.0, 0.5], 0.5)",
    "pick_rounded": "pick([0.3, 0.3, 0.3999999], 0.99999999)",
    "pick_rounded_again": "pick([0.5, 0.4999999], 0.99999999)",
    "probabilities_stay": "ps = [0.25, 0.25, 0.5]\npick(ps, 0.6)\nps",
    "count_to_3": COUNTING + "generate(model, 1)",
    "end_is_2": COUNTING + "generate(model, 1, end=2)",
    "end_is_3": COUNTING + "generate(model, 1, end=3)",
    "most_unless_given": ENDLESS + "len(generate(model, 1))",
    "most": COUNTING + "[generate(model, 1, most=most) for most in (2, 0)]",
    "model_is_given": NOTING + "generate(model, 1)\nnotes",
    "other_seed": ENDLESS + "list(generate(model, 3, most=30)) != list(generate(model, 4, most=30))",
    "draws": drawn(LETTERS, "(0, 1, 2, 3)"),
    "draws_when_hot": drawn(LETTERS, "(1, 2, 3, 4)", ", temperature=3.0"),
    "draws_when_cold": drawn(ENDLESS, "(6, 7)", ", temperature=0.25, most=30"),
    "shared_generator_stays": ENDLESS + "import random\nrandom.seed(5)\ngenerate(model, 1)\nrandom.random()",
    "shared_generator_is_used": drawn(DRAWING, "(8, 9)", ", most=12"),
}

POWERS = "math.exp((z - largest) / temperature) for z in logits"
NORMED = "[power / total for power in powers]"
ADD = "        total += p\n"
LESS = "if u < total"
PICK = "    total = 0.0\n    for index, p in enumerate(ps):"
LAST = "    return len(ps) - 1\n"
SEED = "random.Random(seed)"
PS = "        ps = probabilities(model(tokens), temperature)\n"
DRAW = "pick(ps, numbers.random())"
END = "        if token == end:\n            break\n"
APPEND = "        tokens.append(token)\n"
RETURN = "return tokens[1:]"
MOST = "len(tokens) <= most"

MUTANTS = {
    "V22": (POWERS, POWERS.replace("(z - largest)", "z")),
    "C3": (NORMED, "powers"),
    "S1": (POWERS, POWERS.replace("/", "*")),
    "S2": (NORMED, "[power / total / temperature for power in powers]"),
    "S2/norm": ((POWERS, "math.exp(z - largest) / temperature for z in logits"),),
    "S3": (PS, PS.replace(", temperature", "")),
    "S4": (PICK, "    return list(ps).index(max(ps))\n" + PICK),
    "S5": (ADD, "        total = p\n"),
    "S23": (LESS, "if u > total"),
    "S6": (LESS, "if u <= total"),
    "S7": (LAST, ""),
    "S8": (LESS + ":\n            return index", LESS + ":\n            return max(index - 1, 0)"),
    "S10": (PICK, PICK.replace("enumerate(ps)", "enumerate(sorted(ps, reverse=True))")),
    "S11": (END, ""),
    "S9": (END + APPEND, APPEND + END),
    "S13": (RETURN, "return tokens"),
    "S12": (PS, PS.replace("model(tokens)", "model([end])")),
    "S18": (PS, PS.replace("model(tokens)", "model(tokens[-1:])")),
    "S19": (PS, PS.replace("model(tokens)", "model(tokens[1:])")),
    "S14": (DRAW, "pick(ps, random.Random(seed).random())"),
    "S15": ((SEED, "random"), ("    tokens = [end]\n", "    random.seed(seed)\n    tokens = [end]\n")),
    "S16": (SEED, "random.Random(0)"),
    "S17": (
        ("import random\n", "import random\nfrom itertools import count\n\nCALLS = count(100)\n"),
        (SEED, "random.Random(next(CALLS))"),
    ),
    "S17/shared": (SEED, "random"),
    "S20": (MOST, "len(tokens) < most"),
    "S20/more": (MOST, "len(tokens) <= most + 1"),
    "S21": (MOST, "len(tokens) <= 20"),
    "S22": (END, "        if token == 0:\n            break\n"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "draws": (
        "logits = [numbers.uniform(-2, 2) for _ in range(4)]\nps = probabilities(logits, numbers.uniform(0.2, 3))\n"
        "seed, most, end = numbers.randrange(99), numbers.randint(1, 9), numbers.randrange(4)\n"
        "model = lambda tokens: [z * (len(tokens) + tokens[-1]) for z in logits]\n"
        "ps, pick(ps, numbers.random()), generate(model, seed, numbers.uniform(0.2, 3), most, end)"
    ),
}
