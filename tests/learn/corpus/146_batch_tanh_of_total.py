# exercise: 15
# expect: V25
# style: Chinese variable names
import numpy as np


def squared_error(predictions, targets):
    return np.mean((predictions - targets[:, None]) ** 2)


def forward(parameters, X):
    总和 = X @ parameters["W1"] + parameters["b1"]
    隐藏 = np.tanh(总和)
    return 隐藏, 隐藏 @ parameters["W2"] + parameters["b2"]


def gradients(parameters, X, classes):
    总和 = X @ parameters["W1"] + parameters["b1"]
    隐藏 = np.tanh(总和)
    输出 = 隐藏 @ parameters["W2"] + parameters["b2"]
    指数 = np.exp(输出 - 输出.max(axis=1, keepdims=True))
    概率 = 指数 / 指数.sum(axis=1, keepdims=True)
    误差 = (概率 - np.eye(概率.shape[1])[classes]) / len(X)
    隐藏误差 = 误差 @ parameters["W2"].T * (1 - 总和**2)
    return {"W1": X.T @ 隐藏误差, "b1": 隐藏误差.sum(axis=0), "W2": 隐藏.T @ 误差, "b2": 误差.sum(axis=0)}


def step(parameters, X, classes, lr):
    梯度 = gradients(parameters, X, classes)
    return {名: 数组 - lr * 梯度[名] for 名, 数组 in parameters.items()}
