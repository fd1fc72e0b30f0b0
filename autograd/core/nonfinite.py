"""The error for a nan or an infinity: it names the first operation that made one and says what to do about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd.core.by_hand import is_by_hand
from autograd.core.graph import topological
from autograd.errors import NonFiniteError
from autograd.numeric import Numeric, is_value
from autograd.util.printable import printable, quoted

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["explain_gradient", "explain_value"]

_MOST_SHOWN = 6

_NEAREST_SHOWN = 3

_ADVICE = {
    "data": "checking the data before the forward pass: math.isfinite(x)",
    "inf": "smaller numbers: inputs scaled to about 1, or a lower learning rate",
    "nan": "looking at the operands: an infinity among them came from numbers that were too large",
    "slope": "clip(x, lo, hi), to keep the operand away from the point where the slope is infinite",
    "zero": "a formula that is smooth there, or clip(x, lo, hi) to keep the operand away from that point",
}


def explain_value(root: Value) -> NonFiniteError:
    """Return the error for a nan or infinite root. It names the first such node, parents before children."""
    node = topological(root, parents=_culprits)[0]
    if not node._operands():
        return NonFiniteError(
            f"the input {_node(node)} is {_shown(node.data)}, so everything computed from it has no usable gradient\n"
            f"  try             {_ADVICE['data']}"
        )
    positions = [i for i, x in enumerate(node._operands()) if not is_value(x) and not math.isfinite(x)]
    if positions:
        number = _shown(node._operands()[positions[0]])
        given = f"{node._rule.name} was given the number {number} as operand {positions[0]}"
        what = f"{given}, so {_root_name(root)} has no usable gradient"
        return _of_operation(node, what, "data")
    numbers = [_shown(_number(operand)) for operand in node._operands()]
    what = f"{_call(node, numbers)} is {_shown(node.data)}, so {_root_name(root)} has no usable gradient"
    return _of_operation(node, what, "nan" if math.isnan(node.data) else "inf")


def explain_gradient(
    nodes: Sequence[Value], leaves: Sequence[Value], before: Sequence[Numeric], mark: Any
) -> NonFiniteError:
    """Return the error for a pass that would leave a nan or an infinity in a leaf's gradient.

    nodes: in topological order, with the gradient that has arrived in ``_grad``.
    leaves: with the gradient that has arrived in ``_grad``.
    before: the gradient that each leaf had before the pass.
    mark: the ``_grad`` of nodes that no gradient has reached.
    """
    arrived = {node: _number(node._grad) for node in [*reversed(nodes), *leaves] if node._grad is not mark}
    culprit = next((node for node, grad in arrived.items() if not math.isfinite(grad)), None)
    if culprit is None:
        return _of_addition(leaves, before)
    for user in reversed(nodes):
        if user not in arrived:
            continue
        for position, (operand, local) in enumerate(user._edges()):
            if operand is culprit and local is not None and not _is_unchosen(user, local):
                slope, upstream = _number(local), arrived[user]
                if not math.isfinite(slope * upstream):
                    zero = "" if upstream else _origin_of_zero(user, nodes, arrived)
                    return _of_edge(user, position, slope, upstream, zero)
    return NonFiniteError(
        f"the gradient of {_node(culprit)} adds up to {_shown(arrived[culprit])}, though each contribution is finite\n"
        "  try             a smaller loss: a mean instead of a sum"
    )


def _is_unchosen(node: Value, local: Numeric) -> bool:
    return _number(local) == 0.0 and bool(node._rule.unchosen([_number(x) for x in node._operands()]))


def _origin_of_zero(node: Value, nodes: Sequence[Value], arrived: dict[Value, float]) -> str:
    """Describe the operation that turned a gradient into the 0 that arrives at a node."""
    for user in reversed(nodes):  # from the result on
        for position, (operand, local) in enumerate(user._edges()):
            if operand is node and local is not None and user in arrived and not _is_unchosen(user, local):
                if not arrived[user]:
                    return _origin_of_zero(user, nodes, arrived)
                if not _number(local) * arrived[user]:
                    names = _names(user)
                    if not operand.label and operand._operands():
                        names[position] = _call(operand, _names(operand), as_method=True)
                    return f"{_call(user, names, as_method=True)} in {names[position]}"
    return ""


def _of_addition(leaves: Sequence[Value], before: Sequence[Numeric]) -> NonFiniteError:
    pairs = ((leaf, _number(had), _number(leaf._grad)) for leaf, had in zip(leaves, before, strict=True))
    leaf, had, comes = next(pair for pair in pairs if not math.isfinite(pair[1] + pair[2]))
    return NonFiniteError(
        f"the gradient of {_node(leaf)} adds up to {_shown(had + comes)}: it was {_shown(had)} before, and "
        f"{_shown(comes)} was added\n  try             zero_grad() before each backward(), or a smaller loss"
    )


def _of_edge(node: Value, position: int, local: float, upstream: float, zero: str) -> NonFiniteError:
    operands = node._operands()
    call = _call(node, [_shown(_number(operand)) for operand in operands])
    name = _names(node)[position]
    if not upstream:
        what = (
            f"the derivative of {call} in {name} is {_shown(local)}, and the gradient that arrives there is 0: "
            f"{_shown(local)} * 0 is nan, so {name} has no usable gradient"
        )
        return _of_operation(node, what, "zero", [f"  the zero        slope of {zero}"] if zero else [])
    if math.isfinite(local):
        what = f"the gradient through {call} overflows: {_shown(local)} * {_shown(upstream)} is not finite"
    else:
        what = f"the derivative of {call} in {name} is {_shown(local)}, so {name} has no usable gradient"
    return _of_operation(node, what, "inf" if math.isfinite(local) else "slope")


def _of_operation(node: Value, what: str, kind: str, more: Sequence[str] = ()) -> NonFiniteError:
    operands, names = node._operands(), _names(node)
    call = _call(node, names, as_method=True)
    equation = f"{printable(node.label)} = {call}" if node.label else call
    lines = [what, f"  first made by   {equation:<15}  {_made_of(names, operands)}", *more]
    leaves = _nearest_labels(node)
    if leaves:
        lines.append(f"  made from       {', '.join(map(printable, leaves))}")
    hint = node._rule.hint
    hints = {"": hint} if isinstance(hint, str) else hint
    advice = hints.get(kind) or (kind in ("inf", "nan", "slope") and hints.get("")) or _ADVICE[kind]
    lines.append(f"  try             {advice}")
    return NonFiniteError("\n".join(lines), node._rule.name, tuple(operands))


def _nearest_labels(node: Value) -> list[str]:
    """The labels of up to three leaves that a node was made from, besides its own operands; the nearest first."""
    labels: dict[str, None] = {}
    seen = {node}
    level = [x for x in node._operands() if is_value(x)]
    nearest = {x.label for x in level}
    while level and len(labels) < _NEAREST_SHOWN:
        following = []
        for x in level:
            for operand in x._operands():
                if is_value(operand) and operand not in seen:
                    seen.add(operand)
                    following.append(operand)
                    if operand._parent is None and operand.label and operand.label not in nearest:
                        labels[operand.label] = None
        level = following
    return list(labels)[:_NEAREST_SHOWN]


def _made_of(names: Sequence[str], operands: Sequence[Numeric]) -> str:
    """List an operation's Values; if there are many, the largest ones, which are the likely cause."""
    values = [(name, x) for name, x in zip(names, operands, strict=True) if is_value(x)]
    if len(values) > _MOST_SHOWN:
        values.sort(key=lambda pair: (not math.isnan(pair[1].data), -abs(pair[1].data)))
    shown = [f"{name} = {_node(x)}" for name, x in values[:_MOST_SHOWN]]
    return ", ".join([*shown, f"… {len(values)} operands"] if len(values) > len(shown) else shown)


def _culprits(node: Value) -> list[Value]:
    """The operands that made this node nan or infinite, without those that were not chosen."""
    bad = [(x, local) for x, local in node._edges() if is_value(x) and not math.isfinite(x.data)]
    chosen = [x for x, local in bad if local is None or _number(local) != 0]
    return chosen or [x for x, _ in bad]


def _number(x: Numeric) -> float:
    return x.data if is_value(x) else x  # type: ignore[no-any-return]


def _node(node: Value) -> str:
    """A node's text without its gradient, as before the pass that failed."""
    return f"Value({node.data!r}, label={quoted(node.label)})" if node.label else f"Value({node.data!r})"


def _shown(number: object) -> str:
    return repr(float(number)) if isinstance(number, (int, float)) else repr(number)


def _root_name(root: Value) -> str:
    return quoted(root.label) if root.label else "this loss"


def _names(node: Value) -> list[str]:
    """A name for each operand: its label, a constant's number, or the rule's name for it."""
    given = node._rule.operands if not node._rule.sequences else [f"x{i}" for i in range(len(node._operands()))]
    return [
        printable(operand.label or name) if is_value(operand) else _shown(operand)
        for name, operand in zip(given, node._operands(), strict=True)
    ]


def _call(node: Value, operands: Sequence[str], as_method: bool = False) -> str:
    rule = node._rule
    if is_by_hand(rule):
        shown = operands if len(operands) <= _MOST_SHOWN else [*operands[:_MOST_SHOWN], "…"]
        return f"Value({_shown(node.data)}, ({', '.join(shown)}{',' * (len(operands) == 1)}), …)"
    if rule.operator and len(operands) == 2:
        return f" {rule.symbol} ".join(f"({operand})" if operand.startswith("-") else operand for operand in operands)
    if as_method and len(operands) == 1 and not rule.sequences:
        return f"{operands[0]}.{rule.name}()"
    shown = operands[:_MOST_SHOWN]
    listed = ", ".join([*shown, f"… {len(operands)} operands"] if len(operands) > len(shown) else shown)
    return f"{rule.name}([{listed}])" if rule.sequences else f"{rule.name}({listed})"
