"""Downloads of published files: resumed, checked, and given their name once they are complete."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from http.client import HTTPResponse

__all__ = ["BLOCK", "File", "download", "sha256"]

_TIMEOUT = 30.0  # seconds without a byte
BLOCK = 1 << 16


class File(NamedTuple):
    """A published file: its magic number, and its size and checksum when packed by gzip."""

    name: str
    magic: int
    size: int
    sha256: str


def download(address: str, path: Path, file: File) -> None:
    """Download a file. It gets its name only once it is complete and its checksum is right, so it can be resumed."""
    path = Path(os.path.realpath(path))  # a link in the cache stays one
    part = path.with_name(f"{path.name}.part")
    if part.is_symlink():  # perhaps somebody else's: do not write to its target
        part.unlink()
    resumed = part.exists()
    _fetch(address, part, file)
    if resumed and sha256(part) != file.sha256:  # what was there was no beginning of this file: once more, from 0
        part.unlink()
        _fetch(address, part, file)
    if sha256(part) != file.sha256:
        part.unlink()
        raise ValueError(f"{address} has a wrong checksum, so it is not the published file. {_REMEDY}")
    part.replace(path)


_REMEDY = "Try again later, pass another mirror=, or get the four files elsewhere and call nn.data.mnist(folder)"


def _fetch(address: str, part: Path, file: File) -> None:
    """Download the missing rest of ``part``. If that fails, keep what has arrived and raise ConnectionError."""
    import ssl  # these cost more than the rest of nn, and are needed here alone
    import urllib.error
    import urllib.request
    from http.client import HTTPException

    done = _size(part)
    if done >= file.size:
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=_TIMEOUT) as response:
            goes_on = response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {done}-")
            _append(response, part, done if goes_on else 0, file)
            is_whole = response.length == 0  # by the server's word; whether by ours the checksum says
    except urllib.error.HTTPError as error:
        error.close()
        raise ConnectionError(f"{address} cannot be downloaded: {error.code} {error.reason}. {_REMEDY}") from error
    except urllib.error.URLError as error:
        raise ConnectionError(f"{address} cannot be reached: {error.reason}. Are you offline? {_REMEDY}") from error
    except (HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        raise _interrupted(address, part, file) from error
    if _size(part) < file.size and not is_whole:
        raise _interrupted(address, part, file)


def _append(response: HTTPResponse, part: Path, start: int, file: File) -> None:
    from tqdm.auto import tqdm

    with (
        part.open("r+b" if start else "wb") as out,
        tqdm(total=file.size, initial=start, desc=file.name, unit="B", unit_scale=True, disable=None) as bar,
    ):
        out.seek(start)
        out.truncate()
        done = start
        while done <= file.size and (block := response.read(BLOCK)):  # a longer one is wrong: its checksum says so
            done += out.write(block)
            bar.update(len(block))
        out.flush()
        os.fsync(out.fileno())


def _interrupted(address: str, part: Path, file: File) -> ConnectionError:
    return ConnectionError(
        f"{address} stopped after {_size(part):,} of {file.size:,} bytes: call again to continue from there"
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def sha256(path: Path) -> str:
    """Return a file's checksum; "" if there is no file."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        import hashlib  # loads OpenSSL, which importing nn should not wait for

        return hashlib.file_digest(file, "sha256").hexdigest()
