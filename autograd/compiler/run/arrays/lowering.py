"""What the forward and the backward part of a lowering share: its steps and memory, and a rule's calls as steps."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from autograd.compiler.program import Program
from autograd.compiler.run.arrays.groups import Region
from autograd.compiler.run.arrays.layout import GRADIENT, PARAMETERS, Gather, Layout, Step
from autograd.compiler.run.arrays.parts import Part
from autograd.compiler.run.arrays.products import SharedWeights
from autograd.compiler.run.arrays.views import Source, View
from autograd.compiler.trace import Call, Function, Operand, Reference, Temporary, signs

__all__ = ["Laid", "Lowering"]


class Laid:
    """A region, laid out. tables: as ``region_calls.Tables``; values: the first of them.

    alike: how many of the imports have a number for each row of the batch if the region has. The imports are copied to
    the first rows of the table, so that all that the region reads is in one array.
    """

    def __init__(self, region: Region, layout: Layout) -> None:
        self.region = region
        batched = bool(layout.batched[region.registers[0]])
        imports = region.imports
        self.alike = int((layout.batched[imports] == batched).sum())
        sizes = (
            (region.size, False),
            (region.kept, False),
            (region.kept, True),
            (region.scratch, False),
            (region.scratch, True),
        )
        self.tables = tuple([layout.temporary((max(1, size),), batched, truth) for size, truth in sizes])
        self.values = self.tables[0]
        rows = self.values._replace(shape=(len(imports),))
        gathered = Gather(layout.buffer_of[imports], layout.offset_of[imports])
        layout.steps.append(Step("gather", (), rows, gathered))
        layout.buffer_of[region.registers] = self.values.buffer
        layout.tables.add(self.values.buffer)
        layout.offset_of[region.registers] = len(imports) + np.arange(len(region.registers))


class Lowering:
    """The steps of a program so far, and the buffers they work on. parts: of each instruction or region, in order."""

    def __init__(self, program: Program, wanted: str, careful: bool) -> None:
        self.program, self.wanted, self.careful = program, wanted, careful
        self.batched = program.batched
        self.steps: list[Step] = []
        self.parts: list[list[Part] | Laid] = []
        self.layout = Layout(program, self.steps)
        self.adjoints: dict[int, int] = {PARAMETERS: GRADIENT} if wanted == "gradient" else {}
        self.input_gradients: list[View] = []
        self.active = program.active(wanted)
        self.shared = SharedWeights(program, self.layout, wanted == "gradient" and not careful)
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
