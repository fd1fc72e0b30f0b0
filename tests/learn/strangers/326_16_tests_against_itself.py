# exercise: 16
# wrong
# where: test_consistent, line 12 | TESTS | the file
# mend: an expected value from elsewhere
# names: K1

def test_consistent(Value):
    for x in (0.5, 2.0, -3.0):
        a, b = Value(x), Value(x)
        (3 * a.tanh() + a * a).backward()
        (3 * b.tanh() + b * b).backward()
        assert a.grad == b.grad


TESTS = [test_consistent]
