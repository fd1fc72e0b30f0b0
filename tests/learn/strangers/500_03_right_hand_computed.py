# exercise: 3
# right

a, b = 2, -3
c = a * b
d = c + a
e = d * b

ANSWERS = dict(out=1.0)
ANSWERS["e"] = 5 * ANSWERS["out"]
ANSWERS["d"] = b * ANSWERS["e"]
ANSWERS["c"] = ANSWERS["d"]
ANSWERS["a"] = ANSWERS["d"] + b * ANSWERS["c"]
ANSWERS["b"] = d * ANSWERS["e"] + a * ANSWERS["c"]
