# exercise: 1
# wrong
# where: nudge, line 9
# mend: h, not h times x
# names: none

def nudge(f, x, h=1e-5):
    # 步长与 x 成比例
    step = h * x
    return (f(x + step) - f(x - step)) / (2 * step)
