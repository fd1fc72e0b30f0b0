# exercise: 8
# right

from collections import deque


def toposort(root):
    users = {}
    nodes = {id(root): root}
    queue = deque([root])
    while queue:
        n = queue.popleft()
        for p in n.parents:
            users[id(p)] = users.get(id(p), 0) + 1
            if id(p) not in nodes:
                nodes[id(p)] = p
                queue.append(p)
    result = deque()
    queue.append(root)
    while queue:
        n = queue.popleft()
        result.appendleft(n)
        for p in n.parents:
            users[id(p)] -= 1
            if not users[id(p)]:
                queue.append(p)
    return list(result)
