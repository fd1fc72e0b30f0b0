"""Edits that give each its own of what is made once, and shared by all rows, calls, objects or functions."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from autograd.learn.checking.programs import Unit

__all__ = ["made_anew", "unshared"]

_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def unshared(node: ast.expr, variables: Collection[str]) -> Iterator[ast.expr]:
    """A new element for each row in place of the same, and a function that keeps what its variables are now.

    variables: those that are set where the expression is.

    >>> def texts(code: str) -> list[str]:
    ...     return [ast.unparse(other) for other in unshared(ast.parse(code, mode="eval").body, ["f"])]
    >>> texts("[[0.0] * n] * m"), texts("lambda x: f(x) + g(x)")
    (['[[0.0] * n for _ in range(m)]'], ['lambda x, f=f: f(x) + g(x)'])
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        for row, count in ((node.left, node.right), (node.right, node.left)):
            if isinstance(row, ast.List) and len(row.elts) == 1 and not isinstance(row.elts[0], ast.Constant):
                times = ast.Call(ast.Name("range", ast.Load()), [count], [])
                loop = ast.comprehension(ast.Name("_", ast.Store()), times, [], 0)
                yield ast.ListComp(row.elts[0], [loop])
    if isinstance(node, ast.Lambda):
        own = {argument.arg for argument in node.args.args}
        used = [part.id for part in ast.walk(node.body) if isinstance(part, ast.Name)]
        names = [name for name in dict.fromkeys(used) if name in variables and name not in own]
        if names:
            yield ast.Lambda(_with_defaults(node.args, names), node.body)


def _with_defaults(arguments: ast.arguments, names: list[str]) -> ast.arguments:
    fields = dict(ast.iter_fields(arguments))
    fields["args"] = [*arguments.args, *(ast.arg(name) for name in names)]
    fields["defaults"] = [*arguments.defaults, *(ast.Name(name, ast.Load()) for name in names)]
    return ast.arguments(**fields)


def made_anew(function: str, units: Mapping[str, Unit]) -> list[ast.stmt]:
    """The statements that make a function's mutable default arguments, and its class's variables, in each call."""
    unit, owner = units.get(function), function.rpartition(".")[0]
    if unit is None or not isinstance(unit.node, ast.FunctionDef):
        return []
    arguments = unit.node.args
    defaults = zip(reversed(arguments.args), reversed(arguments.defaults), strict=False)
    pairs: list[tuple[ast.expr, ast.expr]] = [
        (ast.Name(argument.arg, ast.Store()), value) for argument, value in defaults
    ]
    for name, other in units.items():
        if owner and name.rpartition(".")[0] == owner and isinstance(other.node, ast.Assign) and arguments.args:
            itself = ast.Name(arguments.args[0].arg, ast.Load())
            pairs.append((ast.Attribute(itself, name.rpartition(".")[2], ast.Store()), other.node.value))
    return [ast.Assign([target], value) for target, value in pairs if isinstance(value, _MUTABLE)]
