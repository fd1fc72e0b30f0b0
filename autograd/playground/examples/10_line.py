from autograd import Value

data = [(0.0, 1.0), (1.0, 2.9), (2.0, 5.2)]
w = Value(1.0)
b = Value(0.0)
loss = sum((w * x + b - y) ** 2 for x, y in data) / len(data)
loss.backward()
print("dw:", w.grad, " db:", b.grad)
loss
