"""What can take the place of an expression: small changes of it, with their kinds."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeGuard

from autograd.learn.checking.sharing import loop_names, own_rows, with_loop_variables

__all__ = ["OTHERS", "Scope", "changed"]

MODULES = ("math", "np", "numpy", "random")
"""Names that are no variables."""


@dataclass(frozen=True)
class Scope:
    """What an edit may use: variables, functions, attributes, small expressions; and, of the reference, its parts.

    loop_names: the variables of its loops.
    """

    names: tuple[str, ...]
    functions: tuple[str, ...]
    attributes: tuple[str, ...]
    atoms: tuple[ast.expr, ...]
    expressions: tuple[ast.expr, ...] = ()
    statements: tuple[ast.stmt, ...] = ()
    loop_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, roots: Iterable[ast.AST], reference: Iterable[ast.AST] = ()) -> Scope:
        """The scope of some pieces of code. reference: the piece of the reference that does the same."""
        nodes = [node for root in roots for node in ast.walk(root)]
        names = [node.id for node in nodes if isinstance(node, ast.Name)]
        names += [node.arg for node in nodes if isinstance(node, ast.arg)]
        atoms = [deepcopy(node) for node in nodes if _is_atom(node)]  # an edit may be made inside of one
        seen = {ast.dump(node): node for node in [*map(_name, names), *atoms]}
        donors = [node for root in reference for node in ast.walk(_renamed(root, list(roots)))]
        called, offered = _called_names(nodes), _called_names(donors)
        return cls(
            tuple(dict.fromkeys(name for name in names if name not in called)),
            tuple(sorted(called | offered)),
            tuple(dict.fromkeys(node.attr for node in [*nodes, *donors] if isinstance(node, ast.Attribute))),
            tuple(node for node in seen.values() if not (isinstance(node, ast.Name) and node.id in called)),
            _distinct(
                node
                for node in donors
                if isinstance(node, (ast.BinOp, ast.Call, ast.IfExp, ast.UnaryOp)) and _size(node) <= _LARGEST[0]
            ),
            _distinct(
                node
                for node in donors
                if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.If)) and _size(node) <= _LARGEST[1]
            ),
            loop_names(nodes),
        )


_LARGEST = 9, 14  # nodes of an expression or a statement that is taken from the reference: more is no small edit


def _is_atom(node: ast.AST) -> TypeGuard[ast.expr]:
    """Whether it is small, as ``x``, ``out.grad``, ``len(xs)`` or ``xs[i]``."""
    if isinstance(node, ast.Call):
        return len(node.args) == 1 and isinstance(node.args[0], ast.Name) and not node.keywords
    is_part = isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Load)
    return is_part and isinstance(node.value, ast.Name)  # type: ignore[attr-defined]


def _called_names(nodes: Iterable[ast.AST]) -> set[str]:
    """The names of the functions that are called."""
    return {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def _size(node: ast.AST) -> int:
    """How many nodes it has, without what only says how a name is used."""
    return sum(not isinstance(part, (ast.expr_context, ast.operator, ast.unaryop)) for part in ast.walk(node))


def _distinct(nodes: Iterator[Any]) -> tuple[Any, ...]:
    return tuple({ast.dump(node): node for node in nodes}.values())


def _renamed(reference: ast.AST, roots: Sequence[ast.AST]) -> ast.AST:
    """The reference's piece with the learner's names for its arguments, in order."""
    ours = [node.arg for node in ast.walk(reference) if isinstance(node, ast.arg)]
    theirs = [node.arg for root in roots for node in ast.walk(root) if isinstance(node, ast.arg)]
    names = dict(zip(ours, theirs, strict=False))
    for node in ast.walk(reference):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
    return reference


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _called(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(_name(function), list(arguments), [])


# ── the changes ─────────────────────────────────────────────────────────────────────────────────────────────────────


def changed(owner: ast.AST, field: str, node: ast.expr, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    """What can take the place of an expression in a field of its owner: the kind of the edit, and the new node."""
    is_function = isinstance(owner, ast.Call) and field == "func"
    if isinstance(owner, (ast.Expr, ast.Starred, ast.Slice)) and isinstance(node, ast.Constant):
        return  # a docstring
    for type_, changes in _BY_TYPE:
        if isinstance(node, type_):
            yield from changes(node)
    if isinstance(node, ast.Name):
        names = scope.functions if is_function else scope.names
        yield from (
            ("function" if is_function else "name", _name(name)) for name in names if name not in (node.id, *MODULES)
        )
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        beside = [part.id for part in getattr(owner, "args", ()) if isinstance(part, ast.Name)]  # max(g, g) is none
        yield from (("constant", _name(name)) for name in scope.names if name not in (*beside, *MODULES))
    if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1:
        yield from (("constant", _called("len", _name(name))) for name in scope.names if name not in MODULES)
    if isinstance(node, ast.Lambda):
        arguments = with_loop_variables(node.args, node.body, scope.loop_names)
        yield from [("binding", ast.Lambda(arguments, node.body))] if arguments else []
    if isinstance(node, ast.Attribute):
        for name in _attributes(node, scope, is_function):
            yield "function" if is_function else "attribute", ast.Attribute(node.value, name, ast.Load())
    if not is_function and not isinstance(owner, ast.Attribute):
        yield from _around(owner, field, node, scope)


_FUNCTIONS = ("exp", "log", "tanh", "sqrt", "relu", "sigmoid")


def _attributes(node: ast.Attribute, scope: Scope, is_function: bool) -> Iterator[str]:
    others = (*scope.attributes, *_FUNCTIONS) if is_function else scope.attributes
    return (name for name in dict.fromkeys(others) if name != node.attr)


# ── of one expression ───────────────────────────────────────────────────────────────────────────────────────────────

OTHERS: dict[type[ast.AST], tuple[type[Any], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add, ast.Pow),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt),
    ast.Eq: (ast.NotEq, ast.Is, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq, ast.IsNot),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}


def _operators(node: ast.BinOp) -> Iterator[tuple[str, ast.expr]]:
    """Another operator, the operands in the other order, other brackets, an operand left out."""
    for other in OTHERS.get(type(node.op), ()):
        yield "operator", ast.BinOp(node.left, other(), node.right)
    if not isinstance(node.op, (ast.Add, ast.Mult)):
        yield "swapped", ast.BinOp(node.right, node.op, node.left)
    if isinstance(node.left, ast.BinOp):
        inner = node.left
        yield "brackets", ast.BinOp(inner.left, inner.op, ast.BinOp(inner.right, node.op, node.right))
    if isinstance(node.right, ast.BinOp):
        inner = node.right
        yield "brackets", ast.BinOp(ast.BinOp(node.left, node.op, inner.left), inner.op, inner.right)
    yield from (("brackets", other) for other in _bracketed(node))
    yield from (("shared", other) for other in own_rows(node))
    is_square = isinstance(node.op, ast.Pow)
    yield "power" if is_square else "extra", node.left
    yield "extra", node.right


_TIGHTNESS = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2, ast.FloorDiv: 2, ast.Mod: 2, ast.MatMult: 2, ast.Pow: 4}
"""How tightly an operator binds; a sign is at 3."""
_LONGEST = 7  # operands of a chain: 20 pairs of brackets


def _bracketed(node: ast.BinOp) -> Iterator[ast.expr]:
    """A chain of operators with a pair of brackets: ``a * b - 1`` becomes ``a * (b - 1)``."""
    operands, operators = _chain(node)
    if not 3 < len(operands) <= _LONGEST:  # of three, the other brackets are all there is
        return
    as_it_is = ast.dump(node)
    for first in range(len(operands)):
        for last in range(first + 1, len(operands)):
            inner = _grouped(operands[first : last + 1], operators[first:last])
            outer = [*operands[:first], inner, *operands[last + 1 :]]
            new = _grouped(outer, [*operators[:first], *operators[last:]])
            if ast.dump(new) != as_it_is:
                yield new


def _chain(node: ast.expr) -> tuple[list[ast.expr], list[ast.operator]]:
    """The operands and the operators of an expression as it is read, where what has brackets is one operand."""
    if not isinstance(node, ast.BinOp):
        return [node], []
    tight = _TIGHTNESS.get(type(node.op), 0)
    is_power = isinstance(node.op, ast.Pow)
    left = _chain(node.left) if _is_free(node.left, tight + is_power) else ([node.left], [])
    right = _chain(node.right) if _is_free(node.right, tight + (not is_power)) else ([node.right], [])
    return [*left[0], *right[0]], [*left[1], node.op, *right[1]]


def _is_free(node: ast.expr, least: int) -> bool:
    """Whether an operand needs no brackets: it binds at least so tightly."""
    return isinstance(node, ast.BinOp) and _TIGHTNESS.get(type(node.op), 0) >= least


def _grouped(operands: list[ast.expr], operators: list[ast.operator]) -> ast.expr:
    """The expression that Python reads these as, without brackets."""
    if not operators:
        return operands[0]
    tightness = [_TIGHTNESS.get(type(operator), 0) for operator in operators]
    loosest = min(tightness)
    from_the_right = loosest == _TIGHTNESS[ast.Pow]
    at = tightness.index(loosest) if from_the_right else len(tightness) - 1 - tightness[::-1].index(loosest)
    left = _grouped(operands[: at + 1], operators[:at])
    return ast.BinOp(left, operators[at], _grouped(operands[at + 1 :], operators[at + 1 :]))


def _signs(node: ast.UnaryOp) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node.op, ast.Not):
        yield "condition", node.operand
        return
    yield "sign", node.operand
    if isinstance(node.op, ast.UAdd):
        yield "sign", ast.UnaryOp(ast.USub(), node.operand)


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, ast.expr]]:
    for other in OTHERS.get(type(node.ops[0]), ()):
        yield "comparison", ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
    if len(node.ops) > 1:
        yield "condition", ast.Compare(node.left, node.ops[:-1], node.comparators[:-1])
        yield "condition", ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])


def _connectives(node: ast.BoolOp) -> Iterator[tuple[str, ast.expr]]:
    yield "comparison", ast.BoolOp(OTHERS[type(node.op)][0](), node.values)
    yield from (("condition", value) for value in node.values)


def _numbers(node: ast.Constant) -> Iterator[tuple[str, ast.expr]]:
    x = node.value
    if isinstance(x, bool):
        yield "constant", ast.Constant(not x)
    elif isinstance(x, (int, float)):
        near = (x + 1, x - 1) if isinstance(x, int) or x.is_integer() else ()
        yield from (("one off", ast.Constant(y)) for y in near)
        others = (-x, 0, 1, 2, 0.5, 2 * x, x / 2, 10 * x, x / 10, 1e-5, 1e-8, -1)
        yield from (("constant", ast.Constant(y)) for y in dict.fromkeys(others) if y not in (x, *near))


def _elements(node: ast.Tuple | ast.List) -> Iterator[tuple[str, ast.expr]]:
    for i in range(len(node.elts) - 1):
        elements = [*node.elts[:i], node.elts[i + 1], node.elts[i], *node.elts[i + 2 :]]
        yield "swapped", type(node)(elements, ast.Load())
    if len(node.elts) == 1:
        yield "collection", node.elts[0]


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Arguments in the other order, one left out, or the argument without the call."""
    for i in range(len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield "swapped", ast.Call(node.func, swapped, node.keywords)
    if len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred):
        kind = {"reversed": "order", "list": "copy", "set": "collection", "id": "identity"}
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        yield kind.get(name, "call"), node.args[0]
        if name in ("set", "dict"):
            yield "collection", _called("list", *node.args)
    if isinstance(node.func, ast.Attribute):
        yield "call", node.func.value
    if len(node.args) > 1:  # as min(x, 1) for x
        parts = [*node.args, *(part for part in ast.walk(ast.Tuple(node.args)) if isinstance(part, ast.Name))]
        distinct = {ast.dump(part): part for part in parts if not isinstance(part, (ast.Starred, ast.Constant))}
        yield from (("call", part) for part in distinct.values())
    for i in range(len(node.args)):
        yield "argument", ast.Call(node.func, [*node.args[:i], *node.args[i + 1 :]], node.keywords)
    for i in range(len(node.keywords)):
        yield "argument", ast.Call(node.func, node.args, [*node.keywords[:i], *node.keywords[i + 1 :]])


def _cases(node: ast.IfExp) -> Iterator[tuple[str, ast.expr]]:
    yield "swapped", ast.IfExp(node.test, node.orelse, node.body)
    yield from (("case", branch) for branch in (node.body, node.orelse))


def _slices(node: ast.Subscript) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node.slice, ast.Slice):
        is_reversed = node.slice.step is not None
        yield "order" if is_reversed else "copy", node.value
        if not is_reversed:
            for lower, upper in ((None, node.slice.upper), (node.slice.lower, None)):
                yield "one off", ast.Subscript(node.value, ast.Slice(lower, upper), ast.Load())
            backwards = ast.Slice(step=ast.UnaryOp(ast.USub(), ast.Constant(1)))
            yield "order", ast.Subscript(node.value, backwards, ast.Load())


def _generators(node: ast.GeneratorExp) -> Iterator[tuple[str, ast.expr]]:
    yield "collection", ast.ListComp(node.elt, node.generators)


def _sets(node: ast.SetComp | ast.Set) -> Iterator[tuple[str, ast.expr]]:
    yield (
        "collection",
        (ast.ListComp(node.elt, node.generators) if isinstance(node, ast.SetComp) else ast.List(node.elts, ast.Load())),
    )


_BY_TYPE: tuple[tuple[Any, Callable[[Any], Iterator[tuple[str, ast.expr]]]], ...] = (
    (ast.BinOp, _operators),
    (ast.UnaryOp, _signs),
    (ast.Compare, _comparisons),
    (ast.BoolOp, _connectives),
    (ast.Constant, _numbers),
    ((ast.Tuple, ast.List), _elements),
    (ast.Call, _calls),
    (ast.IfExp, _cases),
    (ast.Subscript, _slices),
    (ast.GeneratorExp, _generators),
    ((ast.SetComp, ast.Set), _sets),
)


def _around(owner: ast.AST, field: str, node: ast.expr, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    """Something put around the expression, or beside it."""
    if isinstance(owner, (ast.For, ast.comprehension)) and field == "iter":
        yield "order", _called("reversed", node)
        yield "copy", _called("list", node)
        return
    if isinstance(owner, (ast.If, ast.While, ast.IfExp)) and field == "test":
        yield "condition", ast.UnaryOp(ast.Not(), node)
        return
    is_result = isinstance(owner, (ast.Return, ast.Lambda, ast.Assign))
    if isinstance(node, (ast.Tuple, ast.List, ast.Dict, ast.ListComp, ast.Lambda, ast.Starred, ast.Slice)):
        if is_result:
            yield from (("expression", donor) for donor in scope.expressions)
        return
    if not isinstance(node, ast.Constant) and not isinstance(owner, ast.UnaryOp):
        yield "sign", ast.UnaryOp(ast.USub(), node)
    if isinstance(node, ast.Name):
        yield "identity", _called("id", node)
        yield from (("copy", _called("list", node)), ("copy", _called("set", node)))
    yield "power", ast.BinOp(node, ast.Pow(), ast.Constant(2))
    if isinstance(owner, ast.Subscript):
        yield from (("one off", ast.BinOp(node, op(), ast.Constant(1))) for op in (ast.Add, ast.Sub))
    for atom in (*scope.atoms, ast.Constant(2)):  # the factor that is forgotten most often
        yield "factor", ast.BinOp(node, ast.Mult(), atom)
        yield "factor", ast.BinOp(node, ast.Div(), atom)
    for atom in scope.atoms:
        yield "term", ast.BinOp(node, ast.Add(), atom)
        yield "term", ast.BinOp(node, ast.Sub(), atom)
    yield from (("call", _called("abs", node)), ("collection", ast.Tuple([node], ast.Load())))
    yield from (("call", ast.Call(function, [node], [])) for function in _math(scope))
    if is_result or isinstance(owner, (ast.Tuple, ast.BinOp, ast.ListComp)):
        for name in scope.names:
            is_positive = ast.Compare(_name(name), [ast.Gt()], [ast.Constant(0.0)])
            yield "case", ast.IfExp(is_positive, node, ast.Constant(0.0))
        yield from (("expression", donor) for donor in scope.expressions)


def _math(scope: Scope) -> Iterator[ast.expr]:
    """math.sqrt and the like, where math is in scope."""
    if "math" in scope.names:
        yield from (ast.Attribute(_name("math"), name, ast.Load()) for name in ("sqrt", "exp", "log", "tanh"))
