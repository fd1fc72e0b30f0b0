# exercise: 3
# wrong
# where: ANSWERS, line 10
# mend: e / d is b = -3
# names: none

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": 15,
    "c": 15,
    "a": -30,
    "b": 10,
}
