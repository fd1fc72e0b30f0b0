"""Draw the gallery: ``python -m examples.gallery FOLDER``, or only some of it: ``… FOLDER square "compiled network"``.

Each picture gets a page, an SVG and screenshots (light, dark, 400 pixels wide, and printed); index.html links them.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from autograd.util.suggestions import lookup_error
from examples.gallery.pictures import PICTURES, write_gallery


def main(arguments: list[str]) -> None:
    """Write the pictures with the given names, or all, to the folder given first."""
    if not arguments:
        sys.exit("usage: python -m examples.gallery FOLDER [NAME …]   (writes the gallery's pictures to FOLDER)")
    folder, *names = arguments
    for name in names:
        if name not in PICTURES:
            sys.exit(lookup_error("picture", name, PICTURES, "leave the names out"))
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None or importlib.util.find_spec("playwright") is None:
        print("screenshots need Chromium and Playwright: pip install playwright")
        written = write_gallery(Path(folder), names or list(PICTURES))
    else:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            written = write_gallery(Path(folder), names or list(PICTURES), chromium)
    print(written[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
