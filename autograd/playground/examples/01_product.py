from autograd import Value

a = Value(2.0)
b = Value(-3.0)
c = a * b
c.backward()
c
