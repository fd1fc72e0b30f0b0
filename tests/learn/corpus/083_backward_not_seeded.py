# exercise: 9
# expect: M08
# style: over-commented
from e08_toposort import toposort


def backward(root):
    # get all nodes in order
    all_nodes = toposort(root)

    # inner nodes start at zero
    for node in all_nodes:
        if len(node.parents) > 0:
            node.grad = 0.0

    # go through them backwards
    for i in range(len(all_nodes) - 1, -1, -1):
        node = all_nodes[i]
        if node.pull is not None:
            # ask the pull for the gradients
            gradients = node.pull(node.grad)
            # add them to the parents
            for parent, gradient in zip(node.parents, gradients):
                parent.grad += gradient
