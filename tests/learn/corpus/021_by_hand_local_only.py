# exercise: 3
# expect: M10 | M13
# style: by hand
# local derivatives
ANSWERS = dict(
    out=1,
    e=5,        # d(5e)/de
    d=-3,       # d(db)/dd = b
    c=1,        # d(c+a)/dc
    a=1 + -3,
    b=-4 + 2,
)
