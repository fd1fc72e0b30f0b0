"""Text for models of sequences: given names, the lines of a text file, a tokenizer, and what a model learns of them."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable, Sequence
from typing import SupportsIndex

from autograd.core.number_kinds import whole
from autograd.util.files import read_whole
from autograd.util.lazy_numpy import np
from autograd.util.printable import a_kind_of, quoted

__all__ = ["Tokenizer", "documents", "names", "sequences"]

Tokens = list[int]

_MOST = 1 << 30  # bytes of a text file: as a list of tokens it takes ten times as much memory


def names(n: int | None = None, seed: int | None = None) -> list[str]:
    """5,163 given names in lower case, a to z: without a seed the most frequent first, with one shuffled.

    n: the number of names; by default all.
    seed: the seed of the order, in which n names are random ones.

    Raises ValueError for an n outside 1 to 5163.
    Source: U.S. Census Bureau 1995, Frequently Occurring First Names, from the census of 1990: the 4,275 names of women
    and the 1,219 of men in ``dist.female.first`` and ``dist.male.first``, each once, in the order of their two shares
    added up (equal ones by the alphabet). As a work of the United States government it is in the public domain
    (17 U.S.C. § 105). The file ``nn/data/names.txt`` has a name in each line.

    >>> names(3), len(names())
    (['james', 'john', 'robert'], 5163)
    >>> names(3, seed=0)
    ['helene', 'alejandro', 'sherilyn']
    """
    from importlib.resources import files  # takes 3 ms, which importing nn should not wait for

    every = (files("nn") / "data" / "names.txt").read_text(encoding="ascii").split()
    if n is not None and whole(n) is None:
        raise TypeError(f"n is the number of names and must be an int, not {a_kind_of(n)}")
    if n is not None and not 1 <= n <= len(every):
        raise ValueError(f"n must be 1 to {len(every)}, the number of names, not {n}")
    if seed is None:
        return every[:n]
    return [every[i] for i in np.random.default_rng(seed).permutation(len(every))[:n]]


# ── a text file ─────────────────────────────────────────────────────────────────────────────────────────────────────


def documents(path: str | os.PathLike[str], encoding: str | None = None) -> list[str]:
    r"""The lines of a text file, a document each, without the spaces around them; empty lines are left out.

    path: the file, with line ends of any system.
    encoding: the name of its encoding; by default UTF-8, or what a byte order mark says.

    Raises OSError if there is no such file, and ValueError if it has no text, is not text or has another encoding.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "zoo.txt")
    ...     path.write_bytes(b"ape\n\nbear\n") and documents(path)
    ['ape', 'bear']
    """
    content = read_whole(path, _MOST)
    encoding = encoding or next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except LookupError:
        raise ValueError(f"Python knows no encoding {encoding!r:.60}") from None
    except UnicodeError as error:
        if b"\0" in content:
            raise ValueError(f"{path} is not a text file: it has zero bytes") from None
        where = f", at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        raise ValueError(
            f"{path} is not text in {encoding}{where}: save it as UTF-8, or pass its encoding, for example "
            "documents(path, encoding='latin-1')"
        ) from None
    if "\0" in text:
        raise ValueError(f"{path} is not a text file: it has zero bytes")
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", text)]  # splitlines() would cut at rarer signs, too
    if not any(lines):
        raise ValueError(f"{path} has no text, so there is nothing to learn from")
    return [line for line in lines if line]


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Tokenizer:
    """Characters as tokens: 0, 1, … for the characters of some texts, sorted, and one more, begin and end of a text.

    texts: the texts, whose characters are the alphabet. ``Tokenizer(tokenizer.alphabet)`` is an equal tokenizer, so the
    alphabet, a str, is all that has to be saved.

    ``begin`` and ``end`` are one token, the last, because a text begins where the one before ended. ``vocab_size`` is
    the number of tokens. A character is a code point; an emoji of several is several tokens. Raises TypeError for
    anything but text, and ValueError if there are no characters.
    Source: the tokenizer of Karpathy 2026, microgpt.

    >>> tokenizer = Tokenizer(["ape", "bear"])
    >>> tokenizer.alphabet, tokenizer.vocab_size
    ('abepr', 6)
    >>> tokenizer.encode("bear")
    [5, 1, 2, 0, 4, 5]
    >>> tokenizer.decode([5, 1, 2, 0, 4, 5])
    'bear'
    """

    def __init__(self, texts: Iterable[str]) -> None:
        if not isinstance(texts, Iterable):
            raise TypeError(f"a tokenizer is made from texts, not from {a_kind_of(texts)}")
        characters: set[str] = set()
        for text in texts:
            characters.update(_text(text))
        if not characters:
            raise ValueError("the texts have no characters, so there is no alphabet")
        self.alphabet = "".join(sorted(characters))
        self.begin = self.end = len(self.alphabet)
        self._tokens = {character: i for i, character in enumerate(self.alphabet)}

    @property
    def vocab_size(self) -> int:
        """The number of tokens: the characters, and the one for begin and end."""
        return len(self.alphabet) + 1

    def encode(self, text: str) -> Tokens:
        """Return a text's tokens, with begin and end. Raises ValueError for a character that the alphabet lacks.

        ``encode(text)[:-1]`` is a prompt, which a model continues.
        """
        try:
            return [self.begin, *[self._tokens[character] for character in _text(text)], self.end]
        except KeyError as error:
            raise ValueError(
                f"{quoted(text)} has the character {error}, but the alphabet is {quoted(self.alphabet)}: "
                "make the tokenizer from all texts, or leave this character out"
            ) from None

    def decode(self, tokens: Iterable[SupportsIndex]) -> str:
        """Return the text of tokens, without begin and end. Raises ValueError for a number that is no token."""
        letters = []
        for number in map(whole, tokens):
            if number is None:
                raise TypeError("tokens must be whole numbers")
            if not 0 <= number <= self.end:
                raise ValueError(f"there is no token {number}: they are 0 to {self.end}")
            letters += [self.alphabet[number]] if number != self.end else []
        return "".join(letters)

    def __eq__(self, other: object) -> bool:
        return self.alphabet == other.alphabet if isinstance(other, Tokenizer) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.alphabet)

    def __repr__(self) -> str:
        shown = self.alphabet if len(self.alphabet) <= 60 else f"{self.alphabet[:59]}…"
        return (
            f"Tokenizer({shown!r})" if shown == self.alphabet else f"<tokenizer of {self.vocab_size} tokens: {shown}>"
        )


def sequences(
    texts: Sequence[str], tokenizer: Tokenizer | None = None, context: int | None = None
) -> tuple[list[Tokens], list[Tokens]]:
    """What a model of the next character learns: for each text its tokens, X, and the token after each of them, y.

    texts: the texts. Their lengths may differ, and so do those of X and y; ``nn.fit`` takes them as they are.
    tokenizer: by default ``Tokenizer(texts)``.
    context: the largest number of tokens in one sequence, if a model has one. A longer text becomes several sequences,
    each of which continues the one before.

    Raises ValueError if there are no texts, for a context below 1 and for a character that the tokenizer lacks.

    >>> X, y = sequences(["ab", "b"])
    >>> X, y
    ([[2, 0, 1], [2, 1]], [[0, 1, 2], [1, 2]])
    >>> sequences(["abba"], context=2)[0]
    [[2, 0], [1, 1], [0]]
    """
    if isinstance(texts, str):
        raise TypeError("texts must be a list of texts: [text] for a single one")
    if context is not None and whole(context) is None:
        raise TypeError(f"context is a number of tokens and must be an int, not {a_kind_of(context)}")
    if context is not None and context < 1:
        raise ValueError(f"context must be 1 or more, not {context}")
    texts = list(texts)
    if not texts:
        raise ValueError("there are no texts to learn from")
    tokenizer = Tokenizer(texts) if tokenizer is None else tokenizer
    X: list[Tokens] = []
    y: list[Tokens] = []
    for text in texts:
        tokens = tokenizer.encode(text)
        size = context or len(tokens)
        for begin in range(0, len(tokens) - 1, size):
            piece = tokens[begin : begin + size + 1]
            X.append(piece[:-1])
            y.append(piece[1:])
    return X, y


def _text(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"a text must be a str, not {a_kind_of(text)}")
    return text
