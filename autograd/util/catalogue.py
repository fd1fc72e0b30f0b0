"""The package's texts: one TOML file for each language, in which every text has an id."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["Catalogue", "catalogues"]


class Catalogue(dict[str, str]):
    """Texts by id, with fields in braces: by name, as in ``{count} of {all}``, or by position, as in ``{0}``."""

    def say(self, key: str, *values: object, **fields: object) -> str:
        """Return a text with its fields filled in. If ``count`` is 1, the text ``<key>_one`` is used if it exists.

        key: the text's id.
        values: fields by position.
        fields: fields by name.

        >>> texts = Catalogue(left="{count} probes are left", left_one="1 probe is left", step="step {0}")
        >>> texts.say("left", count=2), texts.say("left", count=1), texts.say("step", 5)
        ('2 probes are left', '1 probe is left', 'step 5')
        """
        if fields.get("count") == 1 and f"{key}_one" in self:
            key = f"{key}_one"
        return self[key].format(*values, **fields)


def catalogues(folder: Traversable, language: str) -> dict[str, Catalogue]:
    """Read a language's texts from a folder, by table."""
    import tomllib  # takes 6 ms, so it waits until the first text is needed

    tables = tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
    return {name: Catalogue(table) for name, table in tables.items()}
