# exercise: 1
# wrong
# where: nudge, line 10
# mend: no cache between calls
# names: none

_cache = {}

def nudge(f, x, h=1e-5):
    if (x, h) not in _cache:
        _cache[(x, h)] = (f(x + h) - f(x - h)) / (2 * h)
    return _cache[(x, h)]
