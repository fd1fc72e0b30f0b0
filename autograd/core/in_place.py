"""The error for ``p -= lr * p.grad`` under no_grad(), which would make a new Value and leave the parameter unchanged.

Python would call ``__isub__`` for it. Defining that method would slow down every ``total += x`` in ordinary graphs
(156 ns instead of 139, measured), so it is not defined. Instead, inside a no_grad() block, this module looks at the
instruction that called the operator.
"""

from __future__ import annotations

import dis
import functools
import os
import sys
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

from autograd.core.modes import is_tracking
from autograd.core.node import NO_GRAD_YET, set_operands
from autograd.core.recording import is_recording, open_recordings
from autograd.numeric import Numeric, is_value
from autograd.table import RULES, Rule
from autograd.util.lazy_numpy import is_array

__all__ = ["refuse_lost_update", "tracked_here", "untracked"]

if TYPE_CHECKING:
    from autograd.value import Value

_HERE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_NAMES = {"STORE_FAST", "STORE_NAME", "STORE_GLOBAL", "STORE_DEREF"}


def tracked_here(node: Value) -> Value:
    """Return a node that an operation has just made; if a no_grad() block is open here, take its operands away."""
    if is_tracking(0):
        return node
    rule, parent = node._rule, node._parent
    operands = node._operands() if open_recordings else ()
    node._parent = node._other_parent = node._local = node._other_local = node._rule = None
    if operands:
        untracked(node, rule.base, operands)
    elif rule.operator and rule.constant_operand != 0 and parent._parent is None and parent._grad is not NO_GRAD_YET:
        refuse_lost_update(parent, rule.symbol)
    return node


def untracked(node: Value, rule: Rule, operands: Sequence[Numeric]) -> None:
    """Finish a node made inside no_grad(). While recording, it is computed for each row, but has no derivatives."""
    if is_recording():
        set_operands(node, rule, operands, [None] * len(operands))
    elif rule.operator and is_value(operands[0]) and operands[0]._parent is None and operands[0].has_grad:
        refuse_lost_update(operands[0], rule.symbol)


def refuse_lost_update(leaf: object, symbol: str) -> None:
    """Raise TypeError if the operator that is running on this leaf was written as ``leaf -= …``.

    Changing an array of Values in place is fine: the new Values replace the old ones in the array.
    """
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    if frame is None or frame.f_lasti < 0:
        return
    code, here = frame.f_code.co_code, frame.f_lasti
    if tuple(code[here : here + 2]) not in _instructions():
        return
    name = _target(frame)
    if is_array(frame.f_locals.get(name, frame.f_globals.get(name))):
        return
    name = name or "p"
    raise TypeError(
        f"{name} {symbol}= … inside no_grad() makes a new Value and does not change the parameter {leaf!r}\n"
        f"  try             {name}.data {symbol}= …, or {name} = {name} {symbol} … if a new Value is meant"
    )


@functools.cache
def _instructions() -> frozenset[tuple[int, int]]:
    """The bytecode of ``a += b`` and the other in-place operators in this Python."""
    instructions = []
    for symbol in sorted({x.symbol for x in RULES.values() if x.builtin and x.operator and len(x.operands) == 2}):
        code = compile(f"a {symbol}= b", "", "exec")
        instructions += [
            (x.opcode, x.arg) for x in dis.get_instructions(code) if x.opname == "BINARY_OP" and x.arg is not None
        ]
    return frozenset(instructions)


def _target(frame: FrameType) -> str:
    """The variable that the result is stored in; "" if it is not stored in a variable."""
    following = (x for x in dis.get_instructions(frame.f_code) if x.offset > frame.f_lasti and x.opname != "CACHE")
    store = next(following, None)
    if store is None or not any(store.opname.startswith(name) for name in _NAMES):
        return ""
    return store.argval[0] if isinstance(store.argval, tuple) else str(store.argval)
