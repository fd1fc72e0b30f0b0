"""Draw the gallery: ``python -m examples.gallery FOLDER``, or only some of it: ``… FOLDER square "compiled network"``.

Of each picture a page, an SVG, and screenshots: light, dark, 400 pixels wide, and as it is printed; and an index.html.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from examples.gallery.pictures import PICTURES, write_gallery


def main(arguments: list[str]) -> None:
    """Write the pictures of these names, or all, into the folder that is named first."""
    if not arguments:
        sys.exit("python -m examples.gallery FOLDER [NAME …]: it writes the pictures of the gallery there")
    folder, *names = arguments
    for name in names:
        if name not in PICTURES:
            sys.exit(f"no picture {name!r}: there are {', '.join(PICTURES)}")
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None or importlib.util.find_spec("playwright") is None:
        print("screenshots need Chromium, and pip install playwright")
        written = write_gallery(Path(folder), names or list(PICTURES))
    else:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            written = write_gallery(Path(folder), names or list(PICTURES), chromium)
    print(written[-1])


if __name__ == "__main__":
    main(sys.argv[1:])
