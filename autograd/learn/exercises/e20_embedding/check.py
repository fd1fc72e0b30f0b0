"""Words with a letter twice and three times, letters and places that do not occur, tables of different lengths."""

NAMES = ("embed", "embed_backward")
NEEDS = ()
MINUTES = 15

TABLES = (
    "letters = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]\nplaces = [[0.5, -1.0], [2.0, 0.25], [-3.0, 1.5], [4.0, 0.75]]\n"
)
WIDE = (
    "letters = [[1.0, 2.0, -1.0], [0.5, 0.0, 3.0], [4.0, -2.0, 1.5], [2.5, 1.0, 0.75]]\n"
    "places = [[0.5, -1.0, 2.0], [1.0, 0.25, -0.5], [-3.0, 1.5, 0.0]]\n"
)
G, WIDE_G = "[[1.0, -2.0], [0.5, 4.0], [3.0, 0.25]]", "[[1.0, -2.0, 0.5], [0.25, 4.0, -1.0]]"


def back(tables, tokens, gradients, last="embed_backward(letters, places, tokens, gradients)"):
    """A probe of the gradients of both tables, or of some of it."""
    return f"{tables}tokens, gradients = {tokens}, {gradients}\n{last}"


PROBES = {
    "embed": TABLES + "embed(letters, places, [2, 0, 1])",
    "embed_twice": TABLES + "[list(row) for row in embed(letters, places, [1, 2, 1])]",
    "letters": back(
        TABLES, "[2, 0]", "[[1.0, -2.0], [0.5, 4.0]]", "embed_backward(letters, places, tokens, gradients)[0]"
    ),
    "letters_wide": back(
        WIDE, "[3, 1]", WIDE_G, "[list(row) for row in embed_backward(letters, places, tokens, gradients)[0]]"
    ),
    "places": back(TABLES, "[2, 0, 1]", G, "embed_backward(letters, places, tokens, gradients)[1]"),
    "letter_twice": back(TABLES, "[1, 0, 1]", G),
    "letter_three_times": back(TABLES, "[2, 2, 2]", G),
    "tables_stay": back(
        TABLES,
        "[1, 0, 1]",
        G,
        "embed(letters, places, tokens)\nembed_backward(letters, places, tokens, gradients)\nletters, places",
    ),
    "gradients_stay": back(
        TABLES, "[1, 0, 1]", G, "embed_backward(letters, places, tokens, gradients)\ngradients, tokens"
    ),
}

FORWARD = "[[a + b for a, b in zip(letters[token], places[i])] for i, token in enumerate(tokens)]"
ZEROS = "of_letters = [[0.0] * len(row) for row in letters]"
PLACES = "of_places = [[0.0] * len(row) for row in places]"
ADD, ADD_PLACE = "of_letters[token][j] += g", "            of_places[i][j] += g\n"
RETURN = "return of_letters, of_places"
IN_PLACE = """[add_to(letters[token], places[i]) for i, token in enumerate(tokens)]


def add_to(row, other):
    for j, x in enumerate(other):
        row[j] += x
    return row
"""

MUTANTS = {
    "E1": (ADD, "of_letters[token][j] = g"),
    "E2": (ADD, "of_letters[token][j] = of_letters[token][j] or g"),
    "E3": (ADD, "of_letters[token][j] += g / tokens.count(token)"),
    "E4": (
        (ZEROS, "of_letters = [[0.0] * len(letters[0])] * len(letters)"),
        (PLACES, "of_places = [[0.0] * len(places[0])] * len(places)"),
    ),
    "E4/letters": (ZEROS, "of_letters = [[0.0] * len(letters[0])] * len(letters)"),
    "E5": (RETURN, "return [of_letters[token] for token in sorted(set(tokens))], of_places"),
    "E6": (ADD_PLACE, ADD_PLACE.replace("[i]", "[token]")),
    "E7": (ADD, "of_letters[i][j] += g"),
    "E8": (ADD_PLACE, ""),
    "E9": (FORWARD, FORWARD.replace("places[i]", "places[token]")),
    "E10": (ADD, "of_letters[token][j] += g * letters[token][j]"),
    "E10/both": (
        (ADD, "of_letters[token][j] += g * letters[token][j]"),
        (ADD_PLACE, "            of_places[i][j] += g * places[i][j]\n"),
    ),
    "E11": (FORWARD, FORWARD.replace("a + b", "a")),
    "E12": (RETURN, "return of_letters, of_places[: len(tokens)]"),
    "E13": (FORWARD, FORWARD.replace("a + b", "a * b")),
    "E14": (FORWARD, IN_PLACE),
    "E15": (RETURN, "return of_places, of_letters"),
    "E16": (FORWARD, "[[*letters[token], *places[i]] for i, token in enumerate(tokens)]"),
    "E17": ("gradients[i])", "gradients[tokens.index(token)])"),
}

# ── for authoring.holes ──────────────────────────────────────────────────────────────────────────────────────────────

PROPERTIES = {
    "tables": (
        "rows = lambda n: [[numbers.uniform(-2, 2) for _ in range(3)] for _ in range(n)]\n"
        "letters, places, tokens = rows(4), rows(5), numbers.choices(range(4), k=numbers.randint(1, 5))\n"
        "embed(letters, places, tokens), embed_backward(letters, places, tokens, rows(len(tokens)))"
    ),
}
