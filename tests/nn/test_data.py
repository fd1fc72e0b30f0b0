"""The data sets: generated ones, digits, and MNIST from files and from a server on this machine."""

from __future__ import annotations

import gzip
import hashlib
import math
import os
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value
from autograd.errors import MissingExtraError
from nn import data

TWO_CLASSES: dict[str, Callable[..., Any]] = {
    "moons": data.moons,
    "circles": data.circles,
    "spirals": data.spirals,
    "xor": data.xor,
}
GENERATED = {"line": data.line, **TWO_CLASSES}

# ── generated ───────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(GENERATED)), n=st.integers(4, 60), seed=st.integers(0, 2**32))
def test_a_data_set_has_its_shapes_and_its_seed(name: str, n: int, seed: int) -> None:
    X, y = GENERATED[name](n, seed=seed)
    again, other = GENERATED[name](n, seed=seed), GENERATED[name](n, seed=seed + 1)
    assert (X.shape, y.shape) == ((n, 1 if name == "line" else 2), (n,))
    assert (X.dtype, y.dtype) == (np.float64, np.float64)
    assert (again[0] == X).all() and (y == again[1]).all()
    assert (other[0] != X).any()
    if name in TWO_CLASSES:
        assert set(y.tolist()) == {-1.0, 1.0}
        assert abs(y.sum()) <= 1


@pytest.mark.parametrize("name", TWO_CLASSES)
def test_the_rows_are_shuffled_and_the_noise_is_a_standard_deviation(name: str) -> None:
    noisy, y = GENERATED[name](20_000, noise=0.05, seed=0)
    clean, same = GENERATED[name](20_000, noise=0.0, seed=0)
    assert (y == same).all()
    assert (noisy - clean).std() == pytest.approx(0.05, rel=0.02)
    assert (noisy - clean).mean() == pytest.approx(0.0, abs=0.002)
    assert 9_000 < (np.diff(y) != 0).sum() < 11_000


@pytest.mark.parametrize("name", GENERATED)
def test_without_a_seed_each_call_is_another(name: str) -> None:
    assert (GENERATED[name](20)[0] != GENERATED[name](20)[0]).any()


def test_a_line_is_its_formula() -> None:
    X, y = data.line(5000, slope=-2.0, offset=0.5, noise=0.1, seed=0)
    rest = y - (-2.0 * X[:, 0] + 0.5)
    assert rest.std() == pytest.approx(0.1, rel=0.05)
    assert -1 <= X.min() < -0.99 and 0.99 < X.max() <= 1
    assert data.line(1, noise=0.0)[0].shape == (1, 1)
    X, y = data.line(10, noise=0.0)
    assert y == pytest.approx(3.0 * X[:, 0])


def test_circles_are_circles() -> None:
    X, y = data.circles(101, noise=0.0, factor=0.3, seed=0)
    radius = np.hypot(X[:, 0], X[:, 1])
    assert radius[y < 0] == pytest.approx(np.ones(50))
    assert radius[y > 0] == pytest.approx(np.full(51, 0.3))


def test_spirals_are_opposite_each_other() -> None:
    X, y = data.spirals(200, noise=0.0, turns=2.0, seed=0)
    one, other = X[y < 0], X[y > 0]
    order = [np.argsort(np.hypot(arm[:, 0], arm[:, 1])) for arm in (one, other)]
    assert one[order[0]] == pytest.approx(-other[order[1]], abs=1e-12)
    along = one[order[0]]
    turned = np.unwrap(np.arctan2(along[:, 1], along[:, 0]))
    assert turned[-1] - turned[0] == pytest.approx(4 * np.pi)
    assert np.diff(np.hypot(along[:, 0], along[:, 1])) == pytest.approx(np.full(99, 0.9 / 99))


def test_xor_is_the_four_corners() -> None:
    X, y = data.xor(102, noise=0.0, seed=0)
    assert (np.abs(X) == 1).all()
    assert (y == np.where(X[:, 0] == X[:, 1], -1.0, 1.0)).all()
    _, counts = np.unique(X, axis=0, return_counts=True)
    assert sorted(counts.tolist()) == [25, 25, 26, 26]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: data.line(0), ValueError, "n must be 1 or more for a line, not 0"),
        (lambda: data.moons(1), ValueError, "n must be 2 or more for two moons, not 1"),
        (lambda: data.circles(1), ValueError, "n must be 2 or more for two circles, not 1"),
        (lambda: data.spirals(-3), ValueError, "n must be 2 or more for two spirals, not -3"),
        (lambda: data.xor(3), ValueError, "n must be 4 or more for four corners, not 3"),
        (lambda: data.line(2.5), TypeError, "n is the number of points and must be an int, not a float"),  # type: ignore[arg-type]
        (
            lambda: data.line(Value(5.0)),
            TypeError,
            "n is the number of points and must be an int, not a Value",
        ),
        (lambda: data.xor(True), TypeError, "n is the number of points and must be an int, not a bool"),
        *[
            (
                lambda f=f, x=x: f(10, noise=x),
                ValueError,
                f"noise is a standard deviation and must be 0 or more, not {x}",
            )
            for f in GENERATED.values()
            for x in (-0.1, math.nan, math.inf)
        ],
        *[
            (
                lambda x=x: data.circles(10, factor=x),
                ValueError,
                f"factor is the inner circle's radius and must be between 0 and 1, not {x}",
            )
            for x in (0.0, 1.0, -2.0, math.nan)
        ],
        *[
            (lambda x=x: data.spirals(10, turns=x), ValueError, f"turns must be positive, not {x}")
            for x in (0.0, math.inf, math.nan)
        ],
    ],
)
def test_misused_data_say_why(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


# ── digits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_digits_are_scikit_learns() -> None:
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed (the extra data)")
    X, y = data.digits(seed=1)
    assert (X.shape, y.shape, X.dtype, y.dtype) == ((1797, 64), (1797,), np.float64, np.int64)
    assert (X.min(), X.max()) == (0.0, 1.0)
    pixels, labels = datasets.load_digits(return_X_y=True)
    order, theirs = np.lexsort((y, *X.T)), np.lexsort((labels, *pixels.T))
    assert (X[order] * 16 == pixels[theirs]).all() and (y[order] == labels[theirs]).all()
    some, _ = data.digits(10, seed=1)
    assert (some == X[:10]).all()
    assert (data.digits(10, seed=2)[0] != some).any()
    for n in (0, 1798):
        with pytest.raises(ValueError, match=f"n must be 1 to 1797, the number of digits, not {n}"):
            data.digits(n)
    with pytest.raises(TypeError, match="n is the number of digits and must be an int, not a float"):
        data.digits(1.5)


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sklearn", "sklearn.datasets"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"digits needs scikit-learn: pip install 'scalar-autograd\[data\]'"):
        data.digits()


# ── MNIST from files ────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = [file.name for file in data.images._MNIST]
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = NAMES


def idx(array: np.ndarray, kind: int = 0x08) -> bytes:
    """An array of unsigned bytes as an IDX file."""
    return struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def small_mnist() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        name: rng.integers(0, 256, (n, 28, 28)) if "images" in name else rng.integers(0, 10, n)
        for name, n in zip(NAMES, (20, 20, 7, 7), strict=True)
    }


def write(folder: Path, packed: bool = False, **changed: bytes) -> Path:
    """The four files; ``changed`` by name with _ for -."""
    for name, array in small_mnist().items():
        content = changed.get(name.replace("-", "_"), idx(array))
        (folder / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_mnist_is_read_from_a_folder(packed: bool, tmp_path: Path) -> None:
    wanted = small_mnist()
    found = data.mnist(write(tmp_path, packed))
    for array, name in zip(found, NAMES, strict=True):
        if "images" in name:
            assert array.dtype == np.float64
            assert array == pytest.approx(wanted[name].reshape(-1, 784) / 255)
        else:
            assert array.dtype == np.int64
            assert (array == wanted[name]).all()
    assert all((a == b).all() for a, b in zip(data.mnist(str(tmp_path)), found, strict=True))


def test_packed_and_plain_are_told_by_their_bytes(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / TRAIN_IMAGES).write_bytes(gzip.compress((tmp_path / TRAIN_IMAGES).read_bytes()))
    (tmp_path / TEST_LABELS).rename(tmp_path / f"{TEST_LABELS}.gz")
    assert data.mnist(tmp_path)[0].shape == (20, 784)


images, labels = small_mnist()[TRAIN_IMAGES], small_mnist()[TRAIN_LABELS]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"train_images_idx3_ubyte": idx(labels)}, "images: its magic number is 0x00000801, not 0x00000803"),
        ({"train_labels_idx1_ubyte": idx(images)}, "labels: its magic number is 0x00000803, not 0x00000801"),
        ({"t10k_images_idx3_ubyte": b""}, "is not an IDX file of images: its magic number is 0x, not 0x00000803"),
        ({"t10k_images_idx3_ubyte": b"<html>"}, "images: its magic number is 0x3c68746d, not 0x00000803"),
        ({"train_images_idx3_ubyte": idx(images, 0x0D)}, "numbers of type 0x0d, but MNIST's are unsigned bytes, 0x08"),
        ({"train_images_idx3_ubyte": idx(images)[:-1]}, "should have 20×28×28 bytes but has 15679: it is damaged"),
        ({"train_images_idx3_ubyte": idx(images) + b"x"}, "should have 20×28×28 bytes but has more: it is damaged"),
        ({"train_images_idx3_ubyte": idx(images)[:10]}, "should have 20 bytes but has 0: it is damaged, download"),
        (
            {"train_labels_idx1_ubyte": b"\0\0\x08\x01\xff\xff\xff\xff"},
            "says it has 4,294,967,295 labels, but at most 1,048,576 are read",
        ),
        ({"train_labels_idx1_ubyte": b"\0\0\x08\x01\0\0\0\x14"}, "should have 20 bytes but has 0"),
        ({"train_images_idx3_ubyte": idx(images[:0])}, "contains no images"),
        ({"train_images_idx3_ubyte": idx(images[:, 1:])}, "contains images of 27×28 pixels, but MNIST's are 28×28"),
        ({"train_images_idx3_ubyte": idx(images[:, :, :14])}, "contains images of 28×14 pixels, but MNIST's are 28×28"),
        ({"train_labels_idx1_ubyte": idx(labels + 3)}, "contains the label 12, but MNIST's labels are 0 to 9"),
        ({"train_labels_idx1_ubyte": idx(labels[1:])}, "has 20 images, but "),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named(changed: dict[str, bytes], message: str, packed: bool, tmp_path: Path) -> None:
    (name,) = changed
    with pytest.raises(ValueError) as caught:
        data.mnist(write(tmp_path, packed, **changed))
    assert message in str(caught.value)
    assert str(tmp_path / name.replace("_", "-")) in str(caught.value)


def test_a_truncated_or_damaged_archive_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, packed=True) / f"{TRAIN_IMAGES}.gz"
    whole = path.read_bytes()
    for broken in (whole[:-100], whole[:200], whole[:-8] + b"\0" * 8, whole[:3000] + b"\xff" * 50 + whole[3050:]):
        path.write_bytes(broken)
        with pytest.raises(
            ValueError, match=rf"{re.escape(str(path))} is truncated or damaged \(.*\): download it again"
        ):
            data.mnist(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (write(tmp_path) / TEST_LABELS).unlink()
    with pytest.raises(FileNotFoundError) as caught:
        data.mnist(tmp_path)
    wanted = f"{tmp_path} has neither {TEST_LABELS} nor {TEST_LABELS}.gz; MNIST has the files {', '.join(NAMES)}"
    assert str(caught.value) == wanted


@pytest.mark.skipif(
    not os.environ.get("AUTOGRAD_MNIST"), reason="MNIST is not here: name its folder in AUTOGRAD_MNIST to read it"
)
def test_the_real_mnist() -> None:
    X_train, y_train, X_test, y_test = data.mnist(os.environ["AUTOGRAD_MNIST"])
    assert (X_train.shape, y_train.shape, X_test.shape, y_test.shape) == (
        (60000, 784),
        (60000,),
        (10000, 784),
        (10000,),
    )
    assert (X_train.min(), X_train.max()) == (0.0, 1.0)
    assert X_train.mean() == pytest.approx(0.1307, abs=1e-4) and X_train.std() == pytest.approx(0.3081, abs=1e-4)
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


# ── MNIST from a server ─────────────────────────────────────────────────────────────────────────────────────────────


class Mirror:
    """A server of files on this machine, that misbehaves as it is told."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.ranges = True
        self.stop_after: dict[str, list[int]] = {}
        self.asked: list[tuple[str, str | None]] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                mirror.answer(self)

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/mnist/"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        name, wanted = request.path.removeprefix("/mnist/"), request.headers["Range"]
        self.asked.append((name, wanted))
        if name not in self.files:
            request.send_error(404)
            return
        content = self.files[name]
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        stops = self.stop_after.get(name)
        request.wfile.write(content[start : stops.pop(0)] if stops else content[start:])

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror of a small MNIST, whose checksums the library is told."""
    files = {f"{name}.gz": gzip.compress(idx(array), mtime=0) for name, array in small_mnist().items()}
    known = tuple(
        file._replace(size=len(packed), sha256=hashlib.sha256(packed).hexdigest())
        for file, packed in zip(data.images._MNIST, files.values(), strict=True)
    )
    monkeypatch.setattr(data.images, "_MNIST", known)
    monkeypatch.setenv("no_proxy", "*")
    server = Mirror(files)
    yield server
    server.close()


def assert_is_whole(found: Any) -> None:
    for array, wanted in zip(found, small_mnist().values(), strict=True):
        assert (array * 255 if array.ndim == 2 else array) == pytest.approx(wanted.reshape(array.shape))


IMAGES = f"{TRAIN_IMAGES}.gz"


def test_mnist_is_downloaded_once(mirror: Mirror, tmp_path: Path) -> None:
    assert_is_whole(data.mnist(cache=tmp_path / "new" / "cache", mirror=mirror.address))
    assert mirror.asked == [(f"{name}.gz", None) for name in NAMES]
    assert sorted(os.listdir(tmp_path / "new" / "cache")) == sorted(mirror.files)
    assert_is_whole(data.mnist(cache=tmp_path / "new" / "cache", mirror=mirror.address.rstrip("/")))
    assert len(mirror.asked) == 4


def test_the_cache_is_where_xdg_says(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    data.mnist(mirror=mirror.address)
    assert (tmp_path / "xdg" / "scalar-autograd" / "mnist" / IMAGES).is_file()
    for relative in ("", "some/where"):  # by the specification, a relative one does not count
        monkeypatch.setenv("XDG_CACHE_HOME", relative)
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
        assert data.images._cache_folder() == tmp_path / "home" / ".cache" / "scalar-autograd" / "mnist"


def test_a_download_goes_on_where_it_stopped(mirror: Mirror, tmp_path: Path) -> None:
    mirror.stop_after = {IMAGES: [5000, 9000]}
    size = len(mirror.files[IMAGES])
    for stopped in (5000, 9000):
        with pytest.raises(ConnectionError) as caught:
            data.mnist(cache=tmp_path, mirror=mirror.address)
        done = f"{stopped:,} of {size:,} bytes: call again to continue from there"
        assert str(caught.value) == f"{mirror.address}{IMAGES} stopped after {done}"
        assert os.listdir(tmp_path) == [f"{IMAGES}.part"]
    assert_is_whole(data.mnist(cache=tmp_path, mirror=mirror.address))
    assert [wanted for name, wanted in mirror.asked if name == IMAGES] == [None, "bytes=5000-", "bytes=9000-"]
    assert sorted(os.listdir(tmp_path)) == sorted(mirror.files)


def test_a_bar_shows_how_far_it_is(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bars: list[dict[str, Any]] = []

    class Bar:
        def __init__(self, **options: Any) -> None:
            self.options = options | {"done": options["initial"]}
            bars.append(self.options)

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: Any) -> None: ...

        def update(self, count: int) -> None:
            self.options["done"] += count

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    (tmp_path / f"{IMAGES}.part").write_bytes(mirror.files[IMAGES][:3000])
    data.mnist(cache=tmp_path, mirror=mirror.address)
    sizes = [len(content) for content in mirror.files.values()]
    assert [bar["desc"] for bar in bars] == NAMES
    assert [bar["initial"] for bar in bars] == [3000, 0, 0, 0]
    assert [bar["total"] for bar in bars] == [bar["done"] for bar in bars] == sizes


def test_a_server_without_ranges_starts_anew(mirror: Mirror, tmp_path: Path) -> None:
    mirror.stop_after, mirror.ranges = {IMAGES: [5000]}, False
    with pytest.raises(ConnectionError, match=r"stopped after 5,000 of"):
        data.mnist(cache=tmp_path, mirror=mirror.address)
    assert_is_whole(data.mnist(cache=tmp_path, mirror=mirror.address))
    assert [wanted for name, wanted in mirror.asked if name == IMAGES] == [None, "bytes=5000-"]


@pytest.mark.parametrize("length", [100, 10**6])
def test_what_is_no_beginning_of_the_file_is_thrown_away(length: int, mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / f"{IMAGES}.part").write_bytes(b"x" * length)
    assert_is_whole(data.mnist(cache=tmp_path, mirror=mirror.address))


def test_a_damaged_file_in_the_cache_is_downloaded_anew(mirror: Mirror, tmp_path: Path) -> None:
    data.mnist(cache=tmp_path, mirror=mirror.address)
    (tmp_path / IMAGES).write_bytes(b"x")
    assert_is_whole(data.mnist(cache=tmp_path, mirror=mirror.address))
    assert [name for name, _ in mirror.asked[4:]] == [IMAGES]


def test_a_link_in_the_cache_stays_one_and_its_target_is_mended(mirror: Mirror, tmp_path: Path) -> None:
    target = tmp_path / "shared" / "images.gz"
    target.parent.mkdir()
    target.write_bytes(b"x")
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / IMAGES).symlink_to(target)
    assert_is_whole(data.mnist(cache=cache, mirror=mirror.address))
    assert (cache / IMAGES).is_symlink()
    assert target.read_bytes() == mirror.files[IMAGES]


@pytest.mark.parametrize(
    "change", [lambda x: x[:-1] + b"\1", lambda x: x + b"more", lambda x: x[:100]], ids=["other", "longer", "shorter"]
)
def test_a_wrong_checksum_is_refused_and_kept_nowhere(
    change: Callable[[bytes], bytes], mirror: Mirror, tmp_path: Path
) -> None:
    mirror.files[IMAGES] = change(mirror.files[IMAGES])
    with pytest.raises(ValueError) as caught:
        data.mnist(cache=tmp_path, mirror=mirror.address)
    wanted = f"{mirror.address}{IMAGES} has a wrong checksum, so it is not the published file. "
    assert str(caught.value).startswith(wanted)
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_not_there_says_what_to_do(mirror: Mirror, tmp_path: Path) -> None:
    del mirror.files[IMAGES]
    with pytest.raises(ConnectionError) as caught:
        data.mnist(cache=tmp_path, mirror=mirror.address)
    assert str(caught.value) == (
        f"{mirror.address}{IMAGES} cannot be downloaded: 404 Not Found. Try again later, pass another mirror=, "
        "or get the four files elsewhere and call nn.data.mnist(folder)"
    )


def test_offline_it_says_what_to_do(mirror: Mirror, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/"  # bound, and nobody listens
        with pytest.raises(ConnectionError) as caught:
            data.mnist(cache=tmp_path, mirror=nobody)
    assert str(caught.value).startswith(f"{nobody}{IMAGES} cannot be reached: ")
    assert "Are you offline? Try again later, pass another mirror=, or get the four files elsewhere" in str(
        caught.value
    )


def test_a_silent_server_is_not_waited_for(mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data.downloads, "_TIMEOUT", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ConnectionError, match=r"stopped after 0 of|cannot be reached"):
            data.mnist(cache=tmp_path, mirror=f"http://127.0.0.1:{silent.getsockname()[1]}/")


def test_a_mirror_is_an_address(tmp_path: Path) -> None:
    for wrong in ("file:///etc/", "/some/folder", ""):
        with pytest.raises(
            ValueError, match=r"mirror must be an http:// or https:// address, not .*; for a folder write mnist"
        ):
            data.mnist(cache=tmp_path, mirror=wrong)


def test_the_published_files_are_known() -> None:
    assert [(file.name, file.magic & 0xFF) for file in data.images._MNIST] == list(
        zip(NAMES, (3, 1, 3, 1), strict=True)
    )
    assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) for file in data.images._MNIST)
    assert sum(file.size for file in data.images._MNIST) == 11_594_722  # as TensorFlow Datasets lists it
