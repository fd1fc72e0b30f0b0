"""Local names of a script, shortened: what is left to gain when comments and white space are gone."""

from __future__ import annotations

import itertools
import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence

__all__ = ["shortened"]

PIECE = re.compile(
    r"""(?P<text>  "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*'
                 | (?<=[(=,:?&|!]) /(?:\\.|[^/\\\n])+/[a-z]*)  # a pattern: a division stands behind something else
      | (?P<word>  [A-Za-z_$][\w$]*)
      | (?P<space> \s+)
      | (?P<sign>  \.\.\. | \?\. | => | \d[\w.]* | .)
    """,
    re.VERBOSE,
)
TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)", re.DOTALL)  # to its end, or to the next code in it
BLOCK = frozenset([")", "=>", "{", "}", ";", "do", "else", "try", "catch", "finally", ""])
"""Behind these, a brace opens a block; behind anything else, an object or a pattern."""

RESERVED = frozenset(["async", "do", "get", "if", "in", "of", "set", "static"])
"""No new names, and no old ones: those of two letters, and those that are a name in some places only."""

Piece = tuple[str, str]  # kind, text
Roles = dict[int, str]  # of the words that are names: "name", or "shorthand" where it is a key at once, as in {title}


def shortened(script: str, *kept: str) -> str:
    """A script without comments, its own names replaced by the shortest free ones, but not those in ``kept``.

    A name is replaced by the same wherever it stands as a name, so that scopes need not be known. Only names that are
    declared in the script are; keys, properties and texts stay, and a new name is no word of the script. A script may
    not use one name for a local variable here and for a global one there.

    >>> shortened("const view=(node,{title})=>`${node.title} ${title}`;view(1,{title:2})", "")
    'const c=(b,{title:a})=>`${b.title} ${a}`;c(1,{title:2})'
    """
    pieces = list(_pieces(script))
    code = [at for at, (kind, _) in enumerate(pieces) if kind != "space"]
    roles = _roles([pieces[at] for at in code])
    declared = _declared([pieces[at] for at in code], roles) - RESERVED - {*kept}
    uses, keys = (
        Counter(pieces[code[at]][1] for at, role in roles.items() if role in counted)
        for counted in (("name", "shorthand"), ("shorthand",))
    )
    free = _free(frozenset(re.findall(r"[\w$]+", script)))
    short: dict[str, str] = {}
    new = next(free)
    for word in sorted(declared, key=lambda word: (-uses[word] * len(word), word)):
        if uses[word] * (len(word) - len(new)) > keys[word] * (len(word) + 1):
            short[word], new = new, next(free)
    for at, role in roles.items():
        word = pieces[code[at]][1]
        if word in short:
            pieces[code[at]] = ("word", f"{word}:{short[word]}" if role == "shorthand" else short[word])
    return "".join(text for _, text in pieces)


def _free(used: frozenset[str]) -> Iterator[str]:
    """Names that are no word of a script, the shortest first."""
    letters = string.ascii_letters
    pairs = map("".join, itertools.product(letters, letters))
    return (name for name in itertools.chain(letters, pairs) if name not in used | RESERVED)


def _pieces(script: str) -> Iterator[Piece]:
    """Words, signs, space, and texts; a template is cut where code stands in it, as in "`a${" and "}b`"."""
    at, depths = 0, list[int]()  # how many braces are open in the code of each template
    while at < len(script):
        if script[at] == "`" or (script[at] == "}" and depths and not depths[-1]):
            match = TEMPLATE.match(script, at + 1)
            if match is None:
                raise ValueError(f"a template has no end: {script[at : at + 40]!r}")
            if script[at] == "}":
                depths.pop()
            if match[0].endswith("${"):
                depths.append(0)
            yield "text", script[at : match.end()]
        else:
            match = PIECE.match(script, at)
            assert match and match.lastgroup, "the last alternative is any character"
            if depths:
                depths[-1] += {"{": 1, "}": -1}.get(match[0], 0)
            yield match.lastgroup, match[0]
        at = match.end()


def _opens(piece: Piece) -> bool:
    return piece[1] in ("(", "[", "{") or (piece[0] == "text" and piece[1].endswith("${"))


def _closes(piece: Piece) -> bool:
    return piece[1] in (")", "]", "}") or (piece[0] == "text" and piece[1].startswith("}"))


def _roles(code: Sequence[Piece]) -> Roles:
    roles: Roles = {}
    objects: list[bool] = []  # of each open bracket: whether it is the brace of an object or a pattern
    texts = ["", *(text for _, text in code), ""]
    for at, piece in enumerate(code):
        before, after = texts[at], texts[at + 2]
        if _closes(piece):
            objects.pop()
        if _opens(piece):
            objects.append(piece[1] == "{" and before not in BLOCK)
        if piece[0] != "word" or before in (".", "?."):
            continue
        is_key = bool(objects) and objects[-1] and before in ("{", ",")
        if not (is_key and after == ":"):
            roles[at] = "shorthand" if is_key else "name"
    return roles


def _declared(code: Sequence[Piece], roles: Roles) -> set[str]:
    """The names after const, let and function, and the parameters."""
    ends = _ends(code)
    starts = {end: start for start, end in ends.items()}
    texts = [text for _, text in code] + [""]
    patterns: list[tuple[int, int]] = []
    for at, text in enumerate(texts):
        if text == "=>":
            patterns.append((starts.get(at - 1, at - 1), at))
        elif text == "function":
            patterns.append((at + 1, ends[at + 2]))
        elif text in ("const", "let"):
            patterns += _declarators(texts, at + 1, ends)
    named = {at for start, end in patterns for at in _bound(texts, start, end, ends)}
    return {texts[at] for at in named & roles.keys()}


def _bound(texts: Sequence[str], at: int, end: int, ends: dict[int, int]) -> Iterator[int]:
    """What a pattern binds: all of it but its defaults."""
    while at < end:
        if texts[at] == "=":
            while at < end and texts[at] not in (",", ")", "]", "}"):
                at = ends.get(at, at) + 1
        else:
            yield at
            at += 1


def _ends(code: Sequence[Piece]) -> dict[int, int]:
    """Where each bracket is closed."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for at, piece in enumerate(code):
        if _closes(piece):
            ends[opened.pop()] = at
        if _opens(piece):
            opened.append(at)
    return ends


def _declarators(texts: Sequence[str], at: int, ends: dict[int, int]) -> Iterator[tuple[int, int]]:
    """What stands before the "=" of each declaration in a statement, and in a loop before "of" or "in"."""
    is_pattern = True
    while at in ends or texts[at] not in (";", ")", "]", "}", ""):
        end = ends.get(at, at) + 1
        if texts[at] in ("=", "of", "in", ","):
            is_pattern = texts[at] == ","
        elif is_pattern:
            yield at, end
        at = end
