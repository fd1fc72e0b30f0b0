# exercise: 3
# expect: M01
# style: over-commented
ANSWERS = {
    "out": 1,
    "e": 5,         # out = 5 e
    "d": -15,       # 5 * b = 5 * -3
    "c": -15,       # + just passes it on
    "a": -15,       # a goes into the + , so the same as c
    "b": -20,       # 5 * d = 5 * -4
}
