"""Module: an object whose parameters are the leaf Values in its attributes, and whose state can be saved and loaded."""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from autograd import Value
from autograd.core.node import write_numbers
from autograd.util.arrays import plain_array
from autograd.util.lazy_numpy import is_array, np
from autograd.util.members import members
from autograd.util.module_registry import register
from autograd.util.printable import a_kind_of, kind_of, printable, printable_path
from autograd.util.suggestions import Advised, refuse_habits, refuse_keyword
from nn.modes import current_mode
from nn.npz import NpzError, read_npz, write_npz
from nn.recipes import difference, recipe_text

__all__ = ["Module", "read_state"]


class Module(Advised):
    """The base of every layer and network.

    A module's parameters are the leaf Values in its attributes, including those in lists, tuples, dicts, arrays and
    other modules, each once. A subclass defines ``forward`` (or ``__call__`` itself).

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(3.0), Value(1.0)
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> Line()(2.0), Line().named_parameters()
    (Value(7.0), [('slope', Value(3.0)), ('offset', Value(1.0))])
    """

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Register the module, so that pictures can find the paths of its parameters."""
        if cls.__init__ is object.__init__ and (args or kwargs):  # which object itself no longer refuses then
            raise TypeError(f"{printable(cls.__name__)}() takes no arguments")
        if kwargs:
            for owner in (f"{cls.__name__}()", "Module()"):
                refuse_habits(cls, kwargs, owner)
        module = super().__new__(cls)
        register(module)
        return module

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call ``forward`` with the same arguments."""
        return self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the module's output. Raises NotImplementedError if the subclass does not define it."""
        raise NotImplementedError(f"{kind_of(self)} defines neither forward nor __call__: write def forward(self, x)")

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return (path, Value) for each parameter, for example ``("layers[0].neurons[2].w[1]", Value(0.5))``."""
        return [(path, x) for path, x in _walk(self, "", set(), _NO_PARAMETERS) if isinstance(x, Value)]

    def parameters(self) -> list[Value]:
        """Return every parameter once, in the order of the attributes."""
        return [value for _, value in self.named_parameters()]

    def modules(self) -> list[Module]:
        """Return this module and every module inside it, each once, outer modules first.

        >>> import nn
        >>> nn.MLP(2, [1]).modules()
        [MLP of [Layer of 1 linearNeuron(2)], Layer of 1 linearNeuron(2), linearNeuron(2)]
        """
        return [item for _, item in self.named_modules()]

    def named_modules(self) -> list[tuple[str, Module]]:
        """Return (path, module) for this module, whose path is "", and for every module inside it, each once.

        >>> import nn
        >>> [path for path, _ in nn.MLP(2, [1]).named_modules()]
        ['', 'layers[0]', 'layers[0].neurons[0]']
        """
        return list(_walk(self, "", set(), _NO_MODULES))

    def zero_grad(self) -> None:
        """Reset the gradient of every parameter to 0.0. Do this before each ``backward()``."""
        for parameter in self.parameters():
            parameter.grad = None

    @property
    def training(self) -> bool:
        """Whether the module trains or predicts, for a ``forward`` that behaves differently in the two, as Dropout's.

        True until ``eval()``. In the steps of ``nn.fit`` it is True, and in ``nn.predict`` and ``nn.evaluate`` False,
        whatever was set.
        """
        mode = current_mode.get()
        if mode is None:
            return bool(vars(self).get("training", True))
        mode.is_read = True
        return mode.is_training

    @training.setter
    def training(self, training: bool) -> None:
        vars(self)["training"] = training

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` on this module and every module inside it, and return the module.

        Of nn's layers, Dropout uses it. ``nn.fit`` calls ``eval()``, so that the trained model predicts.

        >>> import nn
        >>> nn.MLP(2, [1]).train(False).layers[0].training
        False
        """
        for module in self.modules():
            module.training = bool(mode)
        return self

    def eval(self) -> Self:
        """Call ``train(False)``."""
        return self.train(False)

    def summary(self) -> None:
        """Print a table of the module's parts, with the sizes of their numbers and gradients, like ``print(module)``.

        >>> import nn
        >>> nn.MLP(2, [3, 1], seed=0).summary()
        part       what it is                  parameters  largest |number|  largest |gradient|
        layers[0]  Layer of 3 reluNeuron(2)             9             1.434                   –
        layers[1]  Layer of 1 linearNeuron(3)           4            0.3809                   –
        all        MLP                                 13             1.434                   –
        """
        print(self)

    def _settings(self) -> dict[str, Any]:
        """Return the arguments to build such a module with. Raises NotImplementedError if its class does not say."""
        raise NotImplementedError

    @staticmethod
    def _count(settings: Mapping[str, Any]) -> int:
        """Return how many parameters of its own such a module has, so that nn.load can check a file before it builds.

        settings: as from ``_settings``, but from a file, so that anything may be in it. Raises for what is wrong.
        """
        return 0

    def _parts(self) -> list[tuple[str, Module]]:
        """Return (path, module) for each module directly inside this one."""
        parts: list[tuple[str, Module]] = []
        for path, module in self.named_modules()[1:]:
            if not parts or not path.startswith((f"{parts[-1][0]}.", f"{parts[-1][0]}[")):
                parts.append((path, module))
        return parts

    def __repr__(self) -> str:
        return f"<{kind_of(self)} at {id(self):#x}>"

    def __str__(self) -> str:
        from nn.summary import model_text  # a table is seldom wanted

        return model_text(self, self._parts())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _repr_html_(self) -> str:
        from nn.summary import model_html  # a table is seldom wanted

        return model_html(self, self._parts())

    # ── the numbers, taken out and put back ─────────────────────────────────────────────────────────────────────────

    def state_dict(self) -> dict[str, float]:
        """Return each parameter's number by its path: a copy, which later training does not change.

        Raises ValueError if two parameters have the same path (because two dict keys print alike).

        >>> import nn
        >>> nn.MLP(1, [1], seed=0).state_dict()
        {'layers[0].neurons[0].w[0]': -0.8426706229545714, 'layers[0].neurons[0].b': 0.0}
        """
        return {path: parameter.data for path, parameter in self._by_path().items()}

    def load_state_dict(
        self, state: Mapping[str, float], strict: bool = True, *, allow_nonfinite: bool = False, **unknown: object
    ) -> None:
        """Set each parameter to the number at its path. If the state does not fit, nothing is changed.

        state: path → number, as from ``state_dict()``.
        strict: if False, ignore paths that only one of the two has.
        allow_nonfinite: load nan and infinities too.

        Raises ValueError, listing every path that is missing, unexpected, not a number or not finite, and TypeError for
        a state that is not a dict.

        >>> import nn
        >>> model = nn.MLP(1, [1])
        >>> model.load_state_dict({"layers[0].neurons[0].w[0]": 3.0, "layers[0].neurons[0].b": 1.0})
        >>> model(2.0)
        Value(7.0)
        """
        refuse_keyword("load_state_dict", unknown, known=["strict", "allow_nonfinite"])
        if not isinstance(state, Mapping):
            raise TypeError(f"a state must be a dict, path → number, as from state_dict(), not {a_kind_of(state)}")
        wanted = self._by_path()
        given = {path: _number(x) for path, x in state.items()}
        known = {path: x for path, x in given.items() if path in wanted}
        problems = {
            "missing": [path for path in wanted if path not in given],
            "unexpected": [str(path) for path in given if path not in wanted],
            "not a number": [
                f"{printable_path(path)} ({a_kind_of(state[path])})" for path, x in known.items() if x is None
            ],
            "not finite": [f"{path} ({x})" for path, x in known.items() if x is not None and not math.isfinite(x)],
        }
        if allow_nonfinite:
            del problems["not finite"]
        if not strict:
            del problems["missing"], problems["unexpected"]
        if any(problems.values()):
            lines = [f"\n  {what:<15} {_listed(paths)}" for what, paths in problems.items() if paths]
            is_nonfinite = bool(problems.get("not finite"))
            advice = "\n  try             allow_nonfinite=True, to load them anyway" if is_nonfinite else ""
            raise ValueError(
                f"the state does not fit this {kind_of(self)}, so nothing was loaded{''.join(lines)}{advice}"
            )
        loaded = {path: x for path, x in known.items() if x is not None}  # every one, by now
        write_numbers([wanted[path] for path in loaded], list(loaded.values()))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the parameters in a file. An existing file is only replaced once the new one is complete.

        path: the file, for example "model.npz". It is in NumPy's format, without pickle: the arrays ``paths`` and
        ``numbers``, and, for a model made of nn's own layers, how to build it again, which ``nn.load`` uses.

        Raises OSError if the file cannot be written.

        >>> import nn, tempfile
        >>> model = nn.MLP(2, [3, 1], seed=0)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save(f"{folder}/model.npz")
        ...     copy = nn.MLP(2, [3, 1])
        ...     copy.load(f"{folder}/model.npz")
        >>> copy.state_dict() == model.state_dict()
        True
        """
        state = self.state_dict()
        arrays = {
            "format": np.array(_FORMAT),
            "model": np.array(recipe_text(self)),
            "paths": np.array(list(state), dtype=str),
            "numbers": np.array(list(state.values()), dtype=np.float64),
        }
        write_npz(path, arrays, packed=True)

    def load(self, path: str | os.PathLike[str], *, allow_nonfinite: bool = False) -> None:
        """Set the parameters to the numbers that ``save`` wrote. If they do not fit, nothing is changed.

        path: the file. (``nn.load(path)`` builds the model too; ``save`` has an example of this method.)
        allow_nonfinite: load nan and infinities too.

        Raises ValueError for a file that is truncated, damaged or not written by ``save``, that belongs to another
        model, or that contains a nan or an infinity; and FileNotFoundError if there is no file.
        """
        room = _ROOM + 64 * sum(len(name) + 1 for name in self._by_path())
        state, recipe = read_state(Path(path), room)
        try:
            self.load_state_dict(state, allow_nonfinite=allow_nonfinite)
        except ValueError as error:
            raise ValueError(f"{path}: {error}{difference(recipe, self)}") from None

    def _by_path(self) -> dict[str, Value]:
        named = self.named_parameters()
        by_path = dict(named)
        if len(by_path) < len(named):
            paths = [path for path, _ in named]
            twice = next(path for path in paths if paths.count(path) > 1)
            raise ValueError(f"two parameters have the same path, {twice}: use dict keys that print differently")
        return by_path


def _walk(item: object, path: str, seen: set[int], passed_over: frozenset[type]) -> Iterator[tuple[str, Any]]:
    """Yield (path, item) for every parameter and every module, each once, outer modules first.

    passed_over: types of members to skip; with Value among them, large models take no time.
    """
    is_module = isinstance(item, Module)
    inside = (vars(item).items(), str) if is_module else members(item)
    if inside is None or id(item) in seen:
        return
    seen.add(id(item))
    if is_module:
        yield path, item
    pairs, written = inside
    for key, member in pairs:
        if type(member) in passed_over:
            continue
        is_value = isinstance(member, Value)
        if is_value and (id(member) in seen or member._parent is not None or member.is_constant):
            continue
        name = f"{path}[{written(key)}]" if not is_module else f"{path}.{key}" if path else key
        if is_value:
            seen.add(id(member))
            yield name, member
        else:
            yield from _walk(member, name, seen, passed_over)


_NO_PARAMETERS = frozenset({float, int, str})
_NO_MODULES = _NO_PARAMETERS | {Value}


# ── states in files ─────────────────────────────────────────────────────────────────────────────────────────────────

_FORMATS = {"scalar-autograd state 1": {"format", "paths", "numbers"},
            "scalar-autograd state 2": {"format", "paths", "numbers", "model"}}  # fmt: skip
_FORMAT = "scalar-autograd state 2"
_SHOWN = 5  # paths in an error
_ROOM = 1 << 24  # bytes that a file may unpack to, beyond its own size and 64 of its paths


def _number(x: object) -> float | None:
    """Return a real number as a float, also one in an array without axes; None for anything else."""
    x = plain_array(x, "a parameter").item() if is_array(x) and x.ndim == 0 else x
    try:
        return float(x) if isinstance(x, numbers.Real) and not isinstance(x, bool) else None
    except OverflowError:  # a whole number beyond every float
        return None


def _listed(paths: Iterable[str]) -> str:
    """List the first paths, and say how many more there are."""
    paths = list(paths)
    more = f", and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(map(printable_path, paths[:_SHOWN])) + more


def read_state(path: Path, room: int) -> tuple[dict[str, float], str]:
    """Read a file that ``save`` wrote: (path → number, the recipe). In a file of version 0.1 the recipe is "".

    room: the number of bytes that the file may unpack to, beyond its own size.
    """
    try:
        arrays = read_npz(path, room)
    except NpzError as error:
        raise _foreign(path, f"{error}") from None
    written = f"{arrays['format']}" if "format" in arrays and not arrays["format"].ndim else ""
    if not written.startswith("scalar-autograd state"):
        raise _foreign(path, "was not written by Module.save")
    if written not in _FORMATS:
        raise _foreign(path, f"has the format {written!r:.60} of another version; this version reads {_FORMAT!r}")
    if differing := sorted(_FORMATS[written] ^ set(arrays)):
        raise _foreign(path, f"is damaged, or was not written by Module.save: see {_listed(map(repr, differing))}")
    paths, values = arrays["paths"], arrays["numbers"]
    if paths.dtype.kind != "U" or values.dtype != np.float64 or not paths.shape == values.shape == (values.size,):
        raise _foreign(path, "is damaged: it does not have one number for each path")
    state = dict(zip(paths.tolist(), values.tolist(), strict=True))
    if len(state) < len(paths):
        raise _foreign(path, "is damaged: it has two numbers for the same path")
    return state, f"{arrays['model']}" if "model" in arrays else ""


def _foreign(path: Path, what: str) -> ValueError:
    return ValueError(f"{path} {what}; nothing was loaded")
