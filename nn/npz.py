"""Reading .npz files that cannot be trusted: every array's name, type and size is checked before it is read."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograd.util.files import opened, write_whole
from autograd.util.lazy_numpy import np

if TYPE_CHECKING:
    import zipfile

    from numpy.typing import NDArray

__all__ = ["NpzError", "read_npz", "write_npz"]

_KINDS = "bifuU"
_LONGEST_HEADER = 4096


class NpzError(ValueError):
    """The reason why a file is not read, worded to follow its path."""


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, Any], *, packed: bool = False) -> None:
    """Write arrays into a .npz file, whole or not at all. Raises OSError, naming the path, if that fails."""
    import zipfile  # here and below: with what it unpacks by, three milliseconds of every `import nn`

    content = io.BytesIO()
    archive = zipfile.ZipFile(content, "w")
    try:
        for name, array in arrays.items():
            member, info = io.BytesIO(), zipfile.ZipInfo(f"{name}.npy")  # of no date: equal arrays make equal files
            np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            with member.getbuffer() as view:
                archive.writestr(info, view)
        archive.close()
    except BaseException:
        archive.fp = None  # otherwise its close() would raise another error after Ctrl-C
        raise
    with content.getbuffer() as view:  # released here: collecting one that an error left behind ends Python 3.12.1
        write_whole(path, view)


def read_npz(path: str | os.PathLike[str], room: int) -> dict[str, NDArray[Any]]:
    """Read a .npz file's arrays by name: numbers, truth values and text. Nothing is unpickled.

    path: the file.
    room: the number of bytes that the file may unpack to, beyond its own size.

    Raises NpzError for a file that is damaged or truncated, contains other types, has arrays of another size than they
    announce, or unpacks to more than there is room for; and OSError if there is no file.
    """
    import zipfile

    with opened(path) as file:
        most = room + os.fstat(file.fileno()).st_size
        try:
            with zipfile.ZipFile(file) as archive:
                return _arrays(archive, most)
        except NpzError:
            raise
        except Exception as error:  # whatever damaged bytes lead zipfile and NumPy to
            raise NpzError("is truncated or damaged, or is not a .npz file at all") from error


def _arrays(archive: zipfile.ZipFile, most: int) -> dict[str, NDArray[Any]]:
    members = archive.infolist()
    names = [member.filename.removesuffix(".npy") for member in members]
    if len(set(names)) < len(names):
        raise NpzError(f"has two arrays of the same name, {next(x for x in names if names.count(x) > 1)!r:.60}")
    unpacked = sum(member.file_size for member in members)
    if unpacked > most:
        raise NpzError(f"unpacks to {unpacked:,} bytes, far more than the {most:,} it could need")
    return {name: _array(archive, member, name) for name, member in zip(names, members, strict=True)}


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    with archive.open(member) as file:
        dtype, shape, offset = _header(file.read(_LONGEST_HEADER), name)
    count = math.prod(shape)
    if offset + count * dtype.itemsize != member.file_size:
        raise NpzError(f"says that {name!r:.60} has shape {shape}, but holds another number of bytes")
    content = archive.read(member)  # to the end, so that zipfile compares the checksum; no more than announced
    if not count:
        return np.empty(shape, dtype)
    return np.frombuffer(content, dtype, count, offset).reshape(shape).copy()


def _header(content: bytes, name: str) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """Read an array's header: its type and shape, and where its numbers begin."""
    start = io.BytesIO(content)
    npy = np.lib.format
    read = npy.read_array_header_1_0 if npy.read_magic(start) == (1, 0) else npy.read_array_header_2_0
    shape, is_fortran, dtype = read(start)
    if dtype.kind not in _KINDS:
        content_kind = "Python objects, which are not unpickled" if dtype.hasobject else f"numbers of type {dtype}"
        raise NpzError(f"holds {content_kind}, in {name!r:.60}")
    if (is_fortran and len(shape) > 1) or any(length < 0 for length in shape):
        raise NpzError(f"says that {name!r:.60} has shape {shape}, which is impossible")
    return dtype, shape, start.tell()
