"""The methods that record the table's operations, compiled from its rules when first used.

``a * b`` must apply the rule, make one node and fill its slots, in about the time of one Python call. So the text of
the rule is written into the text of the method, each local derivative where its slot is filled: no call, no tuple, and
a derivative that a constant operand does not need is not computed. The rule stays the one place where it is written;
where its text cannot be had or has another shape, the method calls the rule instead, and does the same.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd.table import Rule

__all__ = ["recording_method"]

Method = Callable[..., Any]

_UNARY = """
def make(_apply, _blocks, _function, _new, _not_computed, _rule, _Value):
    def {name}(_self):
        if not _blocks:
            try:
                {evaluate_0}
            except (ArithmeticError, ValueError):
                return _apply(_rule, (_self,))
            {node}
            return _node
        return _apply(_rule, (_self,))
    return {name}
"""

_BINARY = """
def make(_apply, _blocks, _function, _new, _not_computed, _rule, _fixed, _Value):
    def {name}(_self, _other):
        if not _blocks:
            if type(_other) is _Value:
                try:
                    {evaluate_both}
                except (ArithmeticError, ValueError):
                    return _apply(_rule, (_self, _other))
                {node}
                return _node
            if type(_other) is int:
                try:
                    _other = float(_other)
                except OverflowError:
                    return _apply(_rule, (_self, _other))
            if type(_other) is float:
                try:
                    {evaluate_0}
                except (ArithmeticError, ValueError):
                    return _apply(_rule, (_self, _other))
                {node_fixed}
                return _node
        return _apply(_rule, (_self, _other))
    return {name}
"""

_REFLECTED = """
def make(_apply, _blocks, _function, _new, _not_computed, _rule, _fixed, _Value):
    def {name}(_self, _other):
        if not _blocks:
            if type(_other) is int:
                try:
                    _other = float(_other)
                except OverflowError:
                    return _apply(_rule, (_other, _self))
            if type(_other) is float:
                try:
                    {evaluate_1}
                except (ArithmeticError, ValueError):
                    return _apply(_rule, (_other, _self))
                {node_fixed}
                return _node
        return _apply(_rule, (_other, _self))
    return {name}
"""

_NODE = """
_node = _new(_Value)
_node._data = _data
_node._grad = _not_computed
_node._local = _local
_node._other_local = {other_local}
_node._other_parent = {other_parent}
_node._parent = _self
_node._rule = {rule}
"""


def recording_method(rule: Rule, name: str, reflected: bool, install: Callable[[Method], None], given: Any) -> Method:
    """A method of Value that applies the rule: at its first call it is compiled and put in its own place.

    given: what the method works with, by name: _apply, _blocks, _new, _not_computed, _Value.
    """
    compiled: list[Method] = []

    def method(self: Any, *others: Any) -> Any:
        if not compiled:
            compiled.append(_compile(rule, name, reflected, given))
            install(compiled[0])
        return compiled[0](self, *others)

    return method


def _compile(rule: Rule, name: str, reflected: bool, given: Any) -> Method:
    template = _UNARY if len(rule.operands) == 1 else _REFLECTED if reflected else _BINARY
    names = {"_function": rule.function, "_rule": rule, **given}
    if template is not _UNARY:
        names["_fixed"] = rule.variant(fixed=0 if reflected else 1)
    source = _fill(template, rule, name)
    filename = f"<{name} of the rule {rule.name}>"
    made: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), rule.function.__globals__, made)  # noqa: S102  (the rule's own text)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    method: Method = made["make"](**names)
    return method


def _fill(template: str, rule: Rule, name: str) -> str:
    """The template with the rule's evaluation in it; several lines keep the indentation of their place."""
    text = _text_of(rule)
    parts = {
        "evaluate_0": _evaluate(rule, text, ("_self._data", "_other"), (True, False)),
        "evaluate_1": _evaluate(rule, text, ("_other", "_self._data"), (False, True)),
        "evaluate_both": _evaluate(rule, text, ("_self._data", "_other._data"), (True, True)),
        "node": _NODE.format(
            other_local="_other_local" if template is _BINARY else "None",
            other_parent="_other" if template is _BINARY else "None",
            rule="_rule",
        ),
        "node_fixed": _NODE.format(other_local="_other", other_parent="None", rule="_fixed"),
    }
    lines = []
    for line in template.strip().splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        field = line.strip().strip("{}")
        if line.strip() == f"{{{field}}}":
            lines.append(textwrap.indent(parts[field].strip(), indent))
        else:
            lines.append(line.replace("{name}", name))
    return "\n".join(lines) + "\n"


class _Text(NamedTuple):
    """The text of a rule that ends in ``return value, (local derivative, …)`` and returns nowhere else."""

    steps: list[str]
    value: str
    local: list[str]


def _evaluate(rule: Rule, text: _Text | None, operands: tuple[str, ...], wanted: tuple[bool, ...]) -> str:
    """Statements that set _data, and _local and _other_local as far as they are wanted."""
    targets = ["_local", "_other_local"] if wanted == (True, True) else ["_local" if want else "_" for want in wanted]
    count = len(rule.operands)
    if text is None:
        lines = [f"_data, ({', '.join(targets[:count])},) = _function({', '.join(operands[:count])})"]
        lines += [
            f"{target} = {target}() if callable({target}) else {target}" for target in targets[:count] if target != "_"
        ]
    else:
        lines = [f"{name} = {operand}" for name, operand in zip(rule.operands, operands, strict=False)]
        lines += [*text.steps, f"_data = {text.value}"]
        lines += [f"{target} = {local}" for target, local in zip(targets, text.local, strict=False) if target != "_"]
    return "\n".join(lines)


def _text_of(rule: Rule) -> _Text | None:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(rule.function)))
    except (OSError, SyntaxError):  # an interpreter that keeps no source
        return None
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef):
        return None
    *steps, last = definition.body
    if steps and isinstance(steps[0], ast.Expr) and isinstance(steps[0].value, ast.Constant):
        steps = steps[1:]  # the docstring
    if not all(isinstance(step, ast.Assign) for step in steps):
        return None
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Tuple) or len(last.value.elts) != 2:
        return None
    value, local = last.value.elts
    if not isinstance(local, ast.Tuple) or len(local.elts) != len(rule.operands):
        return None
    if any(isinstance(x, ast.Constant) and x.value is None for x in local.elts):
        return None
    derivatives = [x.body if isinstance(x, ast.Lambda) else x for x in local.elts]
    return _Text([ast.unparse(step) for step in steps], ast.unparse(value), [ast.unparse(x) for x in derivatives])
