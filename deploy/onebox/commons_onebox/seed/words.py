"""The words of made-up people: names by where they come from, and sentences composed from parts, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from commons_contracts.codes import Language
from commons_contracts.ids import Country, FieldCode, Tongue
from commons_contracts.profiles import WriteIntroduction

MEN_IN_TEN = 2


@dataclass(frozen=True, kw_only=True)
class Names:
    """What people from one country are called, and the language they grew up with."""

    tongue: Tongue
    women: tuple[str, ...]
    men: tuple[str, ...]
    family: tuple[str, ...]

    def one(self, chance: Random, *, woman: bool) -> str:
        given = self.women if woman or chance.randrange(10) >= MEN_IN_TEN else self.men
        return f"{chance.choice(given)} {chance.choice(self.family)}"


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """Parts of introductions and motivations in one language, and what it calls the fields of education."""

    language: Language
    titles: tuple[str, ...]
    openings: tuple[str, ...]
    middles: tuple[str, ...]
    closings: tuple[str, ...]
    motives: tuple[str, ...]
    fields: Mapping[FieldCode, str]

    def introduction(self, chance: Random, field: FieldCode, town: str) -> WriteIntroduction:
        parts = (chance.choice(part) for part in (self.openings, self.middles, self.closings))
        text = " ".join(parts).format(field=self.fields[field], town=town)
        return WriteIntroduction(title=chance.choice(self.titles), text=text, language=self.language)

    def motivation(self, chance: Random, field: FieldCode, town: str) -> str:
        return chance.choice(self.motives).format(field=self.fields[field], town=town)


@cache
def names_of(country: Country) -> Names:
    """What people from there are called."""
    written = _read("names")[country]
    lists = {kind: tuple(written[kind].split()) for kind in ("women", "men", "family")}
    return Names(tongue=written["tongue"], **lists)


@cache
def phrases_in(language: Language) -> Phrases:
    return Phrases(language=language, **_read(language.value))


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "made" / f"{name}.toml").read_text("utf-8"))
