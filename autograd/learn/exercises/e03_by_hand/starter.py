"""Exercise 3: predict by hand.

    c = a · b      d = c + a      e = d · b      out = 5 · e

    a = 2 ───┬──────────────────┐
             │                  ├─ + ── d = -4 ──┐
             ├─ · ── c = -6 ────┘                ├─ · ── e = 12 ──┐
             │                                   │                ├─ · ── out = 60
    b = -3 ──┴───────────────────────────────────┘           5 ───┘

How much does out change for each unit by which a node changes? Fill in the six gradients, from the output backwards.
"""

ANSWERS = {
    "out": None,
    "e": None,
    "d": None,
    "c": None,
    "a": None,
    "b": None,
}
