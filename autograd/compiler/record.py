"""From a finished graph of Values to a program of one-lane instructions, in one walk that does not recurse."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.chain_rule import MANY
from autograd.compiler.program import Operation, Program
from autograd.graph import one_walk_at_a_time
from autograd.table import Rule
from autograd.value import Value

__all__ = ["record"]

_CONSTANTS = 1 << 30
"""While walking, a node is a number: ≥ 0 an operation; −1, −2, … a leaf; below −2³⁰ a constant."""


def record(
    roots: Sequence[Any], inputs: Sequence[Sequence[Value]], names: Sequence[str] = ()
) -> tuple[Program, tuple[Value, ...]]:
    """The program that computes the roots, and its parameters: the leaves that are not inputs.

    roots: Values, or numbers. inputs: the Values that stand for the numbers of each argument.
    Each operation is there once, after its operands, left operands first. Linear in the graph, at any depth; while it
    walks, a node's number is in its ``_grad``, which is put back.
    """
    with one_walk_at_a_time:
        walk = _Walk([x for argument in inputs for x in argument])
        try:
            ends = [walk.visit(root) if isinstance(root, Value) else walk.constant(root) for root in roots]
        finally:
            walk.put_back()
    return walk.program(ends, [len(argument) for argument in inputs], names)


class _Walk:
    """The columns as they grow, and what was in ``_grad`` of each node."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self.leaves: list[Value] = []
        self.codes = array("i")
        self.ends = array("q")
        self.operands = array("i")
        self.nodes: list[Value] = []
        self.grads: list[Any] = []
        self.constants: dict[Any, int] = {}
        self.operations: dict[Operation, int] = {}
        self.code_of: dict[Any, int] = {}
        for x in inputs:
            self.leaf(x)

    def leaf(self, node: Any) -> int:
        if node.is_constant:
            return self.constant(node._datum)
        self.nodes.append(node)
        self.grads.append(node._grad)
        self.leaves.append(node)
        node._grad = -len(self.leaves)
        return node._grad  # type: ignore[no-any-return]

    def constant(self, number: Any) -> int:
        number = float(number)
        key = (None, 0.0) if number != number else (number, math.copysign(1.0, number))
        return self.constants.setdefault(key, -_CONSTANTS - 1 - len(self.constants))

    def code(self, rule: Rule, stopped: bool) -> int:
        """The code of the operation a node's rule stands for, whichever operand of it is fixed."""
        parameters = rule.parameters
        operation = Operation(rule.variant(parameters=parameters) if parameters else rule.base, stopped)
        made = self.operations.setdefault(operation, len(self.operations))
        self.code_of[rule, stopped] = made
        return made

    def visit(self, root: Any) -> int:
        """Append the operations that make this root, and its own; the root's number."""
        if type(root._grad) is int:
            return root._grad
        if root._parent is None:
            return self.leaf(root)
        code_of, codes, ends, operands = self.code_of, self.codes, self.ends, self.operands
        add, keep_node, keep_grad = operands.append, self.nodes.append, self.grads.append
        waiting: list[Any] = []
        node = root
        while True:
            parent, other = node._parent, node._other_parent
            if other is not MANY:
                a = parent._grad
                if type(a) is not int:
                    if parent._parent is not None:
                        waiting.append(node)
                        node = parent
                        continue
                    a = self.leaf(parent)
                rule = node._rule
                if other is not None:
                    b = other._grad
                    if type(b) is not int:
                        if other._parent is not None:
                            waiting.append(node)
                            node = other
                            continue
                        b = self.leaf(other)
                    add(a)
                    add(b)
                elif rule.fixed is None:
                    add(a)
                else:
                    fixed = node._other_local
                    if type(fixed) is float:
                        number = self.constant(fixed)
                    elif type(fixed._grad) is int:
                        number = fixed._grad
                    elif fixed._parent is None:
                        number = self.leaf(fixed)
                    else:  # a Value of which the rule has no derivative, as of a condition
                        waiting.append(node)
                        node = fixed
                        continue
                    add(number if rule.fixed == 0 else a)
                    add(a if rule.fixed == 0 else number)
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
                        add(a if type(a) is int else self.leaf(x))
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

    def put_back(self) -> None:
        for node, grad in zip(self.nodes, self.grads, strict=False):
            node._grad = grad
        self.nodes, self.grads = [], []

    def program(
        self, ends: Sequence[int], inputs: Sequence[int], names: Sequence[str]
    ) -> tuple[Program, tuple[Value, ...]]:
        count, known = sum(inputs), len(self.leaves)
        constants = np.array([math.nan if key[0] is None else math.copysign(*key) for key in self.constants])
        leaves = known + len(constants)

        def registers(numbers: Any) -> Any:
            made = np.array(numbers, dtype=np.int32)
            constant, leaf = made < -_CONSTANTS, made < 0
            return np.where(constant, known - 1 - _CONSTANTS - made, np.where(leaf, -1 - made, made + leaves))

        size = len(self.codes)
        program = Program(
            inputs=tuple(inputs),
            parameters=known - count,
            constants=constants.astype(float),
            operations=tuple(self.operations),
            codes=np.array(self.codes, dtype=np.int32),
            lanes=np.ones(size, np.int32),
            first=np.concatenate([[0], np.array(self.ends, dtype=np.int64)]),
            operands=registers(self.operands).astype(np.int32),
            outputs=registers(ends).astype(np.int64),
            home=np.arange(size, dtype=np.int32),
            names=tuple(names),
        )
        return program, tuple(self.leaves[count:])
