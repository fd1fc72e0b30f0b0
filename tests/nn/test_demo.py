"""The demo, run as a user runs it, and its pictures opened."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograd.__main__ import GROUP, main
from nn import demo


def demo_process(*arguments, folder):
    return subprocess.run(
        [sys.executable, "-m", "nn", "demo", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


AT_LENGTH = pytest.param([], marks=pytest.mark.long, id="as it is")


@pytest.fixture(scope="module", params=[pytest.param(["--steps", "40", "--samples", "60"], id="short"), AT_LENGTH])
def finished(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("demo")
    return folder, demo_process(*request.param, folder=folder)


def test_it_learns_and_says_where_the_pictures_are(finished):
    folder, done = finished
    assert (done.returncode, done.stderr) == (0, "")
    accuracy = float(re.search(r"held-out points ([\d.]+)%", done.stdout)[1])
    assert accuracy >= 95.0
    losses = [float(x) for x in re.findall(r"step +\d+ +loss ([\d.]+)", done.stdout)]
    assert len(losses) > 3
    assert losses == sorted(losses, reverse=True)
    for name in ("backprop_step.svg", "backprop_step.html", "loss.png", "boundary.png"):
        assert f"demo/{name}" in done.stdout
        assert (folder / "demo" / name).stat().st_size > 1000


def test_the_step_is_drawn_with_its_numbers(finished):
    words = "".join(ElementTree.parse(finished[0] / "demo" / "backprop_step.svg").getroot().itertext())
    for part in ("x1", "w2", "tanh", "0.70711", "−1.5", "6.8814"):
        assert part in words


def test_the_plots_are_pictures_with_something_on_them(finished):
    from matplotlib.image import imread

    for name in ("loss.png", "boundary.png"):
        picture = imread(finished[0] / "demo" / name)
        assert picture.shape[0] > 400
        assert picture.shape[1] > 600
        assert picture[..., :3].std() > 0.05


def test_an_existing_folder_is_left_alone_unless_asked(finished, capsys, monkeypatch):
    folder, _ = finished
    monkeypatch.chdir(folder)
    before = (folder / "demo" / "loss.png").read_bytes()
    assert demo.command([]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "--overwrite" in error
    assert (folder / "demo" / "loss.png").read_bytes() == before
    assert demo.command(["--overwrite", "--steps", "2", "--samples", "10"]) == 0
    assert (folder / "demo" / "loss.png").read_bytes() != before


def test_the_seed_decides(tmp_path, capsys):
    def printed(seed, out):
        assert demo.command(["--steps", "2", "--samples", "10", "--seed", seed, "--out", str(tmp_path / out)]) == 0
        return capsys.readouterr().out.replace(out, "")

    assert printed("1", "out_1") == printed("1", "out_2") != printed("2", "out_3")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--steps", "0"], "'0' is not a whole number from 1 to 100000"),
        (["--samples", "many"], "'many' is not a whole number from 2 to 10000"),
        (["--seed", "-1"], "'-1' is not a whole number"),
        (["--colour", "red"], "unrecognized arguments: --colour red"),
    ],
)
def test_bad_options_are_refused_in_one_line(arguments, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        demo.command(arguments)
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


INSTALLED = pytest.mark.skipif(not entry_points(group=GROUP, name="demo"), reason="this version is not installed")


@INSTALLED
def test_autograd_finds_the_command(tmp_path, capsys):
    assert main(["demo", "--steps", "2", "--samples", "10", "--out", str(tmp_path / "out")]) == 0
    assert "after 2 steps" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        main(["demo", "--steps", "0"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("autograd demo: argument --steps: '0' is not a whole number")


def test_the_command_is_the_one_of_the_package():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"][GROUP] == {"demo": "nn.demo:command"}
    assert callable(demo.command)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: command"),
        (["--", "demo"], "autograd: "),
        (["--colour", "learn"], "unrecognized arguments: --colour"),
        (["learn", "chek"], "'chek' is unknown: did you mean 'check'? (see "),
        (["learn", "--language", "fr"], "argument --language: 'fr' is unknown: use one of en, zh (see "),
    ],
)
def test_wrong_usage_of_autograd_is_refused_in_one_line(arguments, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@INSTALLED
def test_a_misspelt_command_is_answered_with_the_nearest_one(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["lern", "check"])
    assert stopped.value.code == 2
    assert (
        "unknown command 'lern' (did you mean 'learn'?); use one of demo, learn, playground, or"
        in capsys.readouterr().err
    )


@INSTALLED
def test_help_lists_the_commands(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    words = capsys.readouterr().out
    assert re.search(
        r"learn +exercises: .*\n(?s:.*)\n +demo +train a network on two moons; demo gpt: a GPT on names\n", words
    )


def test_where_nothing_is_installed_it_says_what_to_run(capsys, monkeypatch):
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [])
    with pytest.raises(SystemExit) as stopped:
        main(["demo"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == (
        "autograd: unknown command 'demo': without installing the package there is only learn, playground; "
        "pip install it, or run python -m nn demo (see autograd --help)\n"
    )


def test_an_exercise_does_not_wait_for_the_list_of_commands(learn, monkeypatch):
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: 1 / 0)
    assert learn("check", 1)[0] == 2


def test_a_folder_that_cannot_be_is_refused_before_training(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert demo.command(["--out", str(tmp_path / "file")]) == 1
    assert demo.command(["--out", str(tmp_path / "file" / "deeper")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 2


def test_help_names_every_option(capsys):
    with pytest.raises(SystemExit) as stopped:
        demo.command(["--help"])
    assert stopped.value.code == 0
    words = capsys.readouterr().out
    assert all(option in words for option in ("--samples", "--steps", "--seed", "--out", "--overwrite", "default: 100"))


def test_without_matplotlib_it_says_what_is_missing(tmp_path, monkeypatch, capsys):
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    demo.run_demo(10, 2, 0, tmp_path / "demo")
    assert "pip install 'scalar-autograd[plot]'" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["backprop_step.html", "backprop_step.svg"]


def test_ctrl_c_leaves_nothing_behind(tmp_path, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo.moons, "train", interrupted)
    assert demo.command(["--out", str(tmp_path / "demo")]) == 130
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


def test_ctrl_c_while_a_command_is_imported_ends_with_one_line(capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    point = EntryPoint("demo", "nn.demo:command", GROUP)
    monkeypatch.setattr(EntryPoint, "load", interrupted)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    assert main(["demo", "gpt"]) == 130
    assert capsys.readouterr().err == "\nautograd demo: stopped\n"
