from autograd import Value, softmax

query = [Value(1.0), Value(-0.5)]
keys = [[Value(0.8), Value(0.1)], [Value(-0.3), Value(0.9)], [Value(0.5), Value(-0.7)]]
values = [Value(1.0), Value(2.0), Value(3.0)]

scores = [(query[0] * k[0] + query[1] * k[1]) / 2**0.5 for k in keys]
weights = softmax(scores)
output = weights[0] * values[0] + weights[1] * values[1] + weights[2] * values[2]
output.backward()
print("attention weights:", [round(w.data, 4) for w in weights])
output
