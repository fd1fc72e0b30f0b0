# exercise: 1
# right

def nudge(f, x, h=1e-5):
    total = 0
    for sign in (1, -1):
        total += sign * f(x + sign * h)
    total *= 0.5
    return total / h
