"""Text: the given names, a text file's lines, tokens, and the sequences a model learns."""

from __future__ import annotations

import codecs
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import data
from nn.data import Tokenizer

TEXTS = st.lists(st.text(max_size=12), min_size=1, max_size=6).filter(any)


def test_the_names_are_those_of_the_census_once_each_and_the_frequent_ones_come_first() -> None:
    names = data.names()
    assert len(names) == len(set(names)) == 5163  # 4,275 of women and 1,219 of men, less the 331 that are both
    assert {character for name in names for character in name} == set("abcdefghijklmnopqrstuvwxyz")
    # in percent: 3.318 + 0.010, 3.271 + 0.012, 3.143 + 0.008, 2.629 + 0.012; then Mary, 2.629 + 0.009
    assert names[:4] == ["james", "john", "robert", "michael"]
    assert (min(map(len, names)), max(map(len, names))) == (2, 11)


def test_a_seed_shuffles_the_names() -> None:
    assert data.names(seed=1) == data.names(seed=1) != data.names(seed=2)
    assert sorted(data.names(seed=1)) == sorted(data.names())
    assert data.names(5, seed=1) == data.names(seed=1)[:5]


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: data.names(0), ValueError, "n must be 1 to 5163, the number of names, not 0"),
        (lambda: data.names(5164), ValueError, "not 5164"),
        (lambda: data.names(1.5), TypeError, "n is the number of names and must be an int, not a float"),
        (lambda: Tokenizer([]), ValueError, "the texts have no characters"),
        (lambda: Tokenizer(["", ""]), ValueError, "the texts have no characters"),
        (lambda: Tokenizer(3), TypeError, "a tokenizer is made from texts, not from an int"),
        (lambda: Tokenizer(["a", 3]), TypeError, "a text must be a str, not an int"),
        (lambda: Tokenizer("ab").encode("aé"), ValueError, "'aé' has the character 'é', but the alphabet is 'ab'"),
        (lambda: Tokenizer("ab").encode(["a"]), TypeError, "a text must be a str, not a list"),
        (lambda: Tokenizer("ab").decode([3]), ValueError, "there is no token 3: they are 0 to 2"),
        (lambda: Tokenizer("ab").decode([-1]), ValueError, "there is no token -1"),
        (lambda: Tokenizer("ab").decode([0.5]), TypeError, "tokens must be whole numbers"),
        (lambda: data.sequences("ab"), TypeError, "texts must be a list of texts: [text] for a single one"),
        (lambda: data.sequences([]), ValueError, "there are no texts"),
        (lambda: data.sequences(["a"], context=0), ValueError, "context must be 1 or more, not 0"),
        (lambda: data.sequences(["a"], context=2.0), TypeError, "context is a number of tokens"),
        (lambda: data.sequences(["a"], Tokenizer("b")), ValueError, "has the character 'a', but the alphabet is 'b'"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, says) -> None:
    with pytest.raises(error) as raised:
        call()
    assert says in str(raised.value)


@given(TEXTS)
def test_decoding_gives_back_what_was_encoded(texts: list[str]) -> None:
    tokenizer = Tokenizer(texts)
    assert Tokenizer(tokenizer.alphabet) == tokenizer
    for text in texts:
        tokens = tokenizer.encode(text)
        assert tokenizer.decode(tokens) == text
        assert tokens[0] == tokens[-1] == tokenizer.begin == tokenizer.end == tokenizer.vocab_size - 1


@given(TEXTS, st.integers(1, 9))
def test_sequences_hold_each_token_once_and_the_one_after_it(texts: list[str], context: int) -> None:
    tokenizer = Tokenizer(texts)
    X, y = data.sequences(texts, context=context)
    assert all(len(inputs) == len(targets) <= context for inputs, targets in zip(X, y, strict=True))
    pairs = [pair for inputs, targets in zip(X, y, strict=True) for pair in zip(inputs, targets, strict=True)]
    encoded = map(tokenizer.encode, texts)
    assert pairs == [pair for tokens in encoded for pair in pairwise(tokens)]
    whole, _ = data.sequences(texts)
    assert [len(tokens) for tokens in whole] == [len(text) + 1 for text in texts]


# ── text files ──────────────────────────────────────────────────────────────────────────────────────────────────────

ZOO = ["ape", "熊猫", "🐻‍❄️", "çöß"]
FILES = {
    "plain": ("\n".join(ZOO).encode(), ZOO),
    "Windows": ("\r\n".join(ZOO).encode() + b"\r\n", ZOO),
    "an old Mac": ("\r".join(ZOO).encode(), ZOO),
    "empty lines and spaces": (f"\n\n  {ZOO[0]} \n\t\n{ZOO[1]}\n\n".encode(), ZOO[:2]),
    "signs that are no line ends": ("a\x0bb\u2028c\x85d\ne".encode(), ["a\x0bb\u2028c\x85d", "e"]),
    "a UTF-8 mark": (codecs.BOM_UTF8 + "\n".join(ZOO).encode(), ZOO),
    "UTF-16": ("\n".join(ZOO).encode("utf-16"), ZOO),
    "UTF-16, the other way round": (codecs.BOM_UTF16_BE + "\n".join(ZOO).encode("utf-16-be"), ZOO),
    "UTF-32": ("\n".join(ZOO).encode("utf-32"), ZOO),
    "a huge line": (b"ab" * 500_000, ["ab" * 500_000]),
}


@pytest.mark.parametrize(("content", "lines"), FILES.values(), ids=FILES)
def test_a_text_file_is_a_list_of_lines(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    (tmp_path / "text.txt").write_bytes(content)
    documents = data.documents(tmp_path / "text.txt")
    assert documents == lines
    tokenizer = Tokenizer(documents)
    X, _ = data.sequences(documents, tokenizer, context=16)
    assert "".join(map(tokenizer.decode, X)) == "".join(lines)


def test_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_bytes("çöß".encode("latin-1"))
    assert data.documents(tmp_path / "text.txt", encoding="latin-1") == ["çöß"]
    with pytest.raises(ValueError, match=r"is not text in utf-8, at byte 0: save it as UTF-8, or pass its encoding"):
        data.documents(tmp_path / "text.txt")
    with pytest.raises(ValueError, match="Python knows no encoding 'klingon'"):
        data.documents(tmp_path / "text.txt", encoding="klingon")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "has no text, so there is nothing to learn from"),
        (b" \n\r\n\t", "has no text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a text file: it has zero bytes"),
        (b"plain\0zero", "is not a text file: it has zero bytes"),
        (codecs.BOM_UTF16_LE + b"a", "is not text in utf-16"),
    ],
)
def test_a_file_without_text_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "text.txt").write_bytes(content)
    with pytest.raises(ValueError) as raised:
        data.documents(tmp_path / "text.txt")
    assert f"{tmp_path / 'text.txt'} {says}" in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.txt"):
        data.documents(tmp_path / "none.txt")
