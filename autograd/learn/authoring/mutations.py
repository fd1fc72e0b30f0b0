"""Mutations, which test the checks: a program with one sign, number, comparison or statement changed, or any token."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Edit", "mutations", "single_token_edits"]

_OTHERS: dict[type[ast.AST], list[type[ast.AST]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add, ast.Div],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
}


def mutations(source: str) -> Iterator[str]:
    """The source with one thing changed, in each way.

    >>> list(mutations("y = a + 1"))
    ['y = a - 1', 'y = a + 2', 'y = a + 0', 'pass']
    """
    count = sum(1 for _ in ast.walk(ast.parse(source)))
    for index in range(count):
        for change in range(2):
            tree = ast.parse(source)
            node = list(ast.walk(tree))[index]
            if _changed(node, change):
                yield ast.unparse(ast.fix_missing_locations(tree))
    yield from _without_statements(source)


def _changed(node: ast.AST, change: int) -> bool:
    """Change the node in the first or second way; whether there was one."""
    if isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)):
        others = _OTHERS.get(type(node.op), [])
        if change < len(others):
            node.op = others[change]()  # type: ignore[assignment]
            return True
    if isinstance(node, ast.Compare):
        others = _OTHERS.get(type(node.ops[0]), [])
        if change < len(others):
            node.ops[0] = others[change]()  # type: ignore[call-overload]
            return True
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and change == 0:
        node.op = ast.UAdd()
        return True
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and change < len(node.value.elts):
        node.value.elts[change] = ast.Constant(0.5)  # no probe expects it
        return True
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        node.value += 1 - 2 * change
        return True
    return False


def _without_statements(source: str) -> Iterator[str]:
    """The source with one statement left out."""
    for which, body in enumerate(_bodies(ast.parse(source))):
        for position, statement in enumerate(body):
            if isinstance(statement, (ast.Assign, ast.AugAssign, ast.Expr, ast.For, ast.If, ast.While)):
                tree = ast.parse(source)
                _bodies(tree)[which][position] = ast.Pass()
                yield ast.unparse(ast.fix_missing_locations(tree))


def _bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    return [body for node in ast.walk(tree) if isinstance(body := getattr(node, "body", None), list)]


@dataclass(frozen=True)
class Edit:
    """A program with one token changed: the function it is in, its line, and the change as ``before → after``."""

    function: str
    line: int
    change: str
    source: str

    def __str__(self) -> str:
        return f"{self.function or 'the file'}, line {self.line}: {self.change}"


def single_token_edits(source: str) -> Iterator[Edit]:
    r"""All programs that differ from the source in one token: an operator, a name, a number, a comparison, a keyword.

    Names become those that are in scope, attributes those that the file uses. Texts that explain are left alone.

    >>> [edit.change for edit in single_token_edits("def f(a, b):\n    return a + b")][:4]
    ['a + b → a - b', 'a + b → a * b', 'a + b → a / b', 'a + b → a ** b']
    """
    tree = ast.parse(source)
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for scope, function in _scopes(tree, ""):
        names = _names(scope)
        for parent, field, index, node in _own_nodes(scope):
            before = ast.unparse(node)
            for other in _others(node, parent, names, words):
                _put(parent, field, index, other)
                if (after := _text(other)) != before:
                    yield Edit(function, getattr(node, "lineno", 0), f"{before} → {after}", ast.unparse(tree))
            _put(parent, field, index, node)


def _text(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node))


Scope = ast.Module | ast.ClassDef | ast.FunctionDef


def _scopes(scope: Scope, name: str) -> Iterator[tuple[Scope, str]]:
    """The module, its classes and functions, and the methods, each with its name; an inner function is its outer's."""
    yield scope, name
    if not isinstance(scope, ast.FunctionDef):
        for part in scope.body:
            if isinstance(part, (ast.ClassDef, ast.FunctionDef)):
                yield from _scopes(part, f"{name}.{part.name}".lstrip("."))


Place = tuple[ast.AST, str, int | None, ast.AST]
"""A node, and where it stands: its parent, the parent's field, and the index there."""


def _own_nodes(scope: Scope) -> list[Place]:
    """The nodes of a scope that belong to no scope within it."""
    inner = () if isinstance(scope, ast.FunctionDef) else (ast.ClassDef, ast.FunctionDef)
    places: list[Place] = []
    waiting: list[ast.AST] = [scope]
    while waiting:
        parent = waiting.pop(0)
        for field, value in ast.iter_fields(parent):
            for index, node in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(node, ast.AST) and not isinstance(node, inner) and not _is_text(node):
                    places.append((parent, field, index if isinstance(value, list) else None, node))
                    waiting.append(node)
    return places


def _is_text(node: ast.AST) -> bool:
    """Whether it is a docstring, or a text that is put together."""
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_docstring or isinstance(node, (ast.JoinedStr, ast.Import, ast.ImportFrom, ast.expr_context))


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _names(scope: Scope) -> list[str]:
    """The names that are bound in a scope: arguments, and what is assigned to."""
    bound = [node.arg for node in ast.walk(scope) if isinstance(node, ast.arg)]
    bound += [node.id for node in ast.walk(scope) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    return list(dict.fromkeys(bound)) if isinstance(scope, ast.FunctionDef) else []


_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_COMPARISONS = ((ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn))
_BUILT_IN = {"min": "max", "max": "min", "any": "all", "all": "any"}


def _others(node: ast.AST, parent: ast.AST, names: list[str], words: set[str]) -> Iterator[ast.AST]:
    """What can stand in place of a node when one token is changed."""
    match node:
        case ast.BinOp(left, op, right):
            yield from (ast.BinOp(left, other(), right) for other in _ARITHMETIC if not isinstance(op, other))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.Compare(left, [op], rest):
            group = next(group for group in _COMPARISONS if isinstance(op, group))
            yield from (ast.Compare(left, [other()], rest) for other in group if not isinstance(op, other))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (body, orelse)
        case ast.Constant(bool() as truth):
            yield ast.Constant(not truth)
        case ast.Constant(int() | float() as number):
            yield from map(ast.Constant, dict.fromkeys([number + 1, number - 1, -number, 2 * number]))
        case ast.Name(name, ast.Load()):
            others = [other for other in names if other != name] if name in names else []
            yield from (ast.Name(other, ast.Load()) for other in [*others, *filter(None, [_BUILT_IN.get(name)])])
            if isinstance(parent, (ast.Tuple, ast.Lambda)):
                yield ast.UnaryOp(ast.USub(), node)
        case ast.Attribute(value, name, ast.Load()):
            yield from (ast.Attribute(value, other, ast.Load()) for other in sorted(words - {name}))
        case ast.Tuple([only]) if isinstance(parent, (ast.Return, ast.Lambda, ast.Tuple, ast.Call)):
            yield only
        case ast.Call(function, arguments, keywords):
            if len(arguments) == 1 and not keywords:
                yield arguments[0]
            for index in range(len(keywords)):
                yield ast.Call(function, arguments, keywords[:index] + keywords[index + 1 :])
        case ast.Slice(lower, upper, None):
            if lower or upper:
                yield from (ast.Slice(lower if not upper else None, None), ast.Slice(None, upper if lower else None))
        case ast.AugAssign(target, op, value):
            yield ast.Assign([target], value)
            yield from (ast.AugAssign(target, other(), value) for other in _ARITHMETIC if not isinstance(op, other))
        case ast.Assign() | ast.Expr() | ast.For() | ast.If() | ast.While() | ast.Break() | ast.Continue():
            yield ast.Pass()
