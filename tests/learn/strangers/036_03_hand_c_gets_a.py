# exercise: 3
# wrong
# where: ANSWERS, line 11
# mend: a sum passes on what it gets
# names: M12

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -15,
    "c": -30,
    "a": 75,
    "b": -80,
}
