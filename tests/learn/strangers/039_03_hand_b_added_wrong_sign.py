# exercise: 3
# wrong
# where: ANSWERS, line 12
# mend: b: -20 - 30

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -15,
    "c": -15,
    "a": 30,
    "b": 10,
}
