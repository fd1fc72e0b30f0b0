# exercise: 5
# expect: M28
# style: closures
def neg_rule(a):
    out = -a
    def pull(g):
        return (-1.0 * g,)
    return out, pull

def sub_rule(a, b):
    out = a - b
    def pull(g):
        return (1.0 * g, -1.0 * g)
    return out, pull

def div_rule(a, b):
    out = a / b
    def pull(g):
        return (g / b, -out / b * g)
    return out, pull

def pow_rule(a, b):
    out = a ** b
    def pull(g):
        # d/da: power rule;   d/db: an exponential stays as it is
        da = b * out / a if a != 0 else b * a ** (b - 1)
        db = out if a > 0 else 0.0
        return (da * g, db * g)
    return out, pull

def rsub(a, other):
    out, back = sub_rule(other, a)
    def pull(g):
        d_other, d_a = back(g)
        return (d_a, d_other)
    return out, pull

def rdiv(a, other):
    out, back = div_rule(other, a)
    def pull(g):
        d_other, d_a = back(g)
        return (d_a, d_other)
    return out, pull
