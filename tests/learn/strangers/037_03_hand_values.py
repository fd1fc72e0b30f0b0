# exercise: 3
# wrong
# where: ANSWERS, line 12
# mend: gradients, not values
# names: Q12

a = 2
b = -3
c = a * b
d = c + a
e = d * b
ANSWERS = {"out": 5 * e, "e": e, "d": d, "c": c, "a": a, "b": b}
