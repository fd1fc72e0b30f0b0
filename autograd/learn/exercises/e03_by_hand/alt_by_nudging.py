"""Exercise 3 by nudging the drawing: each node in turn is moved, and what follows from it is computed again."""


def drawing(**moved):
    n = {"a": 2.0, "b": -3.0}
    n = {name: x + moved.get(name, 0.0) for name, x in n.items()}
    n["c"] = n["a"] * n["b"] + moved.get("c", 0.0)
    n["d"] = n["c"] + n["a"] + moved.get("d", 0.0)
    n["e"] = n["d"] * n["b"] + moved.get("e", 0.0)
    return 5 * n["e"] + moved.get("out", 0.0)


ANSWERS = {
    name: round(drawing(**{name: 0.5}) - drawing(**{name: -0.5}), 6) for name in ("a", "b", "c", "d", "e", "out")
}
