"""A compiled program as two pictures side by side: the scalars as written, and the instructions they became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from autograd.compiler.compiled import Compiled
from autograd.compiler.listing import counted, instruction_size
from autograd.compiler.program import Program
from autograd.viz.picture import Edge, Group, Node, Picture
from autograd.viz.write.numbers import number

__all__ = ["pictures_of"]


def pictures_of(compiled: object, max_nodes: int = 60) -> tuple[Picture, Picture] | None:
    """The last recorded program of a compiled function, as scalars and as instructions; None for anything else.

    Where there are more than max_nodes scalars, those that became one instruction share a box. Raises RecordingError
    for a function that has not been recorded.
    """
    if not isinstance(compiled, Compiled):
        return None
    recorded, program, inputs, parameters = compiled.recordings()[-1]
    leaves = [*inputs, *parameters]
    instructions = [program[i] for i in range(len(program))]
    titles = [f"%{x.start} {x.operation.name} {instruction_size(x)}" for x in instructions]
    written = _Side("s", recorded, leaves, titles, program.instruction_of.tolist())
    became = _Side("i", program, leaves, titles, list(range(len(program))))
    opened = recorded.leaves + len(recorded) <= max_nodes
    return written.opened() if opened else written.folded(max_nodes), became.folded(max_nodes)


class _Side:
    """One side. start: what its nodes' names begin with. instruction_of: each operation's title; −1: it has none."""

    def __init__(
        self, start: str, program: Program, leaves: Sequence[str], titles: Sequence[str], instruction_of: Sequence[int]
    ) -> None:
        self.start, self.program, self.titles, self.instruction_of = start, program, titles, instruction_of
        self.leaves = [*leaves, *(number(constant) for constant in program.constants.tolist())]
        self.outputs = frozenset(program.outputs.tolist())
        words = "as it was written: {}" if start == "s" else "compiled: {}"
        size = counted(len(program), "operation" if start == "s" else "instruction")
        self.around = Group(f"{start}all", words.format(size))

    def opened(self) -> Picture:
        """A node for each leaf that is used and for each operation; a box around those of one instruction."""
        nodes: dict[int, Node] = {}
        edges: list[Edge] = []
        groups: dict[int, Group] = {}
        for k, i in enumerate(self.instruction_of):
            instruction, group = self.program[k], self.around
            if i >= 0:
                group = groups.setdefault(i, Group(f"{self.start}b{i}", self.titles[i], self.around.name))
            name = f"{self.start}{instruction.start}"
            for position, register in enumerate(instruction.operands.ravel().tolist()):
                if register < self.program.leaves:
                    nodes.setdefault(register, self._node(f"{self.start}{register}", self.leaves[register], ""))
                edges.append(Edge(f"{self.start}{register}", name, position))
            symbol = instruction.operation.rule.symbol or instruction.operation.name
            nodes[instruction.start] = self._node(name, "", symbol, group, instruction.start in self.outputs)
        return Picture(tuple(nodes.values()), tuple(edges), (self.around, *groups.values()), total=len(nodes))

    def folded(self, most: int) -> Picture:
        """A node for all that belongs to one instruction, up to so many; one for each argument that they use."""
        members: dict[int, list[int]] = {}
        for k, i in enumerate(self.instruction_of):
            if i >= 0:
                members.setdefault(i, []).append(k)
        shown = dict(list(members.items())[:most])
        owner = {lane: f"{self.start}b{i}" for i, parts in shown.items() for k in parts for lane in self._lanes(k)}
        nodes: dict[str, Node] = {}
        edges: Counter[tuple[str, str]] = Counter()
        for i, parts in shown.items():
            name = f"{self.start}b{i}"
            operands = [register for k in parts for register in self.program[k].operands.ravel().tolist()]
            for tail in self._tails(operands, owner):
                if tail != name:
                    nodes.setdefault(tail, self._node(tail, tail.removeprefix(f"{self.start}in "), ""))
                    edges[tail, name] += 1
            nodes[name] = self._box(name, self.titles[i], parts, operands)
        joined = (Edge(tail, head, i, count=count) for i, ((tail, head), count) in enumerate(edges.items()))
        hidden = counted(len(members), "instruction")
        more = f"the first {most} of {hidden}: draw(…, max_nodes={len(members)})"
        notes = (more,) if len(members) > most else ()
        return Picture(tuple(nodes.values()), tuple(joined), (self.around,), notes, total=len(nodes))

    def _node(self, name: str, label: str, symbol: str, group: Group | None = None, is_root: bool = False) -> Node:
        """A word alone."""
        return Node(name, "operation", label, symbol, group=(group or self.around).name, is_root=is_root)

    def _box(self, name: str, title: str, parts: Sequence[int], operands: Sequence[int]) -> Node:
        first, end = self.program.first_parameter, self.program.first_constant
        lanes = [lane for k in parts for lane in self._lanes(k)]
        counts = Counter(self.program[k].operation.name for k in parts)
        what = ", ".join(f"{count} {word}" for word, count in counts.most_common(3)) if self.start == "s" else ""
        return Node(
            name, "group", title, what, group=self.around.name, values=len(lanes),
            parameters=len({x for x in operands if first <= x < end}), is_root=not self.outputs.isdisjoint(lanes),
        )  # fmt: skip

    def _lanes(self, k: int) -> range:
        return range(int(self.program.starts[k]), int(self.program.starts[k + 1]))

    def _tails(self, operands: Sequence[int], owner: dict[int, str]) -> Iterator[str]:
        """The boxes and arguments that the operands come from, an edge for each operand that is not a number kept."""
        for register in operands:
            if register in owner:
                yield owner[register]
            elif register < self.program.first_parameter:
                yield f"{self.start}in {self.leaves[register].partition('[')[0]}"
