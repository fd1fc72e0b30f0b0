# exercise: 3
# wrong
# where: ANSWERS, line 9
# mend: the other factor is 5
# names: M15

ANSWERS = {
    "out": 1,
    "e": 60,
    "d": -180,
    "c": -180,
    "a": 360,
    "b": -600,
}
