# exercise: 3
# wrong
# where: ANSWERS, line 12
# mend: the sum sends to a as well
# names: M01

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -15,
    "c": -15,
    "a": 45,
    "b": -50,
}
