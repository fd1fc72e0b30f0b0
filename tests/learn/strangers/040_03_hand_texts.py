# exercise: 3
# wrong
# where: ANSWERS, line 12
# mend: numbers, not text
# names: text for a number

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": -15,
    "c": -15,
    "a": "30",
    "b": -50,
}
