# exercise: 1
# wrong
# where: nudge, line 9
# mend: f(x - h)
# names: none

def nudge(f, x, h=1e-5):
    oben = f(x + h)
    unten = f(x) - h
    return (oben - unten) / (2 * h)
