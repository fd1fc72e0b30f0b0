# exercise: 16
# wrong
# where: test_all, line 11 | TESTS | the file
# mend: assert without brackets around both
# names: K1

def test_all(Value):
    a, b = Value(2.0), Value(3.0)
    y = 7 * (a * b + a)
    y.backward()
    assert (a.grad == 28.0, "a")
    assert (b.grad == 14.0, "b")


TESTS = [test_all]
