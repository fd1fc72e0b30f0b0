"""For the site's builder: examples become code blocks, arguments a list, and a rule's first line a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from griffe import Extension, Object

EXAMPLE = re.compile(r"(?:^>>> .*\n?(?:^(?!>>> )\S.*\n?|^ .*\n?)*)+", re.MULTILINE)
SLOPE = re.compile(r"∂/∂(\w+)")
FRACTION = r"<math><mfrac><mo>∂</mo><mrow><mo>∂</mo><mi>\1</mi></mrow></mfrac></math>"


class Docstrings(Extension):
    """Rewrites each docstring as it is read."""

    def on_instance(self, *, obj: Object, **_: Any) -> None:
        """Of one module, class, function or attribute."""
        if obj.docstring is not None:
            names = [x.name.lstrip("*") for x in _parameters(obj)]
            obj.docstring.value = as_markdown(obj.docstring.value, names, obj.path.startswith("autograd.rules."))


def _parameters(obj: Any) -> Any:
    """Of a function, or of what a class is called with."""
    maker = obj.members.get("__init__", obj) if obj.is_class else obj
    return getattr(maker, "parameters", ())


def _arguments_as_list(text: str, parameters: Sequence[str]) -> str:
    """Turn lines ``name: text`` into the items of a list, with bold names; lines that continue one stay in its item."""
    names = "|".join(map(re.escape, parameters)) or "(?!)"
    argument, name = re.compile(rf"({names})(, \w+)*: "), re.compile(rf"(?<![\w`.])({names})(?=(, \w+)*: )")
    lines: list[str] = []
    in_list = in_code = False
    for line in text.split("\n"):
        is_fence, is_argument = line.startswith("```"), not in_code and argument.match(line) is not None
        if (is_argument and not in_list) or (is_fence and in_list):
            lines.append("")
        in_list = is_argument or (in_list and bool(line) and not is_fence)
        in_code ^= is_fence
        indent = "- " if is_argument else "  " if in_list else ""
        lines.append(indent + (line if in_code else name.sub(r"**\1**", line)))
    return "\n".join(lines)


def as_markdown(text: str, parameters: Sequence[str] = (), in_rules: bool = False) -> str:
    """Turn a docstring into Markdown: examples in blocks, arguments in a list with bold names, slopes as fractions."""
    text = EXAMPLE.sub(lambda match: f"```pycon\n{match[0].rstrip()}\n```\n", text)
    text = _arguments_as_list(text, parameters)
    if in_rules:
        first, _, rest = text.partition("\n\n")
        formula = SLOPE.sub(FRACTION, " ".join(first.split()))
        text = f'<p class="formula" markdown>{formula}</p>\n\n{rest}'
    return text
