"""Record: turn a finished graph of Values into a program of one-lane instructions, without recursion."""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import chain
from operator import call
from types import MappingProxyType
from typing import Any, SupportsFloat

import numpy as np

from autograd.compiler.passes.edit import ranges
from autograd.compiler.passes.flatten import chain_ends
from autograd.compiler.program import Operation, Program
from autograd.core.by_hand import refuse_by_hand
from autograd.core.graph import one_walk_at_a_time, undone_after_fork
from autograd.core.node import N_ARY, grads_set
from autograd.core.picking import PICK
from autograd.table import Rule
from autograd.util.arrays import Array, distinct
from autograd.value import Value

__all__ = ["reached_parameters", "record"]

_CONSTANTS = 1 << 30
"""While walking, a node is a number: ≥ 0 an operation; −1, −2, … a leaf; below −2³⁰ a constant."""


def record(
    roots: Sequence[Value | float],
    inputs: Sequence[Sequence[Value]],
    names: Sequence[str] = (),
    known: Mapping[Value, int] = MappingProxyType({}),
) -> tuple[Program, tuple[Value, ...]]:
    """Return the program that computes the roots, and its parameters: all leaves that are not inputs.

    roots: Values or numbers.
    inputs: the Values that stand for the numbers of each argument.
    names: the arguments' names.
    known: the positions that known parameters keep; new ones come after them, in the order of layers.

    Each operation appears once, after its operands, left operands first. The time is linear in the graph's size, at
    any depth. During the walk the number of a computed node is kept in its ``_grad``, which is restored; leaves are
    only read.
    """
    with one_walk_at_a_time:
        walk = _Walk([x for argument in inputs for x in argument])
        put_back = grads_set(walk.nodes, walk.grads)
        ending = chain(put_back, map(call, (undone_after_fork.clear,)))
        try:
            undone_after_fork.append((put_back, False))
            ends = [walk.visit(root) if isinstance(root, Value) else walk.constant(root) for root in roots]
        finally:
            deque(ending, 0)  # one call into C, which no further interrupt can leave half done
    walk.nodes.clear()
    walk.grads.clear()
    program, parameters = walk.program(ends, [len(argument) for argument in inputs], names)
    return _in_order(program, parameters, known)


def reached_parameters(program: Program) -> Array:
    """Return whether a gradient (even 0) of the outputs reaches each parameter of a recorded program."""
    blocked = [_without_derivative(operation) for operation in program.operations]
    if not any(blocked):
        return np.ones(program.parameters, bool)
    reader = np.repeat(np.arange(len(program)), program.counts)
    flows, place = np.ones(len(reader), bool), np.arange(len(reader)) - program.first[reader]
    for code, without in enumerate(blocked):
        inside = np.flatnonzero(program.codes[reader] == code) if without else np.zeros(0, np.int64)
        flows[inside] = [x not in without for x in place[inside].tolist()]
    uses = np.bincount(program.operands[flows], minlength=int(program.starts[-1]))
    uses[program.outputs] += 1
    without_use = np.flatnonzero(uses[program.leaves :] == 0)
    for _ in range(_ROUNDS):
        if not len(without_use):
            return uses[program.first_parameter : program.first_constant] > 0
        places = ranges(program.first[without_use], program.counts[without_use])
        freed = program.operands[places[flows[places]]]
        np.subtract.at(uses, freed, 1)
        freed = freed[freed >= program.leaves]
        without_use = distinct(freed[uses[freed] == 0]) - program.leaves
    counts = np.bincount(reader[flows], minlength=len(program))
    reached = _reached_in_order(program, program.operands[flows].tolist(), counts)
    return reached[program.first_parameter : program.first_constant].copy()


_ROUNDS = 200
"""What no gradient reaches is mostly few operations deep; where it is deeper, a loop over all operations is quicker."""


def _reached_in_order(program: Program, operands: list[int], counts: Array) -> Array:
    """Whether a gradient reaches each register. operands: those it flows to, so many of each instruction."""
    flags = bytearray(int(program.starts[-1]))
    reached = np.frombuffer(flags, bool)  # the same memory: one flag is quicker by the first, many by the second
    reached[program.outputs] = True
    end = len(operands)
    for register, count in zip(range(len(flags) - 1, -1, -1), counts[::-1].tolist(), strict=False):
        if flags[register]:
            for x in operands[end - count : end]:
                flags[x] = 1
        end -= count
    return reached


def _without_derivative(operation: Operation) -> Sequence[int]:
    """The places of the operands that have none: all where the operation is stopped, a condition's in ``where``."""
    rule = operation.rule
    if operation.stopped:
        return range(1 << 31)
    if rule is PICK:
        return (0,)
    if rule.sequences or not rule.samples:
        return ()
    return [i for i, local in enumerate(rule.evaluate(rule.flatten(rule.samples[0]))[1]) if local is None]


class _Walk:
    """The columns as they grow, and what was in ``_grad`` of each node that was computed."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self.leaves: dict[Value, int] = {}
        self.codes = array("i")
        self.ends = array("q", [0])
        self.operands = array("i")
        self.nodes: list[Value] = []
        self.grads: list[Any] = []
        self.constants: dict[Any, int] = {}
        self.operations: dict[Operation, int] = {}
        self.code_of: dict[Any, int] = {}
        for x in inputs:
            self.leaf(x)

    def leaf(self, node: Value) -> int:
        if node.is_constant:
            return self.constant(node._datum)
        return self.leaves.setdefault(node, -1 - len(self.leaves))

    def constant(self, number: SupportsFloat) -> int:
        number = float(number)
        key = (None, 0.0) if number != number else (number, math.copysign(1.0, number))
        return self.constants.setdefault(key, -_CONSTANTS - 1 - len(self.constants))

    def code(self, rule: Rule, stopped: bool) -> int:
        """The code of the operation a node's rule stands for, whichever operand of it is a constant."""
        refuse_by_hand(rule)
        parameters = rule.parameters
        operation = Operation(rule.variant(parameters=parameters) if parameters else rule.base, stopped)
        code = self.operations.setdefault(operation, len(self.operations))
        self.code_of[rule, stopped] = code
        return code

    def visit(self, root: Any) -> int:
        """Append the operations that make this root, and its own; the root's number."""
        if type(root._grad) is int:
            return root._grad
        if root._parent is None:
            return self.leaf(root)
        code_of, codes, ends, operands = self.code_of, self.codes, self.ends, self.operands
        leaves, number_of_leaf = self.leaves, self.leaves.get
        add, keep_node, keep_grad = operands.append, self.nodes.append, self.grads.append
        waiting: list[Any] = []
        node = root
        while True:
            parent, other = node._parent, node._other_parent
            if other is not N_ARY:
                a = parent._grad
                if type(a) is not int:
                    if parent._parent is not None:
                        waiting.append(node)
                        node = parent
                        continue
                    a = number_of_leaf(parent)
                    if a is None:
                        a = self.leaf(parent)
                rule = node._rule
                if other is not None:
                    b = other._grad
                    if type(b) is not int:
                        if other._parent is not None:
                            waiting.append(node)
                            node = other
                            continue
                        b = number_of_leaf(other)
                        if b is None:
                            b = self.leaf(other)
                    add(a)
                    add(b)
                elif rule.constant_operand is None:
                    add(a)
                else:
                    constant = node._other_local
                    if type(constant) is float:
                        number = self.constant(constant)
                    elif type(constant._grad) is int:
                        number = constant._grad
                    elif constant._parent is None:
                        number = self.leaf(constant)
                    else:  # a Value of which the rule has no derivative, as of a condition
                        waiting.append(node)
                        node = constant
                        continue
                    add(number if rule.constant_operand == 0 else a)
                    add(a if rule.constant_operand == 0 else number)
                key: Any = (rule, False)
            else:
                new = [x for x in parent if type(x) is not float and type(x._grad) is not int and x._parent is not None]
                if new:
                    waiting.append(node)
                    waiting.extend(reversed(new))
                    node = waiting.pop()
                    continue
                if type(node._grad) is int:
                    node = waiting.pop()
                    continue
                for x in parent:
                    if type(x) is float:
                        add(self.constant(x))
                    else:
                        a = x._grad
                        if type(a) is not int:
                            a = number_of_leaf(x)
                            if a is None and x._rule is None:
                                a = leaves[x] = -1 - len(leaves)
                        add(self.leaf(x) if a is None else a)
                key = (node._rule, not any(local is not None for local in node._local))
            if type(node._grad) is not int:
                code = code_of.get(key)
                codes.append(self.code(*key) if code is None else code)
                ends.append(len(operands))
                keep_grad(node._grad)
                keep_node(node)
                node._grad = len(codes) - 1
            else:  # it was reached by another path while it waited
                del operands[ends[-1] :]
            if not waiting:
                return root._grad  # type: ignore[no-any-return]
            node = waiting.pop()

    def program(
        self, ends: Sequence[int], inputs: Sequence[int], names: Sequence[str]
    ) -> tuple[Program, tuple[Value, ...]]:
        count, known = sum(inputs), len(self.leaves)
        constants = np.array([math.nan if key[0] is None else math.copysign(*key) for key in self.constants])
        leaves = known + len(constants)

        def registers(walked: Array) -> Array:
            constant = (known - 1 - _CONSTANTS) - walked
            return np.where(walked >= 0, walked + leaves, np.where(walked < -_CONSTANTS, constant, -1 - walked))

        size = len(self.codes)
        program = Program(
            inputs=tuple(inputs),
            parameters=known - count,
            constants=constants.astype(float),
            operations=tuple(self.operations),
            codes=np.frombuffer(self.codes, np.int32) if size else np.zeros(0, np.int32),
            lanes=np.ones(size, np.int32),
            first=np.frombuffer(self.ends, np.int64),
            operands=registers(np.array(self.operands, np.int32)),
            outputs=registers(np.array(ends, np.int32)).astype(np.int64),
            instruction_of=np.arange(size, dtype=np.int32),
            names=tuple(names),
        )
        return program, tuple(self.leaves)[count:]


_FEW = 32
"""The order of so many parameters is that of the walk: there is no matrix whose numbers should lie together."""


def _in_order(
    program: Program, parameters: tuple[Value, ...], known: Mapping[Value, int]
) -> tuple[Program, tuple[Value, ...]]:
    """The program with the parameters by their known places, and then those whose sums are complete first.

    The walk meets the first weight of every layer before the second of any. A sum of the next layer is complete when
    all of this one are: so a layer's weights and biases lie together, in the order of the loops that the user wrote.
    A bias comes after the weights of its sum, even where the sum starts with it.
    """
    first = program.first_parameter
    rank = np.array([known.get(x, len(known)) for x in parameters], np.int64)
    order = np.argsort(rank, kind="stable")
    if (rank == len(known)).sum() > _FEW:
        places = np.flatnonzero(program.is_parameter(program.operands))[::-1]
        used = np.full(len(parameters), len(program.operands))
        used[program.operands[places] - first] = places  # of several places the first is written last
        order = np.lexsort([used, *_ends_of_sums(program, used), rank])
    if (order == np.arange(len(order))).all():
        return program, parameters
    renamed = np.arange(int(program.starts[-1]), dtype=np.int32)
    renamed[first + order] = first + np.arange(len(order))
    outputs = renamed[program.outputs].astype(np.int64)
    renumbered = program.replace(operands=renamed[program.operands], outputs=outputs)
    return renumbered, tuple([parameters[i] for i in order.tolist()])


def _ends_of_sums(program: Program, places: Array) -> tuple[Array, Array, Array]:
    """For what is at these places among the operands: whether it is a term by itself; the last instruction of the sum
    that it is in; and whether it is in one.

    A weight is in a sum by way of a product, a bias by itself; the rows of a table that is picked from are in none.
    """
    user = np.searchsorted(program.first, places, side="right") - 1
    products, sums = (
        np.array([x.rule.name in names for x in program.operations], bool)[program.codes]
        for names in (("mul",), ("add", "sum", "dot"))
    )
    used = np.zeros(len(program) + 1, bool)
    used[user] = True
    links = sums | (products & used[:-1])
    terms = np.array([x.rule.name in ("add", "sum") for x in program.operations], bool)[program.codes]
    ends = np.append(chain_ends(program, links), len(program))
    return np.append(terms, False)[user], ends[user], np.append(links, True)[user]
