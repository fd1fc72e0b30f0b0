"""Finding the first operation that made a number nan or infinite, and saying what to do about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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
    "data": "look for it in the data before the forward pass: math.isfinite(x)",
    "inf": "smaller numbers: inputs scaled to about 1, or a lower learning rate",
    "nan": "look at the operands: an infinity among them came from numbers too large",
    "slope": "keep the operand away from where its slope is infinite: clip(x, lo, hi)",
    "zero": "a form of the whole that is smooth there, or keep the operand away: clip(x, lo, hi)",
}


def explain_value(root: Value) -> NonFiniteError:
    """The error for a root that is nan or infinite: of the first node, parents before children, that is."""
    node = topological(root, parents=_culprits)[0]
    if not node._operands():
        return NonFiniteError(
            f"the input {_node(node)} is {_shown(node.data)}, so what is made from it has no usable gradient\n"
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
    """The error for a pass that carried a nan or an infinity into a leaf, or would with what the leaf had before.

    nodes: in topological order, with what has arrived at each in ``_grad``; mark: where nothing has.
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
        f"the gradient of {_node(culprit)} adds up to {_shown(arrived[culprit])}: each contribution is finite\n"
        "  try             a smaller loss: a mean in place of a sum"
    )


def _is_unchosen(node: Value, local: Numeric) -> bool:
    return _number(local) == 0.0 and bool(node._rule.unchosen([_number(x) for x in node._operands()]))


def _origin_of_zero(node: Value, nodes: Sequence[Value], arrived: dict[Value, float]) -> str:
    """The operation through which a gradient became the 0 that arrives at a node, in words."""
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
        f"the gradient of {_node(leaf)} adds up to {_shown(had + comes)}: it had {_shown(had)}, and {_shown(comes)} "
        "comes\n  try             zero_grad() before each backward(), or a smaller loss"
    )


def _of_edge(node: Value, position: int, local: float, upstream: float, zero: str) -> NonFiniteError:
    operands = node._operands()
    call = _call(node, [_shown(_number(operand)) for operand in operands])
    name = _names(node)[position]
    if not upstream:
        what = (
            f"the derivative of {call} in {name} is {_shown(local)}, and the gradient that arrives there is 0: "
            f"{_shown(local)} * 0 is no number, so {name} has no usable gradient"
        )
        return _of_operation(node, what, "zero", [f"  the zero        slope of {zero}"] if zero else [])
    if math.isfinite(local):
        what = f"the gradient through {call} overflows: {_shown(local)} * {_shown(upstream)} is not a finite number"
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
    """The labels of the leaves that a node was made from, beyond its own operands: the nearest first, three at most."""
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
    """The Values that an operation was made of; of many, the largest, because they are why."""
    values = [(name, x) for name, x in zip(names, operands, strict=True) if is_value(x)]
    if len(values) > _MOST_SHOWN:
        values.sort(key=lambda pair: (not math.isnan(pair[1].data), -abs(pair[1].data)))
    shown = [f"{name} = {_node(x)}" for name, x in values[:_MOST_SHOWN]]
    return ", ".join([*shown, f"… {len(values)} operands"] if len(values) > len(shown) else shown)


def _culprits(node: Value) -> list[Value]:
    """The operands that made this node nan or infinite: not those that a choice left aside."""
    bad = [(x, local) for x, local in node._edges() if is_value(x) and not math.isfinite(x.data)]
    chosen = [x for x, local in bad if local is None or _number(local) != 0]
    return chosen or [x for x, _ in bad]


def _number(x: Numeric) -> float:
    return x.data if is_value(x) else x  # type: ignore[no-any-return]


def _node(node: Value) -> str:
    """A node as it was before the pass that failed: without a gradient."""
    return f"Value({node.data!r}, label={quoted(node.label)})" if node.label else f"Value({node.data!r})"


def _shown(number: object) -> str:
    return repr(float(number)) if isinstance(number, (int, float)) else repr(number)


def _root_name(root: Value) -> str:
    return quoted(root.label) if root.label else "this loss"


def _names(node: Value) -> list[str]:
    """What to call each operand: its label, a constant's number, else the rule's own name for it."""
    given = node._rule.operands if not node._rule.sequences else [f"x{i}" for i in range(len(node._operands()))]
    return [
        printable(operand.label or name) if is_value(operand) else _shown(operand)
        for name, operand in zip(given, node._operands(), strict=True)
    ]


def _call(node: Value, operands: Sequence[str], as_method: bool = False) -> str:
    rule = node._rule
    if rule.operator and len(operands) == 2:
        return f" {rule.symbol} ".join(f"({operand})" if operand.startswith("-") else operand for operand in operands)
    if as_method and len(operands) == 1 and not rule.sequences:
        return f"{operands[0]}.{rule.name}()"
    shown = operands[:_MOST_SHOWN]
    listed = ", ".join([*shown, f"… {len(operands)} operands"] if len(operands) > len(shown) else shown)
    return f"{rule.name}([{listed}])" if rule.sequences else f"{rule.name}({listed})"
