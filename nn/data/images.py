"""Handwritten digits: scikit-learn's, and MNIST from its files."""

from __future__ import annotations

import importlib
import math
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from autograd.core.number_kinds import whole
from autograd.errors import MissingExtraError
from autograd.util.file_locks import locked
from autograd.util.files import opened
from autograd.util.lazy_numpy import np
from autograd.util.printable import a_kind_of
from nn.data.downloads import BLOCK, File, download, sha256
from nn.data.generated import Array

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["digits", "mnist"]

Labels: TypeAlias = "NDArray[np.int64]"


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


_IMAGES, _LABELS = 0x0803, 0x0801  # unsigned bytes along three axes, and along one
_MNIST = (
    File(
        "train-images-idx3-ubyte", _IMAGES, 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    File("train-labels-idx1-ubyte", _LABELS, 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    File(
        "t10k-images-idx3-ubyte", _IMAGES, 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    File("t10k-labels-idx1-ubyte", _LABELS, 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
)
_MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_SIDE, _CLASSES = 28, 10
_TURN = 600.0  # seconds until another process has downloaded
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


def _downloaded(cache: str | os.PathLike[str] | None, mirror: str) -> Path:
    """Return the folder with the four files, after downloading those that are missing or damaged."""
    folder = _cache_folder() if cache is None else Path(cache).expanduser()
    if not mirror.startswith(("http://", "https://")):
        raise ValueError(
            f"mirror must be an http:// or https:// address, not {mirror!r}; for a folder write mnist(folder)"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder / "mnist", wait=_TURN):  # which another process may be filling
        missing = [file for file in _MNIST if sha256(folder / f"{file.name}.gz") != file.sha256]
        for file in missing:
            download(f"{mirror.rstrip('/')}/{file.name}.gz", folder / f"{file.name}.gz", file)
    return folder


def _cache_folder() -> Path:
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "scalar-autograd" / "mnist"


def _found(folder: Path, file: File) -> Path:
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
    while len(content) <= size and (block := file.read(min(BLOCK, size + 1 - len(content)))):  # no more is unpacked
        content += block
    if len(shape) != axes or len(content) != size:
        expected, actual = "×".join(map(str, shape)), "more" if len(content) > size else f"{len(content)}"
        raise ValueError(f"{path} should have {expected} bytes but has {actual}: it is damaged, download it again")
    return np.frombuffer(content, np.uint8).reshape(shape)
