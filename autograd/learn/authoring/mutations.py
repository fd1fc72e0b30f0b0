"""Mutations, which test the checks: a program with one sign, number, comparison or statement changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

__all__ = ["mutations"]

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
