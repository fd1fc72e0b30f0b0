"""ONNX graphs of programs: each instruction becomes the operators that the trace of its rule's array calls names.

A tensor is (batch, lanes), or (1, lanes) if it depends on no input; conditions are 0 and 1, as in the registers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from autograd import numeric as nx
from autograd.compiler.program import ALL, ANY, FOLDED_MAXIMUM, FOLDED_MINIMUM, MATMUL, SOFTMAX, Instruction, Program
from autograd.compiler.tables import picked_tables
from autograd.compiler.trace import Operand, Temporary, Trace, trace
from autograd.core.picking import PICK, TABLE
from autograd.util.arrays import Array
from autograd.util.lazy_numpy import np
from nn.export.errors import ExportError
from nn.export.special_forms import form

__all__ = ["graph_of"]

_OPERATORS = {
    np.absolute: "Abs", np.add: "Add", np.arccos: "Acos", np.arccosh: "Acosh", np.arcsin: "Asin", np.arcsinh: "Asinh",
    np.arctan: "Atan", np.arctanh: "Atanh", np.ceil: "Ceil", np.cos: "Cos", np.cosh: "Cosh", np.equal: "Equal",
    np.exp: "Exp", np.floor: "Floor", np.greater: "Greater", np.greater_equal: "GreaterOrEqual", np.isinf: "IsInf",
    np.isnan: "IsNaN", np.less: "Less", np.less_equal: "LessOrEqual", np.log: "Log", np.logical_and: "And",
    np.logical_not: "Not", np.logical_or: "Or", np.logical_xor: "Xor", np.maximum: "Max", np.minimum: "Min",
    np.multiply: "Mul", np.negative: "Neg", np.power: "Pow", np.rint: "Round", np.sign: "Sign", np.sin: "Sin",
    np.sinh: "Sinh", np.sqrt: "Sqrt", np.subtract: "Sub", np.tan: "Tan", np.tanh: "Tanh", np.true_divide: "Div",
    nx.array_power: "Pow", nx.erf: "Erf",
}  # fmt: skip

_SINGLE = {"Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cosh", "Erf", "Sinh", "Tan"}
"""Operators that onnxruntime has only in single precision."""


def graph_of(program: Program, parameters: Array, onnx: ModuleType) -> Any:
    """Build a program's graph, with these numbers as its parameters: (program.parameters,). Raises ExportError."""
    if parameters.shape != (program.parameters,):
        raise ExportError(f"the program has {program.parameters} parameters, not {parameters.shape}")
    return _Graph(program, parameters, onnx).proto()


class _Graph:
    def __init__(self, program: Program, parameters: Array, onnx: ModuleType) -> None:
        self.program, self.onnx = program, onnx
        self.dtype = parameters.dtype
        self.element = onnx.helper.np_dtype_to_tensor_dtype(self.dtype)
        self.nodes: list[Any] = []
        self.initializers: dict[tuple[bytes, Any, tuple[int, ...]], tuple[str, Any]] = {}
        self.known = np.concatenate([parameters, program.constants]).astype(self.dtype)
        self.batch = ""
        self.sources: list[tuple[int, int, str, bool]] = []  # first register, lanes, tensor, whether it has a batch

    def proto(self) -> Any:
        helper, start = self.onnx.helper, 0
        names = self.program.names or tuple(f"input{i}" for i in range(len(self.program.inputs)))
        inputs = []
        for name, size in zip(names, self.program.inputs, strict=True):
            inputs.append(helper.make_tensor_value_info(name, self.element, ["batch", size]))
            self.sources.append((start, size, name, True))
            start += size
        for i in range(len(self.program)):
            self.instruction(self.program[i])
        result, _ = self.read(self.program.outputs)
        if not self.program.batched[self.program.outputs].any() and inputs:
            result = self.expanded(result, len(self.program.outputs))
        self.nodes.append(helper.make_node("Identity", [result], ["output"]))
        output = helper.make_tensor_value_info("output", self.element, ["batch", len(self.program.outputs)])
        constants = [tensor for _, tensor in self.initializers.values()]
        return helper.make_graph(self.nodes, "autograd", inputs, [output], constants)

    # ── tensors ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, operator: str, *operands: str, **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        if operator in _SINGLE and self.dtype == np.float64:
            operands = tuple(self.add("Cast", x, to=self.onnx.TensorProto.FLOAT) for x in operands)
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(self.onnx.helper.make_node(operator, list(operands), [name], **attributes))
        return self.add("Cast", name, to=self.element) if operator in _SINGLE and self.dtype == np.float64 else name

    def constant(self, numbers: Any, dtype: Any = None) -> str:
        """Return the name of a constant tensor; equal ones are stored once."""
        array = np.ascontiguousarray(numbers, dtype=dtype or self.dtype)
        key = array.tobytes(), array.dtype, array.shape
        if key not in self.initializers:
            name = f"constant{len(self.initializers)}"
            self.initializers[key] = name, self.onnx.numpy_helper.from_array(array, name)
        return self.initializers[key][0]

    def expanded(self, tensor: str, lanes: int) -> str:
        """Repeat a tensor for each sample."""
        if not self.batch:
            self.batch = self.add("Shape", self.sources[0][2], start=0, end=1)
        shape = self.add("Concat", self.batch, self.constant([lanes], np.int64), axis=0)
        return self.add("Expand", tensor, shape)

    def numbers(self, registers: Array) -> Array | None:
        """Return the registers' numbers if all are parameters or constants, else None."""
        leaf = self.program.is_parameter(registers) | self.program.is_constant(registers)
        return self.known[registers - self.program.first_parameter] if leaf.all() else None

    def read(self, registers: Array) -> tuple[str, bool]:
        """Return the tensor of these registers, and whether it has a batch."""
        known = self.numbers(registers)
        if known is not None:
            return self.constant(known[None]), False
        leaf = self.program.is_parameter(registers) | self.program.is_constant(registers)
        index, parts, width = np.zeros(len(registers), np.int64), [], 0
        if leaf.any():
            unique, inverse = np.unique(registers[leaf], return_inverse=True)
            parts.append((self.constant(self.known[unique - self.program.first_parameter][None]), len(unique), False))
            index[leaf], width = inverse, len(unique)
        for first, lanes, name, batched in self.sources:
            inside = (registers >= first) & (registers < first + lanes)
            if inside.any():
                parts.append((name, lanes, batched))
                index[inside] = registers[inside] - first + width
                width += lanes
        batched = any(part[2] for part in parts)
        tensors = [name if b or not batched else self.expanded(name, lanes) for name, lanes, b in parts]
        whole = tensors[0] if len(tensors) == 1 else self.add("Concat", *tensors, axis=1)
        if np.array_equal(index, np.arange(width)):
            return whole, batched
        return self.add("Gather", whole, self.constant(index, np.int64), axis=1), batched

    # ── instructions ────────────────────────────────────────────────────────────────────────────────────────────────

    def instruction(self, instruction: Instruction) -> None:
        rule = instruction.operation.rule
        if rule is MATMUL:
            name = self.product(instruction)
        elif rule is SOFTMAX:
            name = self.softmax(instruction)
        elif rule is TABLE:
            return  # it has no number: picks read what it lists
        elif rule is PICK:
            name = self.pick(instruction)
        elif rule.sequences:
            name = self.over_sequences(instruction)
        else:
            name = self.elementwise(instruction)
        batched = bool(self.program.batched[instruction.start])
        self.sources.append((instruction.start, instruction.lanes, name, batched))

    def elementwise(self, instruction: Instruction) -> str:
        columns = [instruction.operands[:, j] for j in range(instruction.operands.shape[1])]
        calls = trace(instruction.operation.rule, (None,) * len(columns))
        if calls is None:
            raise ExportError(
                f"the rule {instruction.operation.name!r} is not made of array operations, so it has no ONNX form"
            )
        return self.traced(calls, [self.read(column)[0] for column in columns])

    def traced(self, calls: Trace, operands: list[str]) -> str:
        """Return the tensor of a rule's value, following its array calls."""
        tensors: dict[int, str] = {}

        def tensor(reference: object) -> str:
            if isinstance(reference, Operand):
                return operands[reference.number]
            if not isinstance(reference, Temporary):
                return self.constant([[reference]])
            if reference.number not in tensors:
                call = calls.calls[reference.number]
                truths = [isinstance(x, Temporary) and x.truth for x in call.operands]
                tensors[reference.number] = self.call(call.function, [tensor(x) for x in call.operands], truths)
            return tensors[reference.number]

        value = tensor(calls.value)
        truth = isinstance(calls.value, Temporary) and calls.value.truth
        return self.add("Cast", value, to=self.element) if truth else value

    def call(self, function: Any, operands: list[str], truths: Sequence[bool]) -> str:
        """Return the tensor of one array call."""
        if function in _COMPOSED:
            return _COMPOSED[function](self, *operands)
        if function == "where":
            return self.add("Where", self.truth(operands[0], truths[0]), *operands[1:])
        if function in (np.logical_and, np.logical_or, np.logical_xor, np.logical_not):
            operands = [self.truth(x, known) for x, known in zip(operands, truths, strict=True)]
        formula = form(function)
        if formula is not None and (calls := trace(formula, (None,))) is not None:
            return self.traced(calls, operands)
        if function not in _OPERATORS:
            raise ExportError(f"ONNX has no operator for {getattr(function, '__name__', function)}")
        return self.add(_OPERATORS[function], *operands)

    def truth(self, tensor: str, known: bool) -> str:
        """Turn a tensor of 0 and 1 into truth values, if it is not one already."""
        return tensor if known else self.add("Not", self.add("Equal", tensor, self.constant([[0.0]])))

    def softmax(self, instruction: Instruction) -> str:
        _, rows, n, _ = instruction.shape
        xs = self.add("Reshape", self.read(instruction.operands.ravel())[0], self.constant([0, rows, n], np.int64))
        return self.add("Reshape", self.add("Softmax", xs, axis=2), self.constant([0, rows * n], np.int64))

    def over_sequences(self, instruction: Instruction) -> str:
        rule = instruction.operation.rule
        if rule.name not in _REDUCTIONS:
            raise ExportError(f"the rule {instruction.operation.name!r} over a sequence has no ONNX form")
        groups, n = len(rule.operands), instruction.operands.shape[1] // len(rule.operands)
        columns = [instruction.operands[:, k * n : (k + 1) * n].ravel() for k in range(groups)]
        shape = self.constant([0, instruction.lanes, n], np.int64)
        tensors = [self.add("Reshape", self.read(x)[0], shape) for x in columns]
        return _REDUCTIONS[rule.name](self, *tensors, **rule.parameters)

    def pick(self, instruction: Instruction) -> str:
        """All tables in one row, and in it the position of each lane's number; past the end for a wrong index."""
        tables, table_of = picked_tables(self.program, instruction)
        different = {table.tobytes(): i for i, table in enumerate(tables)}
        starts = dict(zip(different, np.cumsum([0, *(len(tables[i]) for i in different.values())]), strict=False))
        rows, is_batched = self.read(np.concatenate([tables[i] for i in different.values()]))
        sizes = self.constant([[len(tables[i]) for i in table_of]])
        index, index_is_batched = self.read(instruction.operands[:, 0])
        if is_batched and not index_is_batched:
            index = self.expanded(index, instruction.lanes)
        below, above = self.add("Less", index, self.constant([[0.0]])), self.add("GreaterOrEqual", index, sizes)
        is_broken = self.add("Not", self.add("Equal", index, self.add("Floor", index)))
        is_wrong = self.add("Or", self.add("Or", below, above), is_broken)
        start = self.constant([[starts[tables[i].tobytes()] for i in table_of]], np.int64)
        whole = self.add("Add", self.add("Cast", index, to=self.onnx.TensorProto.INT64), start)
        position = self.add("Where", is_wrong, self.constant([[np.iinfo(np.int32).max]], np.int64), whole)
        if is_batched:
            return self.add("GatherElements", rows, position, axis=1)
        return self.add("Gather", self.add("Squeeze", rows, self.constant([0], np.int64)), position, axis=0)

    def product(self, instruction: Instruction) -> str:
        stack, rows, inner, columns = instruction.shape
        size = stack * rows * inner
        a, b = instruction.operands[:size], instruction.operands[size:]
        if stack == 1 and columns == 1 and (weights := self.numbers(a)) is not None:
            return self.affine(b, weights.reshape(rows, inner).T)
        if stack == 1 and rows == 1 and (weights := self.numbers(b)) is not None:
            return self.affine(a, weights.reshape(inner, columns))
        left = self.add("Reshape", self.read(a)[0], self.constant([0, stack, rows, inner], np.int64))
        right = self.add("Reshape", self.read(b)[0], self.constant([0, stack, inner, columns], np.int64))
        product = self.add("MatMul", left, right)
        return self.add("Reshape", product, self.constant([0, instruction.lanes], np.int64))

    def affine(self, registers: Array, weights: Array) -> str:
        """x·W, and + b for the constants in x."""
        fixed = self.program.is_parameter(registers) | self.program.is_constant(registers)
        if fixed.all() or not fixed.any():
            return self.add("MatMul", self.read(registers)[0], self.constant(weights))
        numbers = self.known[registers[fixed] - self.program.first_parameter]
        product = self.add("MatMul", self.read(registers[~fixed])[0], self.constant(weights[~fixed]))
        return self.add("Add", product, self.constant((numbers @ weights[fixed])[None]))


# ── operations that need several ONNX operators ───────────────────────────────────────────────────────────────────────


def _step(graph: _Graph, x: str, at_zero: str) -> str:
    zero, one = graph.constant([[0.0]]), graph.constant([[1.0]])
    above = graph.add("Where", graph.add("Less", x, zero), zero, at_zero)
    nan_kept = graph.add("Where", graph.add("IsNaN", x), x, above)
    return graph.add("Where", graph.add("Greater", x, zero), one, nan_kept)


def _atan2(graph: _Graph, y: str, x: str) -> str:
    """atan(y/x), in the right half plane; 0 at the origin (the sign of a zero is ignored)."""
    zero, pi, half = (graph.constant([[number]]) for number in (0.0, np.pi, np.pi / 2))
    below = graph.add("Less", y, zero)
    turn = graph.add("Where", below, graph.add("Neg", pi), pi)
    quotient = graph.add("Atan", graph.add("Div", y, x))
    slanted = graph.add("Where", graph.add("Less", x, zero), graph.add("Add", quotient, turn), quotient)
    upright = graph.add("Mul", graph.add("Sign", y), half)
    return graph.add("Where", graph.add("Equal", x, zero), upright, slanted)


def _logsumexp(graph: _Graph, xs: str) -> str:
    """Subtract the largest number first, if it is finite, so that exp cannot overflow."""
    largest = graph.add("ReduceMax", xs, axes=[2], keepdims=1)
    largest = graph.add("Where", graph.add("IsInf", largest), graph.constant([[[0.0]]]), largest)
    rest = graph.add("Log", _sum(graph, graph.add("Exp", graph.add("Sub", xs, largest))))
    return graph.add("Add", rest, graph.add("Squeeze", largest, graph.constant([2], np.int64)))


def _var(graph: _Graph, xs: str, correction: float = 0.0) -> str:
    """Squared deviations from the mean, divided by their number minus the correction."""
    off = graph.add("Sub", xs, graph.add("ReduceMean", xs, axes=[2], keepdims=1))
    count = graph.add("Cast", graph.add("Shape", xs, start=2, end=3), to=graph.element)
    free = graph.add("Max", graph.add("Sub", count, graph.constant([correction])), graph.constant([0.0]))
    return graph.add("Div", _sum(graph, graph.add("Mul", off, off)), free)


def _quotient(graph: _Graph, x: str, y: str) -> str:
    return graph.add("Floor", graph.add("Div", x, y))


def _copysign(graph: _Graph, x: str, y: str) -> str:
    """|x| with the sign of y; the sign of a zero is ignored."""
    size = graph.add("Abs", x)
    return graph.add("Where", graph.add("Less", y, graph.constant([[0.0]])), graph.add("Neg", size), size)


def _of_numbers(operator: str) -> Callable[..., str]:
    """Max or Min that prefers a number to nan."""

    def composed(graph: _Graph, x: str, y: str) -> str:
        either = graph.add("Where", graph.add("IsNaN", y), x, graph.add(operator, x, y))
        return graph.add("Where", graph.add("IsNaN", x), y, either)

    return composed


def _sum(graph: _Graph, xs: str) -> str:
    return graph.add("ReduceSum", xs, graph.constant([2], np.int64), keepdims=0)


def _reduced(operator: str) -> Callable[..., str]:
    """A reduction. The ties of a maximum concern its gradient alone, which is not exported."""
    return lambda graph, xs, ties="": graph.add(operator, xs, axes=[2], keepdims=0)


_COMPOSED: dict[Any, Callable[..., str]] = {
    "step": _step,
    np.arctan2: _atan2,
    np.cbrt: lambda graph, x: graph.add(
        "Mul", graph.add("Sign", x), graph.add("Pow", graph.add("Abs", x), graph.constant([[1 / 3]]))
    ),
    np.copysign: _copysign,
    np.exp2: lambda graph, x: graph.add("Pow", graph.constant([[2.0]]), x),
    np.expm1: lambda graph, x: graph.add("Sub", graph.add("Exp", x), graph.constant([[1.0]])),
    np.floor_divide: _quotient,
    np.fmax: _of_numbers("Max"),
    np.fmin: _of_numbers("Min"),
    np.fmod: lambda graph, x, y: graph.add("Mod", x, y, fmod=1),
    np.hypot: lambda graph, x, y: graph.add("Sqrt", graph.add("Add", graph.add("Mul", x, x), graph.add("Mul", y, y))),
    np.isfinite: lambda graph, x: graph.add("Not", graph.add("Or", graph.add("IsNaN", x), graph.add("IsInf", x))),
    np.log10: lambda graph, x: graph.add("Mul", graph.add("Log", x), graph.constant([[1 / np.log(10.0)]])),
    np.log1p: lambda graph, x: graph.add("Log", graph.add("Add", x, graph.constant([[1.0]]))),
    np.log2: lambda graph, x: graph.add("Mul", graph.add("Log", x), graph.constant([[1 / np.log(2.0)]])),
    np.not_equal: lambda graph, x, y: graph.add("Not", graph.add("Equal", x, y)),
    np.remainder: lambda graph, x, y: graph.add("Sub", x, graph.add("Mul", y, _quotient(graph, x, y))),
    np.square: lambda graph, x: graph.add("Mul", x, x),
    np.trunc: lambda graph, x: graph.add("Mul", graph.add("Sign", x), graph.add("Floor", graph.add("Abs", x))),
    nx.erfc: lambda graph, x: graph.add("Sub", graph.constant([[1.0]]), graph.add("Erf", x)),
}

_REDUCTIONS: dict[str, Callable[..., str]] = {
    ALL.name: _reduced("ReduceMin"),
    ANY.name: _reduced("ReduceMax"),
    FOLDED_MAXIMUM.name: _reduced("ReduceMax"),
    FOLDED_MINIMUM.name: _reduced("ReduceMin"),
    "dot": lambda graph, xs, ys: _sum(graph, graph.add("Mul", xs, ys)),
    "logsumexp": _logsumexp,
    "max": _reduced("ReduceMax"),
    "mean": _reduced("ReduceMean"),
    "min": _reduced("ReduceMin"),
    "norm": _reduced("ReduceL2"),
    "prod": _reduced("ReduceProd"),
    "std": lambda graph, xs, correction=0.0: graph.add("Sqrt", _var(graph, xs, correction)),
    "sum": _sum,
    "var": _var,
}
