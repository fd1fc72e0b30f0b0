"""What is shown is executed: the examples of public names; links lead somewhere; the public surface is a list."""

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn

ROOT = Path(__file__).parents[2]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
PUBLIC = [(module, name) for module in (autograd, nn) for name in module.__all__]


def run_examples(text: str, names: dict[str, object], where: str) -> int:
    """Run the examples of a text; how many there were."""
    test = doctest.DocTestParser().get_doctest(text, names, where, where, 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)
    return len(test.examples)


LINKING = [path for folder in (".", "docs", "benchmarks", "examples") for path in sorted((ROOT / folder).glob("*.md"))]
LINKING += sorted(path for path in (ROOT / "docs").glob("*/**/*.md"))


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as its links write them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", LINKING, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_decision_is_listed():
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in (ROOT / "docs/decisions").glob("0*.md"))
    assert pages
    assert all(f"({page})" in listed for page in pages)


@pytest.mark.parametrize(("module", "name"), PUBLIC, ids=[f"{module.__name__}.{name}" for module, name in PUBLIC])
def test_public_name_is_documented_with_an_example_that_runs(module, name):
    thing = getattr(module, name)
    if inspect.ismodule(thing) or isinstance(thing, dict):
        return
    words = inspect.getdoc(thing)
    assert words, f"{name} has no docstring"
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return
    examples = words
    if hasattr(thing, "rule"):
        examples = words.replace(">>> ", ">>> from autograd import *\n>>> ", 1)
    home = sys.modules[thing.__module__]
    assert run_examples(examples, vars(home).copy(), name), f"{name} shows no example"


@pytest.mark.parametrize("module", [autograd, nn])
def test_public_surface_is_the_list(module):
    assert all(hasattr(module, name) for name in module.__all__)  # some are loaded when they are asked for
    public = {
        name
        for name, thing in vars(module).items()
        if not name.startswith("_") and not (inspect.ismodule(thing) and name not in module.__all__)
    } - {"annotations", "Any"}
    assert public == set(module.__all__)
    assert len(module.__all__) == len(set(module.__all__))


def test_importing_and_compiling_load_no_picture_no_progress_bar_and_no_command_line():
    heavy = ("graphviz", "tqdm", "argparse", "matplotlib", "numpy.ma")
    call = "autograd.compile(lambda *x: nn.MLP(2, [3, 1])(x)).value_and_grad([1.0, 2.0], [3.0, 4.0])"
    code = f"import sys, autograd, nn; {call}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
