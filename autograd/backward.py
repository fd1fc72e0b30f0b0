"""The chain rule: carry a gradient back through a graph. Every derivative in this package is computed here."""

from __future__ import annotations

import gc
import math
from collections import deque
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from autograd import numeric as nx
from autograd.core.graph import one_walk_at_a_time, undone_after_fork
from autograd.core.node import N_ARY, NO_GRAD_YET, grads_set
from autograd.core.nonfinite import explain_gradient, explain_value
from autograd.core.recording import is_recording
from autograd.errors import NonFiniteError
from autograd.numeric import Numeric

if TYPE_CHECKING:
    from autograd.value import Value

__all__ = ["Observer", "backward_pass", "gradients_of", "node_backward"]

Observer = Callable[["Value", int, "Value", Numeric, Numeric, Numeric, Numeric], None]
"""A function called for each edge: (node, position, parent, local, upstream, parent's gradient before, and after)."""


def backward_pass(root: Value, seed: Numeric, allow_nonfinite: bool, observe: Observer | None = None) -> None:
    """Add seed · ∂root/∂leaf to every leaf's ``_grad``, and set ``_grad`` of every node in between.

    During the pass a node's ``_grad`` is the gradient that has arrived so far. If the pass fails or is interrupted,
    however often, every ``_grad`` is restored.

    seed: the gradient of the root.
    allow_nonfinite: let a nan or an infinite gradient through.
    observe: called for each edge, in the order in which gradients are carried.

    Raises NonFiniteError if the root, the seed or a leaf's gradient is not finite, unless that is allowed.
    """
    allow_nonfinite = allow_nonfinite or is_recording()  # a compiled program checks its own results at each call
    if not allow_nonfinite:
        if not nx.isfinite(root._datum):
            raise explain_value(root)
        if not nx.isfinite(seed):
            raise NonFiniteError(
                f"backward({seed!r}) starts from a gradient that is not finite\n"
                "  try             a finite number, or backward() for 1.0"
            )
    nodes: list[Value] = []
    leaves: list[Value] = []
    grads: list[Numeric] = []
    leaf_grads: list[Numeric] = []
    put_back = chain(grads_set(nodes, grads), grads_set(leaves, leaf_grads))
    with one_walk_at_a_time:
        collector_was_enabled = gc.isenabled()
        try:  # no context manager of our own: Ctrl-C could come between its entry and the block
            undone_after_fork.append((put_back, collector_was_enabled))
            gc.disable()
            mark = float("0")
            _collect(root, mark, nodes, grads, leaves, leaf_grads)
            root._grad = seed
            totals: list[Numeric] = []
            is_plain = observe is None and not root._level and _propagate(nodes)
            if is_plain:
                totals = _totals(leaves, leaf_grads)
            if not is_plain or not all(map(math.isfinite, totals)):
                for node in (*nodes, *leaves):
                    node._grad = mark
                root._grad = seed
                _propagate_carefully(nodes, mark, observe)
                totals = _totals(leaves, leaf_grads)
                if not allow_nonfinite and not all(map(nx.isfinite, totals)):
                    raise explain_gradient(nodes, leaves, leaf_grads, mark)
            for leaf, total in zip(leaves, totals, strict=True):
                leaf._grad = total
        except BaseException:
            deque(put_back, 0)  # one call into C: no further interrupt can come before it is done
            raise
        finally:
            try:  # Ctrl-C is looked for after a call, never before the first of a `finally`
                if collector_was_enabled:
                    gc.enable()  # first, for a fork between the two
            finally:
                undone_after_fork.clear()


def _totals(leaves: list[Value], before: list[Numeric]) -> list[Numeric]:
    """Add each leaf's earlier gradient, if it had any, to the one that arrived."""
    pairs = zip(leaves, before, strict=True)
    return [leaf._grad if had is NO_GRAD_YET else had + leaf._grad for leaf, had in pairs]


def _collect(
    root: Value, mark: float, nodes: list[Value], grads: list[Numeric], leaves: list[Value], leaf_grads: list[Numeric]
) -> None:
    """List the graph in topological order, inner nodes and leaves apart, and set every ``_grad`` to the mark.

    mark: a zero made for this pass alone. A node whose ``_grad`` *is* this object has been collected, so no set of
    visited nodes is needed, and every gradient starts from 0.
    """

    def collect_leaf(leaf: Value) -> None:
        leaf_grads.append(leaf._grad)
        leaves.append(leaf)
        leaf._grad = mark

    if root._parent is None:
        return collect_leaf(root)
    keep_grad, keep_node = grads.append, nodes.append
    waiting: list[Value] = []
    node = root
    while True:
        parent, other = node._parent, node._other_parent
        if other is not N_ARY:
            if parent._grad is not mark:
                if parent._parent is not None:
                    waiting.append(node)
                    node = parent
                    continue
                collect_leaf(parent)
            if other is not None and other._grad is not mark:
                if other._parent is not None:
                    waiting.append(node)
                    node = other
                    continue
                collect_leaf(other)
        else:
            new = [x for x, local in zip(parent, node._local, strict=True) if local is not None and x._grad is not mark]
            inner = [x for x in new if x._parent is not None]
            if inner:
                waiting.append(node)
                waiting.extend(reversed(inner))
                node = waiting.pop()
                continue
            for leaf in new:
                if leaf._grad is not mark:
                    collect_leaf(leaf)
        if node._grad is not mark:  # otherwise it was collected while it waited beside its siblings
            keep_grad(node._grad)
            keep_node(node)
            node._grad = mark
        if not waiting:
            return None
        node = waiting.pop()


def _propagate(nodes: list[Value]) -> bool:
    """Fast chain rule on floats, from the root to the leaves: parent.grad += local derivative * upstream.

    A node at which 0 arrives sends nothing on, which is right as long as its local derivatives are finite. Returns
    False if one is not: a computed zero would give 0·inf, a zero from a branch not taken gives 0, and this function
    cannot tell them apart.
    """
    for node in reversed(nodes):
        upstream = node._grad
        other = node._other_parent
        if not upstream:
            local = node._local
            if other is N_ARY:
                if not math.isfinite(sum(filter(None, local))):  # a finite sum has finite terms
                    return False
            elif not math.isfinite(local) or (other is not None and not math.isfinite(node._other_local)):
                return False
        elif other is None:
            node._parent._grad += node._local * upstream
        elif other is not N_ARY:
            node._parent._grad += node._local * upstream
            other._grad += node._other_local * upstream
        else:
            for parent, local in zip(node._parent, node._local, strict=True):
                if local is not None:
                    parent._grad += local * upstream
    return True


def _propagate_carefully(nodes: list[Value], mark: float, observe: Observer | None = None) -> None:
    """Careful chain rule on numbers of any kind, edge by edge: nothing flows to an operand that was not chosen.

    An operand that was not chosen keeps ``mark``, and so do its ancestors: a node whose gradient *is* the mark sends
    nothing on, whatever its local derivatives. Any other zero is a number, and 0·inf is nan. While a function is
    recorded, the program decides for each row whether an operand is chosen; ``blocked`` holds that condition.
    """
    recorded = is_recording()
    blocked: dict[Value, Numeric] = {}
    for node in reversed(nodes):
        upstream = node._grad
        chooses = node._rule.chooses
        for position, (parent, local) in enumerate(node._edges()):
            if local is None:
                continue
            before = parent._grad
            if upstream is not mark:
                if recorded and (node in blocked or (chooses and (type(local) is not float or callable(chooses)))):
                    _carry_blocked(node, parent, local, mark, blocked)
                elif not chooses or local or not node._rule.unchosen(_numbers(node)):
                    parent._grad = _added(before, local * upstream, mark)
                    blocked.pop(parent, None)
            if observe is not None:
                observe(node, position, parent, local, upstream, before, parent._grad)


def _numbers(node: Value) -> list[Numeric]:
    """The operands as the node's rule received them: numbers, or Values of a lower level."""
    return [x._datum if nx.is_value(x) and x._level == node._level else x for x in node._operands()]


def _added(before: Numeric, term: Numeric, mark: float) -> Numeric:
    """The gradient so far plus one term; the first term stands alone, which saves a Value one addition."""
    return term if before is mark and type(term) is not float else before + term


def _carry_blocked(node: Value, parent: Value, local: Numeric, mark: float, blocked: dict[Value, Numeric]) -> None:
    """Carry a gradient along one edge, except in the rows where a condition blocks it."""
    before, here, chooses = parent._grad, blocked.get(node), node._rule.chooses
    is_number = type(local) is float
    if chooses is True and is_number and not local:
        return
    if chooses and not (is_number and local):
        unchosen = node._rule.unchosen(_numbers(node))
        unchosen = unchosen if is_number else nx.equal(local, 0.0) & unchosen
        here = unchosen if here is None else here | unchosen
    parent._grad = _added(before, nx.where(here, 0.0, local * node._grad), mark)
    if before is mark:
        blocked[parent] = here
    elif parent in blocked:
        blocked[parent] = blocked[parent] & here


def node_backward(node: Value) -> None:
    """Apply the chain rule at one node: add its contribution to the gradient of each parent.

    Does nothing if no gradient has arrived at the node.
    """
    if node._parent is None or node._grad is NO_GRAD_YET:
        return
    parents = list(dict.fromkeys(operand for operand, local in node._edges() if local is not None))
    before = [parent._grad for parent in parents]
    mark = float("0")
    for parent in parents:
        parent._grad = mark
    _propagate_carefully([node], mark)
    for parent, grad in zip(parents, before, strict=True):
        parent._grad = grad if parent._grad is mark else grad + parent._grad


def gradients_of(root: Value, leaves: Sequence[Value], allow_nonfinite: bool) -> list[Numeric]:
    """Compute ∂root/∂leaf for each leaf: floats or Values of a lower level. Raises NonFiniteError like backward()."""
    for leaf in leaves:
        leaf._grad = NO_GRAD_YET
    backward_pass(root, 1.0, allow_nonfinite)
    return [leaf._grad + 0.0 if leaf._grad is NO_GRAD_YET else leaf._grad for leaf in leaves]
