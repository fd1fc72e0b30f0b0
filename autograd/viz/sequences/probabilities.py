"""probabilities(rows, vocabulary): a heat map of what comes next after each token of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, runtime_checkable

from autograd.util.catalogue import Catalogue
from autograd.util.language import Language, language_of
from autograd.util.printable import a_kind_of
from autograd.viz.sequences.checked import rows_of
from autograd.viz.sequences.heat_map import HeatMap
from autograd.viz.sequences.panel import Panel, Rows, labels
from autograd.viz.web.words import heat_words
from autograd.viz.write.numbers import figure
from autograd.viz.write.page import Mode

__all__ = ["probabilities", "probability_panel"]

LISTED = 12
"""So many positions are read out where the picture is not seen; the table has all of them."""

BOUNDARY = "·"
"""The token that begins and ends a text, which is no character of it."""


@runtime_checkable
class HasAlphabet(Protocol):
    """A tokenizer: its tokens are the characters of its alphabet, and one more that begins and ends a text."""

    @property
    def alphabet(self) -> str | None:
        """The characters, in the order of their tokens."""


def probabilities(
    rows: object,
    vocabulary: Sequence[object] | str | HasAlphabet | None = None,
    tokens: Sequence[object] | str | None = None,
    *,
    most: int = 30,
    mode: Mode = "auto",
    language: Language | None = None,
) -> HeatMap:
    """Draw next-token probabilities along a text as a heat map: a column for each token read, a row for each next one.

    rows: (positions, vocabulary), the softmax of the logits after each token: lists, arrays or Values.
    vocabulary: the names of the tokens, one for each number of a row, as "abc"; by default their numbers. Or a
        ``nn.data.Tokenizer``, whose token for begin and end is drawn as "·".
    tokens: the tokens read, one for each row, and the one after the last, if it is known: names out of the vocabulary.
        With a tokenizer, the text itself, or its tokens as ``encode`` gives them. The token that came next has a frame.
    most: show at most so many rows, those of the tokens that are most probable anywhere; the others are added up.
    mode: "static" for a plain image in a notebook.
    language: "en" or "zh", of the words beside the numbers; English by default.

    Raises `TypeError` for anything but numbers, `ValueError` for rows of different lengths or that are no
    probabilities, for a name that the vocabulary does not have, and another number of tokens.

    >>> print(probabilities([[0.1, 0.7, 0.2], [0.9, 0.0, 0.1]], vocabulary=".ab", tokens=".a."))
       . a
     . ░ █
     a █
     b ▒ ░
    <BLANKLINE>
    column: the token read
    row: the token that may come next, with its probability
    frame: the token that came
    empty: less than 0.01
    """
    chosen = language_of(language or "en")
    words = heat_words(chosen)
    matrix = rows_of(rows)
    if isinstance(vocabulary, HasAlphabet) and vocabulary.alphabet is not None:  # a GPT may have none
        vocabulary, tokens = _of_tokenizer(vocabulary.alphabet, tokens)
    names = _names(vocabulary, len(matrix[0]))
    if most < 1:
        raise ValueError(f"most is the number of rows to show, at least 1, not {most}")
    read, following = _read(tokens, names, len(matrix))
    panel = probability_panel(matrix, names, read, following, most, words)
    title = words.say("probabilities", words.say("tokens", count=len(matrix)))
    table = [_described(matrix[index], names, following[index : index + 1]) for index in range(len(matrix))]
    best = [f"{name}: {row[0]}" for name, row in zip(read, table, strict=True)][:LISTED]
    return HeatMap(
        [panel],
        title,
        words.say("probabilities_alt", title, words["list"].join(best)),
        [
            *words["probabilities_framed" if following else "probabilities_key"].split("\n"),
            *([words["empty"]] if panel.has_empty_cells else []),
        ],
        [
            [words["after"], words["likeliest"], words["came"]],
            *([name, *row] for name, row in zip(read, table, strict=True)),
        ],
        mode,
        chosen,
    )


def probability_panel(
    matrix: Rows,
    names: Sequence[str],
    read: Sequence[str],
    following: Sequence[int],
    most: int,
    words: Catalogue,
) -> Panel:
    """The panel: a row for each of the tokens that are most probable anywhere, and of those that came."""
    columns = list(zip(*matrix, strict=True))
    largest = [max(x if x == x else 0.0 for x in column) for column in columns]
    wanted = {*following, *_likeliest(largest)[:most]}
    shown = sorted(wanted) if len(names) > most else list(range(len(names)))
    rows, numbers = [names[index] for index in shown], [columns[index] for index in shown]
    if len(shown) < len(names):
        rows.append(words.say("others", len(names) - len(shown)))
        rest = (1 - sum(shares) for shares in zip(*numbers, strict=True))
        numbers.append(tuple(0.0 if x <= 0 else x for x in rest))
    marked = tuple((shown.index(token), column) for column, token in enumerate(following))
    is_there = ((True,) * len(read),) * len(rows)
    return Panel("", (*rows,), (*read,), tuple(numbers), is_there, marked, is_by_column=True)


def _of_tokenizer(
    alphabet: str, tokens: Sequence[object] | str | None
) -> tuple[list[str], Sequence[object] | str | None]:
    """The names of a tokenizer's tokens, and those of a text with its begin and end, or of numbers."""
    boundary = BOUNDARY if BOUNDARY not in alphabet else "<end>"
    names = [*alphabet, boundary]
    if isinstance(tokens, str):
        return names, [boundary, *tokens.removeprefix(boundary).removesuffix(boundary), boundary]
    if tokens is None:
        return names, None
    known = dict(enumerate(names))
    return names, [known.get(token, token) if isinstance(token, int) else token for token in tokens]


def _names(vocabulary: object, count: int) -> tuple[str, ...]:
    """The names of all tokens."""
    if vocabulary is not None and not isinstance(vocabulary, Iterable):
        raise TypeError(f"vocabulary is {a_kind_of(vocabulary)}, neither the names of tokens nor a tokenizer")
    given = range(count) if vocabulary is None else list(vocabulary)
    if len(given) != count:
        advice = (
            "\n  try             vocabulary=tokenizer, which also has the token that begins and ends a text; or "
            f"[*vocabulary, {BOUNDARY!r}]"
        )
        raise ValueError(
            f"the vocabulary has {len(given)} tokens, but each row has {count} probabilities"
            f"{advice if len(given) + 1 == count else ''}"
        )
    return labels(given, count)


def _read(tokens: Sequence[object] | str | None, names: Sequence[str], count: int) -> tuple[tuple[str, ...], list[int]]:
    """The names of the tokens that were read, and the index of each that came next, as far as they are known."""
    if tokens is None:
        return labels(range(count), count), []
    given = list(tokens)
    if len(given) not in (count, count + 1):
        raise ValueError(
            f"tokens are {len(given)}, but there are {count} rows of probabilities: give the token before each row, "
            "and the one after the last if it is known"
        )
    read = labels(given, count + 1)
    unknown = next((name for name in read if name not in names), None)
    if unknown is not None:
        raise ValueError(f"the vocabulary has no token {unknown!r}")
    return read[:count], [names.index(name) for name in read[1:]]


def _described(row: Sequence[float], names: Sequence[str], following: Sequence[int]) -> list[str]:
    """The likeliest tokens with their probabilities, and that of the one that came."""
    groups = _likeliest(row)[:3], following
    return [", ".join(f"{names[k]} {figure(row[k])}" for k in group) for group in groups]


def _likeliest(shares: Sequence[float]) -> list[int]:
    """Where the largest stand, from the largest on; nan last."""
    return sorted(
        range(len(shares)), key=lambda k: (shares[k] != shares[k], 0.0 if shares[k] != shares[k] else -shares[k])
    )
