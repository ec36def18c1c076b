"""How a name is compared: without accents, capitals and punctuation, in whatever script it is written."""

from __future__ import annotations

from unicodedata import category, normalize

# Letters of Europe that Unicode does not take apart into a letter and an accent.
_PLAIN = str.maketrans(
    {
        "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d",
        "Þ": "Th", "þ": "th", "Ł": "L", "ł": "l", "Ħ": "H", "ħ": "h", "Ŋ": "N", "ŋ": "n", "Ŧ": "T", "ŧ": "t", "ı": "i",  # noqa: RUF001
    }
)  # fmt: skip
_SILENT = frozenset("'’‘`´")  # noqa: RUF001  apostrophes as people type them
_LAST = "\U0010ffff"


def unaccented(name: str) -> str:
    """The name in plain letters of its own script: Tromsø becomes Tromso, Αθήνα becomes Αθηνα."""
    return "".join(c for c in normalize("NFKD", name.translate(_PLAIN)) if category(c) != "Mn")


def folded(name: str) -> str:
    """What two spellings of a name have in common: letters and digits, one space between words; may be empty."""
    heard = (c for c in unaccented(name).casefold() if c not in _SILENT and category(c) != "Lm")
    return " ".join("".join(c if c.isalnum() else " " for c in heard).split())


def span(beginning: str) -> tuple[str, str]:
    """The folded names that begin so are those from the first of the two (inclusive) to the second, by code point."""
    return beginning, beginning + _LAST
