"""Run one program: plans for each batch size, and the explanation when a number is not finite."""

from __future__ import annotations

import functools
import math
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import numpy as np

from autograd.compiler.arguments import Batch, Signature, lists_as_arrays
from autograd.compiler.passes import CAREFUL, Pass, drop, fold, share
from autograd.compiler.program import Program, verify
from autograd.compiler.run.arrays.forward import Lowered, lower
from autograd.compiler.run.arrays.plan import ArrayPlan
from autograd.compiler.run.arrays.regions import items
from autograd.compiler.run.explain import explain, explain_index
from autograd.compiler.run.plan import Plan, is_finite
from autograd.compiler.run.rows import RowPlan
from autograd.compiler.run.scalars import ScalarPlan
from autograd.compiler.run.ways import MANY_ROWS, by_register, irregularity
from autograd.compiler.tables import listed
from autograd.core.graph import paused_collector
from autograd.errors import NonFiniteError, ProgramError
from autograd.pytree import Structure
from autograd.util.arrays import Array
from autograd.util.printable import a_kind_of, printable
from autograd.util.thread_locks import new_lock

__all__ = ["Recording", "Runner"]

_LARGE = 4096
"""From so many parameters on an array that comes again is used where it is, in place of a copy."""
_WORKING_SET = 32 << 20
"""Bytes of registers at most: a larger batch is run in parts."""
_KEPT_PLANS = 8
_FEW_LANES = 8
"""With fewer operands an instruction than this, a program is run register by register, where regions do not suit it."""


_Answer = TypeVar("_Answer")
_Arguments = ParamSpec("_Arguments")


def _naming_indices(run: Callable[Concatenate[Runner, Batch, _Arguments], _Answer]) -> Callable[..., _Answer]:
    """Make a method's IndexError name the input and the row whose index is out of range."""

    @functools.wraps(run)
    def named(self: Runner, batch: Batch, *arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Answer:
        try:
            return run(self, batch, *arguments, **named)
        except IndexError as error:
            number = None if batch.is_sample else 0
            raise explain_index(self.recorded, batch.flat(), self.input_names, number) or error from None

    return named


class _Computed(dict[tuple[str, bool], int]):
    """A dict that computes missing entries with a method of the object that owns it."""

    def __init__(self, compute: Callable[[tuple[str, bool]], int]) -> None:
        super().__init__()
        self.compute = weakref.WeakMethod(compute)  # else the two would keep each other alive

    def __missing__(self, key: tuple[str, bool]) -> int:
        self[key] = self.compute()(key)  # type: ignore[misc]
        return self[key]


class Recording(NamedTuple):
    """The recording for one input structure.

    scalars: the program as the function was written, one instruction per operation.
    program: the program after all passes.
    inputs, parameters: the names of the input numbers and of the program's parameters.
    positions: of the program's parameters among those of the compiled function, as in ``read`` and in a gradient.
    """

    scalars: Program
    program: Program
    inputs: list[str]
    parameters: list[str]
    positions: Array


class Runner:
    """A recorded program, the passes' result, and their plans.

    positions: of the program's parameters among those of the compiled function; reached: whether a gradient goes there.
    """

    def __init__(
        self,
        recorded: Program,
        tree: Structure,
        positions: Array,
        reached: Array,
        passes: Sequence[Pass],
        dtype: np.dtype[Any],
        signature: Signature,
        labels: Callable[[], Sequence[str]],
    ) -> None:
        self.recorded, self.tree, self.positions, self.signature = recorded, tree, positions, signature
        self.reached, self.labels = reached, labels
        self.batch_tree = lists_as_arrays(tree)
        self.lock = new_lock()
        self.passes, self.dtype = tuple(passes), dtype
        self.scalar = recorded
        program = recorded
        for apply in self.passes:
            program = apply(program)
            if apply in (fold, share):
                self.scalar = program
        self.program = program
        self.recorded_size = len(recorded)
        self.runs_by_register = len(self.program.operands) < _FEW_LANES * len(self.program)
        self.items = items(self.program)
        self.irregular, self.wide = irregularity(self.program, self.items)
        self.whole = np.array_equal(positions, np.arange(len(positions)))
        self.parameter_buffer = np.zeros(len(positions), self.dtype)
        self.lowered: dict[tuple[str, bool], Lowered] = {}
        self.most_rows = _Computed(self._most_rows)
        self.plans: OrderedDict[tuple[object, ...], Plan] = OrderedDict()
        self.fast_plans: dict[int, Plan] = {}
        self.recent_arrays: list[Array] = []

    @property
    def input_names(self) -> list[str]:
        """The name of each input number."""
        return _input_names(self.signature)

    def require_scalar(self) -> None:
        """Raise TypeError unless the function returns one number."""
        if self.tree.container is not None:
            raise TypeError(
                f"the function returns {self.tree}, but a gradient needs one number; try: returning the sum, "
                "or the loss alone"
            )

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @_naming_indices
    def values(self, batch: Batch, numbers: Array) -> Array:
        """Compute all outputs, as an array (outputs, rows)."""
        if not len(self.recorded.outputs):
            return np.zeros((0, batch.size), self.dtype)
        with self.lock, np.errstate(all="ignore"):
            result = self._values(batch, numbers, careful=False)
            if np.isfinite(result).all():
                return result
            return self._values(batch, numbers, careful=True)

    def _values(self, batch: Batch, numbers: Array, careful: bool) -> Array:
        parts = []
        for arrays, batch_size in self._parts("value", batch, careful):
            result = self._run("value", arrays, batch_size, numbers, None, careful).result
            result = result.reshape(len(self.program.outputs), -1)
            parts.append(np.broadcast_to(result, (len(result), batch_size)).copy())
        if not parts:
            return np.zeros((len(self.program.outputs), 0), self.dtype)
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    @_naming_indices
    def value_and_grad(
        self, batch: Batch, numbers: Array, out: Array | None, allow_nonfinite: bool
    ) -> tuple[float, Array]:
        """Return the mean over the rows, and its gradient with respect to all parameters."""
        self.require_scalar()
        if not batch.size:
            raise ValueError("the batch has no rows, so it has no mean")
        if out is not None and not isinstance(out, np.ndarray):
            raise TypeError(f"out must be an array of {len(numbers)} {self.dtype} numbers, not {a_kind_of(out)}")
        if out is not None and (out.shape != numbers.shape or out.dtype != self.dtype):
            raise ValueError(
                f"out must be an array of {len(numbers)} {self.dtype} numbers, not {out.dtype} of {out.shape}"
            )
        if out is not None and np.may_share_memory(out, numbers):
            numbers = numbers.copy()  # they are read again if the result is not finite
        with self.lock, np.errstate(all="ignore"):
            value, gradient, finite = self._mean(batch, numbers, out, careful=False)
            if math.isfinite(value) and finite:
                return value, gradient
            if not _finite(value, gradient):
                value, gradient, _ = self._mean(batch, numbers, out, careful=True)
                if not allow_nonfinite and not _finite(value, gradient):
                    raise self._explanation(batch, numbers)
            return value, gradient

    def _mean(self, batch: Batch, numbers: Array, out: Array | None, careful: bool) -> tuple[float, Array, bool]:
        """The mean, the gradient, and whether the gradient is finite for sure."""
        if batch.size <= self.most_rows["gradient", careful]:
            plan = self._run("gradient", batch.arrays, batch.size, numbers, out, careful)
            gradient = self._spread(plan.gradient, out, numbers)
            return float(plan.total()) * plan.scale, gradient, plan.gradient_is_finite()
        total, whole = 0.0, np.zeros(len(self.parameter_buffer), self.dtype)
        for arrays, batch_size in self._parts("gradient", batch, careful):
            plan = self._run("gradient", arrays, batch_size, numbers, None, careful)
            share = batch_size / batch.size
            total += float(plan.total()) * plan.scale * share
            whole += plan.gradient * share
        return total, self._spread(whole, out, numbers), is_finite(whole)

    def _spread(self, gradient: Array, out: Array | None, numbers: Array) -> Array:
        """The gradient of this program's parameters as one over all of them, in ``out`` or new."""
        if self.whole and len(gradient) == len(numbers):
            if out is None:
                return gradient.copy()
            if out is not gradient:
                np.copyto(out, gradient)
            return out
        if out is None:
            out = np.empty(len(numbers), self.dtype)
        out.fill(0.0)
        out[self.positions] = gradient
        return out

    @_naming_indices
    def input_grad(self, batch: Batch, numbers: Array, allow_nonfinite: bool) -> list[Array]:
        """Return the gradients with respect to the inputs: an array (rows, n) for each."""
        self.require_scalar()
        with self.lock, np.errstate(all="ignore"):
            for careful in (False, True):
                parts: list[list[Array]] = []
                finite = True
                for arrays, batch_size in self._parts("inputs", batch, careful):
                    plan = self._run("inputs", arrays, batch_size, numbers, None, careful)
                    parts.append([x.copy() for x in plan.input_gradients])
                    finite = finite and bool(np.isfinite(plan.result).all())
                gradients = [np.concatenate(x) for x in zip(*parts, strict=True)] or [x * 0.0 for x in batch.arrays]
                if finite and all(np.isfinite(x).all() for x in gradients):
                    return gradients
            if not allow_nonfinite:
                raise self._explanation(batch, numbers)
            return gradients

    def fast_path(self, arrays: Sequence[Array], batch_size: int, numbers: Array) -> tuple[float, Array] | None:
        """Return value_and_grad's result if a plan exists, parameters are few and all is finite, otherwise None.

        For a small network every microsecond around the calls counts, and this path spends the fewest.
        """
        plan = self.fast_plans.get(batch_size)
        if plan is None:
            return None
        with self.lock, np.errstate(all="ignore"):
            self.parameter_buffer[...] = numbers
            try:
                plan.run(arrays)
            except IndexError:  # an index out of range: the ordinary path names it
                return None
            value = float(plan.total()) * plan.scale
            gradient = plan.gradient.copy()
            if math.isfinite(value) and math.isfinite(gradient.dot(gradient)):
                return value, gradient
        return None

    # ── plans ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _parts(self, wanted: str, batch: Batch, careful: bool) -> list[tuple[list[Array], int]]:
        if not self.signature:
            return [([], 1)]
        most = self.most_rows[wanted, careful]
        cuts = range(0, batch.size, most)
        return [([x[i : i + most] for x in batch.arrays], min(most, batch.size - i)) for i in cuts]

    def _lower(self, wanted: str, careful: bool) -> Lowered:
        key = (wanted, careful)
        if key not in self.lowered:
            program = self.program
            if careful:
                program = functools.reduce(lambda program, apply: apply(program), CAREFUL, self.recorded)
            self.lowered[key] = lower(program, None if careful else self.items, wanted, careful)
        return self.lowered[key]

    def _by_register(self, batch_size: int, careful: bool) -> bool:
        return by_register(self.runs_by_register, self.irregular, self.wide, batch_size, careful)

    def _scalar(self, careful: bool) -> Program:
        """The program to run a row of memory a register: nothing re-rolled."""
        program = self.recorded if careful else self.scalar
        whole = listed(program)
        return program if whole is program else drop(whole)

    def _most_rows(self, key: tuple[str, bool]) -> int:
        """How many rows are run at once: as many as have room in the working set."""
        if self._by_register(MANY_ROWS + 1, key[1]):
            return max(32, _WORKING_SET // (max(1, len(self.recorded)) * self.dtype.itemsize))
        lanes = sum(x.size for x in self._lower(*key).buffers if x.batched and not x.truth)
        return max(32, _WORKING_SET // (max(1, lanes) * self.dtype.itemsize))

    def _run(
        self, wanted: str, arrays: Sequence[Array], batch_size: int, numbers: Array, out: Array | None, careful: bool
    ) -> Plan:
        """The plan for so many rows, after a run."""
        theta = self.parameter_buffer
        gradient: Array | None = None
        if not careful and len(numbers) >= _LARGE and self.whole and len(numbers) == len(self.parameter_buffer):
            theta = numbers if self._came_before(numbers) else theta
            if out is not None and self._came_before(out) and not np.may_share_memory(out, theta):
                gradient = out
        key = (wanted, careful, batch_size, id(theta), id(gradient))
        plan = self.plans.get(key)
        if plan is None:
            if gradient is None:
                gradient = np.zeros(len(self.parameter_buffer) if wanted == "gradient" else 0, self.dtype)
            with paused_collector():
                plan = self.plans[key] = self._plan(wanted, careful, batch_size, theta, gradient)
            if len(self.plans) > _KEPT_PLANS:
                self.plans.popitem(last=False)
            if wanted == "gradient" and not careful and self.whole and len(numbers) == len(theta) < _LARGE:
                self.fast_plans = {batch_size: plan}
        if theta is self.parameter_buffer:
            as_they_are = self.whole and len(numbers) == len(theta)
            self.parameter_buffer[...] = numbers if as_they_are else numbers[self.positions]
        plan.run(arrays)
        return plan

    def _plan(self, wanted: str, careful: bool, batch_size: int, theta: Array, gradient: Array) -> Plan:
        shapes = [shape for _, shape, _ in self.signature]
        by_register = self._by_register(batch_size, careful)
        if by_register and batch_size == 1 and self.dtype == np.float64:
            return ScalarPlan(self._scalar(careful), theta, gradient, shapes, wanted)
        if by_register:
            return RowPlan(self._scalar(careful), batch_size, self.dtype, theta, gradient, shapes, wanted, careful)
        return ArrayPlan(self._lower(wanted, careful), batch_size, self.dtype, theta, gradient, shapes)

    def _came_before(self, array: Array) -> bool:
        """Whether this very array came the last times, too; and is fit to be used where it is."""
        if any(x is array for x in self.recent_arrays):
            return array.dtype == self.dtype and array.flags.c_contiguous and array.flags.aligned
        self.recent_arrays = [*self.recent_arrays[-3:], array]
        return False

    # ── explanations ────────────────────────────────────────────────────────────────────────────────────────────────

    def _explanation(self, batch: Batch, numbers: Array) -> Exception:
        samples = batch.flat()
        values = self._values(batch, numbers, careful=True)[0]
        bad = np.flatnonzero(~np.isfinite(values))
        first = int(bad[0]) if len(bad) else 0
        names = zip(self.positions.tolist(), self.labels(), strict=True)
        labels = [printable(x, 80) for x in (*self.input_names, *(label or f"p[{i}]" for i, label in names))]
        parameters = numbers[self.positions].astype(float).tolist()
        number = None if batch.is_sample or not self.signature else first
        error = explain(self.recorded, self._instruction, parameters, samples[first:].tolist(), labels, number)
        if error is None and self.dtype == np.float32:
            row = "" if number is None else f", first in row {first} of the batch"
            return NonFiniteError(
                f"a number exceeds the range of float32, about 3e38{row}\n"
                '  try             dtype="float64", or inputs scaled to about 1'
            )
        return error or NonFiniteError(
            "each row's value and gradient are finite, but their mean over the batch is not\n"
            "  try             inputs scaled to about 1, or a smaller batch"
        )

    def _instruction(self, operation: int) -> str:
        """The instruction that a recorded operation became part of, in words."""
        number = int(self.program.instruction_of[operation])
        return (
            f"instruction %{int(self.program.starts[number])} {self.program[number].operation.name}"
            if number >= 0
            else "a constant"
        )

    def state(self) -> dict[str, Any]:
        """What a pickle holds."""
        return {
            "recorded": self.recorded, "tree": self.tree, "positions": self.positions, "reached": self.reached,
            "passes": self.passes, "dtype": self.dtype, "signature": self.signature,
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: dict[str, Any], labels: Callable[[], Sequence[str]]) -> Runner:
        """Restore a runner from a pickle. Raises ProgramError if its program is not legal or has other parameters."""
        recorded, positions = verify(state["recorded"]), state["positions"]
        if positions.shape != (recorded.parameters,) or positions.dtype.kind not in "iu":
            raise ProgramError(
                f"the program has {recorded.parameters} parameters, but their positions have shape {positions.shape}"
            )
        return cls(**state, labels=labels)


def _finite(value: float, gradient: Array) -> bool:
    if not math.isfinite(value):
        return False
    return bool(np.isfinite(gradient).all())


def _input_names(signature: Signature) -> list[str]:
    names = []
    for name, shape, _ in signature:
        names += [f"{name}[{', '.join(map(str, index))}]" for index in np.ndindex(shape)] if shape else [name]
    return names
