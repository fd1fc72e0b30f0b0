"""Build the playground: a folder of static files that any web server can serve, from any path.

    index.html, learn.html, see.html    the pages, each with its Content-Security-Policy
    service-worker.js                   keeps all files for use without a network
    app-<hash>/                         our scripts, style sheets and Python files: another name whenever they change
    pyodide-<version>/                  Python for the browser, as its npm package has it

The npm packages are pinned in ``package-lock.json`` and installed in a cache folder, once for each lock file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import get_args

from autograd.playground.pages import write_pages
from autograd.playground.policy import policy
from autograd.util.files import write_whole
from autograd.viz.write.player_page import Kind, player_script

__all__ = ["BuildError", "build", "cache_folder"]

HERE = Path(__file__).parent
SITE = HERE / "site"
PAGES = ("index.html", "learn.html", "see.html")
SCRIPTS = ("play.js", "learn.js", "see.js", "worker.js")
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
PYTHON_FILES = (".py", ".toml", ".md", ".js", ".css", ".json")
LEFT_OUT = ("playground/site", "viz/fonts", "learn/authoring", "learn/terminal", "__pycache__")
"""Folders of the package that a page has no use for."""


class BuildError(Exception):
    """The playground cannot be built. The message says what is missing and what to do."""


def build(folder: Path) -> Path:
    """Build the playground in a folder, which is made if it is not there, and return it.

    Raises BuildError where npm is missing or fails, and where the folder has files that are not the playground's.
    """
    packages = _npm_packages()
    _check_folder(folder)
    versions = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    pyodide = f"pyodide-{versions['pyodide']}"
    work = cache_folder() / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    _bundle(packages, work, pyodide)
    _pack(work / "autograd.zip")
    write_pages(work / "pages", cache_folder())
    for sheet in SITE.glob("*.css"):
        shutil.copy(sheet, work)
    app = f"app-{_digest(x for x in work.rglob('*') if x.is_file())}"
    _replace(folder, app, work)
    (folder / pyodide).mkdir(exist_ok=True)
    for name in PYODIDE_FILES:
        _copy_if_new(packages / "pyodide" / name, folder / pyodide / name)
    for name in PAGES:
        if (SITE / name).exists():
            _write_page(folder / name, (SITE / name).read_text(encoding="utf-8"), app)
    return folder


def cache_folder() -> Path:
    """The folder for what is downloaded and built, among the user's caches."""
    home = Path.home()
    usual = {"darwin": home / "Library/Caches", "win32": Path(os.environ.get("LOCALAPPDATA", home))}
    base = os.environ.get("XDG_CACHE_HOME") or usual.get(sys.platform, home / ".cache")
    return Path(base) / "scalar-autograd" / "playground"


# ── npm ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _npm_packages() -> Path:
    """The folder of the npm packages, which are installed if these versions are not there."""
    lock = (HERE / "package-lock.json").read_bytes()
    folder = cache_folder() / f"npm-{hashlib.sha256(lock).hexdigest()[:12]}"
    if (folder / "installed").exists():
        return folder / "node_modules"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    # esbuild comes as a program for each platform: no package has to run a script of its own
    _run([_program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    (folder / "installed").touch()
    return folder / "node_modules"


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BuildError(
            f"{name} is missing, which the playground is built with: install Node.js (version 20 or newer, "
            "https://nodejs.org), then try again"
        )
    return path


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()[-12:]
        raise BuildError("\n  ".join([f"{' '.join(command[:3])} failed:", *words]))


def _bundle(packages: Path, target: Path, pyodide: str) -> None:
    """The scripts, each as one file and the parts that several share, short."""
    scripts = [str(SITE / name) for name in SCRIPTS if (SITE / name).exists()]
    options = [
        "--bundle",
        "--splitting",
        "--format=esm",
        "--minify",
        "--charset=utf8",
        "--target=es2022",
        "--log-level=warning",
    ]
    texts = {"PYODIDE": f"../{pyodide}/", "FRAME_SCRIPT": _frame_script()}
    define = [f"--define:{name}={json.dumps(text)}" for name, text in texts.items()]
    program = [_program("node"), str(packages / "esbuild" / "bin" / "esbuild")]
    environment = os.environ | {"NODE_PATH": str(packages)}
    command = [*program, *scripts, *options, *define, f"--outdir={target}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise BuildError(f"esbuild failed:\n{done.stderr}")


# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pack(target: Path) -> None:
    """The package's own files that a page needs, in an archive that is the same whenever they are."""
    package = HERE.parent
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(package.rglob("*")):
            name = path.relative_to(package).as_posix()
            if path.suffix in PYTHON_FILES and not any(part in name for part in LEFT_OUT):
                archive.writestr(zipfile.ZipInfo(f"autograd/{name}"), path.read_bytes(), zipfile.ZIP_DEFLATED)


def _frame_script() -> str:
    return (SITE / "frame-script.js").read_text(encoding="utf-8")


def _write_page(target: Path, text: str, app: str) -> None:
    text = text.replace("{{app}}", f"{app}/").replace(
        "{{policy}}", escape(policy([_frame_script(), *map(player_script, get_args(Kind))]))
    )
    write_whole(target, text.encode())


def _digest(paths: Iterable[Path]) -> str:
    """A short name for the contents of files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _check_folder(folder: Path) -> None:
    """Refuse a folder with files of somebody else."""
    ours = {*PAGES, "service-worker.js", "prepared"}
    others = (
        [x.name for x in folder.iterdir() if x.name not in ours and not x.name.startswith(("app-", "pyodide-"))]
        if folder.exists()
        else []
    )
    if others:
        raise BuildError(f"{folder} has other files in it, such as {others[0]}: choose an empty or a new folder")
    folder.mkdir(parents=True, exist_ok=True)


def _replace(folder: Path, app: str, work: Path) -> None:
    """Move the new application into the folder, and remove the old ones."""
    for old in folder.glob("app-*"):
        shutil.rmtree(old)
    shutil.move(work, folder / app)


def _copy_if_new(source: Path, target: Path) -> None:
    if not target.exists() or target.stat().st_size != source.stat().st_size:
        shutil.copy(source, target)
