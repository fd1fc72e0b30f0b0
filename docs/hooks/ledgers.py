"""The ledgers in the guide, from what the benchmarks printed: ``python docs/hooks/ledgers.py`` writes them.

A page says ``<!-- ledger: NAME -->``, the beginning of a title in benchmarks/results/ledgers.txt, or gpt.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

DOCS = Path(__file__).parent.parent
RESULTS = DOCS.parent / "benchmarks" / "results"
PAGES = [DOCS / folder / f"{name}.md" for folder in ("guide", "zh/guide") for name in ("microgpt", "recurrent")]
MARKS = re.compile(r"(<!-- ledger: ([^\n]+) -->\n).*?(<!-- end -->)", re.DOTALL)
LEFT_OUT = "1,000 steps"  # as many digits as for one
ENGLISH = {"a document": "a name", "of objects": "of the objects' time", "with": "with recording"}
ENGLISH["of objects, without"] = ENGLISH["of objects"]
CHINESE = {
    "a document": "一个名字",
    "a sample": "一个样本",
    "factor": "倍数",
    "recording": "记录",
    "of objects": "与对象之比",
    "of objects, without": "与对象之比",
    "with": "含记录",
    "objects with slots, microgpt's form": "对象：带 `__slots__`，microgpt 的写法",
    "nodes: the same code on this Value": "节点：同样的代码，换成这里的 Value",
    "fewer nodes: dot, softmax, cross_entropy, Adam": "更少的节点：dot、softmax、cross_entropy、Adam",
    "program: recorded, run on floats": "程序：记录下来，用浮点数运行",
    "arrays: a program a length": "数组：每种长度一个程序",
    "arrays: one program, documents padded": "数组：补齐长度，只有一个程序",
    "32 documents a step": "每步 32 个名字",
    "32 a step, float32": "每步 32 个名字，float32",
    "arrays: one sample": "数组：一个样本",
    "arrays: 32 samples": "数组：32 个样本",
    "32 samples, float32": "32 个样本，float32",
    "NumPy written by hand, 32 samples": "手写 NumPy，32 个样本",
}


def ledger(name: str) -> list[list[str]]:
    """The rows of a ledger that a benchmark printed, the heading first; cells may be empty.

    Raises ValueError if it was not printed.
    """
    file = RESULTS / ("gpt.txt" if name == "gpt" else "ledgers.txt")
    lines = file.read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines[1:], start=1):
        if line.startswith(" ") and (name == "gpt" or lines[i - 1].startswith(name)):
            ends = [match.end() for match in re.finditer(r"\S+(?: \S+)*", line)]
            rows = [line]
            while len(lines) > i + len(rows) and len(lines[i + len(rows)]) > ends[0]:
                rows.append(lines[i + len(rows)])
            return [_cells(row, ends) for row in rows if "limits" not in row]
    raise ValueError(f"{file} has no ledger {name!r}")


def _cells(line: str, ends: list[int]) -> list[str]:
    """The cells of an aligned line, whose columns but the first end at these places."""
    title, _, first = line[: ends[0]].rstrip().rpartition("  ")
    others = [line[begin:end].strip() for begin, end in pairwise(ends)]
    return [title.strip(), first.strip(), *others]


def table(name: str, is_chinese: bool) -> str:
    """The table of a ledger. Raises ValueError for a line that has no Chinese."""
    heading, *others = ledger(name)
    columns = [i for i, title in enumerate(heading) if title != LEFT_OUT]
    words = CHINESE if is_chinese else ENGLISH
    unknown = [row[0] for row in others if is_chinese and row[0] not in words]
    if unknown:
        raise ValueError(f"no Chinese for {unknown}: add them to CHINESE in {Path(__file__).name}")
    rows = [[words.get(row[i], row[i]) for i in columns] for row in (heading, *others)]
    lines = [f"| {' | '.join(row)} |".replace("  ", " ") for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


def with_tables(text: str, is_chinese: bool) -> str:
    """The page with the ledgers as they were printed last."""
    return MARKS.sub(lambda found: f"{found[1]}\n{table(found[2], is_chinese)}\n\n{found[3]}", text)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(with_tables(page.read_text(encoding="utf-8"), "zh" in page.parts), encoding="utf-8")
