"""The demo of a GPT, run small: what it prints, draws and saves, and what it refuses."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from xml.etree import ElementTree

import pytest

import nn
from nn import demo
from nn.optim import Adam

ZOO = ["ape", "bear", "panda", "seal", "zebra", "猫"]
SMALL = ["gpt", "--steps", "10", "--width", "4", "--heads", "2", "--context", "5"]


@pytest.fixture
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("zoo.txt").write_text("\n".join(ZOO), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("engine", "layers"), [("compiled", 2), ("eager", 1)])
def test_it_learns_a_text_invents_lines_draws_and_saves(
    zoo: Path, capsys: pytest.CaptureFixture[str], engine: str, layers: int
) -> None:
    arguments = [*SMALL, "--text", "zoo.txt", "--engine", engine, "--layers", f"{layers}"]
    assert demo.command(arguments) == 0
    said = capsys.readouterr().out
    assert said.startswith("6 lines, 12 tokens, GPT(vocab_size=12, embed_dim=4, num_heads=2")
    losses = [float(x) for x in re.findall(r"^step +\d+   loss (\d+\.\d{4})   perplexity", said, re.MULTILINE)]
    assert len(losses) == 10
    assert losses[-1] < losses[0]
    assert "has the loss ln 12 = 2.4849" in said
    assert "2 lines are too long for the context of 5 and are cut into pieces: --context 6 takes them whole\n" in said
    assert (" s with recording; a model" in said) == (engine == "compiled")
    lines = said.partition("20 new lines:\n")[2].split("\ndemo-gpt")[0].split("\n")
    assert len(lines) == 20
    assert set("".join(lines)) <= {*"".join(ZOO), " "}
    for name in ("attention_1.svg", "attention_2.svg") if layers == 2 else ("attention.svg",):
        words = "".join(ElementTree.parse(f"demo-gpt/{name}").getroot().itertext())
        assert "head 1" in words
    assert Path("demo-gpt/loss.png").stat().st_size > 1000
    model = nn.load("demo-gpt/model.npz")
    tokenizer = nn.data.Tokenizer(model.alphabet)
    assert tokenizer == nn.data.Tokenizer(ZOO)
    drawn = [tokenizer.decode(model.generate(temperature=0.5, seed=i, stop=tokenizer.end)) for i in range(60)]
    new = [text for text in dict.fromkeys(drawn) if text not in ["", *ZOO]]
    assert [f"  {line}" for line in new[:20]] == lines


def test_the_same_seed_gives_the_same_lines(zoo: Path) -> None:
    options = {"text": Path("zoo.txt"), "steps": 3, "layers": 1, "heads": 1, "width": 2, "context": 4}
    first, again, other = (
        demo.gpt.run_demo(**options, engine="compiled", seed=seed, out=Path("out"), overwrite=True)
        for seed in (0, 0, 1)
    )
    assert first == again != other


LINES_CUT = {
    "none": (["abcd", "dcba abcd"], 10, ""),
    "one": (
        ["abcd", "dcba abcde"],
        10,
        "1 line is too long for the context of 10 and is cut into pieces: --context 11 takes it whole",
    ),
    "longer than any context": (
        ["a" * 1000, "a" * 16, "a" * 15],
        16,
        "2 lines are too long for the context of 16 and are cut into pieces: the largest is --context 256, and the "
        "longest line needs 1,001",
    ),
}


@pytest.mark.parametrize(("lines", "context", "sentence"), LINES_CUT.values(), ids=LINES_CUT)
def test_it_says_how_many_lines_are_cut(lines: list[str], context: int, sentence: str) -> None:
    assert demo.gpt.lines_cut(lines, context) == sentence
    pieces, _ = nn.data.sequences(lines, context=context)
    assert (len(pieces) > len(lines)) == bool(sentence)


def test_ctrl_c_ends_the_training_and_still_shows(zoo: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    apply = Adam.apply

    def interrupted(self: Adam, *arguments: object) -> None:
        apply(self, *arguments)
        if self._steps == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Adam, "apply", interrupted)
    assert demo.command([*SMALL, "--text", "zoo.txt"]) == 0
    said = capsys.readouterr().out
    assert "stopped after 3 of 10 steps\n" in said
    assert "20 new lines:\n" in said
    assert Path("demo-gpt/model.npz").exists()


REFUSED = {
    "no file": (["--text", "none.txt"], "cannot read none.txt: No such file or directory"),
    "a folder": (["--text", "."], "cannot read .: a folder, not a file"),
    "an empty file": (["--text", "empty.txt"], "empty.txt has no text, so there is nothing to learn from"),
    "a short file": (["--text", "short.txt"], "short.txt has only 3 characters: a text to learn needs 16 or more"),
    "a binary file": (["--text", "binary.txt"], "binary.txt is not a text file: it has zero bytes"),
    "another encoding": (["--text", "latin.txt"], "latin.txt is not text in utf-8, at byte 0: save it as UTF-8"),
    "heads": (["--heads", "3"], "--heads must divide --width, but 3 does not divide 16"),
    "a folder that exists": (["--out", "."], "the folder . already exists: add --overwrite"),
}


@pytest.mark.parametrize(("arguments", "says"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_in_one_line(zoo: Path, capsys, arguments: list[str], says: str) -> None:
    for name, content in [("empty", b"\n"), ("short", b"abc"), ("binary", b"\0" * 99), ("latin", b"\xe9t\xe9" * 9)]:
        Path(f"{name}.txt").write_bytes(content)
    assert demo.command(["gpt", *arguments]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"autograd demo gpt: {says}")
    assert not Path("demo-gpt").exists()


@pytest.mark.parametrize("arguments", [["--steps", "0"], ["--engine", "fast"], ["--layers", "x"], ["names"]])
def test_wrong_usage_ends_with_2(capsys, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        demo.command(["gpt", *arguments])
    assert stopped.value.code == 2
    assert "(see autograd demo gpt --help)" in capsys.readouterr().err


def test_without_matplotlib_it_says_what_is_missing(zoo: Path, capsys, monkeypatch) -> None:
    import sys

    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    assert demo.command([*SMALL, "--text", "zoo.txt"]) == 0
    assert "the loss curve needs matplotlib: pip install 'scalar-autograd[plot]'" in capsys.readouterr().out


@pytest.mark.long
def test_it_learns_the_names_as_it_is(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert demo.command(["gpt"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("5,163 names, 27 tokens")
    assert "4,192 parameters\n" in said
    losses = [float(x) for x in re.findall(r"^step +[\d,]+   loss (\d+\.\d{4})", said, re.MULTILINE)]
    assert losses[-1] < 2.1 < 2.3 < losses[0]
