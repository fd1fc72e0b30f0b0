# exercise: 1
# wrong
# where: nudge, line 11 | the file
# mend: f in the key, or no memory
# names: state shared by calls

results = {}


def nudge(f, x, h=1e-5):
    key = (x, h)
    if key not in results:
        results[key] = (f(x + h) - f(x - h)) / (2 * h)
    return results[key]
