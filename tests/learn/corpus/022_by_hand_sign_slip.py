# exercise: 3
# expect: not sure
# style: by hand
ANSWERS = {"out": 1, "e": 5, "d": -15, "c": -15, "a": -15 + (-3) * 15, "b": -20 - 30}
