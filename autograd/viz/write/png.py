"""A picture's SVG as the bytes of a PNG file."""

from __future__ import annotations

import re

from autograd.errors import MissingExtraError
from autograd.viz.graphviz.program import FONTS

__all__ = ["png"]

SCALE = 2.0  # pixels a point: sharp on a screen of high resolution
BLOCK = r"@(?:media|supports)[^{]*\{(?:[^{}]*\{[^{}]*\})*\}"
VARIABLE = r"[\w-]+:[^;{}]*\bvar\([^;{}]*;?"
SKIPPED = re.compile(f"{BLOCK}|{VARIABLE}")


def png(svg: str) -> bytes:
    """Return the picture on two pixels a point, in its light colours.

    The letters are those of the font that comes with the package, the same on every machine; what it lacks (Chinese) is
    looked for among the system's. Raises `MissingExtraError` where there is no resvg.

    >>> from autograd.viz.drawing import draw
    >>> from autograd import Value
    >>> png(draw(Value(2.0)).svg())[1:4]
    b'PNG'
    """
    try:
        import resvg_py
    except ImportError:
        hint = "a PNG is drawn by resvg: pip install resvg-py, or save the picture as .svg"
        raise MissingExtraError(hint) from None
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=re.sub("(?s)(?<=<style>).*?(?=</style>)", lambda style: SKIPPED.sub("", style[0]), svg),
            zoom=SCALE,
            font_dirs=[str(FONTS)],
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
        )
    )
