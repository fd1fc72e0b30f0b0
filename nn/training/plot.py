"""A matplotlib figure that a notebook shows without pyplot. Importing this needs matplotlib."""

from __future__ import annotations

import io

import matplotlib.figure

__all__ = ["Figure"]


class Figure(matplotlib.figure.Figure):
    """A figure that IPython can show as a picture, which it otherwise only does for pyplot's figures."""

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        self.savefig(content, format="png", dpi=120)
        return content.getvalue()
