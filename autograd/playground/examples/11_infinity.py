from autograd import Value

p = Value(0.0)
q = p * 0.5
loss = -q.log()
loss.backward()
