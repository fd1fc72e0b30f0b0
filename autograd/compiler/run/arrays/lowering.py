"""What the forward and the backward part of a lowering share: its steps and memory, and a rule's calls as steps."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from autograd.compiler.program import Program
from autograd.compiler.run.arrays.layout import GRADIENT, PARAMETERS, Layout, Step, Tables
from autograd.compiler.run.arrays.views import Source, View
from autograd.compiler.trace import Call, Function, Operand, Reference, Temporary, Trace, signs
from autograd.util.arrays import Array

__all__ = ["Lowering", "Part"]


class Part:
    """Some lanes of an instruction, laid out: the operands' views (or numbers), the result's, and what was computed.

    registers: of each operand. calls: None where the rule is called as it is. temporaries: the views of traced calls,
    by number. slopes: of a rule that is called as it is, where each operand's derivative goes; None: it is not wanted.
    powers: of a logsumexp, its powers and the sum of all but one of them. tables: of a pick, where its tables lie.
    """

    __slots__ = ("calls", "number", "out", "powers", "registers", "slopes", "tables", "temporaries", "views")

    def __init__(
        self, number: int, registers: list[Array], views: Sequence[View | float], out: View, calls: Trace | None
    ) -> None:
        self.number, self.registers, self.views, self.out, self.calls = number, registers, views, out, calls
        self.temporaries: dict[int, View] = {}
        self.slopes: list[View | None] | None = None
        self.powers: tuple[View, View] | None = None
        self.tables: Tables | None = None

    def view(self, i: int) -> View:
        """The view of an operand that is no number."""
        view = self.views[i]
        assert isinstance(view, View)
        return view


class Lowering:
    """The steps of a program so far, and the buffers they work on. parts: of each instruction."""

    def __init__(self, program: Program, wanted: str, careful: bool) -> None:
        self.program, self.wanted, self.careful = program, wanted, careful
        self.batched = program.batched
        self.steps: list[Step] = []
        self.parts: list[list[Part]] = []
        self.layout = Layout(program, self.steps)
        self.adjoints: dict[int, int] = {PARAMETERS: GRADIENT} if wanted == "gradient" else {}
        self.input_gradients: list[View] = []
        self.active = program.active(wanted)
        self.computed: dict[Hashable, View] = {}
        """What an elementwise call of forward values gave, by the call: another like it, of a rule or its derivative,
        is not made again."""

    def compute(self, part: Part, reference: Reference, out: View | None = None) -> View | float:
        """The view, or the number, of a reference, computed if it is not yet; into ``out`` where that is given."""
        if isinstance(reference, Operand):
            source = part.views[reference.number]
        elif isinstance(reference, Temporary):
            if reference.number not in part.temporaries:
                assert part.calls is not None
                call = part.calls.calls[reference.number]
                operands = tuple(self.compute(part, x) for x in call.operands)
                key = _key(call.function, operands, part.out)
                known = self.computed.get(key)
                if out is None and known is not None:
                    part.temporaries[reference.number] = known
                    return known
                if out is None:
                    out = self.layout.temporary(part.out.shape, part.out.batched, call.truth)
                self._emit(part, call, operands, out)
                self.computed.setdefault(key, out)
                part.temporaries[reference.number] = out
                return out
            source = part.temporaries[reference.number]
        else:
            source = reference
        if out is None:
            return source
        self.steps.append(Step("copy" if isinstance(source, View) else "fill", (source,), out))
        return out

    def _emit(self, part: Part, call: Call, operands: tuple[View | float, ...], out: View) -> None:
        extra = None
        if call.function == "where":
            condition = operands[0]
            if isinstance(condition, View) and not self.layout.buffers[condition.buffer].truth:
                key = _key(np.not_equal, (condition, 0.0), part.out)
                truth = self.computed.get(key)
                if truth is None:
                    truth = self.computed[key] = self.layout.temporary(part.out.shape, part.out.batched, True)
                    self.steps.append(Step(np.not_equal, (condition, 0.0), truth))
                operands = (truth, *operands[1:])
        elif call.function == "step":
            extra = not _is_rectified(part, call)
        self.steps.append(Step(call.function, operands, out, extra))


def _key(function: Function, operands: tuple[Source, ...], out: View) -> Hashable:
    """What tells a call from others: its function, its operands (0.0 is not −0.0) and the form of its result."""
    numbers = tuple([x if isinstance(x, float) else None for x in operands])
    return function, operands, signs(numbers), out.shape, out.batched


def _is_rectified(part: Part, call: Call) -> bool:
    """Whether it is the step of a number that is 0 or more: then that is its sign."""
    source = call.operands[0]
    if not isinstance(source, Temporary) or call.operands[1] != 0.0 or part.calls is None:
        return False
    inner = part.calls.calls[source.number]
    return inner.function is np.maximum and 0.0 in inner.operands
