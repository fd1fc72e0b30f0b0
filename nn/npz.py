"""NumPy's .npz files of somebody else: every array's name, type and size is looked at before it is read."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from autograd.util.files import opened, write_whole

if TYPE_CHECKING:
    import zipfile

__all__ = ["NpzError", "read_npz", "write_npz"]

_KINDS = "bifuU"
_LONGEST_HEADER = 4096


class NpzError(ValueError):
    """Why a file is not read, in a few words that go on after its path."""


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, Any], *, packed: bool = False) -> None:
    """Write arrays into a .npz file, whole or not at all. Raises OSError, naming the path, where that cannot be."""
    import zipfile  # here and below: with what it unpacks by, three milliseconds of every `import nn`

    content = io.BytesIO()
    archive = zipfile.ZipFile(content, "w")
    try:
        for name, array in arrays.items():
            member, info = io.BytesIO(), zipfile.ZipInfo(f"{name}.npy")  # of no date: equal arrays make equal files
            npy.write_array(member, np.asarray(array), allow_pickle=False)
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            with member.getbuffer() as view:
                archive.writestr(info, view)
        archive.close()
    except BaseException:
        archive.fp = None  # or its close(), after Ctrl-C, would raise a complaint of its own
        raise
    with content.getbuffer() as view:  # released here: collecting one that an error left behind ends Python 3.12.1
        write_whole(path, view)


def read_npz(path: str | os.PathLike[str], room: int) -> dict[str, NDArray[Any]]:
    """The arrays of a .npz file, by name: numbers, truth values and text; nothing is unpickled.

    room: so many bytes may be unpacked beyond what the file weighs. Raises NpzError for a file that is damaged or
    truncated, one of other types, one whose arrays are not of the size that they announce, and one that unpacks to
    more; OSError for no file.
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
            raise NpzError("is truncated or damaged, or no .npz file at all") from error


def _arrays(archive: zipfile.ZipFile, most: int) -> dict[str, NDArray[Any]]:
    members = archive.infolist()
    names = [member.filename.removesuffix(".npy") for member in members]
    if len(set(names)) < len(names):
        raise NpzError(f"holds two arrays of one name, {next(x for x in names if names.count(x) > 1)!r:.60}")
    unpacked = sum(member.file_size for member in members)
    if unpacked > most:
        raise NpzError(f"unpacks to {unpacked:,} bytes, where no more than {most:,} can be of use")
    return {name: _array(archive, member, name) for name, member in zip(names, members, strict=True)}


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> NDArray[Any]:
    with archive.open(member) as file:
        dtype, shape, offset = _header(file.read(_LONGEST_HEADER), name)
    count = math.prod(shape)
    if offset + count * dtype.itemsize != member.file_size:
        raise NpzError(f"announces {name!r:.60} of shape {shape}, and holds another number of bytes")
    content = archive.read(member)  # to the end, where zipfile compares the checksum; no more than it announces
    if not count:
        return np.empty(shape, dtype)
    return np.frombuffer(content, dtype, count, offset).reshape(shape).copy()


def _header(content: bytes, name: str) -> tuple[np.dtype[Any], tuple[int, ...], int]:
    """What an array says of itself, before any of it is read: its type and shape, and where its numbers begin."""
    start = io.BytesIO(content)
    read = npy.read_array_header_1_0 if npy.read_magic(start) == (1, 0) else npy.read_array_header_2_0
    shape, is_fortran, dtype = read(start)
    if dtype.kind not in _KINDS:
        what = "Python objects, which are not unpickled" if dtype.hasobject else f"the type {dtype}"
        raise NpzError(f"holds {what}, at {name!r:.60}")
    if (is_fortran and len(shape) > 1) or any(length < 0 for length in shape):
        raise NpzError(f"announces {name!r:.60} of shape {shape}")
    return dtype, shape, start.tell()
