"""Exercise 3 with the answers as whole numbers, added up path by path."""

a = 2
b = -3
d = a * b + a

ANSWERS = dict(
    out=1,
    e=5,
    d=5 * b,
    c=5 * b,
    a=sum([5 * b, 5 * b * b]),  # through d, and through c and d
    b=sum([5 * d, 5 * b * a]),  # through e, and through c, d and e
)
