from autograd import Value

x = Value(2.0)
w = Value(-1.5)
b = Value(1.0)
dead = (w * x + b).relu()
y = dead * 3 + x
y.backward()
print("gradient of w:", w.grad)
y
