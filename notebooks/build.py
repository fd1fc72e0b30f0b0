"""Run notebooks from clean, and write their outputs as they are committed: still pictures, and nothing of the hour.

    python notebooks/build.py           all of them
    python notebooks/build.py 3 10      those with these numbers

A code host runs no script and drops pictures in HTML, so each picture or player is committed as an SVG: its last state.
JupyterLab shows no SVG of a notebook that it does not trust, as any that was downloaded, so there is a PNG of each
beside it, which Chromium makes. The same notebook on the same machine gives the same bytes. Two tags of a cell matter
here: what a cell tagged "varies" prints are measured times, say, and is compared without its digits; a cell tagged
"needs-torch" is compared where torch is installed.
"""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import io
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
LARGE = 700  # pixels wide
FITTING = '<svg style="max-width:100%;height:auto"'  # where the column is narrower, not cut off
PROGRESS = re.compile(r"epoch \d+/\d+: .*\bsamples?/s")
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
PLAYED, DRAWN = "Run the cell to step through it.", "Run the cell to zoom, and to open boxes."
POINTED = "Run the cell to see the exact numbers."
WIDTH_OF_LINE, HEIGHT_OF_LINE = 260, 20  # pixels
LINE_STYLE = (  # in the colours of the pictures, whose own rules are weaker
    ".under.under{fill:#fff;stroke:none}.below.below{font:11px DejaVu Sans,Verdana,sans-serif;fill:#595959}"
    "@media screen and (prefers-color-scheme:dark){.under.under{fill:#1e1e1e}.below.below{fill:#b0b0b0}}"
)
_IS_OURS = re.compile(r"<svg\b[^>]*\bclass=\"autograd|<svg\b[^>]*\brole=\"img\"")
SECONDS = re.compile(r"(\bsteps? in )[\d.e+-]+ s\b")


def notebooks() -> list[Path]:
    """Every notebook, in the order of their numbers."""
    return sorted(FOLDER.glob("*.ipynb"), key=lambda path: int(number_of(path)))


def number_of(path: Path) -> str:
    """The number of a notebook, with which its name begins."""
    return path.name.partition("_")[0]


def executed(path: Path, timeout: int = 300) -> Any:
    """The notebook, run from clean in a kernel of its own, with the outputs that are to be committed.

    Raises nbclient's CellExecutionError for a cell that fails.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook, timeout=timeout, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    with tempfile.TemporaryDirectory(prefix="autograd-") as folder:
        client.execute(env=_environment(folder))
    return cleaned(notebook)


def _environment(folder: str) -> dict[str, str]:
    """Of the kernel: this checkout, nobody's own IPython, still pictures, and no MNIST, which few have."""
    before = {name: value for name, value in os.environ.items() if not name.startswith(("IPYTHON", "PYTHONWARNINGS"))}
    _make_font_cache()
    return before | {
        "AUTOGRAD_DISPLAY": "static",
        "AUTOGRAD_MNIST": "",
        "IPYTHONDIR": folder,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(FOLDER.parent), os.environ.get("PYTHONPATH")])),
    }


def _make_font_cache() -> None:
    """Matplotlib says on stderr that it makes one, the first time on a machine."""
    with contextlib.suppress(ImportError):
        import matplotlib.font_manager  # noqa: F401


# ── what is committed ───────────────────────────────────────────────────────────────────────────────────────────────


def cleaned(notebook: Any) -> Any:
    """The notebook without what differs from run to run or from machine to machine; changed in place."""
    notebook.metadata = nbformat.from_dict(METADATA)
    count = 0
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [_still(output, count, cell.source) for output in _joined(cell.outputs)]
    return notebook


def _joined(outputs: list[Any]) -> list[Any]:
    """What was printed in several pieces in one; the bars of trainings are left out."""
    found: list[Any] = []
    for output in outputs:
        if output.output_type == "stream" and found and found[-1].get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    found = [output for output in found if not PROGRESS.match(output.get("data", {}).get("text/plain", ""))]
    for output in found:
        if output.output_type == "stream":
            lines = [line.rpartition("\r")[2] for line in output.text.replace("\r\n", "\n").split("\n")]
            output.text = ADDRESS.sub("0x…", "\n".join(lines))
    return [output for output in found if output.output_type != "stream" or output.text]


def _still(output: Any, count: int, source: str) -> Any:
    """The output without its metadata, and with a picture that fits and says what running the cell gives."""
    if output.output_type not in ("execute_result", "display_data"):
        return output
    if output.output_type == "execute_result":
        output.execution_count = count
    data = dict(output.data)
    if "text/html" in data:
        data["text/html"] = SECONDS.sub(r"\1… s", data["text/html"])
    if "image/svg+xml" in data:
        svg = data["image/svg+xml"]
        if _IS_OURS.match(svg):
            svg = with_a_line_below(svg, line_of(svg, source))
        data["image/svg+xml"] = svg.replace("<svg", FITTING, 1)
    data["text/plain"] = ADDRESS.sub("0x…", data.get("text/plain", ""))
    output.data, output.metadata = nbformat.from_dict(data), nbformat.from_dict({})
    return output


def line_of(svg: str, source: str) -> str:
    """What a reader gets by running the cell that made a picture."""
    if 'class="heat"' in svg:
        return POINTED
    return PLAYED if "play(" in source else DRAWN


def with_a_line_below(svg: str, line: str) -> str:
    """A picture with one line of text more, under what it shows."""
    width, height = (float(re.search(rf' {name}="([\d.]+)"', svg)[1]) for name in ("width", "height"))  # type: ignore[index]
    wide, high = max(width, WIDTH_OF_LINE), height + HEIGHT_OF_LINE
    begin, end = svg.split(">", 1)
    for name, value in (("width", wide), ("height", high)):
        begin = re.sub(rf' {name}="[\d.]+"', f' {name}="{value:g}"', begin, count=1)
    begin = re.sub(r'viewBox="[^"]*"', f'viewBox="0 0 {wide:g} {high:g}"', begin, count=1)
    ground = f'<style>{LINE_STYLE}</style><rect class="under" width="{wide:g}" height="{high:g}"/>'
    text = f'<text class="below" x="8" y="{height + 13:g}">{line}</text>'
    title, rest = re.match(r"(<title>.*?</title>)?(.*)", end, re.DOTALL).groups("")  # type: ignore[union-attr]
    return f"{begin}>{title}{ground}{rest.removesuffix('</svg>')}{text}</svg>"


# ── pictures of pictures ────────────────────────────────────────────────────────────────────────────────────────────


def add_pixels(notebook: Any, before: Any) -> None:
    """Beside each SVG of the notebook a PNG: that of the notebook before, where the SVG is the same."""
    known = {svg: (data, sizes) for svg, data, sizes in _pixels(before)}
    new = [output for output in _with_svg(notebook) if output.data["image/svg+xml"] not in known]
    if new:
        known |= _drawn([output.data["image/svg+xml"] for output in new])
    for output in _with_svg(notebook):
        output.data["image/png"], sizes = known[output.data["image/svg+xml"]]
        output.metadata = nbformat.from_dict({"image/png": sizes})


def _with_svg(notebook: Any) -> list[Any]:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output for output in outputs if "image/svg+xml" in output.get("data", {})]


def _pixels(notebook: Any) -> list[tuple[str, str, Any]]:
    """(SVG, PNG, the size to show it at) of each picture that has all three."""
    return [
        (output.data["image/svg+xml"], output.data["image/png"], output.metadata["image/png"])
        for output in _with_svg(notebook)
        if "image/png" in output.data and "image/png" in output.metadata
    ]


def _drawn(pictures: list[str]) -> dict[str, tuple[str, dict[str, int]]]:
    """Each picture as a PNG, and its size: in 255 colours, and of twice its size unless that would be large."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        pages = {
            scale: browser.new_page(viewport={"width": 2000, "height": 1200}, device_scale_factor=scale)
            for scale in (1, 2)
        }
        for svg in pictures:
            width = int(re.search(r' width="(\d+)"', svg)[1])  # type: ignore[index]
            scale = 2 if width <= LARGE else 1
            pages[scale].set_content(f'<body style="margin:0">{svg}')
            shot = Image.open(io.BytesIO(pages[scale].locator("svg").first.screenshot()))
            packed = io.BytesIO()
            few = shot.convert("RGB").quantize(255, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
            few.save(packed, "PNG", optimize=True)
            sizes = {"height": shot.height // scale, "width": shot.width // scale}
            found[svg] = base64.b64encode(packed.getvalue()).decode() + "\n", sizes
        browser.close()
    return found


# ── comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = re.compile(r"<(?:title|text)\b[^>]*>(.*?)</(?:title|text)>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def comparable(cell: Any) -> list[tuple[str, ...]]:
    """What has to be the same when a cell is run again: all text, and of a picture its words in order."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append((output.name, output.text))
        elif output.output_type == "error":
            found.append(("error", output.ename, output.evalue))
        else:
            for kind, content in sorted(output.data.items()):
                if kind == "image/png" and "image/svg+xml" in output.data:
                    continue
                if kind == "image/svg+xml":
                    content = "\n".join(TAG.sub("", words) for words in WORDS.findall(content))
                elif kind.startswith("image/"):
                    content = ""
                found.append((kind, content))
    if "varies" in cell.metadata.get("tags", ()):
        found = [tuple(re.sub(r" *\d[\d.,]*|[▁▂▃▄▅▆▇█]", "#", text) for text in texts) for texts in found]
    return found


def missing(cell: Any) -> bool:
    """Whether the cell needs a package that is not installed here: it says so, and shows nothing else."""
    needed = [tag.removeprefix("needs-") for tag in cell.metadata.get("tags", ()) if tag.startswith("needs-")]
    return any(importlib.util.find_spec(name) is None for name in needed)


def main(numbers: list[str]) -> None:
    """Build the notebooks with these numbers, or all."""
    for path in notebooks():
        if numbers and number_of(path) not in numbers:
            continue
        committed = nbformat.read(path, as_version=4)
        before = {cell.id: cell for cell in committed.cells if cell.cell_type == "code"}
        notebook = executed(path)
        for cell in notebook.cells:
            if cell.id in before and _is_to_keep(before[cell.id], cell):
                cell.outputs = before[cell.id].outputs
        add_pixels(notebook, committed)
        nbformat.write(notebook, path)
        print(f"{path.name:<44}{path.stat().st_size / 1000:>6.0f} kB")


def _is_to_keep(before: Any, after: Any) -> bool:
    """Whether what is committed says more than this run, or as much but for its times."""
    if before.source != after.source or not before.outputs:
        return False
    varies = "varies" in after.metadata.get("tags", ())
    return missing(after) or (varies and comparable(before) == comparable(after))


if __name__ == "__main__":
    main(sys.argv[1:])
