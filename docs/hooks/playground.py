"""For the site's builder: the playground as a part of the site, and a page for each exercise that opens it there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))  # the builder need not be started there

from autograd.learn.exercises.exercise import EXERCISES, Exercise  # noqa: E402
from autograd.learn.reporting.texts import page  # noqa: E402
from autograd.playground.build import build  # noqa: E402
from autograd.playground.errors import BuildError  # noqa: E402
from autograd.playground.in_browser.learn import LAST  # noqa: E402
from tools.browser_links import learn_address  # noqa: E402

FOLDERS = {"en": "exercises", "zh": "zh/exercises"}
WORDS = {
    "en": {
        "title": "Exercises",
        "about": "You write the engine, step by step; a wrong answer is told apart by its numbers, and its mistake is "
        f"named. The first {LAST} also work in the browser, with nothing installed; your files continue in a terminal.",
        "head": "| number | exercise | in the browser |",
        "open": "Open in the browser",
        "terminal": "In a terminal: `autograd learn start`, then `autograd learn check {0}`.",
    },
    "zh": {
        "title": "练习",
        "about": f"一步一步写出自己的引擎；答错时，检查会从算出的数认出错在哪里。前 {LAST} 题也能直接在浏览器里做，"
        "什么都不用安装；做到一半的文件可以拿到终端里接着做。",
        "head": "| 编号 | 练习 | 浏览器 |",
        "open": "在浏览器中打开",
        "terminal": "在终端里：先运行 `autograd learn start --language zh`，再运行 `autograd learn check {0}`。",
    },
}


def on_files(files: Any, config: Any, **_: Any) -> Any:
    """The pages of the site, and those of the exercises."""
    for language in FOLDERS:
        for name, content in exercise_pages(language):
            files.append(File.generated(config, name, content=content))
    return files


def exercise_pages(language: str) -> Iterator[tuple[str, str]]:
    """The name and the Markdown of each page: the list of exercises, and each of them."""
    words, folder = WORDS[language], FOLDERS[language]
    rows = [f"| {x.number} | [{page(x.name, language).title}]({x.name}.md) | {_link(x, language)} |" for x in EXERCISES]
    table = "\n".join([words["head"], "|---|---|---|", *rows])
    yield f"{folder}/index.md", f"# {words['title']}\n\n{words['about']}\n\n{table}\n"
    for exercise in EXERCISES:
        text = page(exercise.name, language)
        lines = [f"# {exercise.number} · {text.title}", _link(exercise, language), text.task]
        lines.append(words["terminal"].format(exercise.number))
        yield f"{folder}/{exercise.name}.md", "\n\n".join(filter(None, lines)) + "\n"


def _link(exercise: Exercise, language: str) -> str:
    """The link to an exercise in the browser, from a page of its folder; none to those that are not there."""
    if exercise.number > LAST:
        return ""
    up = "../" * (FOLDERS[language].count("/") + 1)
    address, _, number = learn_address(exercise.number).partition("#")
    return f'<a href="{up}playground/{address}?lang={language}#{number}">{WORDS[language]["open"]}</a>'


def on_post_build(config: Any, **_: Any) -> None:
    """Build the playground into the site."""
    try:
        build(Path(config.site_dir) / "playground", guide="../index.html")
    except BuildError as error:
        raise PluginError(str(error)) from error
