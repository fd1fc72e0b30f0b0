"""Edits that give each its own of what is made once, and shared by all rows, calls, objects or functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence

from autograd.learn.checking.programs import Unit

__all__ = ["loop_names", "made_anew", "own_rows", "with_loop_variables"]

_MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


def own_rows(node: ast.BinOp) -> Iterator[ast.expr]:
    """A new element for each row, in place of the same.

    >>> [ast.unparse(rows) for rows in own_rows(ast.parse("[[0.0] * n] * m", mode="eval").body)]
    ['[[0.0] * n for _ in range(m)]']
    """
    for row, count in ((node.left, node.right), (node.right, node.left)):
        is_list = isinstance(node.op, ast.Mult) and isinstance(row, ast.List) and len(row.elts) == 1
        if is_list and not isinstance(row.elts[0], ast.Constant):  # type: ignore[attr-defined]
            times = ast.Call(ast.Name("range", ast.Load()), [count], [])
            loop = ast.comprehension(ast.Name("_", ast.Store()), times, [], 0)
            yield ast.ListComp(row.elts[0], [loop])  # type: ignore[attr-defined]


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


def loop_names(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """The variables that the loops among these nodes set, which a function reads when it is called, after the loop.

    >>> loop_names(ast.walk(ast.parse("for i, x in enumerate(xs): z = [y for y in x]")))
    ('i', 'x', 'z', 'y')
    """
    loops = [node for node in nodes if isinstance(node, (ast.For, ast.While, ast.comprehension))]
    parts = [part for loop in loops for part in ast.walk(loop) if isinstance(part, ast.Name)]
    return tuple(dict.fromkeys(part.id for part in parts if isinstance(part.ctx, ast.Store)))


def with_loop_variables(arguments: ast.arguments, body: ast.AST, names: Sequence[str]) -> ast.arguments | None:
    """A function's arguments, and ``i=i`` for each of the names that its body reads; None where it reads none of them.

    Such an argument is set when the function is made.

    >>> function = ast.parse("lambda x: x + i", mode="eval").body
    >>> ast.unparse(with_loop_variables(function.args, function.body, ["i", "k"]))
    'x, *, i=i'
    """
    own = {part.arg for part in ast.walk(arguments) if isinstance(part, ast.arg)}
    read = {part.id for part in ast.walk(body) if isinstance(part, ast.Name)}
    bound = [name for name in names if name in read - own]
    if not bound:
        return None
    fields = dict(ast.iter_fields(arguments))
    fields["kwonlyargs"] = [*arguments.kwonlyargs, *map(ast.arg, bound)]
    fields["kw_defaults"] = [*arguments.kw_defaults, *(ast.Name(name, ast.Load()) for name in bound)]
    return ast.arguments(**fields)
