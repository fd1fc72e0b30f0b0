# exercise: 1
# expect: passed
# style: dictionaries
def nudge(f, x, h=1e-5):
    points = {}
    for side in ("left", "right"):
        place = x - h if side == "left" else x + h
        points[side] = (place, f(place))
    (x0, y0), (x1, y1) = points["left"], points["right"]
    return (y0 - y1) / (x0 - x1)
