"""What a person is told: gettext catalogues in her language, with the parameters of a refusal written out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po

from commons_contracts.codes import Language

FOLDER = Path(__file__).parent
FAULT, NOTICE, SHEET = "fault", "notice", "sheet"
"""Contexts: of top-level errors, of notices, and of what is said about rows of a table. Refusals have none; a code inside of a sentence has its parameter's name."""
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Catalogue:
    """One language's sentences."""

    language: Language
    sentences: Mapping[tuple[str | None, str], str]

    @staticmethod
    @cache
    def of(language: Language) -> Catalogue:
        with (FOLDER / f"{language}.po").open("rb") as file:
            read = read_po(file, locale=language)
        return Catalogue(language, {(line.context, str(line.id)): str(line.string) for line in read if line.id})

    def plain(self, code: Enum, context: str | None = None) -> str:
        """The sentence of a code as such. KeyError where there is none."""
        return self.sentences[context, code.value]

    def sentence(self, code: Enum, params: Mapping[str, Any]) -> str:
        """A refusal's sentence: the one that names the most of `params`, else the plain one."""
        known = {name for name, value in params.items() if value not in (None, "", (), [])}
        best: tuple[str, ...] = ()
        for _, key in self.sentences:
            name, _, wants = key.partition("(")
            wanted = tuple(wants.removesuffix(")").split(",")) if wants else ()
            if name == code.value and known.issuperset(wanted) and len(wanted) > len(best):
                best = wanted
        if not best:
            return self.plain(code)
        zone = params.get("zone")
        there = ZoneInfo(zone) if isinstance(zone, str) else UTC
        words = {name: self._words(name, params[name], there) for name in best}
        return self.sentences[None, f"{code.value}({','.join(best)})"].format(**words)

    def _words(self, name: str, value: Any, zone: tzinfo) -> str:
        if isinstance(value, list | tuple):
            return format_list([self._words(name, item, zone) for item in value], locale=self.language)
        if isinstance(value, str):
            moment = _moment(value)
            return self.sentences.get((name, value), value) if moment is None else self._words(name, moment, zone)
        if isinstance(value, datetime):
            there = value.astimezone(zone)
            return f"{format_date(there, 'long', locale=self.language)} {there:%H:%M} {there.tzname()}"
        if isinstance(value, date):
            return format_date(value, "long", locale=self.language)
        return str(value)


def _moment(text: str) -> date | None:
    """Parameters travel as JSON, and days and times in them as text."""
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None
