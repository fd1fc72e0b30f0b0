"""What the probes say in words, in the language of the reader: "in order", "3 of 42 are noticed"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from autograd.learn.exercises.probes import Outcome
from autograd.learn.reporting.texts import Words, words

__all__ = ["in_words", "said"]


def in_words(outcome: Outcome, language: str) -> Outcome:
    """The outcome with its words in the language. The words of Python itself stay, as they are met everywhere."""
    texts = words(language)
    if not texts.outcomes:
        return outcome
    items = tuple(said(item, language) if isinstance(item, str) else item for item in outcome.items)
    return replace(outcome, items=items, error=said(outcome.error, language), message=said(outcome.message, language))


def said(text: str, language: str) -> str:
    """A text of a probe in the language; as it is where the language has no other.

    >>> said("b comes before its parent a", "zh"), said("in order", "en")
    ('b 排在了它的父节点 a 前面', 'in order')
    """
    texts = words(language)
    if text in texts.outcomes:
        return texts.outcomes[text]
    for pattern, translation in _patterns(texts):
        if found := pattern.fullmatch(text):
            return translation.format(*found.groups())
    return text


@lru_cache
def _patterns(texts: Words) -> list[tuple[re.Pattern[str], str]]:
    """The texts with fields, as patterns; those with more words first, as others may be a part of them."""
    with_fields = sorted((text for text in texts.outcomes if "{}" in text), key=len, reverse=True)
    parts = {text: map(re.escape, text.split("{}")) for text in with_fields}
    return [(re.compile("(.+?)".join(parts[text]), re.DOTALL), texts.outcomes[text]) for text in with_fields]
