"""Numbers as a line of small bars, for places that only show text."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["sparkline"]

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(numbers: Sequence[float], width: int = 40) -> str:
    """Draw numbers as at most ``width`` text bars. A number that is not finite leaves a gap.

    >>> sparkline([0.0, 1.0, 2.0]), sparkline([math.inf, 1.0, 2.0])
    ('▁▄█', ' ▁█')
    """
    if len(numbers) > width:
        numbers = [numbers[round(i * (len(numbers) - 1) / (width - 1))] for i in range(width)]
    finite = [x / 2 for x in numbers if math.isfinite(x)]  # halves, whose difference is finite too
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    span = high - low or 1.0
    return "".join(_BARS[int((x / 2 - low) / span * 7)] if math.isfinite(x) else " " for x in numbers)
