from autograd import Value

x = Value(1.5)
left = x * 2
right = x**2
y = left / right
y.backward()
y
