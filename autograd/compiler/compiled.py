"""``compile``: a function of Values, recorded once for each structure of its inputs, and run as array instructions."""

from __future__ import annotations

import copy
import functools
import types
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.backward import grads_set
from autograd.compiler.arguments import (
    ArgumentArray,
    Batch,
    Signature,
    argument_arrays,
    interpretations,
    mixed_batch_and_sample,
    sample_of,
)
from autograd.compiler.inspection import argument_names, closed_over, findable, takes_nothing, unknown
from autograd.compiler.listing import counted, explanation
from autograd.compiler.passes import PASSES, Pass
from autograd.compiler.program import Array, Program
from autograd.compiler.record import reached_parameters, record
from autograd.compiler.results import has_values, refilled, structured
from autograd.compiler.run.runner import Runner
from autograd.core.graph import one_walk_at_a_time, without_collector
from autograd.core.recording import is_recording, open_recordings, recording, refusal
from autograd.errors import RecordingError
from autograd.pytree import flatten
from autograd.transforms import require_function
from autograd.util.arrays import plain_array
from autograd.util.printable import kind_of, name_of, printable
from autograd.value import Value, new_node, unset_since, write_numbers

__all__ = ["Compiled", "compile"]

_KEPT_SHAPES = 64
"""So many shapes of arguments are known at a glance."""


def compile(
    f: Callable[..., Any] | None = None,
    *,
    dtype: str = "float64",
    parameters: Iterable[Value] = (),
    passes: Sequence[Pass] = PASSES,
) -> Any:
    """The function, compiled: scalar code that runs over a batch with NumPy, forward and backward.

    f: takes numbers, arrays, lists, or dicts of them, as Values, and returns a number or a structure of numbers. It is
    called once for each structure of its inputs, on Values, and the graph it leaves is recorded: what is random in it,
    or read from outside, or printed, happens then and never again. Values that were there before are its parameters,
    read at each call. A Value made inside, by itself or in a Module, is a number of the program. dtype: "float64" or
    "float32". parameters: those that come first, in this order, whether the function uses them or not. passes: the
    rewriting to apply, in order.
    ``compile`` is a decorator, too. Calls and errors: see ``Compiled``.

    >>> import autograd
    >>> w, b = autograd.Value(2.0), autograd.Value(1.0)
    >>> loss = autograd.compile(lambda x, y: (w * x + b - y) ** 2)
    >>> loss([1.0, 2.0, 3.0], [3.0, 5.0, 8.0])
    array([0., 0., 1.])
    >>> value, gradient = loss.value_and_grad([1.0, 2.0, 3.0], [3.0, 5.0, 8.0])
    >>> value, gradient
    (0.3333333333333333, array([-2.        , -0.66666667]))
    """
    if f is None:
        return functools.partial(compile, dtype=dtype, parameters=parameters, passes=passes)
    return Compiled(f, dtype, tuple(passes), parameters)


class Compiled:
    """A compiled function. ``compile`` makes it.

    ``program(*batches)``: a result for each row, along a leading axis that every input has and no sample has; inputs
    without that axis are one sample, and give the structure f returns. Raises what f raises, RecordingError where f
    looks at a number, ValueError for ragged or unequal batches, TypeError for what is not a number, and for batches by
    name: a name is an option of the program's own, as ``parameters`` is.
    ``copy.deepcopy((model, program))`` gives a program of the copied model's parameters. f is copied along if it is an
    object, as a model; of a plain function that closes over parameters only the programs recorded so far.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        dtype: str = "float64",
        passes: tuple[Pass, ...] = PASSES,
        parameters: Iterable[Value] = (),
    ) -> None:
        require_function(f, "compile")
        if dtype not in ("float64", "float32", np.float64, np.float32):
            raise ValueError(f"dtype is 'float64' or 'float32', not {dtype!r:.60}")
        functools.update_wrapper(self, f, updated=())
        self._f, self._dtype, self._passes = f, np.dtype(dtype), passes
        self._names = argument_names(f)
        self._runners: dict[Signature, Runner] = {}
        if not hasattr(parameters, "__iter__"):
            raise TypeError(f"parameters are a list of Values, as model.parameters(), not a {kind_of(parameters)}")
        self._parameters: dict[Value, int] = {x: i for i, x in enumerate(dict.fromkeys(parameters))}
        for parameter in self._parameters:
            if not isinstance(parameter, Value) or parameter._parent is not None or parameter.is_constant:
                raise TypeError(f"a parameter is a Value that was not computed, not {parameter!r}")
        self._listed: tuple[Value, ...] = ()
        self._copied: tuple[object, Array] = None, np.empty(0)
        self._by_shape: dict[Any, tuple[Runner, Signature, int, bool]] = {}

    # ── what was recorded ───────────────────────────────────────────────────────────────────────────────────────────

    @property
    def parameters(self) -> tuple[Value, ...]:
        """The leaves that are not inputs, in the order of the gradient. Raises RecordingError before the first call."""
        self._require_recording()
        if len(self._listed) != len(self._parameters):
            self._listed = tuple(self._parameters)
        return self._listed

    @property
    def reached(self) -> Array:
        """Which of the parameters a gradient reaches: (parameters,) truth values, as recorded so far.

        It does not reach one that the function does not use, or only where ``detach`` or ``no_grad`` stops it.

        >>> import autograd
        >>> w, unused = autograd.Value(2.0), autograd.Value(1.0)
        >>> autograd.compile(lambda x: w * x, parameters=[w, unused]).record([1.0, 2.0]).reached
        array([ True, False])
        """
        self._require_recording()
        found = np.zeros(len(self._parameters), bool)
        for runner in list(self._runners.values()):
            found[runner.positions[runner.reached]] = True
        return found

    @property
    def programs(self) -> tuple[Program, ...]:
        """The program of each structure of inputs, in the order of recording."""
        return tuple(runner.program for runner in list(self._runners.values()))

    def record(self, *batches: Any) -> Compiled:
        """Record for inputs of this structure, if that has not been done, and compute nothing; the function itself."""
        self._runner(batches)
        return self

    def read(self) -> Array:
        """The parameters' numbers, as a new array."""
        self._require_recording()
        self._refuse_inside("the parameters' numbers are read")
        return self._current().copy()

    def write(self, numbers: Any) -> None:
        """Set the parameters' numbers. Raises ValueError, and changes none, for an array of another length."""
        if is_recording():
            raise refusal("parameters are written while a function is recorded", "writing them outside")
        numbers = plain_array(numbers, "what write takes")
        if numbers.dtype.kind not in "fiub":
            raise TypeError(f"write takes numbers, not an array of {numbers.dtype}")
        if numbers.shape != (len(self.parameters),):
            raise ValueError(f"there are {len(self._parameters)} parameters, and numbers of shape {numbers.shape}")
        write_numbers(self.parameters, numbers.astype(float).tolist())

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def __call__(self, *batches: Any, parameters: Array | None = None, **named: Any) -> Any:
        """f of each row. parameters: their numbers, as from ``read``; by default those of the Values."""
        _refuse_names(named)
        if has_values(batches) or is_recording():
            return self._function()(*batches)
        runner, batch = self._runner(batches)
        numbers = self._numbers(parameters)
        return structured(runner.values(batch, numbers), runner.tree, batch.is_sample)

    def value_and_grad(
        self,
        *batches: Any,
        parameters: Array | None = None,
        out: Array | None = None,
        write: bool = False,
        allow_nonfinite: bool = False,
        **named: Any,
    ) -> tuple[float, Array]:
        """The mean of f over the rows, and its gradient in the parameters, in their order.

        parameters: their numbers, as an array that is only read; by default those of the Values. out: an array to put
        the gradient in. write: add it to the ``grad`` of the Values that it reaches, too. Raises NonFiniteError where
        the mean or the gradient is not finite, unless allow_nonfinite; TypeError where f returns several numbers;
        ValueError for no rows.
        """
        _refuse_names(named)
        if open_recordings:
            self._refuse_inside("value_and_grad of a program is called")
        if parameters is not None and out is None and not write:
            found = self._fast_path(batches, parameters)
            if found is not None:
                return found
        runner, batch = self._runner(batches)
        numbers = self._numbers(parameters)
        value, gradient = runner.value_and_grad(batch, numbers, out, allow_nonfinite)
        if write:
            with one_walk_at_a_time:
                places = runner.positions[runner.reached]
                reached = [self.parameters[i] for i in places.tolist()]
                grads = [x.grad + number for x, number in zip(reached, gradient[places].tolist(), strict=True)]
                deque(grads_set(Value, reached, grads), 0)  # one call into C: all or, on Ctrl-C, none
        return value, gradient

    def input_grad(
        self, *batches: Any, parameters: Array | None = None, allow_nonfinite: bool = False, **named: Any
    ) -> Any:
        """Each row's gradient of f in its inputs: the structure of the inputs; one of them bare, several in a tuple."""
        _refuse_names(named)
        self._refuse_inside("input_grad of a program is called")
        leaves = argument_arrays(batches, self._argument_names(len(batches)))
        runner, batch = self._runner(batches)
        found = runner.input_grad(batch, self._numbers(parameters), allow_nonfinite)
        shaped = iter([x.reshape(leaf.array.shape) for x, leaf in zip(found, leaves, strict=True)])
        results = tuple(refilled(argument, shaped) for argument in batches)
        return results[0] if len(results) == 1 else results

    # ── how it looks ────────────────────────────────────────────────────────────────────────────────────────────────

    def __str__(self) -> str:
        return "\n\n".join(str(program) for program in self.programs) or repr(self)

    def __repr__(self) -> str:
        name = name_of(self, kind_of(self._f))
        if not self._runners:
            return f"<compiled {name}: not recorded yet>"
        sizes = [(runner.recorded_size, len(runner.program)) for runner in list(self._runners.values())]
        parts = [f"{counted(size, 'scalar operation')} in {counted(made, 'instruction')}" for size, made in sizes]
        return f"<compiled {name}: {'; '.join(parts)}>"

    def explain(self) -> str:
        """Where each instruction comes from: how many scalar operations, which parameters; and what did not re-roll."""
        self._require_recording()
        names = self._parameter_names()
        return "\n\n".join(
            explanation(runner.program, names[runner.positions].tolist(), runner.input_names)
            for runner in list(self._runners.values())
        )

    def to_dot(self) -> str:
        """The last recorded program as text in Graphviz's language: a box for each instruction."""
        self._require_recording()
        return list(self._runners.values())[-1].to_dot()

    def _picture_(self, *, max_nodes: int = 60, mode: Any = "auto") -> Any:
        """The last recorded program, as scalars and as instructions, for ``draw``."""
        from autograd.viz.compiled import program_drawing  # graphviz is loaded when a picture is asked for

        self._require_recording()
        runner = list(self._runners.values())[-1]
        names = [*runner.input_names, *self._parameter_names()[runner.positions].tolist()]
        return program_drawing(runner.recorded, runner.program, names, max_nodes, mode)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The two pictures in a notebook, and the listing; never raises."""
        try:
            return {**self._picture_()._repr_mimebundle_(), "text/plain": str(self)}
        except Exception:
            return {"text/plain": repr(self)}

    def __eq__(self, other: object) -> bool:
        """Whether both have the same programs."""
        if not isinstance(other, Compiled):
            return NotImplemented
        if not self._runners and not other._runners:
            return self._f is other._f
        alike = self._dtype == other._dtype and list(self._runners) == list(other._runners)
        return alike and self.programs == other.programs

    __hash__ = None  # type: ignore[assignment]

    def _refuse_inside(self, what: str) -> None:
        if open_recordings and is_recording():
            raise refusal(f"{what} while a function is recorded", "the compiled function itself, called on Values")

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _require_recording(self) -> None:
        if not self._runners and self._f is not None and takes_nothing(self._f) and not is_recording():
            self.record()  # nothing has to be known of its inputs: it has none
        if not self._runners:
            raise RecordingError(
                "the function has not been recorded yet\n"
                "  try             calling it once, or program.record(*batches), with inputs as it will get"
            )

    def _argument_names(self, count: int) -> list[str]:
        return [*self._names, *(f"argument {i}" for i in range(len(self._names), count))][:count]

    def _fast_path(self, batches: Sequence[Any], parameters: Any) -> tuple[float, Array] | None:
        """value_and_grad of arrays of shapes that came before, if nothing out of the ordinary happens."""
        try:
            known = self._by_shape.get(tuple([type(x) is np.ndarray and (x.shape, x.dtype.char) for x in batches]))
        except AttributeError:
            return None
        if known is None or known[3] or type(parameters) is not np.ndarray:
            return None
        runner = known[0]
        if parameters.shape != runner.parameter_buffer.shape or parameters.dtype.char not in "df":
            return None
        return runner.fast_path(batches, known[2], parameters)

    def _runner(self, batches: Sequence[Any]) -> tuple[Runner, Batch]:
        """The runner for these arguments, and how to read them; arrays of shapes that came before are not looked at."""
        if not all(type(x) is np.ndarray for x in batches):
            return self._found_or_recorded(batches)
        key = tuple([(x.shape, x.dtype.char) for x in batches])
        known = self._by_shape.get(key)
        if known is None:
            found = self._found_or_recorded(batches)
            if len(self._by_shape) >= _KEPT_SHAPES:  # as with another number of rows at every call
                self._by_shape.clear()
            self._by_shape[key] = found[0], found[1].signature, found[1].size, found[1].is_sample
            return found
        runner, signature, rows, single = known
        return runner, Batch(signature, [x[None] for x in batches] if single else list(batches), rows, single)

    def _found_or_recorded(self, batches: Sequence[Any]) -> tuple[Runner, Batch]:
        leaves = argument_arrays(batches, self._argument_names(len(batches)))
        candidates = interpretations(leaves)
        for interpretation in candidates:
            if interpretation.signature in self._runners:
                return self._runners[interpretation.signature], interpretation
        wrong = mixed_batch_and_sample(leaves, list(self._runners))
        if wrong:
            raise ValueError(f"some arguments have rows, and some have none: {wrong}")
        self._function()
        errors: list[Exception] = []
        for interpretation in candidates:
            try:
                self._runners[interpretation.signature] = self._recorded(batches, leaves, interpretation)
                return self._runners[interpretation.signature], interpretation
            except RecordingError:
                raise
            except Exception as error:  # the next reading may be the right one
                errors.append(error)
        if len(candidates) == 1 and len(leaves) > 1 and all(leaf.array.ndim for leaf in leaves):
            lengths = ", ".join(f"{leaf.name} has {leaf.array.shape[0]}" for leaf in leaves)
            raise ValueError(f"the batches have unequal numbers of rows: {lengths}") from errors[0]
        if len({leaf.array.ndim > 0 for leaf in leaves}) > 1:
            words = ", ".join(
                f"{x.name} has {len(x.array)} rows" if x.array.ndim else f"{x.name} is one number" for x in leaves
            )
            raise ValueError(
                f"read as one sample, the arguments do not fit the function ({words}): {errors[0]}"
            ) from errors[0]
        for other in errors[1:]:
            errors[0].add_note(f"(read as one sample, the arguments give a {kind_of(other)}: {other})")
        raise errors[0]

    def _recorded(self, batches: Sequence[Any], leaves: Sequence[ArgumentArray], interpretation: Batch) -> Runner:
        """Call f on Values, and make a program of what it leaves."""
        rows = [array[0] if len(array) else np.ones(array.shape[1:]) for array in interpretation.arrays]
        inputs = [[new_node(x, 0) for x in row.astype(float).ravel().tolist()] for row in rows]
        with without_collector():
            with recording():
                result = self._f(*sample_of(batches, leaves, interpretation, inputs))
            outputs, tree = flatten(result, f"the result of {name_of(self._f, 'the function')}")
            program, parameters = record(outputs, inputs, [leaf.name for leaf in leaves])
            reached = reached_parameters(program)
            del result, outputs
            positions = [self._parameters.setdefault(x, len(self._parameters)) for x in parameters]
            where = np.array(positions, np.int64)
            return Runner(
                program, tree, where, reached, self._passes, self._dtype, interpretation.signature, self._labels(where)
            )

    def _labels(self, positions: Any) -> Callable[[], Sequence[str]]:
        parameters = self._parameters  # and not self: a program would keep itself alive

        def labels() -> Sequence[str]:
            every = list(parameters)
            return [printable(every[i].label) for i in positions.tolist()]

        return labels

    def _numbers(self, parameters: Any) -> Array:
        if parameters is None:
            # a view of its own: an array that comes again would be planned for, and this may not
            return self._current()[:]
        numbers = plain_array(parameters, "parameters")
        if numbers.shape != (len(self._parameters),) or numbers.dtype.char not in "dfeghilqBHILQb":
            raise ValueError(
                f"parameters are an array of {len(self._parameters)} numbers, as program.read() gives, "
                f"not {numbers.dtype} of shape {numbers.shape}"
            )
        return numbers

    def _current(self) -> Array:
        """The parameters' numbers, only to be read: read from the Values again where one has been set since."""
        mark, numbers = self._copied
        listed = self.parameters
        if len(numbers) == len(listed) and mark is not None and unset_since.get(None) is mark:
            return numbers
        mark = unset_since.setdefault(None, object())  # before they are read: a number set meanwhile takes it away
        with np.errstate(over="ignore"):
            numbers = np.fromiter((x._datum for x in listed), float, len(listed)).astype(self._dtype, copy=False)
        self._copied = mark, numbers
        return numbers

    def _parameter_names(self) -> Array:
        """A name for each parameter: its label, or the path to it from an object that f closes over."""
        names: dict[Value, str] = {}
        for name, thing in closed_over(self._f):
            for path, value in getattr(thing, "named_parameters", list)() if hasattr(thing, "named_parameters") else []:
                names.setdefault(value, f"{name}.{path}" if name else path)
        return np.array(
            [printable(x.label) or printable(names.get(x, f"p[{i}]"), 200) for x, i in self._parameters.items()], object
        )

    def __copy__(self) -> Compiled:
        return self  # as a function's copy is the function

    def __deepcopy__(self, memo: dict[int, Any]) -> Compiled:
        """The programs, of copied parameters; and f, if it is an object, as a model, or has no parameters.

        A plain function cannot be copied, and would go on with the original's parameters: the copy is without it, and
        raises RecordingError where another structure of inputs would have to be recorded.
        """
        twin: Compiled = object.__new__(type(self))
        memo[id(self)] = twin
        state = {**self.__getstate__(), "f": None if self._holds_parameters() else copy.deepcopy(self._f, memo)}
        twin.__setstate__({**state, "parameters": copy.deepcopy(state["parameters"], memo)})
        return twin

    def _holds_parameters(self) -> bool:
        """Whether f is a plain function that reads parameters from outside, as far as is known."""
        if not isinstance(self._f, types.FunctionType):
            return False
        outside = (thing for _, thing in closed_over(self._f))
        return bool(self._parameters) or any(isinstance(x, Value) or hasattr(x, "named_parameters") for x in outside)

    def _function(self) -> Callable[..., Any]:
        if self._f is None:
            raise RecordingError(
                "only the programs came with this copy: a function that closes over parameters is not copied, and one "
                "without a name to be found by is not pickled\n"
                "  try             inputs of a structure that was recorded; or compile(the copied model), an object "
                "that is copied and pickled with its parameters"
            )
        return self._f

    def __getstate__(self) -> dict[str, Any]:
        return {
            "f": findable(self._f), "dtype": self._dtype.name, "passes": self._passes,
            "name": getattr(self, "__name__", None), "names": self._names, "parameters": list(self._parameters),
            "runners": [(key, runner.state()) for key, runner in list(self._runners.items())],
        }  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["f"] or unknown, state["dtype"], state["passes"])  # type: ignore[misc]
        self._f, self._names = state["f"], state["names"]
        self.__name__ = state["name"]
        self._parameters = {x: i for i, x in enumerate(state["parameters"])}
        for key, kept in state["runners"]:
            self._runners[key] = Runner.from_state(kept, self._labels(kept["positions"]))


def _refuse_names(named: Any) -> None:
    if named:
        raise TypeError(
            f"a compiled function takes its batches by position, and not {', '.join(f'{name}=' for name in named)}: "
            "names are for the program's own options, as parameters="
        )
