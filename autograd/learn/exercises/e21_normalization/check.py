"""Numbers beside which ε is nothing, so small that it counts, and all 0."""

NAMES = ("rmsnorm", "rmsnorm_backward")
NEEDS = ()
MINUTES = 25

XS, SCALE, G = "[30.0, -10.0, 5.0]", "[1.0, 2.0, -0.5]", "[1.0, -2.0, 4.0]"


def back(xs, scale, gradients):
    """A probe of both gradients."""
    return f"rmsnorm_backward({xs}, {scale}, {gradients})"


PROBES = {
    "norm": f"rmsnorm({XS}, [1.0, 1.0, 1.0])",
    "norm_scaled": f"rmsnorm({XS}, {SCALE})",
    "norm_small": "rmsnorm([0.003, -0.001, 0.002, 0.0], [1.0, 2.0, 0.5, 3.0])",
    "xs": "rmsnorm_backward([2.5, -40.0], [1.0, 1.0], [0.5, -1.5])[0]",
    "xs_scaled": f"rmsnorm_backward({XS}, {SCALE}, {G})[0]",
    "scale": f"rmsnorm_backward({XS}, {SCALE}, {G})[1]",
    "both_zeros": back("[0.0, 0.0]", "[1.0, 2.0]", "[3.0, -0.5]"),
    "there_and_back": (
        "xs, scale, gradients = [2.5, -40.0], [3.0, 0.0], [0.5, -1.5]\n"
        "rmsnorm(xs, scale)\n"
        "rmsnorm_backward(xs, scale, gradients)"
    ),
    "lists_stay": f"xs, scale = {XS}, {SCALE}\nrmsnorm(xs, scale)\nxs, scale",
    "lists_stay_backward": f"xs, scale, gradients = {XS}, {SCALE}, {G}\nrmsnorm_backward(xs, scale, gradients)\nxs, scale, gradients",
}

ROOT = "math.sqrt(sum(x * x for x in xs) / len(xs) + EPSILON)"
FORWARD = "    return [s * x / r for s, x in zip(scale, xs)]\n"
ARRIVING = "[g * s for g, s in zip(gradients, scale)]"
ALONG_R = "sum(a * n for a, n in zip(arriving, normalized)) / len(xs)"
OF_XS = "(a - n * along_r) / r for a, n in zip(arriving, normalized)"
OF_SCALE = "[g * n for g, n in zip(gradients, normalized)]"
RETURN = "return of_xs, of_scale"
CENTERED = "    xs = [x - sum(xs) / len(xs) for x in xs]\n"
NORMALIZED = "    normalized = [x / r for x in xs]\n"
DIVIDED = "    for i, x in enumerate(xs):\n        xs[i] = x / r\n"
IN_PLACE = DIVIDED + "    return [s * x for s, x in zip(scale, xs)]\n"
NORM, BACK = '"""scale · x / r, with the root mean square r of all xs."""\n', 'each receives one along r."""\n'

MUTANTS = {
    "U20": ((FORWARD, IN_PLACE), (NORMALIZED, DIVIDED + "    normalized = xs\n")),
    "U20/forward": (FORWARD, IN_PLACE),
    "U6": (
        (NORM, NORM + CENTERED),
        (BACK, BACK + CENTERED),
        (OF_XS, OF_XS.replace("a - n", "a - sum(arriving) / len(xs) - n")),
    ),
    "U6/forward": (NORM, NORM + CENTERED),
    "U6/backward": (OF_XS, OF_XS.replace("a - n", "a - sum(arriving) / len(xs) - n")),
    "U7": ((ROOT, "math.sqrt(sum(x * x for x in xs) + EPSILON)"), (ALONG_R, ALONG_R.replace(" / len(xs)", ""))),
    "U7/forward": (FORWARD, FORWARD.replace("/ r", "/ math.sqrt(sum(x * x for x in xs) + EPSILON)")),
    "U8": (ROOT, "sum(x * x for x in xs) / len(xs) + EPSILON"),
    "U8/forward": (FORWARD, FORWARD.replace("/ r", "/ r**2")),
    "U17": (ROOT, "sum(abs(x) for x in xs) / len(xs) + EPSILON"),
    "U4": (ROOT, "math.sqrt(sum(x * x for x in xs) / len(xs))"),
    "U4/nan": (ROOT, "(math.sqrt(sum(x * x for x in xs) / len(xs)) or math.nan)"),
    "U5": (ROOT, "math.sqrt(sum(x * x for x in xs) / len(xs)) + EPSILON"),
    "U16": (FORWARD, FORWARD.replace("s * x", "x")),
    "U19": (RETURN, "return of_scale, of_xs"),
    "U1": (OF_XS, OF_XS.replace("(a - n * along_r)", "a")),
    "U2": (OF_XS, OF_XS.replace("a - n", "a + n")),
    "U3": (ALONG_R, ALONG_R.replace(" / len(xs)", "")),
    "U13": (OF_XS, OF_XS.replace("(a - n * along_r) / r", "a / r - n * along_r")),
    "U15": (OF_XS, OF_XS.replace(" / r for", " for")),
    "U12": (
        (ALONG_R, ALONG_R.replace("zip(arriving, normalized)", "zip(arriving, xs)")),
        (OF_XS, "(a - x * along_r) / r for a, x in zip(arriving, xs)"),
    ),
    "U14": (OF_XS, OF_XS.replace("n * along_r", "n * a * n / len(xs)")),
    "U9": (ARRIVING, "gradients"),
    "U18": (ALONG_R, ALONG_R.replace("arriving", "gradients")),
    "U10": (OF_SCALE, "[g * x for g, x in zip(gradients, xs)]"),
    "U11": (OF_SCALE, "normalized"),
    "U21": (OF_SCALE, "[a * n for a, n in zip(arriving, normalized)]"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "norm": (
        "n = numbers.randint(1, 4)\nxs, scale, gradients = ([numbers.uniform(-2, 2) for _ in range(n)] for _ in range(3))\n"
        "rmsnorm(xs, scale), rmsnorm_backward(xs, scale, gradients)"
    ),
}
