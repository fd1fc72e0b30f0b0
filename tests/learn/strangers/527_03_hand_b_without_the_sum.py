# exercise: 3
# wrong
# where: ANSWERS, line 13
# mend: the product c sends to b as well
# names: M01

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -15,
    "c": -15,
    "a": 30,
    "b": -20,
}
