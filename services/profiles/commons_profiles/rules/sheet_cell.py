"""One cell: what it says of a person, or what is wrong with it and which values would do."""

from __future__ import annotations

import re
from datetime import date
from typing import TypeVar

from commons_contracts.base import Refusal
from commons_contracts.codes import Cefr, SheetField, SheetProblem
from commons_contracts.ids import Country, FieldCode, Tongue
from commons_contracts.profiles import Address, Speaks

from .address import one_way
from .person import adult_from
from .sheet_words import Words, fold

T = TypeVar("T")
P, F = SheetProblem, SheetField
LONGEST_LINE, LONGEST_TEXT, MOST_PLACES, MOST_NAMED = 120, 4000, 50, 20
ADDRESS = re.compile(Address.__metadata__[0].pattern)  # type: ignore[attr-defined]
NAMED = re.compile(r"^.*<([^<>]+)>$")
APART = re.compile(r"[;\n|/]| [&+] ")
APART_TOO = re.compile(r"[;,\n|/]| (?:and|och|og) | [&+] ")
LEVEL = re.compile(r"^(.*?)[\s:(–-]+([^()]*)\)?$")  # noqa: RUF001 - a dash that people write
NUMBER = re.compile(r"^(?:\d{2})?\d{6}[-+ ]?\d{4}$|^\d{6} ?\d{5}$")
YEAR = re.compile(r"^(\d{4})$")
YEAR_FIRST = re.compile(r"^(\d{4})(?:[-/. ](\d{1,2})|(\d{2}))(?:[-/. ]?(\d{1,2}))?(?:[T ][\d:.Z+]*)?$")
YEAR_LAST = re.compile(r"^(?:(\d{1,2})([-/. ]\s?))?(\d{1,2})[-/. ]\s?(\d{4})$")
ENOUGH = Cefr.B2
"""How well someone speaks a language who only says that she does: well enough for a talk."""


class Wrong(Exception):
    """A cell that says nothing we could keep."""

    def __init__(self, code: SheetProblem, allowed: tuple[str, ...] = (), most: int | None = None) -> None:
        super().__init__(code)
        self.code, self.allowed, self.most = code, allowed, most


def line(text: str) -> str:
    """In one line."""
    tidy = " ".join(text.split())
    if len(tidy) > LONGEST_LINE:
        raise Wrong(P.TOO_LONG, most=LONGEST_LINE)
    return tidy


def words(text: str) -> str:
    """At length."""
    if len(text) > LONGEST_TEXT:
        raise Wrong(P.TOO_LONG, most=LONGEST_TEXT)
    return text


def address(text: str) -> Address:
    """An e-mail address, also as mail programs write it: `Ada <ada@example.org>`."""
    bare = text.strip().removeprefix("mailto:")
    if named := NAMED.match(bare):
        bare = named[1].strip()
    try:
        if ADDRESS.match(bare):
            return one_way(bare)
    except Refusal as odd:
        raise Wrong(P.NO_ADDRESS) from odd
    raise Wrong(P.NO_ADDRESS)


def birth(text: str, today: date) -> tuple[int, int]:
    """Year and month, the day is not kept. The year is enough of who is of age whatever the month; then it is December.

    A personal number is refused, and so is who is under 18: she comes in another way, with a guardian.
    """
    bare = text.strip().rstrip(".")
    if NUMBER.match(bare) and not YEAR_FIRST.match(bare):
        raise Wrong(P.PERSONAL_NUMBER)
    year, month = _year_and_month(bare)
    if not 1900 <= year <= today.year or not (month is None or 1 <= month <= 12):  # noqa: PLR2004 - of a calendar
        raise Wrong(P.NO_BIRTH)
    if adult_from(year, month or 1) > today:
        raise Wrong(P.MINOR)
    if month is None and adult_from(year, 12) > today:
        raise Wrong(P.MONTH_NEEDED)
    return year, month or 12


def _year_and_month(text: str) -> tuple[int, int | None]:
    if found := YEAR.match(text):
        return int(found[1]), None
    if found := YEAR_FIRST.match(text):
        return int(found[1]), int(found[2] or found[3])
    if found := YEAR_LAST.match(text):
        day, between, month, year = found[1], found[2], int(found[3]), int(found[4])
        if between == "/" and int(day) <= 12 >= month != int(day):  # noqa: PLR2004 - day first or month first, nobody can say
            raise Wrong(P.MONTH_NEEDED)
        if day and month > 12 >= int(day):  # noqa: PLR2004 - month first
            month = int(day)
        return year, month
    raise Wrong(P.NO_BIRTH)


def code(text: str, of: SheetField, known: Words) -> str:
    """One of a closed list, by its code or by a word for it."""
    found = known.values.get((of, fold(text)))
    if found is None:
        raise Wrong(P.NOT_UNDERSTOOD, known.allowed(of))
    return found


def codes(text: str, of: SheetField, known: Words) -> tuple[str, ...]:
    """Several; the whole cell may be one name, with a comma in it."""
    if (whole := known.values.get((of, fold(text)))) is not None:
        return (whole,)
    parts = [part for part in APART.split(text) if part.strip()]
    if len(parts) == 1:
        parts = [part for part in APART_TOO.split(text) if part.strip()]
    return _few(tuple(code(part, of, known) for part in parts))


def fields(text: str, known: Words) -> tuple[FieldCode, ...]:
    """Fields of education: ISCED codes, or their names."""
    return codes(text, F.FIELDS, known)


def country(text: str, known: Words) -> Country:
    found = known.countries.get(fold(text))
    if found is None:
        raise Wrong(P.NOT_UNDERSTOOD)
    return found


def spoken(text: str, known: Words) -> tuple[Speaks, ...]:
    """Languages by name or code, each with a level, or without one."""
    return _few(tuple(_speaks(part.strip(), known) for part in APART_TOO.split(text) if part.strip()))


def _speaks(text: str, known: Words) -> Speaks:
    if (whole := known.languages.get(fold(text))) is not None:
        return Speaks(language=whole, level=ENOUGH)
    if (found := LEVEL.match(text)) and (language := _tongue(found[1], known)):
        level = known.values.get((F.SPOKEN, fold(found[2])))
        if level is not None:
            return Speaks(language=language, level=Cefr(level))
    raise Wrong(P.NOT_UNDERSTOOD, tuple(Cefr))


def _tongue(text: str, known: Words) -> Tongue | None:
    return known.languages.get(fold(text))


def number(text: str) -> int:
    """How many mentees; a spreadsheet may write 2 as 2.0 or 2,0."""
    bare = re.sub(r"[.,]0+$", "", text.strip())
    if not bare.isascii() or not bare.isdecimal() or len(bare) > 2 or int(bare) > MOST_PLACES:  # noqa: PLR2004 - digits
        raise Wrong(P.NOT_UNDERSTOOD, (f"0-{MOST_PLACES}",))
    return int(bare)


def _few(things: tuple[T, ...]) -> tuple[T, ...]:
    if len(things) > MOST_NAMED:
        raise Wrong(P.TOO_LONG, most=MOST_NAMED)
    return things
