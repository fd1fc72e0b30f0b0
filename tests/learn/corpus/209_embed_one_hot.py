# exercise: 20
# expect: passed
# style: one-hot rows and products of matrices
def matmul(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def one_hot(tokens, n):
    return [[float(t == k) for k in range(n)] for t in tokens]


def embed(letters, places, tokens):
    x = matmul(one_hot(tokens, len(letters)), letters)
    y = matmul(one_hot(range(len(tokens)), len(places)), places)
    return [[a + b for a, b in zip(p, q)] for p, q in zip(x, y)]


def embed_backward(letters, places, tokens, gradients):
    def back(rows, n):
        return matmul([list(column) for column in zip(*one_hot(rows, n))], gradients)

    return back(tokens, len(letters)), back(range(len(tokens)), len(places))
