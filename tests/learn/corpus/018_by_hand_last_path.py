# exercise: 3
# expect: M01
# style: computed in Python
a = 2
b = -3
c = a * b
d = c + a
e = d * b

g = {}
g["out"] = 1
g["e"] = 5 * g["out"]
# e = d * b
g["d"] = b * g["e"]
g["b"] = d * g["e"]
# d = c + a
g["c"] = g["d"]
g["a"] = g["d"]
# c = a * b
g["a"] = b * g["c"]
g["b"] = a * g["c"]

ANSWERS = g
