"""Exercise 4 with named inner functions that return lists."""


def add_rule(a, b):
    out = a + b

    def pull(upstream):
        da = upstream
        db = upstream
        return [da, db]

    return out, pull


def mul_rule(a, b):
    out = a * b

    def pull(upstream):
        da = upstream * b
        db = upstream * a
        return [da, db]

    return out, pull
