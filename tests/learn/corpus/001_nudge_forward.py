# exercise: 1
# expect: D1
# style: over-commented
# My solution for exercise 1

def nudge(f, x, h=1e-5):
    # first we need to know where the function is at the moment
    y_before = f(x)
    # now we move x by a small amount h
    x_after = x + h
    # and look where the function is after that
    y_after = f(x_after)
    # how much did it change?
    change = y_after - y_before
    # divide by how much we moved
    slope = change / h
    # give it back
    return slope


# try it
print(nudge(lambda x: x**3, 2.0))
