# exercise: 16
# expect: K5 | K6 | K10
# style: the example of the starter, and the one that was asked for
def test_add(Value):
    a, b = Value(5.0), Value(7.0)
    y = a + b
    y.backward()
    assert y.data == 12.0
    assert a.grad == 1.0 and b.grad == 1.0


def test_mul(Value):
    """A product, and what arrives at its operands."""
    a, b = Value(2.0), Value(3.0)
    y = a * b
    y.backward()
    assert y.data == 6.0
    assert a.grad == 3.0 and b.grad == 2.0


# All functions above whose names begin with test_: keep this at the end.
TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
