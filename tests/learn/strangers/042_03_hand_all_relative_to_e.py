# exercise: 3
# wrong
# where: ANSWERS, line 8
# mend: times 5
# names: none

# d e / d ...
ANSWERS = {"out": 1, "e": 1, "d": -3, "c": -3, "a": 6, "b": -10}
