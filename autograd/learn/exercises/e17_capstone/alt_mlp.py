"""Exercise 17 as a subclass of MLP, with the loss of exercise 12 and training in rounds."""

from random import seed

from e09_backward import backward
from e11_network import MLP
from e12_losses import mse_loss


class Classifier(MLP):
    def __init__(self, width):
        super().__init__(2, [width])
        self.last = MLP(width, [1])

    def __call__(self, point):
        (score,) = self.last([value.relu() for value in super().__call__(point)])
        return score

    def parameters(self):
        return super().parameters() + self.last.parameters()


def network():
    seed(1)
    return Classifier(9)


def loss(model, points, labels):
    return mse_loss([[model(point)] for point in points], [[label] for label in labels])


def train(model, points, labels, steps=400, lr=0.06):
    done = 0
    while done < steps:
        for point, label in zip(points, labels):
            if done == steps:
                break
            for p in model.parameters():
                p.grad = 0
            backward(loss(model, [point], [label]))
            for p in model.parameters():
                p.data = p.data - lr * p.grad
            done += 1


ANSWERS = {"largest": 0.467, "shared": 37, "off": 10, "zeros": 4, "steepest": -0.467}
