"""Text of others on its way to a terminal: labels and names with escape sequences, and of a million characters."""

from __future__ import annotations

import io
import re

import pytest
from attacks.strangers import HOSTILE, SHOWN, TEXTS, shown

from autograd.learn.terminal.console import for_stream
from autograd.util.lazy_numpy import np
from autograd.util.printable import a_kind_of, kind_of, name_of, printable, printable_path, quoted


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", SHOWN)
def test_no_escape_reaches_a_terminal_and_no_error_is_long(name: str, text: str) -> None:
    found = shown(name, text)
    assert all(c.isprintable() or c == "\n" for c in found)
    assert len(found) < 3000
    found.encode()


def test_what_is_printed_of_a_text() -> None:
    assert printable("w") == "w"
    assert printable("w\x1b[1m\n") == r"w\x1b[1m\n"
    assert printable("重み β́") == "重み β́"
    assert (
        printable("👩\u200d💻 می\u200cخواهم क्\u200dष 🏴\U000e0067\U000e007f")
        == "👩\u200d💻 می\u200cخواهم क्\u200dष 🏴\U000e0067\U000e007f"
    )
    assert printable("a\u200db é\u200d \u202eβ \U000e0067") == r"a\u200db é\u200d \u202eβ \U000e0067"
    assert printable("x" * 40) == "x" * 40
    assert printable("x" * 41) == "x" * 39 + "…"
    assert printable_path("y" + "x" * 40) == "…" + "x" * 39
    assert quoted("it's \x07") == '"it\'s \\x07"'
    assert len(quoted("x" * 10**6)) == 42
    assert (kind_of(1.0), name_of(abs), name_of(3, "f"), name_of(3)) == ("float", "abs", "f", "3")


class MLPLike:
    pass


@pytest.mark.parametrize(
    ("thing", "expected"),
    [(1, "an int"), (None, "a NoneType"), (np.zeros(1), "an ndarray"), ([], "a list"), (MLPLike(), "an MLPLike")],
)
def test_a_or_an(thing: object, expected: str) -> None:
    assert a_kind_of(thing) == expected


@pytest.mark.parametrize("colours", [True, False])
def test_what_a_learner_wrote_moves_no_cursor(colours: bool) -> None:
    ours = "\x1b[1;32mright\x1b[0m\n"
    shown = for_stream(ours + HOSTILE + "\ta\u3000b", io.StringIO(), colours)
    assert re.sub(r"\x1b\[(1;32|0)m", "", shown).replace("\n", "").replace("\t", "").replace("\u3000", "").isprintable()
    assert shown.startswith(ours) == colours
    assert "\x1b]0" not in shown
    assert "\ta\u3000b" in shown
