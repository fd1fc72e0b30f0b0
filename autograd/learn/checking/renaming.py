"""The reference with the learner's names and default arguments, so that a part of it fits into their file."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, permutations

from autograd.learn.checking.programs import parts_of

__all__ = ["renamings"]

MOST = 6  # ways to pair the attributes of a class, which are three at most in the exercises


@lru_cache
def renamings(source: str, learners: str) -> list[str]:
    r"""The reference's source with the learner's names, for each way in which they can be paired; the likeliest first.

    What only one of them sets in a class is paired in the order in which it is set; arguments by their position. The
    last has the learner's default arguments: with another rate or number of steps, another network is trained enough.

    >>> renamings("class A:\n    def f(self, x): self.y = x", "class A:\n    def f(self, a): self.b = a")
    ['class A:\n\n    def f(self, a):\n        self.b = a']
    """
    ours, theirs = ast.parse(source), ast.parse(learners)
    arguments = _arguments(ours, theirs)
    sources = [_renamed(source, arguments, attributes) for attributes in _attributes(ours, theirs) if attributes]
    return [*sources, *_with_defaults(ours, theirs)]


def _renamed(source: str, arguments: Mapping[str, str], attributes: Mapping[str, str]) -> str:
    """The source with other names for some of its arguments and attributes."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.arg, ast.keyword)) and node.arg:
            node.arg = arguments.get(node.arg, node.arg)
        elif isinstance(node, ast.Name):
            node.id = arguments.get(node.id, node.id)
        elif isinstance(node, ast.Attribute):
            node.attr = attributes.get(node.attr, node.attr)
    return ast.unparse(tree)


def _arguments(tree: ast.Module, learners: ast.Module) -> dict[str, str]:
    """The reference's name of an argument of a function or method of both → the learner's."""
    ours, theirs = parts_of(tree), parts_of(learners)
    pairs: dict[str, str] = {}
    for name in ours.keys() & theirs.keys():
        functions = [unit.node for unit in (ours[name], theirs[name])]
        names = [[x.arg for x in node.args.args] for node in functions if isinstance(node, ast.FunctionDef)]
        if len(names) == 2:
            pairs |= {a: b for a, b in zip(*names, strict=False) if a != b}
    return pairs


def _with_defaults(tree: ast.Module, learners: ast.Module) -> Iterator[str]:
    """The reference's source with the learner's default arguments; nothing where they are the same."""
    before, ours, theirs = ast.dump(tree), parts_of(tree), parts_of(learners)
    for name in ours.keys() & theirs.keys():
        functions = [unit.node for unit in (ours[name], theirs[name]) if isinstance(unit.node, ast.FunctionDef)]
        sizes = {(len(node.args.args), len(node.args.defaults)) for node in functions}
        if len(functions) == 2 and len(sizes) == 1:
            functions[0].args.defaults = functions[1].args.defaults
    if ast.dump(tree) != before:
        yield ast.unparse(tree)


def _attributes(tree: ast.Module, learners: ast.Module) -> Iterator[dict[str, str]]:
    """The ways to pair the attributes that differ: the reference's → the learner's, over all classes of both."""
    ours, theirs = (_set_in_classes(module) for module in (tree, learners))
    ways: list[dict[str, str]] = [{}]
    for name in ours.keys() & theirs.keys():
        only_ours = [attribute for attribute in ours[name] if attribute not in theirs[name]]
        only_theirs = [attribute for attribute in theirs[name] if attribute not in ours[name]]
        chosen = islice(permutations(only_theirs, min(len(only_ours), len(only_theirs))), MOST)
        pairs = [dict(zip(only_ours, attributes, strict=False)) for attributes in chosen]
        ways = [{**way, **pair} for way in ways for pair in pairs]
    return islice(ways, MOST)


def _set_in_classes(module: ast.Module) -> dict[str, list[str]]:
    """Class → the attributes that its methods set, in the order in which they do."""
    return {
        owner.name: list(
            dict.fromkeys(
                node.attr
                for node in ast.walk(owner)
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            )
        )
        for owner in module.body
        if isinstance(owner, ast.ClassDef)
    }
