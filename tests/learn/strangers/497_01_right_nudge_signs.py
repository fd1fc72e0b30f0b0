# exercise: 1
# right

nudge = lambda function, point, step=1e-5: sum(sign * function(point + sign * step) for sign in (1, -1)) / step / 2
