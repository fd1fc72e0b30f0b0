"""Build the wheel from the sdist, install it in an empty environment outside the checkout, and use it there.

``make wheel`` runs the demo with its pictures, starts, answers and checks a first exercise, and builds the playground
where there is npm. Failures raise.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANSWER = "def nudge(f, x, h=1e-5):\n    return (f(x + h) - f(x - h)) / (2 * h)\n"


def main() -> None:
    """Build, install and use the wheel."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        python = build_and_install(folder)
        use(python, folder)


def build_and_install(folder: Path) -> Path:
    """Return the Python of a new environment in the folder, with only the wheel and its dependencies."""
    _run(sys.executable, "-m", "build", "--quiet", "--outdir", folder / "dist", ROOT, cwd=folder)
    venv.create(folder / "environment", with_pip=True)
    python = folder / "environment" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    (wheel,) = (folder / "dist").glob("*.whl")
    _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=folder)
    return python


def use(python: Path, folder: Path) -> None:
    """Do what a new user does first with the installed package."""
    autograd = python.with_name("autograd")
    _run(autograd, "demo", "--steps", "3", "--samples", "20", cwd=folder)
    for picture in ("backprop_step.svg", "backprop_step.html"):
        if not (folder / "demo" / picture).stat().st_size:
            raise SystemExit(f"demo/{picture} is empty")
    _run(autograd, "demo", "gpt", "--steps", "3", cwd=folder)  # on the names that the wheel brings along
    _run(autograd, "learn", "start", "course", cwd=folder)
    (folder / "course" / "e01_nudge.py").write_text(ANSWER, encoding="utf-8")
    _run(autograd, "learn", "--dir", "course", "check", "1", cwd=folder)
    if shutil.which("npm"):
        _run(autograd, "playground", "--build", "site", cwd=folder)
        (pages,) = (folder / "site").glob("app-*/pages/pages.json")
        if [page["name"] for page in json.loads(pages.read_text(encoding="utf-8"))] != ["moons", "gpt"]:
            raise SystemExit(f"the playground has other pages: {pages.read_text(encoding='utf-8')}")


def _run(*command: str | Path, cwd: Path) -> None:
    subprocess.run([str(part) for part in command], cwd=cwd, check=True)


if __name__ == "__main__":
    main()
