"""A learner's file as a program in parts: its functions, methods, classes and variables, each compiled by itself."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

__all__ = [
    "Program",
    "Unit",
    "changed_units",
    "imported",
    "likeness",
    "parts_of",
    "reached",
    "used_names",
    "without",
]


@dataclass(frozen=True)
class Unit:
    """A function, method, class or variable of a file: ``sigmoid_rule`` or ``Value.__mul__``.

    statement: the last of the module that binds it, by position. node: what is bound; line: where.
    """

    name: str
    statement: int
    node: ast.AST
    line: int

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_function(self) -> bool:
        """Whether it is a function of the module, no method."""
        return isinstance(self.node, ast.FunctionDef) and "." not in self.name


def parts_of(tree: ast.Module) -> dict[str, Unit]:
    r"""The units of a file by name; of a name that is bound twice, the last.

    >>> list(parts_of(ast.parse("import math\ne = math.e\nclass A:\n    def f(self): ...\n    g = f")))
    ['e', 'A', 'A.f', 'A.g']
    """
    units: dict[str, Unit] = {}
    for position, statement in enumerate(tree.body):
        for name, node in _bound(statement):
            units[name] = Unit(name, position, node, getattr(node, "lineno", 0))
            for method, inner in (pair for part in getattr(node, "body", ()) for pair in _bound(part)):
                if isinstance(node, ast.ClassDef):
                    units[f"{name}.{method}"] = Unit(f"{name}.{method}", position, inner, inner.lineno)
    return units


def likeness(tree: ast.AST, other: ast.AST) -> float:
    """How alike two pieces of code are, from 0 to 1: how many of their nodes and names are the same.

    >>> [round(likeness(ast.parse("x + 1"), ast.parse(text)), 2) for text in ("x + 1", "x - y", "def f(): ...")]
    [1.0, 0.67, 0.55]
    """
    counts, others = _counts(tree), _counts(other)
    return 2 * (counts & others).total() / max(1, counts.total() + others.total())


def _counts(tree: ast.AST) -> Counter[tuple[str, str]]:
    names = ("id", "attr", "arg", "name")
    nodes = (node for node in ast.walk(tree) if not isinstance(node, ast.expr_context))
    return Counter((type(x).__name__, next((str(getattr(x, n)) for n in names if hasattr(x, n)), "")) for x in nodes)


def changed_units(before: str, after: str) -> set[str]:
    r"""The functions, classes and variables of a source that are others in a second one; not each method of its own.

    >>> sorted(changed_units("a = 1\nb = 2", "a = 1\nb = 3\nc = 4"))
    ['b', 'c']
    """
    texts = [{name: ast.dump(unit.node) for name, unit in parts_of(ast.parse(x)).items()} for x in (before, after)]
    return {name.partition(".")[0] for name, _ in texts[0].items() ^ texts[1].items()}


def reached(name: str, known: Mapping[str, Unit]) -> set[str]:
    """The units that a unit uses, and those that they use."""
    found, waiting = set[str](), [name]
    while waiting:
        unit = known.get(waiting.pop())
        for used in used_names(unit.node) if unit else ():
            for other in known:
                if other not in found and used in (other, other.partition(".")[2]):
                    found.add(other)
                    waiting.append(other)
    return found


def used_names(node: ast.AST) -> set[str]:
    """The names and attributes that a piece of code reads."""
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    return names | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


@lru_cache
def without(source: str, name: str) -> str:
    r"""The source without the statement that binds a variable; all of it where the variable is used.

    >>> without("a = 1\nb = a", "b"), without("a = 1\nb = a", "a")
    ('a = 1', 'a = 1\nb = a')
    """
    tree = ast.parse(source)
    if _is_unused(name, tree):
        tree.body.remove(next(statement for statement in tree.body if name in dict(_bound(statement))))
        return ast.unparse(tree)
    return source


def _is_unused(name: str, tree: ast.Module) -> bool:
    """Whether a variable is bound in one place, and not used."""
    return sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree)) == 1


def imported(tree: ast.AST) -> dict[str, str]:
    r"""The names that a file imports from modules of other exercises, and from which; "*" of a module for all of it.

    >>> imported(ast.parse("import math, e01_nudge\nfrom e04_rules import add_rule"))
    {'*e01_nudge': 'e01_nudge', 'add_rule': 'e04_rules'}
    """
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update({f"*{alias.name}": alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({alias.name.replace("*", f"*{node.module}"): node.module for alias in node.names})
    return {name: module for name, module in names.items() if module[:1] == "e" and module[1:3].isdigit()}


def _bound(statement: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """The names that a statement binds, other than by an import."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name, statement
    elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id, statement
    elif isinstance(statement, (ast.If, ast.For, ast.While, ast.Try, ast.With)):
        for child in ast.iter_child_nodes(statement):
            yield from _bound(child)


class Program:
    """A learner's file, compiled statement by statement, so that one of them can be compiled again."""

    def __init__(self, source: str, path: str) -> None:
        self.path, self.source, self.tree = path, source, ast.parse(source)
        self.units = parts_of(self.tree)
        self._features = [x for x in self.tree.body if isinstance(x, ast.ImportFrom) and x.module == "__future__"]
        self.codes = [self._compiled(statement) for statement in self.tree.body]
        self._homes = _homes(self.tree)
        self.left_out: int | None = None
        """The position of a statement that need not be run."""

    def _compiled(self, statement: ast.stmt) -> CodeType:
        body: list[ast.stmt] = [statement] if statement in self._features else [*self._features, statement]
        return compile(ast.Module(body, []), self.path, "exec")

    def constants(self) -> list[ast.Name]:
        """The variables of the module that are set to a number."""
        assigned = {name: unit.node for name, unit in self.units.items() if isinstance(unit.node, ast.Assign)}
        return [ast.Name(name, ast.Load()) for name, node in assigned.items() if _is_number(node.value)]

    def leave_out(self, name: str) -> None:
        """Do not run the statement that binds a variable, where the variable is not used."""
        if name in self.units and _is_unused(name, self.tree):
            self.left_out = self.units[name].statement

    def compile_again(self, changed: Iterable[tuple[ast.AST, str]]) -> None:
        """Compile what these fields of nodes are in as it is now: the method where that is enough, or the statement."""
        for node, field in changed:
            if node is self.tree:  # a statement of the module more or less
                self.codes = [self._compiled(statement) for statement in self.tree.body]
                continue
            position, method = self._homes[id(node)]
            statement = self.tree.body[position]
            code = None
            if method and (node is not method or field == "body"):
                code = self._with_method(statement, self.codes[position], method)
            self.codes[position] = code or self._compiled(statement)

    def _with_method(self, statement: ast.stmt, code: CodeType, method: ast.FunctionDef) -> CodeType | None:
        """The code of a class with that of a method as it is now; None where the rest of the class depends on it."""
        alone = type(statement)(**{**dict(ast.iter_fields(statement)), "body": [method]})
        _, new = _method(self._compiled(ast.copy_location(alone, statement)), method)
        owner, old = _method(code, method)
        if owner is None or new is None or old is None or old.co_freevars != new.co_freevars:
            return None
        return _replaced(code, owner, _replaced(owner, old, new))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))


def _homes(tree: ast.Module) -> dict[int, tuple[int, ast.FunctionDef | None]]:
    """The id of a node → the position of its statement, and the method that it is in, or is."""
    homes: dict[int, tuple[int, ast.FunctionDef | None]] = {}
    for position, statement in enumerate(tree.body):
        homes.update((id(node), (position, None)) for node in ast.walk(statement))
        for method in statement.body if isinstance(statement, ast.ClassDef) else ():
            if isinstance(method, ast.FunctionDef):
                inner = [node for part in method.body for node in ast.walk(part)]
                homes.update((id(node), (position, method)) for node in [method, *inner])
    return homes


def _method(code: CodeType, method: ast.FunctionDef) -> tuple[CodeType | None, CodeType | None]:
    """The code of the class that is made by a code, and of its method."""
    owner = next((part for part in code.co_consts if isinstance(part, CodeType)), None)
    first = min([method.lineno, *(other.lineno for other in method.decorator_list)])
    parts = [part for part in (owner.co_consts if owner else ()) if isinstance(part, CodeType)]
    return owner, next((x for x in parts if (x.co_name, x.co_firstlineno) == (method.name, first)), None)


def _replaced(code: CodeType, old: CodeType, new: CodeType) -> CodeType:
    return code.replace(co_consts=tuple(new if part is old else part for part in code.co_consts))
