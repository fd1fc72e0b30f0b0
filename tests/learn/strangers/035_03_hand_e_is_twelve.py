# exercise: 3
# wrong
# where: ANSWERS, line 9
# mend: out = 5 e: 5
# names: none

ANSWERS = {
    "out": 1,
    "e": 12,
    "d": -36,
    "c": -36,
    "a": 72,
    "b": -120,
}
