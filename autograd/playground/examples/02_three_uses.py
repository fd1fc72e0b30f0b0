from autograd import Value

a = Value(3.0)
b = a * a + a
b.backward()
print("db/da =", a.grad)
b
