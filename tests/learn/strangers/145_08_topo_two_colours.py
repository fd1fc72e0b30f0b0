# exercise: 8
# right

WHITE, GREY, BLACK = range(3)


def toposort(root):
    colour, order, stack = {}, [], [root]
    while stack:
        n = stack[-1]
        state = colour.get(id(n), WHITE)
        if state == WHITE:
            colour[id(n)] = GREY
            stack += [p for p in n.parents if colour.get(id(p), WHITE) == WHITE]
        else:
            stack.pop()
            if state == GREY:
                colour[id(n)] = BLACK
                order += [n]
    return order
