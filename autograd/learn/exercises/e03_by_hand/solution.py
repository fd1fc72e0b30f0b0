"""Exercise 3: predict by hand. The numbers, worked out from the output backwards."""

a, b = 2.0, -3.0
c = a * b
d = c + a
e = d * b

grad_out = 1.0
grad_e = 5 * grad_out
grad_d = b * grad_e
grad_c = grad_d
grad_a = grad_d + b * grad_c
grad_b = d * grad_e + a * grad_c

ANSWERS = {
    "out": grad_out,
    "e": grad_e,
    "d": grad_d,
    "c": grad_c,
    "a": grad_a,
    "b": grad_b,
}
