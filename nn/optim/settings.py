"""Checks of numbers and parameters, and flat state dicts, for optimizers, clipping and schedules."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, Literal

from autograd import Value
from autograd.core.node import leaves_in
from autograd.core.number_kinds import whole
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import is_array, np
from autograd.util.printable import a_kind_of, kind_of, printable

# ── hyperparameters ─────────────────────────────────────────────────────────────────────────────────────────────────


def number(name: str, x: object) -> float:
    """Return a real number as a float. Raises ValueError, naming it, for anything else."""
    if not isinstance(x, Real) or isinstance(x, bool):
        raise ValueError(f"{name} must be a number, not {x!r}")
    return float(x)


def at_least_zero(name: str, x: object) -> float:
    """Return the number. Raises ValueError unless it is finite and 0 or more."""
    if not 0 <= (checked := number(name, x)) < math.inf:
        raise ValueError(f"{name} must be 0 or more and finite, not {x!r}")
    return checked


def in_interval(name: str, x: object, interval: Literal["[0, 1)", "[0, 1]", "(0, 1]"]) -> float:
    """Return the number. Raises ValueError unless it is in the interval."""
    checked = number(name, x)
    if not 0 <= checked <= 1 or (checked == 0 and interval[0] == "(") or (checked == 1 and interval[-1] == ")"):
        raise ValueError(f"{name} must be in {interval}, not {x!r}")
    return checked


def integer(name: str, x: object, least: int = 0) -> int:
    """Return the int. Raises ValueError unless it is one and at least ``least``."""
    checked = whole(x)
    if checked is None or checked < least:
        raise ValueError(f"{name} must be a whole number, {least} or more, not {x!r}")
    return checked


# ── Values and arrays ───────────────────────────────────────────────────────────────────────────────────────────────


def distinct_leaves(parameters: Iterable[Value], who: str) -> list[Value]:
    """Return each parameter once. Raises TypeError for anything but a list of leaf Values."""
    if not hasattr(parameters, "__iter__"):
        raise TypeError(f"{who} takes a list of parameters, such as model.parameters(), not {a_kind_of(parameters)}")
    return list(dict.fromkeys(leaves_in(parameters)))


def pack(parameters: Sequence[Value], attribute: Literal["data", "grad"]) -> Array:
    """Return the parameters' numbers as a float64 array."""
    return np.array([getattr(parameter, attribute) for parameter in parameters], dtype=np.float64)


def with_gradient(parameters: Sequence[Value]) -> Array | None:
    """Return which parameters have a gradient: (parameters,) truth values, or None if all have."""
    reached = [parameter.has_grad for parameter in parameters]
    return None if all(reached) else np.array(reached)


def first_nonfinite(x: Array) -> int | None:
    """Return the index of the first number that is nan or infinite, or None."""
    finite = np.isfinite(x)
    return None if finite.all() else int(np.argmin(finite))


def refuse_nonfinite(x: Array, parameters: Sequence[Value], what: str) -> None:
    """Raise ValueError, naming the parameter, if a number is nan or infinite."""
    if (index := first_nonfinite(x)) is not None:
        raise ValueError(f"{what}{describe_parameter(parameters, index)}, is not finite; no parameter was changed")


def describe_parameter(parameters: Sequence[Value], index: int) -> str:
    """Name a parameter for an error."""
    return f"parameters[{index}], {parameters[index]!r}"


# ── states: flat dicts whose keys begin with the name of the class ───────────────────────────────────────────────────


def settings_of(kind: type) -> tuple[str, ...]:
    """Return a class's hyperparameters: the arguments of ``__init__`` after the parameters or the optimizer."""
    return tuple(inspect.signature(kind).parameters)[1:]


def with_class_name(owner: object, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Put the class in front of each field's name; make tuples arrays, and copy arrays."""
    return {
        f"{type(owner).__name__}.{name}": np.array(value) if isinstance(value, (tuple, np.ndarray)) else value
        for name, value in fields.items()
    }


def without_class_name(owner: object, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a state's fields without the class. Raises ValueError if the state belongs to another class."""
    kind = type(owner).__name__
    others = sorted({str(key).rpartition(".")[0] or repr(key) for key in state} - {kind})
    if others:
        raise ValueError(
            f"this state belongs to {', '.join(map(printable, others))}, not to {printable(kind)}; nothing was loaded"
        )
    return {key.rpartition(".")[2]: value for key, value in state.items()}


def pop_field(owner: object, fields: dict[str, Any], name: str) -> Any:
    """Pop a field, as a number, tuple or array. Raises ValueError if it is missing."""
    if name not in fields:
        raise ValueError(f"{kind_of(owner)}.{name} is missing from this state; nothing was loaded")
    value = fields.pop(name)
    if not is_array(value) or value.shape == ():
        return value.item() if hasattr(value, "item") else value
    return tuple(value.tolist()) if name in settings_of(type(owner)) else value


def refuse_unknown(owner: object, fields: Mapping[str, Any]) -> None:
    """Raise ValueError for fields that are left over."""
    if fields:
        raise ValueError(f"{kind_of(owner)} has no {', '.join(map(printable, sorted(fields)))}; nothing was loaded")
