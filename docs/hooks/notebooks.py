"""For the site's builder: a page for each notebook, run when the site is built, with its pictures and players alive."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.structure.files import File
from nbclient import NotebookClient
from nbconvert import MarkdownExporter

ROOT = Path(__file__).parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?://|#)([^)#]+)(#[^)]*)?\)")
SHOWN = re.compile(r"<p>notebook-output-(\w+)-(\d+)</p>")
sys.path.insert(0, str(ROOT))  # the builder need not be started there

from tools.browser_links import play_address, program_of  # noqa: E402

TIMEOUT = 300  # seconds for one cell: the longest trains for some ten

outputs: dict[str, list[str]] = {}


def on_files(files: Any, config: Any, **_: Any) -> Any:
    """The pages of the site, and one for each notebook."""
    for path in NOTEBOOKS:
        name = f"notebooks/{path.stem}.md"
        files.append(File.generated(config, name, content=page(path)))
    return files


def on_page_content(html: str, **_: Any) -> str:
    """A page with the outputs of its cells where they belong: Markdown would change what is in them."""
    return SHOWN.sub(lambda match: outputs[match[1]][int(match[2])], html)


def page(path: Path) -> str:
    """The notebook as Markdown, run from clean. Raises nbclient's CellExecutionError for a cell that fails."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=TIMEOUT, resources={"metadata": {"path": str(path.parent)}})
    environment = os.environ | {"PYTHONPATH": str(ROOT), "AUTOGRAD_MNIST": "", "AUTOGRAD_DISPLAY": "auto"}
    client.execute(env=environment, stderr=subprocess.DEVNULL)  # what the kernel says of its sockets
    key = re.sub(r"\W", "", path.stem)
    outputs[key] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(_link, cell.source)
        for output in cell.get("outputs", ()):
            shown = _html(output.get("data", {}))
            if shown:
                output.data = nbformat.from_dict({"text/markdown": f"notebook-output-{key}-{len(outputs[key])}"})
                outputs[key].append(f'<div class="output">{shown}</div>')
            elif output.output_type == "stream":
                output.text = "\n".join(line.rpartition("\r")[2] for line in output.text.split("\n"))
    body, _ = MarkdownExporter().from_notebook_node(notebook)
    return with_link(body, path)


def with_link(body: str, path: Path) -> str:
    """The page of a notebook with a link under its title: its first picture, as a program in the browser."""
    program = program_of(path)
    if program is None:
        return body
    title, _, rest = body.lstrip().partition("\n")
    link = f'<a href="../playground/{play_address(program)}">Open its first picture in the browser</a>'
    return f"{title}\n\n{link}\n{rest}"


def _html(data: Any) -> str:
    """What a notebook shows for an output, as part of a page; "" for plain text."""
    if "text/html" in data:
        return data["text/html"]
    if "image/svg+xml" in data:
        return data["image/svg+xml"]
    if "image/png" in data:
        return f'<img alt="a plot" src="data:image/png;base64,{data["image/png"].strip()}">'
    return ""


def _link(match: re.Match[str]) -> str:
    """A link to a page of the site, or the words alone where it leads to a file of the project."""
    words, target, anchor = match[1], match[2], match[3] or ""
    if target.endswith(".ipynb") and "/" not in target:
        return f"[{words}]({target.removesuffix('.ipynb')}.md{anchor})"
    if target.startswith("../docs/") and target.endswith(".md"):
        return f"[{words}]({target.replace('../docs/', '../')}{anchor})"
    return words
