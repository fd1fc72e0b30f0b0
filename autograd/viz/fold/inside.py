"""Pictures of what is inside of the folded nodes of a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from autograd.core.graph import paused_collector
from autograd.value import Value
from autograd.viz.fold.assemble import assemble
from autograd.viz.fold.budget import table_of, within_budget
from autograd.viz.fold.partition import unfolded
from autograd.viz.graph.node_table import INPUT, RESULT, NodeTable
from autograd.viz.graph.selection import Selection
from autograd.viz.picture import Node, Picture

__all__ = ["pictures_inside"]

MOST_INSIDE = 24
"""Of so many folded nodes a player has what is inside: each takes some 2 ms."""


def pictures_inside(
    root: Value, shown: Picture, max_nodes: int, model: object = None, names: Mapping[Value, str] | None = None
) -> dict[str, Picture]:
    """Pictures of what is inside of the folded nodes of a picture, by their names, and of what they use around it.

    Of many nodes those nearest to the result alone. Of more values than there is room for, some are folded in turn.
    """
    boxes = [node for node in reversed(shown.nodes) if node.parts and node.kind in ("group", "result")][:MOST_INSIDE]
    if not boxes:
        return {}
    with paused_collector():
        table = table_of([root], False, model, names, shown.language)
        inside = {node.name: _inside(table, node, max_nodes) for node in boxes}
    return {name: drawn for name, drawn in inside.items() if drawn is not None}


def _inside(table: NodeTable, node: Node, most: int) -> Picture | None:
    """What is inside of a folded node, of the first of several calls; None where that is not less folded."""
    graph, members = table.graph, [int(part[1:]) for part in node.parts]
    if node.calls > 1 and node.kind == "group":
        members = [value for value in members if _is_in_first_call(table, value)] or members
    inside = set(members)
    around = {operand for value in inside for operand in graph.operands(value)} - inside
    beside = [value for value in sorted(around) if table.kinds[value] in (INPUT, RESULT)]
    part = table.part([value in inside or value in around for value in range(len(graph))], beside)
    if len(part.graph) <= most:
        drawn = assemble(part, unfolded(part.graph), range(len(part.graph)))
        return replace(drawn, left_out=0)
    drawn, _ = within_budget(Selection(part, part.graph.roots, "", ""), [node.opens] if node.opens else [], most)
    is_less = all(len(other.parts) < len(members) for other in drawn.nodes)
    return replace(drawn, left_out=0, notes=()) if is_less else None


def _is_in_first_call(table: NodeTable, value: int) -> bool:
    """Whether it was made in the first call of its module, and of those around it."""
    call: int | None = table.call[value]
    while call is not None and call >= 0:
        if table.calls[call].number > 1:
            return False
        call = table.calls[call].parent
    return True
