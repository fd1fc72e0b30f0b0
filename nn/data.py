"""Data sets: generated ones, scikit-learn's digits and MNIST. Each row of X is a sample; y has the labels or targets.

Generated data are shuffled. The same seed gives the same data set; without a seed every call gives a new one.
"""

from __future__ import annotations

import importlib
import math
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograd.core.number_kinds import whole
from autograd.errors import MissingExtraError
from autograd.util.file_locks import locked
from autograd.util.files import opened
from autograd.util.printable import a_kind_of

if TYPE_CHECKING:
    from http.client import HTTPResponse

__all__ = ["circles", "digits", "line", "mnist", "moons", "spirals", "xor"]

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

# ── generated ───────────────────────────────────────────────────────────────────────────────────────────────────────


def line(
    n: int = 100, slope: float = 3.0, offset: float = 0.0, noise: float = 0.1, seed: int | None = None
) -> tuple[Array, Array]:
    """Points near a line, y = slope·x + offset: X (n, 1), uniform in [−1, 1], and y (n,).

    noise: the standard deviation of the noise added to y.
    Raises ValueError for n < 1 or a negative noise.

    >>> X, y = line(4, slope=3.0, offset=1.0, noise=0.0, seed=1)
    >>> X.shape, bool(np.allclose(y, 3 * X[:, 0] + 1))
    ((4, 1), True)
    """
    _check("a line", n, 1, noise)
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, n)
    return x[:, None], slope * x + offset + rng.normal(0.0, noise, n)


def moons(n: int = 100, noise: float = 0.1, seed: int | None = None) -> tuple[Array, Array]:
    """Two interleaved half circles: points (n, 2) and labels (n,), −1 for the upper moon and +1 for the lower.

    noise: the standard deviation of the noise added to each coordinate; the moons have radius 1.
    Raises ValueError for n < 2 or a negative noise.

    >>> X, y = moons(4, noise=0.0, seed=1)
    >>> X.shape, sorted(y.tolist())
    ((4, 2), [-1.0, -1.0, 1.0, 1.0])
    """
    _check("two moons", n, 2, noise)
    upper, lower = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    return _two_classes(_polar(1.0, upper), np.array([1.0, 0.5]) - _polar(1.0, lower), noise, seed)


def circles(n: int = 100, noise: float = 0.1, factor: float = 0.5, seed: int | None = None) -> tuple[Array, Array]:
    """One circle inside another: points (n, 2) and labels (n,), −1 for the outer circle and +1 for the inner.

    noise: the standard deviation of the noise added to each coordinate.
    factor: the radius of the inner circle, between 0 and 1; the outer one has radius 1.
    Raises ValueError for n < 2, a negative noise or another factor.

    >>> X, y = circles(8, noise=0.0, seed=1)
    >>> sorted((np.hypot(X[:, 0], X[:, 1]) * y).round(6).tolist())
    [-1.0, -1.0, -1.0, -1.0, 0.5, 0.5, 0.5, 0.5]
    """
    _check("two circles", n, 2, noise)
    if not 0 < factor < 1:
        raise ValueError(f"factor is the inner circle's radius and must be between 0 and 1, not {factor}")
    outer, inner = (np.linspace(0, 2 * np.pi, count, endpoint=False) for count in (n // 2, n - n // 2))
    return _two_classes(_polar(1.0, outer), _polar(factor, inner), noise, seed)


def spirals(n: int = 100, noise: float = 0.05, turns: float = 1.5, seed: int | None = None) -> tuple[Array, Array]:
    """Two arms of a spiral: points (n, 2) and labels (n,), −1 for one arm and +1 for the other, opposite it.

    noise: the standard deviation of the noise added to each coordinate.
    turns: the number of turns of each arm, over which its radius grows evenly from 0.1 to 1.
    Raises ValueError for n < 2, a negative noise or turns that are not positive.
    Source: the two-spirals problem of Lang and Witbrock 1988.

    >>> X, y = spirals(6, noise=0.0, seed=1)
    >>> sorted(np.hypot(X[:, 0], X[:, 1]).round(6).tolist())
    [0.1, 0.1, 0.55, 0.55, 1.0, 1.0]
    """
    _check("two spirals", n, 2, noise)
    if not 0 < turns < math.inf:
        raise ValueError(f"turns must be positive, not {turns}")
    first, second = (np.linspace(0.0, 1.0, count) for count in (n // 2, n - n // 2))
    arms = [_polar(0.1 + 0.9 * along, 2 * np.pi * turns * along) for along in (first, second)]
    return _two_classes(arms[0], -arms[1], noise, seed)


def xor(n: int = 100, noise: float = 0.1, seed: int | None = None) -> tuple[Array, Array]:
    """Points at the corners of a square, (±1, ±1): X (n, 2), and y (n,), +1 if the signs differ, else −1.

    noise: the standard deviation of the noise added to each coordinate.
    Raises ValueError for n < 4 or a negative noise.

    >>> X, y = xor(4, noise=0.0, seed=1)
    >>> bool((y == -X[:, 0] * X[:, 1]).all())
    True
    """
    _check("four corners", n, 4, noise)
    corners = np.array([[-1.0, -1.0], [1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]])
    alike, unlike = np.resize(corners[:2], (n // 2, 2)), np.resize(corners[2:], (n - n // 2, 2))
    return _two_classes(alike, unlike, noise, seed)


def _check(what: str, n: int, least: int, noise: float) -> None:
    if whole(n) is None:
        raise TypeError(f"n is the number of points and must be an int, not {a_kind_of(n)}")
    if n < least:
        raise ValueError(f"n must be {least} or more for {what}, not {n}")
    if not 0 <= noise < math.inf:
        raise ValueError(f"noise is a standard deviation and must be 0 or more, not {noise}")


def _polar(radius: Array | float, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _two_classes(first: Array, second: Array, noise: float, seed: int | None) -> tuple[Array, Array]:
    """Label the points −1 and +1, shuffle them and add noise."""
    rng = np.random.default_rng(seed)
    points = np.concatenate([first, second])
    labels = np.repeat([-1.0, 1.0], [len(first), len(second)])
    order = rng.permutation(len(points))
    return (points + rng.normal(0.0, noise, points.shape))[order], labels[order]


# ── digits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def digits(n: int | None = None, seed: int | None = None) -> tuple[Array, Labels]:
    """Handwritten digits of 8×8 pixels from scikit-learn: X (1797, 64) in [0, 1], and y (1797,), 0 to 9, shuffled.

    n: the number of digits; by default all.
    Raises MissingExtraError without scikit-learn, and ValueError for an n outside 1 to 1797.
    Source: Alpaydin and Kaynak 1998, Optical Recognition of Handwritten Digits.

    >>> X, y = digits(100, seed=0)  # doctest: +SKIP
    >>> X.shape, y.dtype            # doctest: +SKIP
    ((100, 64), dtype('int64'))
    """
    try:
        source = importlib.import_module("sklearn.datasets")
    except ImportError as error:
        raise MissingExtraError("digits needs scikit-learn: pip install 'scalar-autograd[data]'") from error
    pixels, labels = source.load_digits(return_X_y=True)
    if n is not None and whole(n) is None:
        raise TypeError(f"n is the number of digits and must be an int, not {a_kind_of(n)}")
    if n is not None and not 1 <= n <= len(labels):
        raise ValueError(f"n must be 1 to {len(labels)}, the number of digits, not {n}")
    order = np.random.default_rng(seed).permutation(len(labels))[:n]
    return np.asarray(pixels[order], np.float64) / 16.0, np.asarray(labels[order], np.int64)


# ── MNIST ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class _File(NamedTuple):
    """One of MNIST's files: its magic number, and its size and checksum when packed by gzip."""

    name: str
    magic: int
    size: int
    sha256: str


_IMAGES, _LABELS = 0x0803, 0x0801  # unsigned bytes along three axes, and along one
_MNIST = (
    _File(
        "train-images-idx3-ubyte", _IMAGES, 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    _File(
        "train-labels-idx1-ubyte", _LABELS, 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    _File(
        "t10k-images-idx3-ubyte", _IMAGES, 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    _File("t10k-labels-idx1-ubyte", _LABELS, 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
)
_MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_SIDE, _CLASSES = 28, 10
_MOST = 1 << 20  # the largest data set of this kind has 814,255 images


def mnist(
    folder: str | os.PathLike[str] | None = None,
    *,
    cache: str | os.PathLike[str] | None = None,
    mirror: str = _MIRROR,
) -> tuple[Array, Labels, Array, Labels]:
    """MNIST's handwritten digits of 28×28 pixels: X_train (60000, 784), y_train (60000,), X_test and y_test (10000).

    X is in [0, 1], float64, 440 MB in all; y is 0 to 9, int64.

    folder: the folder with the four IDX files (train-images-idx3-ubyte, train-labels-idx1-ubyte,
    t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte), packed with gzip (.gz) or not. If you leave it out, they are
    downloaded once (12 MB), with a progress bar; an interrupted download continues where it stopped.
    cache: where downloads are kept; by default scalar-autograd/mnist in ``$XDG_CACHE_HOME`` or ~/.cache.
    mirror: where to download from; by default PyTorch's mirror, which torchvision uses.

    Raises FileNotFoundError if the folder lacks a file; ValueError for a file that is damaged, is not an MNIST file or
    does not match the other files, and for a wrong checksum; and ConnectionError, saying what to do, if a download
    fails. Source: LeCun, Bottou, Bengio and Haffner 1998, Gradient-Based Learning Applied to Document Recognition.

    >>> X_train, y_train, X_test, y_test = mnist()  # doctest: +SKIP
    >>> X_train.shape, y_test.shape                 # doctest: +SKIP
    ((60000, 784), (10000,))
    """
    home = _downloaded(cache, mirror) if folder is None else Path(folder).expanduser()
    train_images, train_labels, test_images, test_labels = (_found(home, file) for file in _MNIST)
    return *_read_pair(train_images, train_labels), *_read_pair(test_images, test_labels)


def _found(folder: Path, file: _File) -> Path:
    for path in (folder / file.name, folder / f"{file.name}.gz"):
        if path.is_file():
            return path
    names = ", ".join(known.name for known in _MNIST)
    raise FileNotFoundError(f"{folder} has neither {file.name} nor {file.name}.gz; MNIST has the files {names}")


def _read_pair(images: Path, labels: Path) -> tuple[Array, Labels]:
    pixels, classes = _read_idx(images, _IMAGES, "images"), _read_idx(labels, _LABELS, "labels")
    if not len(pixels):
        raise ValueError(f"{images} contains no images")
    if len(pixels) != len(classes):
        raise ValueError(f"{images} has {len(pixels)} images, but {labels} has {len(classes)} labels")
    if (classes >= _CLASSES).any():
        raise ValueError(f"{labels} contains the label {classes.max()}, but MNIST's labels are 0 to 9")
    return pixels.reshape(len(pixels), _SIDE * _SIDE) / 255.0, classes.astype(np.int64)


def _read_idx(path: Path, magic: int, what: str) -> NDArray[np.uint8]:
    """Read an IDX file's array: a magic number (0, 0, type, number of axes), a length for each axis, the bytes."""
    import gzip  # not at each `import nn`: it loads zlib and more

    with opened(path) as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        try:
            with gzip.open(raw) if packed else raw as file:
                return _parsed(file, path, magic, what)  # type: ignore[arg-type]
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path} is truncated or damaged ({error}): download it again") from error


def _parsed(file: BinaryIO, path: Path, magic: int, what: str) -> NDArray[np.uint8]:
    axes = magic & 0xFF
    start = file.read(4 + 4 * axes)
    if len(start) >= 4 and start[:2] == b"\0\0" and start[2] != 0x08:
        raise ValueError(f"{path} contains numbers of type 0x{start[2]:02x}, but MNIST's are unsigned bytes, 0x08")
    if start[:4] != magic.to_bytes(4, "big"):
        raise ValueError(
            f"{path} is not an IDX file of {what}: its magic number is 0x{start[:4].hex()}, not 0x{magic:08x}"
        )
    shape = tuple(np.frombuffer(start[4 : len(start) // 4 * 4], ">u4").tolist())
    if shape[1:] not in ((), (_SIDE, _SIDE)) and len(shape) == axes:
        pixels = "×".join(map(str, shape[1:]))
        raise ValueError(f"{path} contains images of {pixels} pixels, but MNIST's are 28×28")
    if shape and shape[0] > _MOST and len(shape) == axes:
        raise ValueError(f"{path} says it has {shape[0]:,} {what}, but at most {_MOST:,} are read")
    content, size = bytearray(), math.prod(shape)
    while len(content) <= size and (block := file.read(min(_BLOCK, size + 1 - len(content)))):  # no more is unpacked
        content += block
    if len(shape) != axes or len(content) != size:
        expected, actual = "×".join(map(str, shape)), "more" if len(content) > size else f"{len(content)}"
        raise ValueError(f"{path} should have {expected} bytes but has {actual}: it is damaged, download it again")
    return np.frombuffer(content, np.uint8).reshape(shape)


# ── downloading ─────────────────────────────────────────────────────────────────────────────────────────────────────

_TIMEOUT = 30.0  # seconds without a byte
_TURN = 600.0  # seconds until another process has downloaded
_BLOCK = 1 << 16


def _downloaded(cache: str | os.PathLike[str] | None, mirror: str) -> Path:
    """Return the folder with the four files, after downloading those that are missing or damaged."""
    folder = _cache_folder() if cache is None else Path(cache).expanduser()
    if not mirror.startswith(("http://", "https://")):
        raise ValueError(
            f"mirror must be an http:// or https:// address, not {mirror!r}; for a folder write mnist(folder)"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "mnist", wait=_TURN):  # which another process may be filling
        missing = [file for file in _MNIST if _sha256(folder / f"{file.name}.gz") != file.sha256]
        for file in missing:
            _download(f"{mirror.rstrip('/')}/{file.name}.gz", folder / f"{file.name}.gz", file)
    return folder


def _cache_folder() -> Path:
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "scalar-autograd" / "mnist"


def _download(address: str, path: Path, file: _File) -> None:
    """Download a file. It gets its name only once it is complete and its checksum is right, so it can be resumed."""
    path = Path(os.path.realpath(path))  # a link in the cache stays one
    part = path.with_name(f"{path.name}.part")
    if part.is_symlink():  # perhaps somebody else's: do not write to its target
        part.unlink()
    resumed = part.exists()
    _fetch(address, part, file)
    if resumed and _sha256(part) != file.sha256:  # what was there was no beginning of this file: once more, from 0
        part.unlink()
        _fetch(address, part, file)
    if _sha256(part) != file.sha256:
        part.unlink()
        raise ValueError(f"{address} has a wrong checksum, so it is not the published file. {_REMEDY}")
    part.replace(path)


_REMEDY = "Try again later, pass another mirror=, or get the four files elsewhere and call nn.data.mnist(folder)"


def _fetch(address: str, part: Path, file: _File) -> None:
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


def _append(response: HTTPResponse, part: Path, start: int, file: _File) -> None:
    from tqdm.auto import tqdm

    with (
        part.open("r+b" if start else "wb") as out,
        tqdm(total=file.size, initial=start, desc=file.name, unit="B", unit_scale=True, disable=None) as bar,
    ):
        out.seek(start)
        out.truncate()
        done = start
        while done <= file.size and (block := response.read(_BLOCK)):  # a longer one is wrong: its checksum says so
            done += out.write(block)
            bar.update(len(block))
        out.flush()
        os.fsync(out.fileno())


def _interrupted(address: str, part: Path, file: _File) -> ConnectionError:
    return ConnectionError(
        f"{address} stopped after {_size(part):,} of {file.size:,} bytes: call again to continue from there"
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _sha256(path: Path) -> str:
    """Return a file's checksum; "" if there is no file."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        import hashlib  # loads OpenSSL, which importing nn should not wait for

        return hashlib.file_digest(file, "sha256").hexdigest()
