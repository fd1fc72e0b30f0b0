# exercise: 3
# expect: M13
# style: by hand
# product: the other factor. sum: passes it on
ANSWERS = {
    "out": 1.0,
    "e": 5.0,
    "d": -3.0,
    "c": -3.0,
    "a": -3.0 + -3.0,
    "b": -4.0 + 2.0,
}
