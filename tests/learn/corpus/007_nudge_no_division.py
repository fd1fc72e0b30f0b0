# exercise: 1
# expect: D4
# style: Chinese variable names
def nudge(f, x, h=1e-5):
    右边 = f(x + h)
    左边 = f(x - h)
    变化 = 右边 - 左边      # 函数值变化了多少
    return 变化
