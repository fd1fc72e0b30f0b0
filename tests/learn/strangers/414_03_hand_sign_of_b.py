# exercise: 3
# wrong
# where: ANSWERS, line 10
# mend: d is 5 times b, and b is -3
# names: none

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": 15,
    "c": 15,
    "a": -30,
    "b": 10,
}
