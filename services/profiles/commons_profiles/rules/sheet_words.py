"""The words of coordinators' tables, in three languages: what stands above a column, and what in a cell means a code."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from commons_contracts.codes import SheetField
from commons_contracts.ids import Country, FieldCode, PlaceId, Tongue

F = SheetField
SEVERAL = {F.SPOKEN, F.FIELDS, F.GOALS}
"""Of these a person has several, and a table may have a column for each."""
LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l"})


def fold(text: str) -> str:
    """However it is written: capitals, accents, blanks and punctuation make no difference."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(LETTERS)
    return "".join(letter for letter in plain if letter.isalnum())


@dataclass(frozen=True, kw_only=True)
class Words:
    """All by their folded writing."""

    headers: Mapping[str, SheetField]
    values: Mapping[tuple[SheetField, str], str]
    languages: Mapping[str, Tongue]
    countries: Mapping[str, Country]
    towns: Mapping[tuple[Country, str], PlaceId | None] = field(default_factory=dict)
    """None: there are several of that name."""
    fields: frozenset[FieldCode] = frozenset()

    def header(self, text: str) -> SheetField | None:
        """What a column is for, by what stands above it. `Språk 2` is a column of languages."""
        folded = fold(text)
        bare = self.headers.get(folded.rstrip("0123456789"))
        return self.headers.get(folded) or (bare if bare in SEVERAL else None)

    def allowed(self, of: SheetField) -> tuple[str, ...]:
        """The codes that a cell may mean."""
        if of is F.FIELDS:
            return tuple(sorted(self.fields))
        found = [value for kind, value in ((kind, value) for (kind, _), value in self.values.items()) if kind is of]
        return tuple(dict.fromkeys(found))


def taken_for(header: Sequence[str], words: Words) -> tuple[SheetField | None, ...]:
    """What each column is taken for: a field once, and the first time it stands there, but those of which one has several."""
    seen: set[SheetField] = set()
    found: list[SheetField | None] = []
    for text in header:
        of = words.header(text)
        found.append(of if of not in seen else None)
        if of is not None and of not in SEVERAL:
            seen.add(of)
    return tuple(found)


def words_of(lines: Sequence[Mapping[str, str]], codes: Mapping[SheetField, Sequence[str]], **more: Any) -> Words:
    """`lines`: field, value, words (between bars); without a value they stand above a column. Codes mean themselves."""
    headers: dict[str, SheetField] = {}
    values = {(of, fold(code)): code for of, known in codes.items() for code in known}
    for line in lines:
        of = SheetField(line["field"])
        for word in line["words"].split("|"):
            if line["value"]:
                values.setdefault((of, fold(word)), line["value"])
            else:
                headers.setdefault(fold(word), of)
    return Words(headers=headers | {fold(of): of for of in SheetField}, values=values, **more)
