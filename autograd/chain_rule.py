"""The chain rule: a gradient carried back through a graph of nodes. Every derivative in the package comes from here."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from typing import Any

from autograd import numeric as nx
from autograd.errors import NonFiniteError
from autograd.graph import one_walk_at_a_time
from autograd.nonfinite import explain_gradient, explain_value
from autograd.recording import is_recording

__all__ = ["MANY", "NOT_COMPUTED", "Observer", "backward_pass", "pull_back"]

Node = Any  # a Value; its slots are described there

Observer = Callable[[Node, int, Node, Any, Any, Any, Any], None]
"""Called for each edge with (node, position, parent, local, upstream, the parent's gradient before, and after)."""

MANY = object()
"""Stands in ``_other_parent`` of a node whose operands and local derivatives are tuples."""

NOT_COMPUTED = float("0")
"""The gradient no backward pass has reached: equal to 0.0, told from a computed 0.0 by identity."""


def backward_pass(root: Node, seed: Any, allow_nonfinite: bool, observe: Observer | None = None) -> None:
    """Add ∂root/∂leaf · seed to ``_grad`` of every leaf, and set it for every node in between.

    While it runs, ``_grad`` holds what has arrived at a node; if it fails or is interrupted, every ``_grad`` is put
    back. ``observe`` is told of each edge, in the order they are carried. Raises NonFiniteError.
    """
    allow_nonfinite = allow_nonfinite or is_recording()  # a program looks at its own results, at each call
    if not allow_nonfinite:
        if not nx.isfinite(root._data):
            raise explain_value(root)
        if not nx.isfinite(seed):
            raise NonFiniteError(f"backward({seed!r}) starts from a gradient that is not finite")
    nodes: list[Node] = []
    leaves: list[Node] = []
    grads: list[Any] = []
    leaf_grads: list[Any] = []
    with one_walk_at_a_time:
        collector_was_enabled = gc.isenabled()
        try:  # no context manager of our own: Ctrl-C could come between its entry and the block
            gc.disable()
            mark = float("0")
            _collect(root, mark, nodes, grads, leaves, leaf_grads)
            root._grad = seed
            if observe is None:
                _carry_back(nodes, mark)
            else:
                _carry_back_observed(nodes, observe)
            totals = [
                leaf._grad if before is NOT_COMPUTED else before + leaf._grad
                for leaf, before in zip(leaves, leaf_grads, strict=True)
            ]
            if not allow_nonfinite and not all(map(nx.isfinite if root._level else math.isfinite, totals)):
                raise explain_gradient(nodes, leaves, leaf_grads)
            for leaf, total in zip(leaves, totals, strict=True):
                leaf._grad = total
        except BaseException:
            for node, before in zip(nodes, grads, strict=False):
                node._grad = before
            for leaf, before in zip(leaves, leaf_grads, strict=False):
                leaf._grad = before
            raise
        finally:
            if collector_was_enabled:
                gc.enable()


def _collect(
    root: Node, mark: float, nodes: list[Node], grads: list[Any], leaves: list[Node], leaf_grads: list[Any]
) -> None:
    """Put the graph in order, inner nodes after their parents and the leaves apart, and set every ``_grad`` to mark.

    ``mark`` is a zero made for this pass alone. A node whose ``_grad`` *is* it has been collected: there is no set of
    visited nodes, and every gradient starts from 0.
    """

    def collect_leaf(leaf: Node) -> None:
        leaf_grads.append(leaf._grad)
        leaves.append(leaf)
        leaf._grad = mark

    if root._parent is None:
        return collect_leaf(root)
    keep_grad, keep_node = grads.append, nodes.append
    waiting: list[Node] = []
    node = root
    while True:
        parent, other = node._parent, node._other_parent
        if other is not MANY:
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
        if node._grad is not mark:  # else it was collected while it waited beside its siblings
            keep_grad(node._grad)
            keep_node(node)
            node._grad = mark
        if not waiting:
            return None
        node = waiting.pop()


def _carry_back(nodes: list[Node], mark: float) -> None:
    """parent.grad += local derivative * upstream, from the root to the leaves.

    A zero upstream contributes nothing, even through a local derivative that is not finite: what the branch not taken
    holds cannot matter. (A Value that is zero may have derivatives of its own: it goes on wherever it can; so does one
    that is recorded, which may be zero in one row of a batch alone.) ``mark`` is the gradient where none has arrived.
    """
    recorded = is_recording()
    for node in reversed(nodes):
        upstream = node._grad
        if recorded and type(upstream) is not float:
            for parent, local in node._edges():
                if local is not None:
                    parent._grad = local * upstream if parent._grad is mark else parent._grad + local * upstream
            continue
        if not upstream:
            if type(upstream) is not float:
                for parent, local in node._edges():
                    if local is not None and nx.isfinite(local):
                        parent._grad += local * upstream
            continue
        other = node._other_parent
        if other is None:
            node._parent._grad += node._local * upstream
        elif other is not MANY:
            node._parent._grad += node._local * upstream
            other._grad += node._other_local * upstream
        else:
            for parent, local in zip(node._parent, node._local, strict=True):
                if local is not None:
                    parent._grad += local * upstream


def _carry_back_observed(nodes: list[Node], observe: Observer) -> None:
    """The same, edge by edge and said aloud: to be looked at, outside of a recording."""
    for node in reversed(nodes):
        upstream = node._grad
        for position, (parent, local) in enumerate(node._edges()):
            if local is None:
                continue
            before = parent._grad
            if upstream or (type(upstream) is not float and nx.isfinite(local)):
                parent._grad = before + local * upstream
            observe(node, position, parent, local, upstream, before, parent._grad)


def pull_back(node: Node) -> None:
    """The chain rule of one node on its own: what it contributes, added to what its parents have."""
    if node._parent is None:
        return
    parents = list(dict.fromkeys(operand for operand, local in node._edges() if local is not None))
    before = [parent._grad for parent in parents]
    for parent in parents:
        parent._grad = 0.0
    _carry_back([node], 0.0)
    for parent, grad in zip(parents, before, strict=True):
        parent._grad = grad + parent._grad
