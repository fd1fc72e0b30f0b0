"""Build the playground: a folder of static files that any web server can serve, from any path.

    index.html, learn.html, …    the pages, each with its Content-Security-Policy
    service-worker.js            keeps all files for use without a network
    app-<hash>/                  our scripts, style sheets and Python files: another name whenever one of them changes
    pyodide-<version>-<hash>/    Python for the browser, from its npm package

The npm packages are pinned in ``package-lock.json`` and installed in a cache folder, once for each lock file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import get_args

from autograd.playground.errors import BuildError
from autograd.playground.packing import STDLIB, write_archives, write_pyodide
from autograd.playground.pages import write_pages
from autograd.playground.policy import NUMPY, policy
from autograd.util.files import write_whole
from autograd.viz.write.player_page import Kind, player_script

__all__ = ["build", "cache_folder", "examples", "npm_packages"]

HERE = Path(__file__).parent
SITE = HERE / "site"
SCRIPTS = ("play.js", "learn.js", "see.js", "worker.js")


def build(folder: Path, guide: str = "") -> Path:
    """Build the playground in a folder, which is made if it is not there, and return it.

    guide: the address of the documentation, if there is one to link to, absolute or relative to the folder.

    Raises BuildError where npm is missing or fails, and where the folder has files that are not the playground's.
    """
    packages = npm_packages()
    _check_folder(folder)
    python = next(packages.parent.glob("pyodide-*"))
    with tempfile.TemporaryDirectory(dir=cache_folder()) as temporary:
        work = Path(temporary) / "app"
        work.mkdir()
        _bundle(packages, work, python.name)
        write_archives(work)
        write_pages(work / "pages", cache_folder())
        for sheet in SITE.glob("*.css"):
            shutil.copy(sheet, work)
        app = f"app-{_digest(work)}"
        _remove_others(folder, {app, python.name})
        if not (folder / app).exists():
            shutil.move(work, folder / app)
    if not (folder / python.name).exists():
        shutil.copytree(python, folder / python.name)
    for page in SITE.glob("*.html"):
        _write_page(folder / page.name, _assembled(page, guide), app)
    with_numpy = _assembled(SITE / "index.html", guide).replace("<html ", "<html data-numpy ", 1)
    _write_page(folder / "play-numpy.html", with_numpy, app, NUMPY)
    _write_service_worker(folder)
    return folder


def cache_folder() -> Path:
    """The folder for what is downloaded and built, among the user's caches."""
    home = Path.home()
    usual = {"darwin": home / "Library/Caches", "win32": Path(os.environ.get("LOCALAPPDATA", home))}
    base = os.environ.get("XDG_CACHE_HOME") or usual.get(sys.platform, home / ".cache")
    return Path(base) / "scalar-autograd" / "playground"


def examples() -> dict[str, str]:
    """The programs of the page Play, in order, by the names under which ``words`` has their titles."""
    paths = sorted((HERE / "examples").glob("[0-9]*.py"))
    return {path.stem.partition("_")[2]: path.read_text(encoding="utf-8") for path in paths}


# ── npm ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def npm_packages() -> Path:
    """The folder of the npm packages, installed if these versions are not there; beside it, Pyodide's files."""
    sources = (HERE / name for name in ("package-lock.json", "packing.py", "precompile.mjs"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    folder = cache_folder() / f"npm-{digest}"
    if folder.exists():
        return folder / "node_modules"
    cache_folder().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_folder()) as temporary:
        work = Path(temporary) / "npm"
        work.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, work)
        # esbuild's program is a package for each platform: no package has to run a script of its own.
        _run([_program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=work)
        package = work / "node_modules" / "pyodide"
        write_pyodide(package, work / "pyodide")
        _precompile(package, work / "pyodide" / STDLIB, work)
        version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
        (work / "pyodide").rename(work / f"pyodide-{version}-{_digest(work / 'pyodide')}")
        if not folder.exists():  # another build may have been quicker
            work.rename(folder)
    return folder / "node_modules"


def _precompile(package: Path, library: Path, work: Path) -> None:
    """Compile what a page imports of Python's library, which has to be done by the Python of the page."""
    archives = work / "archives"
    archives.mkdir()
    write_archives(archives)
    result = archives / library.name
    script = str(HERE / "precompile.mjs")
    _run([_program("node"), script, str(package), str(library), str(archives / "autograd.zip"), str(result)])
    result.replace(library)
    shutil.rmtree(archives)


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BuildError(
            f"{name} is missing, which builds the playground\n"
            "  try  install Node.js 20 or newer (https://nodejs.org), then run this again"
        )
    return path


def _run(command: list[str], **options: object) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **options)  # type: ignore[call-overload]
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()[-12:]
        raise BuildError("\n  ".join([f"{' '.join(Path(part).name for part in command[:2])} failed:", *words]))


def _bundle(packages: Path, target: Path, python: str) -> None:
    """The scripts, each as one file and the parts that several share, short."""
    scripts = [str(SITE / name) for name in SCRIPTS if (SITE / name).exists()]
    options = ["--bundle", "--splitting", "--format=esm", "--minify", "--charset=utf8", "--target=es2022"]
    texts = {"PYODIDE": f"../{python}/", "NUMPY": NUMPY, "FRAME_SCRIPT": _frame_script(), "EXAMPLES": examples()}
    define = [f"--define:{name}={json.dumps(text)}" for name, text in texts.items()]
    program = [_program("node"), str(packages / "esbuild" / "bin" / "esbuild")]
    where = ["--log-level=warning", f"--outdir={target}"]
    _run([*program, *scripts, *options, *define, *where], env=os.environ | {"NODE_PATH": str(packages)})


def _frame_script() -> str:
    return (SITE / "frame-script.js").read_text(encoding="utf-8")


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _assembled(page: Path, guide: str) -> str:
    """A page with the parts that all have: the head, and the banner, in which it is marked as the current one."""
    link = f'<a href="{escape(guide)}" data-t="common.guide">Guide</a>' if guide else ""
    text = page.read_text(encoding="utf-8")
    for part in (SITE / "parts").glob("*.html"):
        text = text.replace(f"{{{{{part.stem}}}}}", part.read_text(encoding="utf-8").strip())
    text = text.replace("{{guide}}", link)
    return text.replace(f'<a href="{page.name}"', f'<a href="{page.name}" aria-current="page"')


def _write_page(target: Path, text: str, app: str, distribution: str = "") -> None:
    scripts = [_frame_script(), *map(player_script, get_args(Kind))]
    fields = {"{{app}}": f"{app}/", "{{policy}}": escape(policy(scripts, distribution))}
    for name, value in fields.items():
        text = text.replace(name, value)
    write_whole(target, text.encode())


def _write_service_worker(folder: Path) -> None:
    """The service worker, with the list of the files and a version that changes when any of them does.

    Without those for NumPy, which need a network.
    """
    target = folder / "service-worker.js"
    without = {target.name, "arrays.zip", "play-numpy.html"}
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in without)
    names = [path.relative_to(folder).as_posix() for path in files]
    head = f"const FILES = {json.dumps(names)};\nconst VERSION = {json.dumps(_digest(folder, {target}))};\n"
    write_whole(target, (head + (SITE / target.name).read_text(encoding="utf-8")).encode())


def _digest(folder: Path, without: Iterable[Path] = ()) -> str:
    """A short name for the contents of a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path not in without):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _check_folder(folder: Path) -> None:
    """Refuse a folder with files of somebody else."""
    ours = {"service-worker.js", "play-numpy.html", *(path.name for path in SITE.glob("*.html"))}
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    others = [name for name in names if name not in ours and not name.startswith(("app-", "pyodide-"))]
    if others and "service-worker.js" not in names:
        raise BuildError(f"{folder} has other files in it, such as {others[0]}\n  try  an empty folder, or a new one")
    folder.mkdir(parents=True, exist_ok=True)


def _remove_others(folder: Path, current: set[str]) -> None:
    """Remove what an earlier build left."""
    for pattern in ("app-*", "pyodide-*"):
        for old in folder.glob(pattern):
            if old.name not in current:
                shutil.rmtree(old)
