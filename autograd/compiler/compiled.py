"""``compile``: a function of Values, recorded once for each structure of its inputs, and run as array instructions."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.arguments import (
    ArgumentArray,
    Batch,
    Signature,
    argument_arrays,
    has_values,
    interpretations,
    misfit,
    mixed_batch_and_sample,
    refuse_names,
    restored,
    result_of_batch,
    result_of_sample,
    sample_of,
)
from autograd.compiler.inspection import argument_names, findable, holds_parameters, takes_nothing, unknown
from autograd.compiler.listing import counted, explanation, programs_text
from autograd.compiler.parameters import Parameters
from autograd.compiler.passes import PASSES, Pass
from autograd.compiler.program import Program
from autograd.compiler.record import reached_parameters, record
from autograd.compiler.run.runner import Recording, Runner
from autograd.core.conditions import condition
from autograd.core.display import mimebundle
from autograd.core.graph import without_collector
from autograd.core.node import new_node
from autograd.core.recording import is_recording, open_recordings, recording, refusal
from autograd.errors import RecordingError
from autograd.pytree import flatten
from autograd.transforms import require_function
from autograd.util.arrays import Array
from autograd.util.printable import kind_of, name_of
from autograd.value import Value

__all__ = ["Compiled", "compile"]

_KEPT_SHAPES = 64
"""So many shapes of arguments are known at a glance."""
_KEPT_PROGRAMS, _SHOWN_PROGRAMS = 64, 3
"""So many structures of inputs keep their programs, for memory has an end; and so many are printed in full."""


def compile(
    f: Callable[..., object] | None = None,
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
    Each structure of inputs, as a document of another length, has a program of its own; the last 64 are kept.
    ``copy.deepcopy((model, program))`` gives a program of the copied model's parameters. f is copied along if it is an
    object, as a model; of a plain function that closes over parameters only the programs recorded so far.
    """

    def __init__(
        self,
        f: Callable[..., object],
        dtype: str = "float64",
        passes: tuple[Pass, ...] = PASSES,
        parameters: Iterable[Value] = (),
    ) -> None:
        require_function(f, "compile")
        if dtype not in ("float64", "float32", np.float64, np.float32):
            raise ValueError(f"dtype must be 'float64' or 'float32', not {dtype!r:.60}")
        functools.update_wrapper(self, f, updated=())
        self._f: Callable[..., object] | None = f
        self._dtype, self._passes = np.dtype(dtype), passes
        self._names = argument_names(f)
        self._runners: dict[Signature, Runner] = {}
        self._parameters = Parameters(parameters, self._dtype)
        self._by_shape: dict[object, tuple[Runner, Signature, int, bool]] = {}

    # ── what was recorded ───────────────────────────────────────────────────────────────────────────────────────────

    @property
    def parameters(self) -> tuple[Value, ...]:
        """The leaves that are not inputs, in the order of the gradient. Raises RecordingError before the first call."""
        self._require_recording()
        return self._parameters.values

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
        reached = np.zeros(len(self._parameters), bool)
        for runner in list(self._runners.values()):
            reached[runner.positions[runner.reached]] = True
        return reached

    @property
    def programs(self) -> tuple[Program, ...]:
        """The program of each structure of inputs, in the order of recording."""
        return tuple(runner.program for runner in list(self._runners.values()))

    def recordings(self) -> list[Recording]:
        """What was recorded for each structure of inputs, in order: the scalars, their program, and the names in it."""
        self._require_recording()
        names = self._parameters.names(self._f)
        return [
            Recording(runner.recorded, runner.program, runner.input_names, names[runner.positions].tolist())
            for runner in list(self._runners.values())
        ]

    def record(self, *batches: object) -> Compiled:
        """Record for inputs of this structure, if that has not been done, and compute nothing; the function itself."""
        self._runner(batches)
        return self

    def read(self) -> Array:
        """The parameters' numbers, as a new array."""
        self._require_recording()
        self._refuse_inside("read the parameters' numbers")
        return self._parameters.numbers().copy()

    def write(self, numbers: Sequence[float] | Array) -> None:
        """Set the parameters' numbers. Raises ValueError, and changes none, for an array of another length."""
        if not is_recording():
            self._require_recording()
        self._parameters.write(numbers)

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def __call__(self, *batches: object, parameters: Array | None = None, **named: object) -> Any:
        """f of each row. parameters: their numbers, as from ``read``; by default those of the Values."""
        refuse_names(named)
        if has_values(batches) or is_recording():
            return self._function()(*batches)
        runner, batch = self._runner(batches)
        columns = runner.values(batch, self._parameters.given(parameters))
        if batch.is_sample:
            return result_of_sample(columns, runner.tree)
        return result_of_batch(columns, runner.batch_tree)

    def value_and_grad(
        self,
        *batches: object,
        parameters: Array | None = None,
        out: Array | None = None,
        write: bool = False,
        allow_nonfinite: bool = False,
        **named: object,
    ) -> tuple[float, Array]:
        """The mean of f over the rows, and its gradient in the parameters, in their order.

        parameters: their numbers, as an array that is only read; by default those of the Values. out: an array to put
        the gradient in. write: add it to the ``grad`` of the Values that it reaches, too. Raises NonFiniteError where
        the mean or the gradient is not finite, unless allow_nonfinite; TypeError where f returns several numbers;
        ValueError for no rows.
        """
        refuse_names(named)
        if open_recordings:
            self._refuse_inside("call value_and_grad of a program")
        if parameters is not None and out is None and not write:
            result = self._fast_path(batches, parameters)
            if result is not None:
                return result
        runner, batch = self._runner(batches)
        numbers = self._parameters.given(parameters)
        value, gradient = runner.value_and_grad(batch, numbers, out, allow_nonfinite)
        if write:
            self._parameters.add_to_grads(runner.positions[runner.reached], gradient)
        return value, gradient

    def input_grad(
        self, *batches: object, parameters: Array | None = None, allow_nonfinite: bool = False, **named: object
    ) -> Any:
        """Each row's gradient of f in its inputs: the structure of the inputs; one of them bare, several in a tuple."""
        refuse_names(named)
        self._refuse_inside("call input_grad of a program")
        arrays = argument_arrays(batches, self._argument_names(len(batches)))
        runner, batch = self._runner(batches)
        gradients = runner.input_grad(batch, self._parameters.given(parameters), allow_nonfinite)
        shaped = [x.reshape(given.array.shape) for x, given in zip(gradients, arrays, strict=True)]
        results = restored(batches, [x if x.ndim else float(x) for x in shaped])
        return results[0] if len(results) == 1 else results

    # ── how it looks ────────────────────────────────────────────────────────────────────────────────────────────────

    def __str__(self) -> str:
        runners = list(self._runners.items())
        if len(runners) > _SHOWN_PROGRAMS:
            return programs_text([(key, x.recorded_size, len(x.program)) for key, x in runners])
        return "\n\n".join(str(x.program) for _, x in runners) or repr(self)

    def __repr__(self) -> str:
        name = name_of(self, kind_of(self._f))
        if not self._runners:
            return f"<compiled {name}: not recorded yet>"
        sizes = [(runner.recorded_size, len(runner.program)) for runner in list(self._runners.values())]
        if len(sizes) > _SHOWN_PROGRAMS:
            return f"<compiled {name}: {len(sizes)} programs>"
        parts = [f"{counted(before, 'scalar operation')} in {counted(after, 'instruction')}" for before, after in sizes]
        return f"<compiled {name}: {'; '.join(parts)}>"

    def explain(self) -> str:
        """Where each instruction comes from: how many scalar operations, which parameters; and what did not re-roll."""
        return "\n\n".join(explanation(x.program, x.parameters) for x in self.recordings())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The last recorded program in a notebook: as scalars and as instructions, and the listing; never raises."""
        return mimebundle(self)

    def __eq__(self, other: object) -> bool:
        """Whether both have the same programs."""
        if not isinstance(other, Compiled):
            return NotImplemented
        if not self._runners and not other._runners:
            return self._f is other._f
        alike = self._dtype == other._dtype and list(self._runners) == list(other._runners)
        return alike and self.programs == other.programs

    __hash__ = None  # type: ignore[assignment]

    # ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _refuse_inside(self, what: str) -> None:
        if open_recordings and is_recording():
            raise refusal(f"cannot {what} while compiling", "calling the compiled function itself on Values")

    def _require_recording(self) -> None:
        if not self._runners and self._f is not None and takes_nothing(self._f) and not is_recording():
            self.record()  # nothing has to be known of its inputs: it has none
        if not self._runners:
            raise RecordingError(
                "the function has not been recorded yet\n"
                "  try             calling it once, or program.record(*batches), with inputs like those it will get"
            )

    def _argument_names(self, count: int) -> list[str]:
        return [*self._names, *(f"argument {i}" for i in range(len(self._names), count))][:count]

    def _fast_path(self, batches: Sequence[Any], parameters: object) -> tuple[float, Array] | None:
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
            runner, batch = self._found_or_recorded(batches)
            if len(self._by_shape) >= _KEPT_SHAPES:  # as with another number of rows at every call
                self._by_shape.clear()
            self._by_shape[key] = runner, batch.signature, batch.size, batch.is_sample
            return runner, batch
        runner, signature, size, is_sample = known
        return runner, Batch(signature, [x[None] for x in batches] if is_sample else list(batches), size, is_sample)

    def _found_or_recorded(self, batches: Sequence[object]) -> tuple[Runner, Batch]:
        arrays = argument_arrays(batches, self._argument_names(len(batches)))
        candidates = interpretations(arrays)
        for interpretation in candidates:
            runner = self._runners.get(interpretation.signature)
            if runner is not None:
                return runner, interpretation
        mixed = mixed_batch_and_sample(arrays, list(self._runners))
        if mixed:
            raise ValueError(f"some arguments are batches, and others are one sample: {mixed}")
        self._function()
        errors: list[Exception] = []
        for interpretation in candidates:
            try:
                runner = self._runners[interpretation.signature] = self._recorded(batches, arrays, interpretation)
                self._drop_oldest()
                return runner, interpretation
            except RecordingError:
                raise
            except Exception as error:  # the next interpretation may be the right one
                errors.append(error)
        raise misfit(arrays, errors)

    def _drop_oldest(self) -> None:
        while len(self._runners) > _KEPT_PROGRAMS:
            self._runners.pop(next(iter(self._runners)), None)
            self._by_shape.clear()

    def _recorded(self, batches: Sequence[object], arrays: Sequence[ArgumentArray], batch: Batch) -> Runner:
        """Call f on Values, and make a program of what it leaves."""
        rows = [array[0] if len(array) else np.ones(array.shape[1:]) for array in batch.arrays]
        inputs = [[new_node(Value, x) for x in row.astype(float).ravel().tolist()] for row in rows]
        with without_collector():
            with recording(condition):
                result = self._function()(*sample_of(batches, batch, inputs))
            outputs, tree = flatten(result, f"the result of {name_of(self._f, 'the function')}")
            program, parameters = record(outputs, inputs, [x.name for x in arrays], self._parameters.index)
            reached = reached_parameters(program)
            del result, outputs
            positions = self._parameters.positions(parameters)
            labels, signature = self._labels(positions), batch.signature
            return Runner(program, tree, positions, reached, self._passes, self._dtype, signature, labels)

    def _function(self) -> Callable[..., object]:
        if self._f is None:
            raise RecordingError(
                "this copy has only the recorded programs: a function that closes over parameters is not copied, and "
                "one that cannot be imported by name is not pickled\n"
                "  try             inputs of a recorded structure; or compile(the copied model), because a model is "
                "copied and pickled with its parameters"
            )
        return self._f

    # ── copies and pickles ──────────────────────────────────────────────────────────────────────────────────────────

    def __copy__(self) -> Compiled:
        return self  # as a function's copy is the function

    def __deepcopy__(self, memo: dict[int, object]) -> Compiled:
        """The programs, of copied parameters; and f, if it is an object, as a model, or has no parameters.

        A plain function cannot be copied, and would go on with the original's parameters: the copy is without it, and
        raises RecordingError where another structure of inputs would have to be recorded.
        """
        twin: Compiled = object.__new__(type(self))
        memo[id(self)] = twin
        state = {
            **self.__getstate__(),
            "f": None if holds_parameters(self._f, bool(len(self._parameters))) else copy.deepcopy(self._f, memo),
        }
        twin.__setstate__({**state, "parameters": copy.deepcopy(state["parameters"], memo)})
        return twin

    def __getstate__(self) -> dict[str, Any]:
        return {
            "f": findable(self._f), "dtype": self._dtype.name, "passes": self._passes,
            "name": getattr(self, "__name__", None), "names": self._names, "parameters": list(self._parameters.values),
            "runners": [(key, runner.state()) for key, runner in list(self._runners.items())],
        }  # fmt: skip

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["f"] or unknown, state["dtype"], state["passes"])  # type: ignore[misc]
        self._f, self._names = state["f"], state["names"]
        self.__name__ = state["name"]
        self._parameters.positions(state["parameters"])
        for key, runner in state["runners"]:
            self._runners[key] = Runner.from_state(runner, self._labels(runner["positions"]))

    def _labels(self, positions: Array) -> Callable[[], list[str]]:
        return functools.partial(self._parameters.labels, positions)  # not of self: a program would keep itself alive
