"""The words that stand in coordinators' tables: of our own lists, and of CLDR for languages and countries."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel import Locale

from commons_contracts.codes import Audience, Cefr, Goal, Language, Modality, Role, SheetField, Stage, Style
from commons_contracts.ids import Country, Tongue

from .lists import stem_fields
from .rules.sheet_words import Words, fold, words_of

SPOKEN_IN = ("en", "sv", "nb")
"""What coordinators write in."""
F = SheetField
CODES = {
    F.ROLE: tuple(Role),
    F.AUDIENCE: tuple(Audience),
    F.LANGUAGE: tuple(Language),
    F.STAGE: tuple(Stage),
    F.MODALITY: tuple(Modality),
    F.STYLE: tuple(Style),
    F.GOALS: tuple(Goal),
    F.SPOKEN: tuple(Cefr),
}
ALIASES: Mapping[str, Tongue] = {"norsk": "nb", "norska": "nb", "norwegian": "nb", "no": "nb", "mandarin": "zh"}
SHORT: Mapping[str, Country] = {"uk": "GB", "usa": "US", "england": "GB"}


@cache
def sheet_words() -> Words:
    """Without towns, which come from where organisations are."""
    with (files("commons_profiles") / "data" / "sheet_words.csv").open(encoding="utf-8") as lines:
        own = list(csv.DictReader(lines))
    with (files("commons_profiles") / "data" / "isced_f_stem.csv").open(encoding="utf-8") as lines:
        named = [{"field": F.FIELDS, "value": row["code"], "words": row["label_en"]} for row in csv.DictReader(lines)]
    return words_of(
        [*own, *named],
        {**CODES, F.FIELDS: sorted(stem_fields())},
        languages=_languages(),
        countries=_countries(),
        fields=stem_fields(),
    )


def _languages() -> Mapping[str, Tongue]:
    """By name in each of our languages, and by code."""
    found = {fold(name): code for name, code in ALIASES.items()}
    for spoken in SPOKEN_IN:
        for code, name in Locale(spoken).languages.items():
            if code.isalpha() and len(code) <= 3:  # noqa: PLR2004 - of ISO 639
                found.setdefault(fold(name), code)
                found.setdefault(code, code)
    return found


def _countries() -> Mapping[str, Country]:
    found = {fold(name): code for name, code in SHORT.items()}
    for spoken in SPOKEN_IN:
        for code, name in Locale(spoken).territories.items():
            if code.isalpha():
                found.setdefault(fold(name), code)
                found.setdefault(fold(code), code)
    return found
