"""A compiled program as pictures: the scalars as they were written, and the instructions they became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autograd.compiler.compiled import Compiled
from autograd.compiler.listing import instruction_size, parameters_read
from autograd.compiler.program import Instruction, Operation, Program
from autograd.util.language import Language
from autograd.viz.picture import Edge, Group, Node, Picture
from autograd.viz.web.words import picture_words
from autograd.viz.write.numbers import number

__all__ = ["pictures_of"]


def pictures_of(
    compiled: object, max_nodes: int = 60, language: Language = "en"
) -> tuple[Picture, Picture | None] | None:
    """The last recorded program of a compiled function, as scalars and as instructions; None for anything else.

    The second is None where both would be alike: of a program whose instructions have one operation each, and of one
    with more than max_nodes scalars, where those that became one instruction share a box. Raises RecordingError for a
    function that has not been recorded.
    """
    if not isinstance(compiled, Compiled):
        return None
    recorded, program, inputs, paths, _ = compiled.recordings()[-1]
    parameters = _without_their_model(paths)
    leaves = [*inputs, *parameters]
    names = [_name(program, program[i], parameters) for i in range(len(program))]
    words = picture_words(language)
    sizes = [words.say("operations", count=len(recorded)), words.say("instructions", count=len(program))]
    written = _Side("s", recorded, program, leaves, names, program.instruction_of.tolist(), language)
    if recorded.leaves + len(recorded) > max_nodes:
        return written.folded(max_nodes, words.say("compiled_to", *sizes)), None
    if len(program) == len(recorded):
        return written.opened(words.say("one_each", *sizes), boxes=False), None
    became = _Side("i", program, program, leaves, names, list(range(len(program))), language)
    return written.opened(words.say("written", sizes[0])), became.folded(max_nodes, words.say("compiled", sizes[1]))


def _without_their_model(paths: Sequence[str]) -> list[str]:
    """The paths of the parameters from their model on, where all are of one.

    >>> _without_their_model(["model.layers[0].b", "model.layers[1].b"]), _without_their_model(["w", "model.b"])
    (['layers[0].b', 'layers[1].b'], ['w', 'model.b'])
    """
    models = {path.partition(".")[0] for path in paths}
    return [path.partition(".")[2] for path in paths] if len(models) == 1 and all("." in x for x in paths) else [*paths]


class _Name(NamedTuple):
    """What an instruction is called: its first register with the layer whose parameters it reads; what it does."""

    label: str
    operation: str

    def __str__(self) -> str:
        return f"{self.label} {self.operation}"


def _name(program: Program, instruction: Instruction, parameters: Sequence[str]) -> _Name:
    lanes = f" × {instruction.lanes}" if instruction.lanes > 1 else ""
    size = f" {instruction_size(instruction)}" if instruction.shape[0] else lanes
    label = f"%{instruction.start} {parameters_read(program, instruction, parameters)}".rstrip()
    return _Name(label, f"{instruction.operation.name}{size}")


def _symbol(operation: Operation) -> str:
    symbol = operation.rule.symbol
    return operation.name if not symbol or operation.is_detached or operation.rule.parameters else symbol


class _Side:
    """One side. start: what its nodes' names begin with. became: the instructions, whose names are given.

    instruction_of: which of them each operation of the program became part of; −1: of none.
    """

    def __init__(
        self, start: str, program: Program, became: Program, leaves: Sequence[str], names: Sequence[_Name],
        instruction_of: Sequence[int], language: Language,
    ) -> None:  # fmt: skip
        self.start, self.program, self.became, self.language = start, program, became, language
        self.names, self.instruction_of = names, instruction_of
        self.leaves = [*leaves, *(number(constant) for constant in program.constants.tolist())]
        self.outputs = frozenset(program.outputs.tolist())
        self.around = f"{start}all"

    def opened(self, title: str, boxes: bool = True) -> Picture:
        """A node for each leaf that is used and for each operation; with boxes one around those of an instruction."""
        nodes: dict[int, Node] = {}
        edges: list[Edge] = []
        groups: dict[int, Group] = {}
        for k, i in enumerate(self.instruction_of):
            instruction, group = self.program[k], self.around
            if boxes and i >= 0:
                group = groups.setdefault(i, Group(f"{self.start}b{i}", str(self.names[i]), self.around)).name
            name = f"{self.start}{instruction.start}"
            for position, register in enumerate(instruction.operands.ravel().tolist()):
                if register < self.program.leaves:
                    nodes.setdefault(register, self._node(f"{self.start}{register}", self.leaves[register], ""))
                edges.append(Edge(f"{self.start}{register}", name, position))
            symbol, is_root = _symbol(instruction.operation), instruction.start in self.outputs
            nodes[instruction.start] = self._node(name, "", symbol, group, is_root)
        around = Group(self.around, title)
        return Picture(
            tuple(nodes.values()), tuple(edges), (around, *groups.values()), total=len(nodes), language=self.language
        )

    def folded(self, most: int, title: str) -> Picture:
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
            nodes[name] = self._box(name, i, parts, operands)
        joined = (Edge(tail, head, i, count=count) for i, ((tail, head), count) in enumerate(edges.items()))
        words, count = picture_words(self.language), len(members)
        of, call = words.say("instructions", count=count), f"draw(…, max_nodes={count})"
        notes = (words.say("first_of", most, of, call),) if count > most else ()
        around = (Group(self.around, title),)
        return Picture(tuple(nodes.values()), tuple(joined), around, notes, total=len(nodes), language=self.language)

    def _node(self, name: str, label: str, symbol: str, group: str = "", is_root: bool = False) -> Node:
        """A word alone."""
        return Node(name, "operation", label, symbol, group=group or self.around, is_root=is_root)

    def _box(self, name: str, i: int, parts: Sequence[int], operands: Sequence[int]) -> Node:
        first, end = self.program.first_parameter, self.program.first_constant
        lanes = [lane for k in parts for lane in self._lanes(k)]
        counts = Counter(self.program[k].operation.name for k in parts)
        words = ", ".join(f"{count} {word}" for word, count in counts.most_common(3))
        note = "" if counts == {self.became[i].operation.name: self.became[i].lanes} else f"from {words}"
        return Node(
            name, "group", *self.names[i], note=note, group=self.around, values=len(lanes),
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
