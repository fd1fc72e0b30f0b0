"""Exercise 16: write the tests.

Now the engines are broken, and you write the checks. A test is a function test_…(Value) that gets the Value of some engine,
computes with it, and asserts what a right engine gives; with y.backward() in place of backward(y).

    def test_add(Value):
        a, b = Value(5.0), Value(7.0)
        y = a + b
        y.backward()
        assert y.data == 12.0
        assert a.grad == 1.0 and b.grad == 1.0

This one passes on a right engine and notices, for instance, a sum that has the rule of the product. It does not notice a
sum that ignores the gradient that arrives: here, that is 1 anyway.

42 engines are waiting, each with one of the mistakes that you have met in exercises 4 to 9. Your tests together have to
notice at least 35 of them. And there are right engines, written in other ways than yours: on those every test passes. So use
nothing but data, grad, backward(), the operators + - * / **, and the methods exp, log, tanh, sigmoid and relu; numbers may
stand on the left (1 - a, 1 / a). Where several backward calls meet, leaves add up, and the other nodes start at 0.
"""


def test_mul(Value):
    """A product, and what arrives at its operands."""
    raise NotImplementedError


# All functions above whose names begin with test_: keep this at the end.
TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
