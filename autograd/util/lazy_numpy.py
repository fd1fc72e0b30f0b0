"""NumPy when it is needed: importing it takes longer than all the rest, and a page with Python in it may not have it.

Write ``from autograd.util.lazy_numpy import np`` and use ``np`` as ever: its first use imports NumPy. To ask whether
something is an array, call ``is_array``, which imports nothing: whoever has an array has imported NumPy.
"""

from __future__ import annotations

import importlib
import numbers
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["imported", "is_array", "is_numpy", "is_numpy_number", "is_real_number", "loaded", "np"]


def imported(module: str) -> ModuleType:
    """Import NumPy, or a module that needs it. Raises ModuleNotFoundError with advice where there is no NumPy."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        raise ModuleNotFoundError(
            "arrays, compiled functions and training need NumPy, which is not here\n"
            "  try             pip install numpy, or in a page with Pyodide: await pyodide.loadPackage('numpy')",
            name="numpy",
        ) from None


if TYPE_CHECKING:
    import numpy as np
    from typing_extensions import TypeIs
else:

    def _first_use(name: str) -> Any:
        """Look up a name in NumPy. From then on ``np`` has all of NumPy's names itself, and this function no more."""
        if name.startswith("__"):  # inspect and doctest look for __wrapped__, which is no use of NumPy
            raise AttributeError(name)
        vars(np).update(vars(imported("numpy")))
        return getattr(np, name)

    # A plain module: attributes of a subclass take three times as long.
    np = ModuleType("numpy")
    np.__getattr__ = _first_use


_MODULES = sys.modules
"""Where NumPy is found once it is loaded; while another thread loads it, its types may be missing."""


def loaded() -> ModuleType | None:
    """NumPy, if anything has loaded it."""
    return _MODULES.get("numpy")


def is_array(x: object) -> TypeIs[np.ndarray[Any, Any]]:
    """Whether x is a NumPy array."""
    return isinstance(x, getattr(_MODULES.get("numpy"), "ndarray", ()))


def is_numpy(x: object) -> bool:
    """Whether x is a NumPy array, or one of NumPy's numbers."""
    numpy = _MODULES.get("numpy")
    return isinstance(x, (getattr(numpy, "ndarray", ()), getattr(numpy, "generic", ())))


def is_numpy_number(x: object) -> TypeIs[np.generic]:
    """Whether x is one of NumPy's numbers, such as a float32 or a bool."""
    try:
        return isinstance(x, _MODULES["numpy"].generic)
    except (KeyError, AttributeError):  # rare here, and a comparison takes 6 % less than with two look-ups by name
        return False


def is_real_number(x: object) -> bool:
    """Whether x is a real number of any type, or a truth value, also NumPy's."""
    return isinstance(x, numbers.Real) or (is_numpy_number(x) and x.dtype.kind == "b")
