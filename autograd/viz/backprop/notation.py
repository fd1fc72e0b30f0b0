"""How an operation and its local derivatives are written: the user's names stand where the rule has its own letters.

``∂L/∂a`` is only ever the derivative of the result. A local derivative is that of an operation by one of its slots:
``∂(b/a)/∂a``, and ``∂(a₁·a₂)/∂a₁`` where one value stands in two slots.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from autograd.table import RULES, Rule
from autograd.viz.write.formula import MOST_OPERANDS, applied, bracketed
from autograd.viz.write.numbers import number, subscript

__all__ = ["equation", "local_derivative", "slots"]

LONGEST = 24  # letters of an operation in a local derivative: of a longer one, only the slot in question is written

# ── an operation ────────────────────────────────────────────────────────────────────────────────────────────────────


def slots(operands: Sequence[str]) -> list[str]:
    """The operands by their slots: a name that stands in several is numbered.

    >>> slots(["a", "a"]), slots(["a", "b"]), slots(["2", "2"])
    (['a₁', 'a₂'], ['a', 'b'], ['2', '2'])
    """
    if len(set(operands)) == len(operands):
        return list(operands)
    counts, seen = Counter(operands), Counter[str]()
    numbered = []
    for operand in operands:
        seen[operand] += 1
        is_repeated = counts[operand] > 1 and not _NUMBER.fullmatch(operand)
        numbered.append(f"{bracketed(operand)}{subscript(seen[operand])}" if is_repeated else operand)
    return numbered


def local_derivative(symbol: str, operands: Sequence[str], position: int) -> str:
    """The derivative of an operation by one of its slots, without spaces, so that sums and products of it are read.

    >>> local_derivative("*", slots(["a", "a"]), 0), local_derivative("sum", ["a", "b", "c", "d", "e"], 3)
    ('∂(a₁·a₂)/∂a₁', '∂sum(…,d,…)/∂d')
    """
    operation = _compact(symbol, operands)
    if len(operation) > LONGEST or len(operands) > MOST_OPERANDS:
        shown = ["…", *operands[position : position + 1], "…"][position == 0 : 3 - (position == len(operands) - 1)]
        operation = _compact(symbol, shown)
    return f"∂{bracketed(operation)}/∂{bracketed(operands[position])}"


def _compact(symbol: str, operands: Sequence[str]) -> str:
    return applied(symbol, operands).replace(" ", "")


_NUMBER = re.compile(r"−?[\d.]+(?:e−?\+?\d+)?|−?inf|nan")

# ── a rule's own words, in the user's names ─────────────────────────────────────────────────────────────────────────


def equation(rule: Rule | None, form: str, operands: Sequence[str], position: int, result: str, local: float) -> str:
    """A local derivative, as the rule has it in the user's names, and its number.

    rule: of the operation, if it has one. form: as `local_derivative` writes it. result: the name of the output.
    A formula that is words ("1 above 0, else 0") comes after the number, and so does that of a user's own rule, which
    may be wrong about it.

    >>> equation(RULES["truediv"], "∂(b/a)/∂a", ["b", "a"], 1, "z", -0.75)
    '∂(b/a)/∂a = −b/a² = −0.75'
    >>> equation(RULES["relu"], "∂relu(x)/∂x", ["x"], 0, "y", 1.0)
    '∂relu(x)/∂x = 1 (1 above 0, else 0)'
    """
    slope = number(local)
    formula = "" if rule is None else _formula(rule.base, position, len(operands))
    if rule is None or not formula:
        return f"{form} = {slope}"
    letters = _letters(rule, operands, position, result)
    expression = _up_to_comma(formula)
    if _is_words(expression, letters):
        return (
            f"{form} = {slope} ({_WORD.sub(lambda word: letters.get(word[0], word[0]), _RAISED.sub(_power, formula))})"
        )
    text = _substituted(expression, letters)
    if _NUMBER.fullmatch(text):
        return f"{form} = {slope}"
    return f"{form} = {text} = {slope}" if rule.builtin else f"{form} = {slope} ({text})"


def _formula(rule: Rule, position: int, count: int) -> str:
    """What the rule's docstring says of the derivative by an operand; "" where it says nothing."""
    slopes, each = _slopes(rule)
    operand = rule.operands[position * len(rule.operands) // count]
    return slopes.get(_letter(rule, operand), each)


@lru_cache(256)
def _slopes(rule: Rule) -> tuple[dict[str, str], str]:
    """The formulas of a rule's docstring by the letters of its operands, and the one that holds for each of them."""
    text = " ".join(rule.formula.split())
    return dict(_SLOPE.findall(text)), "".join(_EACH.findall(text))


def _letter(rule: Rule, operand: str) -> str:
    """The letter of an operand in the docstring: ``xᵢ`` is one element of the sequence ``xs``."""
    return f"{operand.removesuffix('s')}ᵢ" if rule.sequences else operand


def _letters(rule: Rule, operands: Sequence[str], position: int, result: str) -> dict[str, str]:
    """What stands for each letter of a rule: its operands, its parameters, its output, how many there are."""
    size = len(operands) // len(rule.operands)
    defaults = getattr(rule.base.function, "__kwdefaults__", None) or {}
    parameters = {
        name: number(float(value)) for name, value in {**defaults, **rule.parameters}.items() if type(value) in _NUMBERS
    }
    parameters |= {greek: parameters[name] for greek, name in _GREEK.items() if name in parameters}
    chosen = operands[position % size :: size] if rule.sequences else operands
    letters = dict(zip((_letter(rule, operand) for operand in rule.operands), chosen, strict=True))
    count = {"n": str(size)} if rule.sequences else {}
    return {"out": result} | count | parameters | letters


def _up_to_comma(formula: str) -> str:
    """The formula before a remark: a comma that stands in no bracket."""
    depth = 0
    for index, sign in enumerate(formula):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            return formula[:index]
    return formula


def _is_words(formula: str, letters: Mapping[str, str]) -> bool:
    """Whether it is a sentence and not an expression: it has a word that is no function and no letter."""
    words = {word.removesuffix("ᵢ") for word in _WORD.findall(formula) if word not in letters}
    return any(len(word) > 1 and word != "ln" and word not in RULES for word in words)


def _substituted(formula: str, letters: Mapping[str, str]) -> str:
    """The formula with each letter replaced, as a whole word, and in brackets where an operand is an expression.

    >>> _substituted("1/(2x√x)", {"x": "a"}), _substituted("b·aᵇ⁻¹", {"a": "w·x", "b": "3"})
    ('1/(2·a√a)', '3·(w·x)^(3−1)')
    """
    text = _RAISED.sub(_power, formula)

    def put(match: re.Match[str]) -> str:
        word, start, end = match[0], match.start(), match.end()
        if word not in letters:
            return word
        before, after = text[:start][-1:], text[end:][:1]
        is_alone = before + after in ("", "()", "||")
        operand = letters[word] if is_alone else bracketed(letters[word])
        return f"{'·' * before.isalnum()}{operand}{'·' * (after == '(')}"

    return _WORD.sub(put, text)


def _power(match: re.Match[str]) -> str:
    """A raised letter, which nothing else can be raised to: ``aᵇ⁻¹`` as ``a^(b−1)``."""
    exponent = match[0].translate(_LOWERED)
    return f"^{exponent}" if len(exponent) == 1 or exponent.startswith("(") else f"^({exponent})"


_SLOPE = re.compile(r"∂/∂(\w+) = (.*?)(?=(?:,|;| and) ∂/∂|[.;] |\.?$)")
_EACH = re.compile(r"∂ = (.*?)(?=[.;] |\.?$)")
_WORD = re.compile(r"[A-Za-z]+ᵢ?|[α-ωΑ-Ω]")  # a Greek letter stands for itself beside another: ``πx``
_RAISED = re.compile(r"[⁰¹²³⁴-⁹⁺⁻⁽⁾]*[ᵃᵇˣʸⁿ][⁰¹²³⁴-⁹⁺⁻⁽⁾ᵃᵇˣʸⁿ]*")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵃᵇˣʸⁿ", "0123456789+−()abxyn")
_GREEK = {"α": "alpha"}
_NUMBERS = (int, float)
