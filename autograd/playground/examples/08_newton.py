from autograd import Value, grad


def f(x):
    return x**4 - 3 * x**2 + x


slope = grad(f)
curvature = grad(slope)
x = 2.0
for step in range(6):
    print(f"x = {x:.8f}   f'(x) = {slope(x):.2e}")
    x = x - slope(x) / curvature(x)

y = f(Value(x, label="x"))
y.backward()
y
