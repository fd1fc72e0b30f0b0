"""For the site's builder: front pages that are the READMEs, and the table of conventions from what the tests check.

``python docs/hooks/pages.py`` writes the table into its pages, too, for who reads it where no site was built.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
READMES = {"index.md": "README.md", "zh/index.md": "README.zh.md"}
REFERENCE = ROOT / "tests" / "reference"
CONVENTIONS = [ROOT / "docs" / "conventions.md", ROOT / "docs" / "zh" / "conventions.md"]
MARK = re.compile(r"(<!-- the table of conventions -->\n).*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r"\[(!\[[^\]]*\]\([^)]+\))\]\(docs/(?:zh/)?guide/playground\.md\)")
"""A picture that leads to the playground: on the site to the pages themselves."""
LINK = re.compile(r"\[([^\]]*)\]\((?!https?://|#)([^)]+)\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The README in place of a front page, the table at its mark; other pages as they are."""
    place = page.file.src_uri
    if place not in READMES:
        return with_table(markdown)
    text = (ROOT / READMES[place]).read_text(encoding="utf-8")
    depth = place.count("/")
    text = PICTURE.sub(lambda found: _to_the_playground(found[1], depth), text)
    return LINK.sub(lambda found: _link(*found.groups(), depth=depth), text)


def _to_the_playground(picture: str, depth: int) -> str:
    language = "zh" if depth else "en"
    return f'<a href="{"../" * depth}playground/index.html?lang={language}">{picture}</a>'


def _link(words: str, target: str, depth: int) -> str:
    """A link to a page of the site, or the words alone where it leads to a file of the project."""
    path, _, anchor = target.partition("#")
    for front, readme in READMES.items():
        if path == readme:
            return f"[{words}]({'../' * depth}{front})"
    if path.startswith("docs/") and path.endswith((".md", ".svg", ".png")) and (ROOT / path).exists():
        return f"[{words}]({'../' * depth}{path.removeprefix('docs/')}{'#' * bool(anchor)}{anchor})"
    return words


def with_table(text: str) -> str:
    """The page with the table as it is now, from its mark to the next heading."""
    return MARK.sub(lambda found: f"{found[1]}\n{conventions()}\n\n", text)


def conventions() -> str:
    """A row for each case: what this library answers (its tests hold it to that), PyTorch and JAX, as measured."""
    kept, jax = (json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8")) for name in NAMES)
    rows = ["| operation | here | PyTorch | JAX |", "|---|---|---|---|"]
    for entry, other in zip(kept["conventions"], jax["answers"], strict=True):
        rows.append(_row(_call(entry), entry, entry["torch"], other))
    others = {x["program"]: x for x in jax["programs"]}
    for x in kept["compositions"]:
        if x["program"] in others:
            answers = [{"value": y["value"], "gradient": list(y["gradient"].values())} for y in (x, x["torch"])]
            point = ", ".join(f"{name} = {_number(number)}" for name, number in x["inputs"].items())
            rows.append(_row(f"{x['program']}, {point}", *answers, others[x["program"]]))
    sources = " ".join(f"{source[:1].upper()}{source[1:]}." for source in (kept["source"], jax["source"]))
    return "\n".join(rows) + f"\n\n{sources}"


NAMES = ("conventions", "conventions_jax")


def _row(call: str, *answers: dict[str, Any]) -> str:
    here, *others = [f"{_number(x['value'])}; {', '.join(map(_number, x['gradient']))}" for x in answers]
    return f"| `{call}` | {here} | {' | '.join(x if x == here else f'**{x}**' for x in others)} |"


def _call(entry: dict[str, Any]) -> str:
    """The operation on its operands; a constant as a plain number, a variable by its name and number."""
    names = iter("xyz")
    shown = []
    for operand, constant in zip(entry["operands"], entry["constant"], strict=True):
        shown.append(_number(operand) if constant else f"{next(names)} = {_number(operand)}")
    parameters = [f"{name} {_number(number)}" for name, number in entry["parameters"].items()]
    return f"{entry['operation']}({', '.join([*shown, *parameters])})"


def _number(x: Any) -> str:
    if isinstance(x, list):
        return f"[{', '.join(map(_number, x))}]"
    return f"{float(x):.6g}".replace("-", "−").replace("e+", "e")


if __name__ == "__main__":
    for page in CONVENTIONS:
        page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")
