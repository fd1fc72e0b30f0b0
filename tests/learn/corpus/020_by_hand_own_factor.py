# exercise: 3
# expect: M14
# style: by hand
ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -4 * 5,                    # -20
    "c": -20,
    "a": -20 + 2 * -20,             # sum + product
    "b": -3 * 5 + -3 * -20,
}
