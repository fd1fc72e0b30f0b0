# exercise: 3
# wrong
# where: ANSWERS, line 10
# mend: a number for the text
# names: text for a number

ANSWERS = {
    "out": 1,
    "e": 5,
    "d": "5 * b",
    "c": "5 * b",
    "a": 30,
    "b": -50,
}
