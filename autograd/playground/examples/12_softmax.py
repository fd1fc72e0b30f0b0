from autograd import Value

logits = [Value(1.0), Value(2.0), Value(0.5)]
exps = [z.exp() for z in logits]
total = exps[0] + exps[1] + exps[2]
probabilities = [e / total for e in exps]
loss = -probabilities[1].log()
loss.backward()
print("probabilities:", [round(p.data, 4) for p in probabilities])
print("gradients:    ", [round(z.grad, 4) for z in logits])
loss
