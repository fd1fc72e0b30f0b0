"""Shrink a failing program to a small one that fails in the same way, and write it as Python code that runs alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.fuzz.modes import EVERY, mismatches
from benchmarks.fuzz.programs import Node, Operand, Program, Ref, is_sequence, written
from benchmarks.fuzz.reference import Mismatch

__all__ = ["code", "shrunk"]

_SIMPLE = (0.0, 1.0, 2.0, 0.5, -1.0)
_MOST_TRIED = 3000


def shrunk(program: Program, mode: str) -> tuple[Program, Mismatch]:
    """The smallest program found that has a mismatch of the same mode, and the mismatch."""
    best, found = program, _first(program, mode, "")
    assert found is not None
    error = str(found.got) if mode.endswith("raises") else ""
    tried = 0
    progress = True
    while progress and tried < _MOST_TRIED:
        progress = False
        for candidate in _smaller(best):
            tried += 1
            mismatch = _first(candidate, mode, error)
            if mismatch is not None:
                best, found, progress = candidate, mismatch, True
                break
    return best, found


def _first(program: Program, mode: str, error: str) -> Mismatch | None:
    """The first mismatch of a mode; of an error, one of the same words."""
    family = mode.removesuffix(" raises").split(",")[0]
    (comparison,) = (x for x in EVERY if x.__name__ == _FAMILY.get(family, family))
    every = mismatches(program, only=comparison)
    return next((x for x in every if x.mode == mode and (not error or x.got == error)), None)


_FAMILY = {
    "lanes": "compiled", "rows": "compiled", "tape": "compiled", "float32 lanes": "single", "float32 rows": "single",
    "grad": "transforms", "second order": "transforms", "compiled grad": "compiled_gradients",
    "complex step": "judges", "differences": "judges", "second differences": "second_differences",
}  # fmt: skip


def _smaller(program: Program) -> Iterator[Program]:
    """Programs that are simpler by one step, the largest steps first."""
    for i in range(len(program.nodes)):
        if Ref("t", i) != program.output and not program.nodes[i].is_condition:
            yield replace(program, output=Ref("t", i)).trimmed()
    if len(program.rows) > 1:
        for i in range(len(program.rows)):
            yield replace(program, rows=(program.rows[i],))
            yield replace(program, rows=program.rows[:i] + program.rows[i + 1 :])
    for i, node in enumerate(program.nodes):
        if not node.is_condition:
            for other in [*_spread(node), 0.7 if program.tame else 1.0]:
                yield _with_node(program, i, other)
        for simpler in _simpler(node, program.tame):
            yield replace(program, nodes=(*program.nodes[:i], simpler, *program.nodes[i + 1 :])).trimmed()
    yield from _simpler_numbers(program)


def _spread(node: Node) -> list[Operand]:
    return [x for operand in node.operands for x in (operand if is_sequence(operand) else (operand,))]


def _with_node(program: Program, i: int, other: Operand) -> Program:
    """The program with another operand wherever a node was read."""

    def changed(x: Operand) -> Operand:
        if is_sequence(x):
            return tuple(map(changed, x))
        return other if isinstance(x, Ref) and x.kind == "t" and x.index == i else x

    nodes = tuple(replace(node, operands=tuple(map(changed, node.operands))) for node in program.nodes)
    return replace(program, nodes=nodes, output=changed(program.output)).trimmed()


def _simpler(node: Node, tame: bool) -> Iterator[Node]:
    """The node with less in it: no parameter, a shorter sequence, a constant or a plain leaf for an operand."""
    if node.parameters:
        yield replace(node, parameters=())
    if node.infix:
        yield replace(node, infix=False)
    longest = max((len(x) for x in node.operands if is_sequence(x)), default=0)
    for cut in range(longest):
        shorter = [x[:cut] + x[cut + 1 :] if is_sequence(x) else x for x in node.operands]
        yield replace(node, operands=tuple(shorter))
    for i, operand in enumerate(node.operands):
        for other in _simpler_operands(operand, tame):
            yield replace(node, operands=(*node.operands[:i], other, *node.operands[i + 1 :]))


def _simpler_operands(operand: Operand, tame: bool) -> Iterator[Operand]:
    if is_sequence(operand):
        for j, x in enumerate(operand):
            for other in _simpler_operands(x, tame):
                yield (*operand[:j], other, *operand[j + 1 :])
    elif isinstance(operand, Ref):
        yield from (0.7, 1.3) if tame else (0.0, 1.0)
    else:
        yield from _simpler_number(operand, tame)


def _simpler_number(x: float, tame: bool) -> Iterator[float]:
    """Rounder numbers. In a tame program not 0 and 1, where many rules have a kink or a pole."""
    for simple in () if tame else _SIMPLE:
        if x == simple and math.copysign(1.0, x) == math.copysign(1.0, simple):
            return
        yield simple
    for digits in (1, 2, 3):
        if math.isfinite(x) and x != float(f"{x:.{digits}g}"):
            yield float(f"{x:.{digits}g}")


def _simpler_numbers(program: Program) -> Iterator[Program]:
    for i, x in enumerate(program.parameters):
        for other in _simpler_number(x, program.tame):
            yield replace(program, parameters=(*program.parameters[:i], other, *program.parameters[i + 1 :]))
    for i, row in enumerate(program.rows):
        for j, x in enumerate(row):
            for other in _simpler_number(x, program.tame):
                changed = (*row[:j], other, *row[j + 1 :])
                yield replace(program, rows=(*program.rows[:i], changed, *program.rows[i + 1 :]))


# ── code that runs alone ────────────────────────────────────────────────────────────────────────────────────────────

_HEAD = """\
import math
import numpy as np
import autograd
from autograd import NonFiniteError, Value
from autograd.compiler.run import runner

inf, nan = math.inf, math.nan
rows = {rows}
w = [{values}]

def clip(x, lo, hi):
    crossed = isinstance(lo, float) and isinstance(hi, float) and lo > hi
    return autograd.minimum(autograd.maximum(x, lo), hi) if crossed else autograd.clip(x, lo, hi)

def detach(x):
    return x.detach() if isinstance(x, Value) else x

{source}

def eager(row):
    x = [Value(number) for number in row]
    for leaf in w:
        leaf.grad = 0.0
    out = f(x, w)
    if isinstance(out, Value):
        out.backward(allow_nonfinite=True)
    return out, [leaf.grad for leaf in (*x, *w)]

def refused(call):
    try:
        return call() is None and False
    except NonFiniteError:
        return True

for row in rows:
    print("eager", *eager(row))
"""

_COMPILED = """\
runner._FEW_LANES = {few}
program = autograd.compile({function}, dtype={dtype!r}, parameters=w)
given = {given}
print("compiled", program(*given), program.value_and_grad(*given, allow_nonfinite=True))
print("refused", refused(lambda: program.value_and_grad(*given)))
"""
_INPUTS = """\
print("in the inputs", program.input_grad(*given, allow_nonfinite=True))
print("refused", refused(lambda: program.input_grad(*given)))
"""
_SECOND = """\
def g(p):
    return f(p[:{inputs}], p[{inputs}:])

points = [[*row, *(leaf.data for leaf in w)] for row in rows]
for point in points:
    print("grad", autograd.grad(g, allow_nonfinite=True)(point))
    print("hessian", autograd.hessian(g, allow_nonfinite=True)(point))
"""
_COMPILED_SECOND = """\
runner._FEW_LANES = {few}
print("compiled grad", autograd.compile(autograd.grad(g, allow_nonfinite=True))(np.array(points)))
"""
_PLAIN = """\
for row in rows:
    print("numbers", f(list(row), [leaf.data for leaf in w]))
"""
_ARRAYS = """\
print("arrays", f([np.array(column) for column in zip(*rows)], [leaf.data for leaf in w]))
"""


def code(program: Program, mismatch: Mismatch) -> str:
    """Python code that shows the mismatch: imports, Values, and both answers."""
    mode = mismatch.mode
    plain = mode in ("floats", "arrays", "complex step", "differences", "second differences")
    text = _HEAD.format(
        rows=f"[{', '.join(written(row) for row in program.rows)}]",
        values=", ".join(f"Value({written(x)})" for x in program.parameters),
        source=program.source(infix=not plain),
    )
    few = "1 << 40" if "rows" in mode or mode == "tape" else "0"
    inputs = len(program.rows[0])
    if mode in ("lanes", "rows", "tape", "lanes, one row") or mode.startswith("float32"):
        one = mode in ("tape", "lanes, one row")
        given = "[]" if not inputs else "[np.array(rows[0])]" if one else "[np.array(rows)]"
        function = "lambda x: f(x, w)" if inputs else "lambda: f([], w)"
        dtype = "float32" if mode.startswith("float32") else "float64"
        text += _COMPILED.format(few=few, function=function, dtype=dtype, given=given)
        text += _INPUTS if inputs else ""
    elif mode in ("grad", "second order", "second differences") or mode.startswith("compiled grad"):
        text += _SECOND.format(inputs=inputs)
        text += _COMPILED_SECOND.format(few=few) if mode.startswith("compiled grad") else ""
    elif mode == "floats":
        text += _PLAIN
    elif mode == "arrays":
        text += _ARRAYS
    return f"# {mismatch}\n{text}"
