# exercise: 3
# wrong
# where: ANSWERS, line 12
# mend: a: -15 + 45
# names: M01

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -15,
    "c": -15,
    "a": 45,
    "b": -50,
}
