"""Files: written whole by any number of writers, under any attack; and files from elsewhere, believed when they fit."""

import os
import pickle
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from attacks import archives, checkpoints, files, progress, trainings
from autograd.util.file_locks import InUseError, locked
from autograd.util.files import opened, read_whole, write_whole

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="links, FIFOs, signals and limits of POSIX")
FILES = pytest.mark.parametrize("kind", ["bytes", "checkpoint", "model"])


def holds(outcome):
    """That an attack tried, and nothing gave way."""
    assert outcome.tries > 0
    assert outcome.faults == []


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@POSIX
@FILES
def test_what_is_no_file_is_refused_and_stays(tmp_path, kind):
    holds(files.special_files(tmp_path, kind))


@POSIX
@FILES
def test_a_link_is_followed_and_one_that_was_planted_is_not(tmp_path, kind):
    holds(files.links(tmp_path, kind))


WRITERS = {
    "Module.save": (".npz", lambda path: nn.Neuron(1, seed=0).save(path)),
    "a checkpoint": (".npz", lambda path: trainings.fit(path)),
    "a picture": (".txt", lambda path: autograd.draw(autograd.Value(1.0) * 2).save(path)),
    "a player": (".html", lambda path: autograd.play(files._backward(1.0)).save(path)),
    "a training's player": (".html", lambda path: autograd.play(trainings.fit(None, record=True)).save(path)),
    "an export": (".onnx", lambda path: nn.export.to_onnx(nn.Neuron(1, seed=0), path)),
}


@POSIX
@pytest.mark.parametrize(("suffix", "write"), WRITERS.values(), ids=WRITERS)
def test_every_writer_follows_a_link(tmp_path, suffix, write):
    if suffix == ".onnx":
        pytest.importorskip("onnx", reason="onnx is not installed")
    path, link, target = (tmp_path / f"{name}{suffix}" for name in ("plain", "link", "target"))
    write(path)
    link.symlink_to(target.name)
    for _ in range(2):  # where the target is not there yet, and where it is
        write(link)
        assert link.is_symlink()
        assert len(target.read_bytes()) > 0.9 * len(path.read_bytes()) > 0
        target.write_bytes(target.read_bytes() if suffix == ".npz" else b"of yesterday")
    assert sorted(x.name for x in tmp_path.iterdir()) == sorted(x.name for x in (path, link, target))


@POSIX
def test_a_learners_progress_and_a_new_notebook_beside_a_link(exercises, learn):
    """Progress follows the link of its file. A notebook is only written where there is nothing, and so no link."""
    (exercises / "learn-progress.json").rename(exercises / "kept.json")
    (exercises / "learn-progress.json").symlink_to("kept.json")
    learn("check", 1)
    assert (exercises / "learn-progress.json").is_symlink()
    assert '"not started"' in (exercises / "kept.json").read_text()
    (exercises / "e01_nudge.ipynb").symlink_to("elsewhere.ipynb")
    assert learn("export-notebook", 1)[0] == 1
    assert not (exercises / "elsewhere.ipynb").exists()


@POSIX
@FILES
def test_a_file_keeps_its_permissions(tmp_path, kind):
    holds(files.permissions(tmp_path, kind))


@POSIX
@FILES
def test_a_full_disk_leaves_the_old_file(tmp_path, kind):
    holds(files.full_disks(tmp_path, kind))


@FILES
def test_threads_save_one_file(tmp_path, kind):
    holds(files.threads(tmp_path, kind, saves=5))


@POSIX
def test_ctrl_c_leaves_the_old_file_or_the_new_one(tmp_path):
    holds(files.interrupts(tmp_path, "bytes", 40))


@POSIX
def test_what_a_killed_writer_left_is_cleared_by_the_next(tmp_path):
    (tmp_path / ".file.txt.0123456789abcdef.part").write_text("of somebody who was killed")
    (tmp_path / ".file.txt.fedcba9876543210.part").symlink_to("elsewhere")
    (tmp_path / ".file.txt.part").write_text("of somebody else")
    write_whole(tmp_path / "file.txt", b"new")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".file.txt.fedcba9876543210.part", ".file.txt.part", "file.txt"]


@POSIX
def test_a_writer_that_is_alive_is_not_cleared(tmp_path, monkeypatch):
    def slowly(file):
        file.write(b"sl")
        monkeypatch.setattr("autograd.util.files._being_written", set())  # as in another process
        write_whole(tmp_path / "file.txt", b"fast")
        file.write(b"ow")

    write_whole(tmp_path / "file.txt", slowly)
    assert (tmp_path / "file.txt").read_bytes() == b"slow"
    assert os.listdir(tmp_path) == ["file.txt"]


def test_what_fails_while_it_is_written_leaves_the_old_file(tmp_path):
    def fail(file):
        file.write(b"half")
        raise ZeroDivisionError

    write_whole(tmp_path / "a.txt", b"old")
    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "a.txt", fail)
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_new_file_replaces_none(tmp_path):
    write_whole(tmp_path / "a.txt", b"old", new=True)
    with pytest.raises(FileExistsError, match=r"the file already exists: .*a\.txt"):
        write_whole(tmp_path / "a.txt", b"new", new=True)
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("name", ["x" * 250, "数" * 80, "a b\n.npz", "-rf", "[0-9]*.npz"])
def test_any_name_that_a_file_can_have(tmp_path, name):
    for content in (b"old", b"new"):
        write_whole(tmp_path / name, content)
    assert (tmp_path / name).read_bytes() == b"new"
    assert os.listdir(tmp_path) == [name]


def test_only_so_much_is_read(tmp_path):
    (tmp_path / "a").write_bytes(bytes(100))
    assert len(read_whole(tmp_path / "a", 100)) == 100
    with pytest.raises(OSError, match="more than 99 bytes"):
        read_whole(tmp_path / "a", 99)
    with pytest.raises(OSError, match=r"a folder, not a file"):
        opened(tmp_path)


# ── one at a time ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_at_a_time_and_whoever_waits_gets_in(tmp_path):
    refused = pytest.raises(InUseError, match=f"in use by process {os.getpid()}")
    with locked(tmp_path / "a"), refused, locked(tmp_path / "a", wait=0.02):
        raise AssertionError
    with locked(tmp_path / "a"), locked(tmp_path / "b"):
        pass
    assert os.listdir(tmp_path) == []


@POSIX
def test_a_planted_lock_file_is_not_followed(tmp_path):
    (tmp_path / "victim").write_text("precious")
    (tmp_path / ".a.lock").symlink_to("victim")
    with pytest.raises(OSError, match=r"the lock file cannot be made: .*a'"), locked(tmp_path / "a"):
        raise AssertionError
    assert (tmp_path / "victim").read_text() == "precious"


@POSIX
def test_a_file_system_without_locks_is_said(tmp_path, monkeypatch):
    def none(*_):
        raise OSError(38, "Function not implemented")

    for name in ("lockf", "flock"):
        monkeypatch.setattr(f"fcntl.{name}", none)
    with pytest.warns(
        UserWarning, match=r"the file system of .*run\.npz has no locks, so a second training could write"
    ):
        trainings.fit(tmp_path / "run.npz")
    assert os.listdir(tmp_path) == ["run.npz"]


@POSIX
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_child_has_no_lock_of_its_parent(tmp_path):
    with locked(tmp_path / "a"):
        child = os.fork()
        if not child:
            try:
                with locked(tmp_path / "a"):
                    os._exit(1)
            except InUseError as error:
                os._exit(0 if error.process == os.getppid() else 2)
            os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        with pytest.raises(InUseError), locked(tmp_path / "a"):  # the child's end has not ended it
            raise AssertionError


@POSIX
def test_the_second_training_on_a_checkpoint_is_refused(tmp_path):
    holds(trainings.two_trainings_in_threads(tmp_path))


@POSIX
@pytest.mark.long
def test_the_second_training_is_refused_in_another_process(tmp_path):
    holds(trainings.two_trainings(tmp_path))


# ── files from elsewhere ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edited_checkpoint_is_refused_with_the_field(tmp_path):
    holds(checkpoints.edit_checkpoints(tmp_path, tuple(checkpoints.CHECKPOINT)[::8]))


def test_an_edited_model_is_refused_with_what_it_is(tmp_path):
    holds(archives.edit_models(tmp_path))


QUICK = tuple(name for name in archives.NPZ if "GB" not in name)


@POSIX
@pytest.mark.parametrize("kind", ["model", "checkpoint"])
def test_a_crafted_archive_is_refused_and_runs_nothing(tmp_path, kind):
    holds(archives.crafted_npz(tmp_path, kind, QUICK))


@pytest.mark.parametrize("kind", ["model", "checkpoint"])
def test_damage_anywhere_is_noticed(tmp_path, kind):
    holds(archives.damaged_npz(tmp_path, kind, 50))


def test_an_idx_archive_is_read_no_further_than_it_announces(tmp_path):
    holds(archives.crafted_idx(tmp_path, 1 << 24))


def test_nan_in_a_model_is_loaded_where_that_is_asked(tmp_path):
    model, other = nn.MLP(1, [1], seed=0), nn.MLP(1, [1], seed=1)
    model.parameters()[0].data = float("nan")
    model.save(tmp_path / "m.npz")
    with pytest.raises(ValueError) as caught:
        other.load(tmp_path / "m.npz")
    assert str(caught.value).splitlines() == [
        f"{tmp_path / 'm.npz'}: the state does not fit this MLP, so nothing was loaded",
        "  not finite      layers[0].neurons[0].w[0] (nan)",
        "  try             allow_nonfinite=True, to load them anyway",
    ]
    other.load(tmp_path / "m.npz", allow_nonfinite=True)
    assert repr(other.state_dict()) == repr(model.state_dict())


SOME = (*tuple(progress.CONTENTS)[::16], *(name for name in progress.PLACES if name != "1 GB"))


@POSIX
def test_no_progress_file_brings_a_traceback_or_an_escape(tmp_path):
    holds(progress.commands(tmp_path, SOME, run=(["list"], ["hint", "4"])))


def test_no_learners_file_stops_a_class_or_computes_in_its_table(tmp_path):
    holds(progress.classes(tmp_path, tuple(progress.CONTENTS)[::4]))


def test_threads_lose_no_progress(tmp_path):
    holds(progress.writers(tmp_path, changes=5))


# ── at length: tests/attacks/test_attacks.py ──────────────────────────────────────────────────────────────────────────


def test_every_writer_of_the_package_writes_whole():
    ways = ("write_text(", "write_bytes(", "np.savez", "os.replace(", 'open("w', 'open("x', '"wb")', "savefig(out")
    # temporary folders; the one way; a download's part; a folder that is being built; a page's own memory
    temporary = {"program.py", "gates.py", "strangers.py", "slips.py", "search.py"}
    exceptions = {*temporary, "files.py", "downloads.py", "packing.py", "folder.py", "learn.py"}
    root = Path(nn.__file__).parents[1]
    found = [
        f"{path.relative_to(root)}: {way}"
        for room in ("autograd", "nn")
        for path in (root / room).rglob("*.py")
        if path.name not in exceptions
        for way in ways
        if way in re.sub(r"^ *(>>>|[.]{3}) .*", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)  # examples
    ]
    assert found == []


# ── pickles: of what is ours in them ────────────────────────────────────────────────────────────────────────────────

OUTSIDE, DATA, MADE_BY, COUNTS, OPERANDS, LOCAL = 1, 2, 6, 7, 8, 9
GRAPHS = {
    "a number less": (DATA, lambda x: x[1:]),
    "a number more": (DATA, lambda x: [*x, 1.0]),
    "no operands": (COUNTS, lambda x: [0] * len(x)),
    "counts below 0": (COUNTS, lambda x: [-1, *x[1:-1], x[-1] + x[0] + 1]),
    "a count more": (COUNTS, lambda x: [*x, 1]),
    "an operand of itself": (OPERANDS, lambda x: [0, *x[1:]]),
    "an operand that comes later": (OPERANDS, lambda x: [1, *x[1:]]),
    "an operand beyond those outside": (OPERANDS, lambda x: [-99, *x[1:]]),
    "an operand less": (OPERANDS, lambda x: x[1:]),
    "a derivative less": (LOCAL, lambda x: x[1:]),
    "an operation that is not listed": (MADE_BY, lambda x: [99, *x[1:]]),
    "an operation before the first": (MADE_BY, lambda x: [-1, *x[1:]]),
    "none of those outside": (OUTSIDE, lambda x: []),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_a_damaged_pickle_of_a_graph_is_refused(name):
    place, edit = GRAPHS[name]
    x, y = autograd.Value(2.0), autograd.Value(3.0)
    _, (snapshot, _) = (x * y + x).tanh().__reduce_ex__(4)
    restore, columns = snapshot.__reduce__()
    restore(*columns)
    with pytest.raises(ValueError, match="this pickle of a graph is damaged"):
        restore(*columns[:place], edit(columns[place]), *columns[place + 1 :])


PROGRAMS = {
    "an output that is not there": {"outputs": np.array([99])},
    "an operand that comes later": {"operands": np.array([7, 7, 7, 7])},
    "lanes of none": {"lanes": np.zeros(2, int)},
    "more parameters": {"parameters": 5},
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_damaged_pickle_of_a_compiled_function_is_refused(name):
    w = autograd.Value(2.0)
    compiled = autograd.compile(lambda x: (w * x).tanh(), parameters=[w])
    assert compiled(0.0) == 0.0
    state = compiled.__getstate__()
    pickle.loads(pickle.dumps(compiled))
    for _, kept in state["runners"]:
        kept["recorded"] = kept["recorded"].replace(**PROGRAMS[name])
    with pytest.raises(autograd.ProgramError):
        object.__new__(type(compiled)).__setstate__(state)
