# exercise: 3
# wrong
# where: ANSWERS, line 11
# mend: a: -15 + 45

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -15,
    "c": -15,
    "a": 45,
    "b": -50,
}
