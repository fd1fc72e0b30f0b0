"""For the site's builder: a docstring's examples become blocks of code, and a rule's first lines a formula."""

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


def as_markdown(text: str, parameters: Sequence[str] = (), in_rules: bool = False) -> str:
    """The docstring as Markdown: examples in blocks, names of parameters in bold, a rule's slopes as fractions."""
    text = EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", text)
    for name in parameters:
        text = re.sub(rf"(?<![\w`.]){name}(?=(, \w+)*: )", f"**{name}**", text)
    if in_rules:
        first, _, rest = text.partition("\n\n")
        formula = SLOPE.sub(FRACTION, " ".join(first.split()))
        text = f'<p class="formula" markdown>{formula}</p>\n\n{rest}'
    return text
