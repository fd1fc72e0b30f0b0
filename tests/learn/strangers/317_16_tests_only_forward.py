# exercise: 16
# wrong
# where: test_plus, line 11 | TESTS | the file
# mend: look at grad as well
# names: K7

import math


def test_plus(Value):
    assert (Value(2.0) + Value(3.0)).data == 5.0


def test_times(Value):
    assert (Value(2.0) * Value(3.0)).data == 6.0


def test_quotient(Value):
    assert (Value(5.0) / Value(2.0)).data == 2.5
    assert (1 / Value(4.0)).data == 0.25
    assert (1 - Value(4.0)).data == -3.0


def test_tanh(Value):
    assert math.isclose(Value(0.5).tanh().data, math.tanh(0.5))


TESTS = [test_plus, test_times, test_quotient, test_tanh]
