from autograd import Value

x = Value(5.0, label="x")
for step in range(10):
    loss = (x - 2) ** 2
    loss.backward()
    print(f"step {step}: x = {x.data:.4f}, loss = {loss.data:.4f}, gradient = {x.grad:.4f}")
    x = Value(x.data - 0.2 * x.grad, label="x")
loss
