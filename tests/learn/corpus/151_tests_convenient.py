# exercise: 16
# expect: K4 | K5 | K6 | K10
# style: convenient inputs
def test_add(Value):
    a, b = Value(2.0), Value(2.0)
    c = a + b
    c.backward()
    assert c.data == 4.0
    assert a.grad == 1.0
    assert b.grad == 1.0


def test_mul(Value):
    a, b = Value(2.0), Value(2.0)
    c = a * b
    c.backward()
    assert c.data == 4.0
    assert a.grad == 2.0
    assert b.grad == 2.0


def test_tanh(Value):
    a = Value(0.0)
    c = a.tanh()
    c.backward()
    assert c.data == 0.0
    assert a.grad == 1.0


def test_relu(Value):
    a = Value(1.0)
    c = a.relu()
    c.backward()
    assert a.grad == 1.0


TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
