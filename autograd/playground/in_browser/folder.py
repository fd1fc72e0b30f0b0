"""A learner's folder in a page: texts by file name, the same files that ``autograd learn`` has in a terminal.

The page keeps the texts. For a call they are written to a folder of their own; what the call changes there goes back.
"""

from __future__ import annotations

import base64
import io
import re
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from autograd.learn.cases import MISTAKES
from autograd.learn.course import Course
from autograd.learn.exercises.exercise import EXERCISES
from autograd.learn.progress import FILE, Progress

__all__ = ["Changes", "Files", "Unfit", "loses", "opened", "packed", "unpacked", "with_starters"]

Files = Mapping[str, str]
"""The learner's files: name → text."""
Changes = dict[str, str | None]
"""The files that a call has changed: name → text; None for one that is gone."""

FOLDER = "exercises"
"""The name of the folder in an archive, where ``autograd learn`` looks for it."""
_MOST_FILES, _LARGEST_FILE, _LARGEST = 2_000, 1 << 18, 1 << 21
"""What is taken of an archive: its entries, the bytes of a file, and of all. Exercises have some kilobytes each."""
_KNOWN = re.compile(
    "|".join(re.escape(name) for name in [*(f"{exercise.name}.py" for exercise in EXERCISES), FILE, MISTAKES])
)
_BACKUP = re.compile(r"(?:\.bak\d{1,6})?", re.ASCII)
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, ValueError)
"""What the archives of others end in: cut off, with a password, packed in a way that is not known here."""


class Unfit(Exception):
    """Files that cannot be taken over. key: of the page's words; values: what they are filled in with."""

    def __init__(self, key: str, *values: object) -> None:
        super().__init__(key, *values)
        self.key, self.values = key, values


@contextmanager
def opened(files: Files, language: str) -> Iterator[tuple[Course, Changes]]:
    """The course in a folder with these files, and the changes, which are complete at the end of the block."""
    changes: Changes = {}
    folder = Path(_folder().name).resolve()
    for path in folder.iterdir():
        path.unlink()
    for file, text in files.items():
        if _is_known(file):
            (folder / file).write_bytes(_bytes(text))
    yield Course(folder, language), changes
    after = {path.name: path.read_bytes() for path in folder.iterdir() if _is_known(path.name)}
    for file, content in after.items():
        if file not in files or content != _bytes(files[file]):
            changes[file] = content.decode(errors="replace")
    changes.update({file: None for file in files if _is_known(file) and file not in after})


@lru_cache
def _folder() -> TemporaryDirectory[str]:
    """One folder for all calls, so that a file has the same path in each."""
    return TemporaryDirectory(prefix="learn-")


def _is_known(name: str) -> bool:
    """Whether a file of this name belongs to a learner's folder."""
    known = _KNOWN.match(name)
    return known is not None and _BACKUP.fullmatch(name, known.end()) is not None


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def with_starters(course: Course) -> None:
    """Put the starters of exercises that were not begun beside the learner's files, as ``autograd learn start``."""
    for exercise in EXERCISES:
        if not course.path(exercise).exists():
            course.path(exercise).write_text(exercise.source("starter"), encoding="utf-8")
    course.progress.choose(course.words.language)


def packed(folder: Path) -> str:
    """The folder as a zip archive, in base64; unpacked, ``autograd learn`` goes on with it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            if _is_known(path.name):
                entry = zipfile.ZipInfo(f"{FOLDER}/{path.name}", time.localtime()[:6])
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return base64.b64encode(content.getvalue()).decode("ascii")


# ── from elsewhere ──────────────────────────────────────────────────────────────────────────────────────────────────


def unpacked(given: Iterable[Mapping[str, str]]) -> tuple[dict[str, str], list[str]]:
    """The texts of a learner's files, by name, and the names of those that are none.

    given: files with their name and, in base64, their data: archives, or a learner's files themselves.

    Raises Unfit for files that are damaged, too large, no text, or twice there; and where none is a learner's.
    """
    texts: dict[str, str] = {}
    others: list[str] = []
    room = _LARGEST
    for file in given:
        name, content = file["name"], base64.b64decode(file["data"])
        if len(content) > _LARGEST:
            raise Unfit("import_large", name)
        for path, data in _unzipped(name, content) if name.lower().endswith(".zip") else [(name, content)]:
            own = PurePosixPath(path.replace("\\", "/")).name
            if not _is_known(own):
                others += [path] * ("__MACOSX" not in path)  # which a Mac puts beside every file
                continue
            if own in texts:
                raise Unfit("import_twice", name, own)
            room -= len(data)
            if len(data) > _LARGEST_FILE or room < 0:
                raise Unfit("import_large", own)
            texts[own] = _text(own, data)
    if not texts:
        raise Unfit("import_nothing")
    return texts, others


def _unzipped(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of an archive; of those that are no learner's, only the paths."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > _MOST_FILES:
                raise Unfit("import_large", name)
            for entry in entries:
                if not _is_known(PurePosixPath(entry.filename).name):
                    yield entry.filename, b""
                    continue
                if entry.flag_bits & 1 or entry.compress_type not in _PACKINGS:
                    raise Unfit("import_packed", name)
                with archive.open(entry) as file:
                    yield entry.filename, file.read(_LARGEST_FILE + 1)
    except _DAMAGED:
        raise Unfit("import_damaged", name) from None


def _text(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise Unfit("import_no_text", name) from None


def loses(course: Course, name: str, text: str) -> bool:
    """Whether something of the learner's is lost when a file of the folder gets this text."""
    path = course.folder / name
    if not path.exists() or path.read_bytes() == _bytes(text):
        return False
    if name == FILE:
        return bool(Progress(course.folder).read()["exercises"])
    before = path.read_text(encoding="utf-8", errors="replace")
    return not any(name == f"{exercise.name}.py" and exercise.is_starter(before) for exercise in EXERCISES)
