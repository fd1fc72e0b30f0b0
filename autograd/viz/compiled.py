"""A compiled program as two pictures side by side: the scalars as written, and the instructions they became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from autograd.compiler.listing import counted, instruction_size
from autograd.compiler.program import Program
from autograd.viz.drawing import Drawing
from autograd.viz.picture import Edge, Group, Node, Picture
from autograd.viz.write.layout import lay_out
from autograd.viz.write.page import Mode
from autograd.viz.write.svg import svg_text

__all__ = ["ProgramDrawing", "program_drawing"]

SPACE = 24  # pixels between the two pictures
WIDEST = 900  # pixels: beside each other they would have to be scrolled


class ProgramDrawing(Drawing):
    """Both views of a program: ``scalars`` and ``instructions``, each a drawing of its own.

    An instruction has one name in both, as ``%17 matmul 3×3``: what stands in its box on the left became it.
    """

    def __init__(self, scalars: Picture, instructions: Picture, mode: Mode = "auto") -> None:
        nodes, edges = scalars.nodes + instructions.nodes, scalars.edges + instructions.edges
        groups, notes = scalars.groups + instructions.groups, scalars.notes + instructions.notes
        super().__init__(Picture(nodes, edges, groups, notes, total=len(nodes)), mode)
        self.scalars, self.instructions = Drawing(scalars, mode), Drawing(instructions, mode)

    def svg(self) -> str:
        """The two pictures in one SVG element: the scalars on the left, or above where there is no room beside them."""
        scenes = [lay_out(view.picture) for view in (self.scalars, self.instructions)]
        across, down = scenes[0].width + SPACE, scenes[0].height + SPACE
        place = (across, 0) if across + scenes[1].width <= WIDEST else (0, down)
        width, height = (max(a, start + b) for start, a, b in zip(
            place, (scenes[0].width, scenes[0].height), (scenes[1].width, scenes[1].height), strict=True
        ))  # fmt: skip
        first, second = (svg_text(scene, "") for scene in scenes)
        second = second.replace("<svg", f'<svg x="{place[0]:g}" y="{place[1]:g}"', 1)
        size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{first}{second}</svg>'

    def alt(self) -> str:
        """For a reader who does not see the picture."""
        titles = [group.title for group in self.picture.groups if group.parent is None]
        return f"A compiled function in two views. {'. '.join(titles)}."

    def text(self, max_lines: int = 60) -> str:
        """The two views as trees."""
        return f"{self.scalars.text(max_lines)}\n\n{self.instructions.text(max_lines)}"

    __str__ = text


def program_drawing(
    recorded: Program, program: Program, leaves: Sequence[str], max_nodes: int = 60, mode: Mode = "auto"
) -> ProgramDrawing:
    """The drawing of a program. recorded: as the function was written, an instruction for each operation.

    leaves: the names of the input numbers and the parameters. Where there are more than max_nodes scalars, those that
    became one instruction share a box.
    """
    made = [program[i] for i in range(len(program))]
    titles = [f"%{x.start} {x.operation.name} {instruction_size(x)}" for x in made]
    written = _Side("s", recorded, leaves, titles, program.instruction_of.tolist())
    compiled = _Side("i", program, leaves, titles, list(range(len(program))))
    opened = recorded.leaves + len(recorded) <= max_nodes
    return ProgramDrawing(written.opened() if opened else written.folded(max_nodes), compiled.folded(max_nodes), mode)


class _Side:
    """One side. start: what its nodes' names begin with. instruction_of: each operation's title; −1: it has none."""

    def __init__(
        self, start: str, program: Program, leaves: Sequence[str], titles: Sequence[str], instruction_of: Sequence[int]
    ) -> None:
        self.start, self.program, self.titles, self.instruction_of = start, program, titles, instruction_of
        self.leaves = [*leaves, *(f"{number:.5g}" for number in program.constants.tolist())]
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
            made, group = self.program[k], self.around
            if i >= 0:
                group = groups.setdefault(i, Group(f"{self.start}b{i}", self.titles[i], self.around.name))
            name = f"{self.start}{made.start}"
            for position, register in enumerate(made.operands.ravel().tolist()):
                if register < self.program.leaves:
                    nodes.setdefault(register, self._node(f"{self.start}{register}", self.leaves[register], ""))
                edges.append(Edge(f"{self.start}{register}", name, position))
            symbol = made.operation.rule.symbol or made.operation.name
            nodes[made.start] = self._node(name, "", symbol, group, made.start in self.outputs)
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
        joined = (Edge(tail, head, place, count=count) for place, ((tail, head), count) in enumerate(edges.items()))
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
