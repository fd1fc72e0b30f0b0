# exercise: 1
# wrong
# where: nudge, line 9
# mend: two points on the real line
# names: none

def nudge(f, x, h=1e-5):
    # the complex step has no subtraction, so it is exact
    return f(complex(x, h)).imag / h
