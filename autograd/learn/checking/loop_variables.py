"""The variables of loops: a function that is made in a loop reads them when it is called, most often after the loop."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

__all__ = ["loop_names", "with_loop_variables"]


def loop_names(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """The variables of the loops among these nodes.

    >>> loop_names(ast.walk(ast.parse("for i, x in enumerate(xs): [y for y in x]")))
    ('i', 'x', 'y')
    """
    targets = [node.target for node in nodes if isinstance(node, (ast.For, ast.comprehension))]
    names = [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
    return tuple(dict.fromkeys(names))


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
