"""Exercises and players speak one language: the one that gettext finds, which the same variables set."""

import gettext
import re
from itertools import product

import pytest

from autograd import Value
from autograd.learn.course import Course
from autograd.util.catalogue import catalogues
from autograd.util.language import LANGUAGES, language_of, system_language
from autograd.viz.backprop.player import play
from autograd.viz.web.words import words as player_words

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
SETTINGS = [*product(("", "en_US.UTF-8", "zh_CN.UTF-8"), repeat=4)]
LISTS = [
    ("zh_CN:en", "", "", ""),
    ("en:zh", "", "", ""),
    ("fr:zh_TW:en", "", "", "en_US.UTF-8"),
    ("fr:de", "", "", "zh_CN"),
]
OTHERS = [("", "C", "", "zh_CN"), ("", "C.UTF-8", "", "zh_CN"), ("", "POSIX", "", ""), ("", "fr_FR.UTF-8", "", "zh_CN")]


@pytest.fixture(scope="module")
def translations(tmp_path_factory):
    """A folder in which gettext finds both languages."""
    folder = tmp_path_factory.mktemp("translations")
    for language in LANGUAGES:
        file = folder / language / "LC_MESSAGES" / "words.mo"
        file.parent.mkdir(parents=True)
        file.touch()
    return folder


@pytest.mark.parametrize("settings", [*SETTINGS, *LISTS, *OTHERS], ids="|".join)
def test_the_language_is_the_one_that_gettext_finds(settings, translations, monkeypatch):
    for name, setting in zip(VARIABLES, settings, strict=True):
        monkeypatch.setenv(name, setting)
    file = gettext.find("words", translations) or "en/LC_MESSAGES"
    assert system_language() == re.search(r"(en|zh)/LC_MESSAGES", file.replace("\\", "/"))[1]


@pytest.mark.parametrize(
    ("settings", "language"),
    [(("zh_CN", "", "", "en_US"), "zh"), (("", "en_US", "zh_CN", "zh_CN"), "en"), (("", "", "zh_CN", "en_US"), "zh")],
)
def test_exercises_and_players_speak_the_same_language(settings, language, tmp_path, monkeypatch):
    environment = dict(zip(VARIABLES, settings, strict=True))
    for name, setting in environment.items():
        monkeypatch.setenv(name, setting)
    monkeypatch.chdir(tmp_path)
    assert Course().words.language == language
    assert player_words(language)["seed"] in str(play(Value(2.0)))


def test_a_language_there_is_not_is_refused():
    with pytest.raises(ValueError, match="language must be one of en, zh, not 'fr'"):
        language_of("fr")


def test_a_text_is_said_with_its_fields(tmp_path):
    (tmp_path / "en.toml").write_text(
        '[a]\nx = "{0} {1}"\ny = "first"\n[b]\ny = "{count} of {all}"\n', encoding="utf-8"
    )
    tables = catalogues(tmp_path, "en")
    assert tables["a"].say("x", 1, "{0}") == "1 {0}"
    assert (tables["a"]["y"], tables["b"].say("y", count=1, all=3)) == ("first", "1 of 3")
