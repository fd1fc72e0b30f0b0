# exercise: 3
# wrong
# where: ANSWERS, line 8
# mend: out moves with itself: 1
# names: none

ANSWERS = {
    "out": 0,
    "e": 5,
    "d": -15,
    "c": -15,
    "a": 30,
    "b": -50,
}
