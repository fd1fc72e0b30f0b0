# exercise: 4
# expect: M14
# style: Chinese variable names
def add_rule(a, b):
    和 = a + b
    def 反向(梯度):
        return (梯度, 梯度)
    return 和, 反向


def mul_rule(a, b):
    积 = a * b
    def 反向(梯度):
        甲的梯度 = 梯度 * a
        乙的梯度 = 梯度 * b
        return (甲的梯度, 乙的梯度)
    return 积, 反向
