# exercise: 9
# expect: passed
# style: heap of places in the order
import heapq

from e08_toposort import toposort


def backward(root):
    order = toposort(root)
    place = {id(n): -i for i, n in enumerate(order)}
    received = {id(root): [1.0]}
    heap = [place[id(root)]]
    while heap:
        node = order[-heapq.heappop(heap)]
        arrived = sum(received.pop(id(node)))
        if not node.parents:
            node.grad += arrived
            continue
        node.grad = arrived
        for p, g in zip(node.parents, node.pull(arrived)):
            if id(p) not in received:
                received[id(p)] = []
                heapq.heappush(heap, place[id(p)])
            received[id(p)].append(g)
