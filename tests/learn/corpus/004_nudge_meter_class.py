# exercise: 1
# expect: D5
# style: Java-like getters
class SlopeMeter:
    def __init__(self, function, position, stepSize):
        self._function = function
        self._position = position
        self._stepSize = stepSize

    def getRightValue(self):
        return self._function(self._position + self._stepSize)

    def getLeftValue(self):
        return self._function(self._position - self._stepSize)

    def getDistance(self):
        return 2.0 * self._stepSize

    def getSlope(self):
        difference = self.getLeftValue() - self.getRightValue()
        return difference / self.getDistance()


def nudge(f, x, h=1e-5):
    meter = SlopeMeter(f, x, h)
    return meter.getSlope()
