# exercise: 4
# expect: M12
# style: copy-paste
def add_rule(a, b):
    out = a + b
    def pull(g):
        grad_a = b * g
        grad_b = a * g
        return grad_a, grad_b
    return out, pull

def mul_rule(a, b):
    out = a * b
    def pull(g):
        grad_a = b * g
        grad_b = a * g
        return grad_a, grad_b
    return out, pull
