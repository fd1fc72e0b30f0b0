"""Write ``autograd/core/_operators.py``: the methods of Value that apply the rules of the table.

``a * b`` must apply the rule, make one node and fill its slots in about the time of one Python call. So each method
contains the text of its rule, with each local derivative where its slot is filled: no call, no tuple, and no derivative
for a constant operand. Rules whose text has another form are called instead. Derivatives are still only written in the
rules: a test generates this file again and compares.

    python -m tools.operators            write the file
    python -m tools.operators --check    check whether the file is up to date
"""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import textwrap
import types
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":  # the file that is there may be of other rules: it is not needed to write it anew
    stand_in = types.ModuleType("autograd.core._operators")
    vars(stand_in).update(Operators=type("Operators", (), {"__slots__": ()}), FORMULAS={})
    sys.modules["autograd.core._operators"] = stand_in

from autograd import rules
from autograd.table import RULES, Rule

TARGET = Path(rules.__file__).parent / "core" / "_operators.py"
OF_THE_TEMPLATES = {"self", "other", "node"}
"""Names that the rules may not use for something else."""

HEAD = '''# mypy: disable-error-code="no-untyped-call, no-any-return, assignment, misc"
"""The methods of Value that apply the table's rules, each with its rule written into it.

Generated from rules.py by ``python -m tools.operators`` (``make operators``): do not edit.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from autograd import numeric as nx
from autograd.core.in_place import tracked_here
from autograd.core.modes import open_blocks
from autograd.core.node import NO_GRAD_YET
{imports}from autograd.table import RULES

if TYPE_CHECKING:
    from autograd.value import Value
else:
    Value = None  # value.py puts its class here

__all__ = ["FORMULAS", "Operators"]

_new = object.__new__
{constants}


class Operators:
    """What Value can do by the table. For operands of other types, ``_apply`` does it."""

    __slots__ = ()
'''

UNARY = """
def {method}(self: Value) -> Value:
    try:
        {evaluate_0}
    except (ArithmeticError, ValueError):
        return Value.{apply}(_{rule}, (self,))
    {node}
"""

BINARY = """
def {method}(self: Value, other: object) -> Value:
    if type(other) is Value:
        try:
            {evaluate_both}
        except (ArithmeticError, ValueError):
            return Value.{apply}(_{rule}, (self, other))
        {node_both}
    if type(other) is int:
        try:
            other = float(other)
        except OverflowError:
            return Value.{apply}(_{rule}, (self, other))
    if type(other) is float:
        try:
            {evaluate_0}
        except (ArithmeticError, ValueError):
            return Value.{apply}(_{rule}, (self, other))
        {node_constant_1}
    return Value.{apply}(_{rule}, (self, other))
"""

REFLECTED = """
def {method}(self: Value, other: object) -> Value:
    if type(other) is int:
        try:
            other = float(other)
        except OverflowError:
            return Value.{apply}(_{rule}, (other, self))
    if type(other) is float:
        try:
            {evaluate_1}
        except (ArithmeticError, ValueError):
            return Value.{apply}(_{rule}, (other, self))
        {node_constant_0}
    return Value.{apply}(_{rule}, (other, self))
"""

GENERAL = """
def {method}(self: Value, *others: nx.Numeric, **parameters: nx.Numeric) -> Value:
    return Value._call(_{rule}, (self, *others), parameters)
"""

NODE = """
node._grad = NO_GRAD_YET
node._other_parent = {other_parent}
node._parent = self
node._rule = {rule}
return node if not open_blocks else tracked_here(node)
"""


class Text(NamedTuple):
    """The text of a rule whose only return is ``return value, (local derivative, …)`` at its end."""

    steps: list[str]
    value: str
    local: list[str]


def text_of(rule: Rule) -> Text | None:
    """Return the parts of a rule's function; None if it has another form."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(rule.function))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    *steps, last = definition.body
    if steps and isinstance(steps[0], ast.Expr) and isinstance(steps[0].value, ast.Constant):
        steps = steps[1:]  # the docstring
    if not all(isinstance(step, ast.Assign) for step in steps) or not isinstance(last, ast.Return):
        return None
    if not isinstance(last.value, ast.Tuple) or len(last.value.elts) != 2:
        return None
    value, local = last.value.elts
    if not isinstance(local, ast.Tuple) or len(local.elts) != len(rule.operands):
        return None
    if any(isinstance(x, ast.Constant) and x.value is None for x in local.elts):
        return None
    stored = {x.id for step in steps for x in ast.walk(step) if isinstance(x, ast.Name)} | set(rule.operands)
    if stored & OF_THE_TEMPLATES:
        raise SystemExit(
            f"rule {rule.name} uses the names {sorted(stored & OF_THE_TEMPLATES)}, which the methods need: rename them"
        )
    derivatives = [x.body if isinstance(x, ast.Lambda) else x for x in local.elts]
    return Text([ast.unparse(step) for step in steps], ast.unparse(value), [ast.unparse(x) for x in derivatives])


def evaluate(rule: Rule, text: Text | None, operands: tuple[str, ...], wanted: tuple[bool, ...]) -> str:
    """Return statements that make the node with its number, and compute the local derivatives wanted."""
    count = len(rule.operands)
    slots = ["_local", "_other_local"] if wanted == (True, True) else ["_local" if want else "" for want in wanted]
    targets = [f"node.{slot}" if slot else "_" for slot in slots[:count]]
    made = ["node = _new(Value)"]
    if text is None:
        lines = [*made, f"node._datum, ({', '.join(targets)},) = _{rule.name}.function({', '.join(operands[:count])})"]
        lines += [f"if callable({x}):\n    {x} = {x}()" for x in targets if x != "_"]
    else:
        lines = [f"{name} = {operand}" for name, operand in zip(rule.operands, operands, strict=False)]
        lines += [*text.steps, *made, f"node._datum = {text.value}"]
        lines += [f"{x} = {local}" for x, local in zip(targets, text.local, strict=False) if x != "_"]
    if wanted != (True, True):
        lines.append(f"node._other_local = {'other' if count == 2 else 'None'}")
    return "\n".join(lines)


def fill(template: str, rule: Rule, method: str, apply: str) -> str:
    """Insert a rule's evaluation into a template; several lines get the same indentation."""
    text = text_of(rule) if template is not GENERAL else None
    parts = {
        "evaluate_0": evaluate(rule, text, ("self._datum", "other"), (True, False)),
        "evaluate_1": evaluate(rule, text, ("other", "self._datum"), (False, True)),
        "evaluate_both": evaluate(rule, text, ("self._datum", "other._datum"), (True, True)),
        "node": NODE.format(other_parent="None", rule=f"_{rule.name}"),
        "node_both": NODE.format(other_parent="other", rule=f"_{rule.name}"),
        "node_constant_0": NODE.format(other_parent="None", rule=f"_{rule.name}_first_constant"),
        "node_constant_1": NODE.format(other_parent="None", rule=f"_{rule.name}_second_constant"),
    }
    lines = []
    for line in template.strip().splitlines():
        indent, field = line[: len(line) - len(line.lstrip())], line.strip().strip("{}")
        if line.strip() == f"{{{field}}}":
            lines.append(textwrap.indent(parts[field].strip(), indent))
        else:
            lines.append(line.format(method=method, rule=rule.name, apply=apply))
    return textwrap.indent("\n".join(lines), "    ")


def methods_of(rule: Rule) -> list[str]:
    """Return the text of each method of a rule: the operator, its reflection, the name, and NumPy's name for it."""
    if len(rule.operands) > 2 or rule.function.__code__.co_kwonlyargcount:
        template = GENERAL
    else:
        template = UNARY if len(rule.operands) == 1 else BINARY
    made = []
    if rule.operator:
        made.append(fill(template, rule, f"__{rule.operator}__", "_apply"))
        if template is BINARY:
            made.append(fill(REFLECTED, rule, f"__r{rule.operator}__", "_apply"))
    made.append(fill(template, rule, rule.name, "__apply_rule__"))
    if rule.numpy != rule.name:
        made.append(f"    {rule.numpy} = {rule.name}")
    return made


def written() -> str:
    """Return the text of the whole file."""
    table = [rule for rule in RULES.values() if rule.builtin and not rule.sequences]
    body = "\n\n".join(method for rule in table for method in methods_of(rule))
    constants = []
    for rule in table:
        constants.append(f'_{rule.name} = RULES["{rule.name}"]')
        if f"_{rule.name}_second_constant" in body:
            constants.append(f"_{rule.name}_second_constant = _{rule.name}.variant(constant_operand=1)")
        if f"_{rule.name}_first_constant" in body:
            constants.append(f"_{rule.name}_first_constant = _{rule.name}.variant(constant_operand=0)")
    names = {node.id for node in ast.walk(ast.parse(textwrap.dedent(body))) if isinstance(node, ast.Name)}
    private = sorted(name for name in names if name in vars(rules) and name.startswith("_"))
    imports = f"from autograd.rules import {', '.join(private)}\n"
    formulas = {rule.name: inspect.cleandoc(rule.function.__doc__ or "") for rule in RULES.values() if rule.builtin}
    lines = "\n".join(f"    {name!r}: {text!r}," for name, text in formulas.items())
    tail = f'FORMULAS = {{\n{lines}\n}}\n"""What each rule says of itself, also where docstrings are left out."""\n'
    head = HEAD.format(imports=imports, constants="\n".join(constants))
    return formatted(f"{head}\n{body}\n\n\n{tail}")


def formatted(text: str) -> str:
    """Format the text with the project's linter and formatter."""
    for command in (["check", "--fix-only", "--quiet", "--select", "F401,I"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(TARGET), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout
    return text


if __name__ == "__main__":
    if "--check" in sys.argv:
        same = TARGET.read_text(encoding="utf-8") == written()
        sys.exit(None if same else f"{TARGET.name} is out of date: run `make operators`")
    TARGET.write_text(written(), encoding="utf-8")
