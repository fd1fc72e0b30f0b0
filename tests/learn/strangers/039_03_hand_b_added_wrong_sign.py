# exercise: 3
# wrong
# where: ANSWERS, line 13
# mend: b: -20 - 30
# names: none

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -15,
    "c": -15,
    "a": 30,
    "b": 10,
}
