"""``compile``: record a function of Values once for each input structure, and run it as array instructions."""

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
from autograd.util.suggestions import Advised
from autograd.value import Value

__all__ = ["Compiled", "compile"]

_KEPT_SHAPES = 64
"""The number of argument shapes that are looked up without reading the arguments."""
_KEPT_PROGRAMS, _SHOWN_PROGRAMS = 64, 3
"""The number of input structures that keep their programs, to limit memory, and the number printed in full."""


def compile(
    f: Callable[..., object] | None = None,
    *,
    dtype: str = "float64",
    parameters: Iterable[Value] = (),
    passes: Sequence[Pass] = PASSES,
) -> Any:
    """Compile a function: its scalar code runs over a whole batch with NumPy, forward and backward.

    f: takes numbers, arrays, lists, or dicts of them, as Values; returns a number or a structure of numbers.
    dtype: "float64" or "float32".
    parameters: the Values that come first in the gradient, in this order, even if the function does not use them.
    passes: the rewriting steps to apply, in order.

    f is called on Values once for each input structure, and the graph it builds is recorded. Random draws, prints and
    reads of outside state happen only then. Values that exist before the call are parameters, and their numbers are
    read at each call; a Value created inside f, directly or in a Module, is a constant of the program. ``compile`` also
    works as a decorator. For calls and errors, see ``Compiled``.

    >>> import autograd
    >>> w, b = autograd.Value(2.0), autograd.Value(1.0)
    >>> loss = autograd.compile(lambda x, y: (w * x + b - y) ** 2)
    >>> loss([1.0, 2.0, 3.0], [3.0, 5.0, 8.0])
    array([0., 0., 1.])
    >>> loss.value_and_grad([1.0, 2.0, 3.0], [3.0, 5.0, 8.0])
    (0.3333333333333333, array([-2.        , -0.66666667]))
    """
    if f is None:
        return functools.partial(compile, dtype=dtype, parameters=parameters, passes=passes)
    return Compiled(f, dtype, tuple(passes), parameters)


class Compiled(Advised):
    """A compiled function, as ``compile`` returns it.

    ``program(*batches)`` returns one result per row. Every batch has the rows along an additional first axis; inputs
    without that axis are one sample, and the result then has the structure that f returns. Raises RecordingError if f
    inspects a number, ValueError for ragged batches or different numbers of rows, TypeError for inputs that are not
    numbers or are passed by name (names are for options such as ``parameters``), and any error that f raises.
    Each input structure, such as a document of another length, has its own program; the last 64 are kept.
    ``copy.deepcopy((model, program))`` gives a program with the copied model's parameters. If f is an object, such as
    a model, it is copied too; if it is a plain function that closes over parameters, only its recorded programs are.
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
        """All leaves that are not inputs, in the gradient's order; RecordingError before any are recorded or listed."""
        self._require_recording(or_listed=True)
        return self._parameters.values

    @property
    def reached(self) -> Array:
        """Whether a gradient reaches each parameter: an array of bools, according to the programs recorded so far.

        No gradient reaches a parameter that f does not use, or uses only under ``detach`` or ``no_grad``.

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
        """One program per input structure, in the order in which they were recorded."""
        return tuple(runner.program for runner in list(self._runners.values()))

    def recordings(self) -> list[Recording]:
        """List the recordings, one per input structure: the scalar operations, their program, and its names."""
        self._require_recording()
        names = self._parameters.names(self._f)
        return [
            Recording(x.recorded, x.program, x.input_names, names[x.positions].tolist(), x.positions)
            for x in list(self._runners.values())
        ]

    def record(self, *batches: object) -> Compiled:
        """Record for inputs of this structure, unless already done, without computing; return the program itself."""
        self._runner(batches)
        return self

    def read(self) -> Array:
        """Return the parameters' numbers as a new array."""
        self._require_recording(or_listed=True)
        self._refuse_inside("read the parameters' numbers")
        return self._parameters.numbers().copy()

    def write(self, numbers: Sequence[float] | Array) -> None:
        """Set the parameters' numbers. For an array of another length, raise ValueError and change nothing."""
        if not is_recording():
            self._require_recording(or_listed=True)
        self._parameters.write(numbers)

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def __call__(self, *batches: object, parameters: Array | None = None, **named: object) -> Any:
        """Compute f for each row. For parameters, see ``value_and_grad``."""
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
        """Return the mean of f over the rows, and its gradient with respect to the parameters, in their order.

        parameters: numbers to use instead of the Values', in the order of ``read``; the array is not changed.
        out: an array that receives the gradient.
        write: whether to also add the gradient to the ``grad`` of the Values it reaches.
        allow_nonfinite: return a mean or gradient that is not finite instead of raising NonFiniteError.

        Raises TypeError if f returns several numbers, ValueError if there are no rows.
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
        """Return each row's gradient of f with respect to the inputs: one structure, or a tuple for several inputs."""
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
        """Describe each instruction's origin (scalar operations, parameters), and why others were not re-rolled."""
        return "\n\n".join(explanation(x.program, x.parameters) for x in self.recordings())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Show the last recorded program in a notebook, as scalars, instructions and listing; never raises."""
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

    def _require_recording(self, or_listed: bool = False) -> None:
        if not self._runners and self._f is not None and takes_nothing(self._f) and not is_recording():
            self.record()  # without inputs, recording needs no example
        if not self._runners and not (or_listed and len(self._parameters)):  # parameters= of compile lists them
            raise RecordingError(
                "the function has not been recorded yet\n"
                "  try             calling it once, or program.record(*batches), with inputs like those it will get"
            )

    def _argument_names(self, count: int) -> list[str]:
        return [*self._names, *(f"argument {i}" for i in range(len(self._names), count))][:count]

    def _fast_path(self, batches: Sequence[Any], parameters: object) -> tuple[float, Array] | None:
        """Run value_and_grad for arrays of known shapes, or None if the ordinary way is needed."""
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
        """Return the runner and batch for these arguments; arrays of known shapes are looked up by shape alone."""
        if not all(type(x) is np.ndarray for x in batches):
            return self._known_or_recorded(batches)
        key = tuple([(x.shape, x.dtype.char) for x in batches])
        known = self._by_shape.get(key)
        if known is None:
            runner, batch = self._known_or_recorded(batches)
            if len(self._by_shape) >= _KEPT_SHAPES:  # as with another number of rows at every call
                self._by_shape.clear()
            self._by_shape[key] = runner, batch.signature, batch.size, batch.is_sample
            return runner, batch
        runner, signature, size, is_sample = known
        return runner, Batch(signature, [x[None] for x in batches] if is_sample else list(batches), size, is_sample)

    def _known_or_recorded(self, batches: Sequence[object]) -> tuple[Runner, Batch]:
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
        """Call f on Values, and turn the graph it builds into a program."""
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
        """Copy the programs with their parameters; also f, unless it is a plain function that reads parameters."""
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
