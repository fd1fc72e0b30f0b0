"""Small edits of a piece of a learner's code, the smallest first: which of them mends it is what is wrong with it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from autograd.learn.checking.changes import OTHERS, Scope, changed
from autograd.learn.checking.sharing import with_loop_variables

__all__ = ["KINDS", "Edit", "edits"]

KINDS = {
    "sign": 1,
    "operator": 1,
    "swapped": 1,
    "comparison": 1,
    "one off": 1,
    "accumulate": 1,
    "name": 2,
    "attribute": 2,
    "function": 2,
    "brackets": 2,
    "condition": 2,
    "extra": 2,
    "power": 2,
    "shared": 2,
    "order": 2,
    "moved": 2,
    "statement extra": 2,
    "return": 2,
    "factor": 3,
    "constant": 3,
    "identity": 3,
    "copy": 3,
    "collection": 3,
    "call": 3,
    "statement missing": 3,
    "argument": 3,
    "binding": 3,
    "term": 4,
    "case": 4,
    "expression": 5,
}
"""The kinds of edits, and how small each is: of two that mend it, the smaller is said."""

Change = tuple[ast.AST, str, int | None, Any]
"""A node, a field of it, the position if that is a list, and what takes its place."""


@dataclass(frozen=True)
class Edit:
    """One change of a syntax tree; the old piece is what it takes the place of.

    Thousands are made and most are never tried, so what costs time is done when it is asked for.
    """

    kind: str
    line: int
    change: Change
    old: ast.expr | list[ast.stmt]

    @property
    def before(self) -> str:
        """The piece of code as it is."""
        return self._text(self.old, self.change[3])

    @property
    def after(self) -> str:
        """The piece of code as it would be."""
        return self._text(self.change[3], self.old)

    @staticmethod
    def _text(piece: ast.expr | list[ast.stmt], other: ast.expr | list[ast.stmt]) -> str:
        if isinstance(piece, ast.expr):
            return unparsed(piece)
        return _first_different(piece, other) if isinstance(other, list) else ""

    def apply(self) -> Any:
        """Make the change; what was there before is returned, and ``put`` puts it back."""
        node, field, position, new = self.change
        old = getattr(node, field) if position is None else getattr(node, field)[position]
        self._place()
        self.put(new)
        return old

    def _place(self) -> None:
        """Give the new nodes the line of what they take the place of."""
        new = self.change[3]
        if not isinstance(self.old, list):
            ast.fix_missing_locations(ast.copy_location(new, self.old))
            return
        known = set(map(id, self.old))
        for statement in new:
            if id(statement) not in known:
                ast.fix_missing_locations(statement)

    def put(self, new: Any) -> None:
        """Put this in the place."""
        node, field, position, _ = self.change
        if position is None:
            setattr(node, field, new)
        else:
            getattr(node, field)[position] = new


class _Arguments(ast.NodeTransformer):
    """Names in place of generators that are a call's only argument; texts: what these stand for."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        if len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.GeneratorExp):
            name = f"_generator_{len(self.texts)}_"
            self.texts[name] = ast.unparse(node.args[0])[1:-1]
            node.args = [ast.Name(name, ast.Load())]
        return node


def unparsed(node: ast.AST) -> str:
    """The code of a node, as people write it: ``ast.unparse`` gives a generator brackets of its own in a call.

    >>> unparsed(ast.parse("sum(x * max(y for y in ys) for x in xs)"))
    'sum(x * max(y for y in ys) for x in xs)'
    """
    arguments = _Arguments()
    text = ast.unparse(arguments.visit(deepcopy(ast.fix_missing_locations(node))))
    for name, inside in reversed(arguments.texts.items()):
        text = text.replace(name, inside)
    return text


# ── all of them ─────────────────────────────────────────────────────────────────────────────────────────────────────


def edits(roots: Sequence[ast.AST], scope: Scope) -> list[Edit]:
    """All edits of these pieces, the smallest first; of kinds that are equally small that with the fewest."""
    every = [edit for root in roots for edit in _edits(root, scope)]
    counts = Counter(edit.kind for edit in every)
    return sorted(every, key=lambda edit: (KINDS[edit.kind], counts[edit.kind]))


def _edits(root: ast.AST, scope: Scope) -> Iterator[Edit]:
    for owner in ast.walk(root):
        for field, value in ast.iter_fields(owner):
            if isinstance(value, list):
                for position, node in enumerate(value):
                    yield from _of_expression(owner, field, position, node, scope)
                if value and isinstance(value[0], ast.stmt):
                    for kind, line, new in _changed_body(owner, value, scope):
                        new = new or [ast.Pass(lineno=line, col_offset=0)]
                        yield Edit(kind, line, (owner, field, None, new), value)
            else:
                yield from _of_expression(owner, field, None, value, scope)


def _of_expression(owner: ast.AST, field: str, position: int | None, node: object, scope: Scope) -> Iterator[Edit]:
    if not isinstance(node, ast.expr) or isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return
    if isinstance(owner, (ast.FunctionDef, ast.arg, ast.AnnAssign)) and field in ("returns", "annotation"):
        return
    for kind, new in changed(owner, field, node, scope):
        yield Edit(kind, node.lineno, (owner, field, position, new), node)
    if isinstance(owner, ast.Subscript) and isinstance(node, ast.Call):
        for name in scope.names:
            yield Edit("call", node.lineno, (owner, field, position, ast.Name(name, ast.Load())), node)


def _first_different(body: list[ast.stmt], other: list[ast.stmt]) -> str:
    """The statements of a body that the other one has not, or not in this place."""
    start = next(
        (i for i, (a, b) in enumerate(zip(body, other, strict=False)) if a is not b), min(len(body), len(other))
    )
    ending = 0
    while ending < min(len(body), len(other)) - start and body[-1 - ending] is other[-1 - ending]:
        ending += 1
    return "\n".join(unparsed(part) for part in body[start : len(body) - ending])


# ── of a list of statements ─────────────────────────────────────────────────────────────────────────────────────────


_FIXED = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
"""Statements that stay where they are."""
_NEAR = 3  # of the statements before a loop: what is moved into it stands near


def _changed_body(owner: ast.AST, body: list[ast.stmt], scope: Scope) -> Iterator[tuple[str, int, list[ast.stmt]]]:
    for i, statement in enumerate(body):
        before, after, line = body[:i], body[i + 1 :], statement.lineno
        yield from (("binding", line, [*before, new, *after]) for new in _bound_at_once(statement, scope))
        if isinstance(statement, _FIXED):
            continue
        for kind, new in _changed_statement(statement):
            yield kind, line, [*before, *(ast.copy_location(part, statement) for part in new), *after]
        if after and not isinstance(after[0], _FIXED):
            yield "moved", line, [*before, after[0], statement, *after[1:]]
        yield from (("moved", line, [*before, *new, *after]) for new in _out_of_loop(statement))
        yield from (("moved", moved.lineno, [*new, *after]) for moved, new in _into_loop(before, statement))
        for donor in scope.statements:
            yield "statement missing", line, [*before, ast.copy_location(_copied(donor), statement), *body[i:]]
    last = body[-1]
    for donor in scope.statements:
        yield "statement missing", last.lineno, [*body, ast.copy_location(_copied(donor), last)]
    if isinstance(owner, ast.FunctionDef) and not isinstance(last, ast.Return):
        for name in scope.names:
            yield "return", last.lineno, [*body, ast.copy_location(ast.Return(ast.Name(name, ast.Load())), last)]


def _copied(statement: ast.stmt) -> ast.stmt:
    """A new node with the same fields, which can have another line."""
    return type(statement)(**dict(ast.iter_fields(statement)))


def _with_body(loop: ast.stmt, body: list[ast.stmt]) -> ast.stmt:
    return ast.copy_location(type(loop)(**{**dict(ast.iter_fields(loop)), "body": body}), loop)


def _changed_statement(statement: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    """What can take the place of a statement: nothing, another assignment, a return, its body."""
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], (ast.Name, ast.Attribute, ast.Subscript)):
        yield "accumulate", [ast.AugAssign(statement.targets[0], ast.Add(), statement.value)]
    if isinstance(statement, ast.AugAssign):
        yield "accumulate", [ast.Assign([statement.target], statement.value)]
        for other in OTHERS.get(type(statement.op), ()):
            yield "operator", [ast.AugAssign(statement.target, other(), statement.value)]
    if isinstance(statement, ast.Expr):
        yield "return", [ast.Return(statement.value)]
    if isinstance(statement, (ast.Break, ast.Continue)):
        yield "moved", [ast.Continue() if isinstance(statement, ast.Break) else ast.Break()]
    if isinstance(statement, ast.If):
        yield "condition", [*statement.body]
        if statement.orelse:
            yield "condition", [ast.If(statement.test, statement.orelse, statement.body)]
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
        yield "statement extra", []


def _into_loop(before: list[ast.stmt], statement: ast.stmt) -> Iterator[tuple[ast.stmt, list[ast.stmt]]]:
    """A statement from shortly before a loop, and all up to the loop with that one at the beginning of its body."""
    if isinstance(statement, (ast.For, ast.While)):
        for moved in before[-_NEAR:]:
            if not isinstance(moved, _FIXED):
                others = [other for other in before if other is not moved]
                yield moved, [*others, _with_body(statement, [moved, *statement.body])]


def _bound_at_once(statement: ast.stmt, scope: Scope) -> Iterator[ast.stmt]:
    """A function of a loop with the loop's variables as arguments, which are set when it is made."""
    if isinstance(statement, ast.FunctionDef):
        arguments = with_loop_variables(statement.args, ast.Module(statement.body, []), scope.loop_names)
        if arguments:
            fields = {**dict(ast.iter_fields(statement)), "args": arguments}
            yield ast.copy_location(ast.FunctionDef(**fields), statement)


def _out_of_loop(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The last statement of a loop, or of a condition, after it; the first before it."""
    if isinstance(statement, (ast.For, ast.While, ast.If)) and len(statement.body) > 1:
        first, last = statement.body[0], statement.body[-1]
        yield [_with_body(statement, statement.body[:-1]), last]
        yield [first, _with_body(statement, statement.body[1:])]
