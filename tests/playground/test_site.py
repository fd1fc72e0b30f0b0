"""The playground without a browser: its Python, its words, its server, its build."""

from __future__ import annotations

import gzip
import json
import re
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograd.__main__ import main
from autograd.playground import build as building
from autograd.playground.build import build, examples
from autograd.playground.errors import BuildError
from autograd.playground.in_browser.calls import call
from autograd.playground.packing import write_archives
from autograd.playground.serve import server

WORDS = {
    language: json.loads((building.SITE / "words" / f"{language}.json").read_text(encoding="utf-8"))
    for language in ("en", "zh")
}


def asked(name: str, **arguments: object) -> dict[str, object]:
    answer: dict[str, object] = json.loads(call(name, json.dumps(arguments)))
    return answer


# ── what a page asks of Python ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", examples())
def test_an_example_runs(name: str) -> None:
    shown = asked("play.run", source=examples()[name], language="en")
    error = shown["error"]
    assert (error is None) != (name == "infinity"), error
    assert str(shown["alt"]).startswith("Computation graph of ")
    assert asked("play.player", language="zh")["error"] is None
    verdict = asked("play.differences", language="en").get("verdict")
    assert verdict == {"own_rule": "wrong", "infinity": None}.get(name, "right")


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero", 1),
        ("\n\nx = (", "SyntaxError: '(' was never closed", 3),
        ("def f():\n    return y\n\nf()", "NameError: name 'y' is not defined", 2),
        ("import random\nrandom.choice([])", "IndexError: Cannot choose from an empty sequence", 2),
        ("import sys\nsys.exit(3)", "SystemExit: 3", 2),
        ("raise ValueError('a\\nb')", "ValueError: a\nb", 1),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", 1),
        (
            "from autograd import Value\na = Value('2')",
            "TypeError: Value() takes a number, not str",
            2,
        ),  # a half-made Value
        (
            "n = 1\nx = input('x? ')",
            'OSError: input() cannot ask anybody in this page: write the text into the program, as in name = "Ada"',
            2,
        ),
    ],
)
def test_an_error_and_its_line(source: str, message: str, line: int) -> None:
    assert asked("play.run", source=source, language="en")["error"] == {
        "message": message,
        "line": line,
        "missing": None,
    }


@pytest.mark.parametrize(
    ("ending", "title"),
    [
        ("b\n", "b = 6"),
        ("a.grad\n", "c = 8"),  # a number: the last Value that was assigned
        ("", "c = 8"),
        ("for d in [c * 2]:\n    pass", "d = 16"),
        ("def f():\n    e = c * 5", "c = 8"),
        ("(g := b + 1)", "g = 7"),
    ],
)
def test_the_last_value_is_shown(ending: str, title: str) -> None:
    source = f"from autograd import Value\na = Value(2.0)\nb = a * 3\nc = b + a\n{ending}"
    assert f" {title}." in str(asked("play.run", source=source, language="en")["alt"])


def test_a_player_as_the_last_expression_is_shown_itself() -> None:
    shown = asked("play.run", source="import autograd\nautograd.play(autograd.Value(2.0) ** 2)", language="en")
    assert "data-autograd-player" in str(shown["picture"]) and not shown["has_graph"] and shown["output"] == ""


@pytest.mark.parametrize("ending", ["draw(b)", "play(b)"])
def test_a_drawing_as_the_last_expression_has_the_names_of_the_variables(ending: str) -> None:
    source = f"from autograd import Value, draw, play\nfirst = Value(2.0)\nb = first * first\n{ending}"
    assert ">first</text>" in str(asked("play.run", source=source, language="en")["picture"])


@pytest.mark.parametrize(
    "overwritten",
    [
        "Value.__mul__ = Value.__repr__ = lambda *any: 42",
        "del Value.backward",
        "import builtins\nbuiltins.setattr = None",
    ],
)
def test_what_a_program_overwrites_is_there_again_in_the_next(overwritten: str) -> None:
    source = "from autograd import Value\n"
    assert asked("play.run", source=source + overwritten, language="en")["error"] is None
    shown = asked(
        "play.run", source=f"{source}setattr(Value, 'new', 1)\ny = Value(2.0) * 3\ny.backward()\ny", language="en"
    )
    assert (shown["output"], shown["error"]) == ("Value(6.0, grad=1.0)\n", None)


def test_what_is_missing_is_named_and_a_long_output_is_cut() -> None:
    shown = asked("play.run", source="import a_module_that_is_not_there", language="en")
    assert isinstance(shown["error"], dict) and shown["error"]["missing"] == "a_module_that_is_not_there"
    for letters, is_cut in ((10**6, True), (100_000, False)):
        shown = asked("play.run", source=f"print('x' * {letters}, end='')", language="en")
        assert len(str(shown["output"])) == 100_000 and shown["is_cut"] == is_cut


def test_a_kink_is_not_checkable_and_a_node_without_a_rule_says_so() -> None:
    asked("play.run", source="from autograd import Value\na = Value(0.0)\nb = a.relu()", language="en")
    answer = asked("play.differences", language="en")
    assert answer["verdict"] == "unchecked" and "a kink" in str(answer["words"]) and "b in a at 0.0" in str(answer)
    asked("play.run", source="from autograd import Value\na = Value(3.0)\nb = Value(1.0, (a,), (2.0,))", language="en")
    assert "made by hand" in str(asked("play.differences", language="en")["error"])


def test_without_a_value_there_is_nothing_to_play() -> None:
    asked("play.run", source="1 + 1", language="en")
    with pytest.raises(LookupError, match="showed no Value"):
        call("play.player", '{"language": "en"}')


@pytest.mark.parametrize("name", ["play._failure", "play.steps", "calls.call", "os.getcwd", "play", ""])
def test_only_what_is_public_can_be_called(name: str) -> None:
    with pytest.raises(KeyError):
        call(name, "{}")


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_both_languages_say_the_same() -> None:
    keys = {language: {(table, name) for table in words for name in words[table]} for language, words in WORDS.items()}
    assert keys["en"] == keys["zh"]
    for table, name in keys["en"]:
        fields = [sorted(part[:1] for part in WORDS[x][table][name].split("{")[1:]) for x in ("en", "zh")]
        assert fields[0] == fields[1], (table, name)


def test_each_example_has_its_words() -> None:
    assert WORDS["en"]["examples"].keys() == {f"{name}{end}" for name in examples() for end in ("", "_about")}


# ── the server ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("<p>" * 1000)
    (folder / "a.wasm").write_bytes(b"\0asm")
    (tmp_path / "secret").write_text("x")
    running = server(folder, 0)
    threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/"
    running.shutdown()
    running.server_close()


def test_a_file_is_served_compressed_and_once(address: str) -> None:
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert gzip.decompress(answer.read()) == b"<p>" * 1000
        tag = answer.headers["ETag"]
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"<p>" * 1000 and answer.headers["Content-Encoding"] is None
    request.add_header("If-None-Match", tag)
    with pytest.raises(urllib.error.HTTPError, match="304"):
        urllib.request.urlopen(request)
    with urllib.request.urlopen(urllib.request.Request(f"{address}a.wasm", method="HEAD")) as answer:
        assert (answer.headers["Content-Type"], answer.headers["Content-Length"]) == ("application/wasm", "4")


@pytest.mark.parametrize("path", ["missing", "../secret", "%2e%2e/secret", "\0"])
def test_nothing_else_is_served(address: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(address + path.replace("\0", "%00"))


# ── the build ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_npm_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["playground", "--build", str(tmp_path / "site")]) == 1
    assert capsys.readouterr().err == (
        "autograd playground: npm is missing, which builds the playground\n"
        "  try  install Node.js 20 or newer (https://nodejs.org), then run this again\n"
    )
    assert not (tmp_path / "site").exists()


def test_a_folder_with_other_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "npm_packages", lambda: tmp_path)
    (tmp_path / "thesis.md").touch()
    with pytest.raises(BuildError, match=r"has other files in it, such as thesis.md\n  try  an empty folder"):
        build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.md"]


@pytest.mark.parametrize("guide", ["", "../index.html?a&b"])
def test_a_page_leads_to_the_documentation_where_there_is_one(guide: str) -> None:
    links = re.findall(r'<a [^>]*href="([^"]*)"', building._assembled(building.SITE / "see.html", guide))
    assert links == ["#main", "index.html", "learn.html", "see.html", *([guide.replace("&", "&amp;")] if guide else [])]


def test_the_archives_hold_what_a_page_needs(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_archives(tmp_path / folder)
    own, arrays = (set(zipfile.ZipFile(tmp_path / "a" / name).namelist()) for name in ("autograd.zip", "arrays.zip"))
    assert {"autograd/__init__.py", "autograd/playground/in_browser/calls.py", "autograd/viz/web/player.js"} <= own
    assert {"autograd/playground/build.py", "autograd/compiler/__init__.py"}.isdisjoint(own)
    assert {"autograd/compiler/__init__.py", "nn/__init__.py"} <= arrays
    assert (tmp_path / "a" / "autograd.zip").read_bytes() == (tmp_path / "b" / "autograd.zip").read_bytes()
