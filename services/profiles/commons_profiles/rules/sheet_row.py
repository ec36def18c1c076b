"""A row of a table: who she is, and what the table says of her; or all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from commons_contracts.base import Message
from commons_contracts.codes import (
    Audience,
    Goal,
    Language,
    Modality,
    Role,
    SheetField,
    SheetProblem,
    Stage,
    Style,
)
from commons_contracts.ids import Country, PlaceId
from commons_contracts.profiles import Address, Description, RowProblem, SheetOptions

from . import sheet_cell as cell
from .membership import GRANTED
from .sheet_text import Cells
from .sheet_words import Words, fold

P, F = SheetProblem, SheetField
NAMES = {F.DISPLAY_NAME, F.GIVEN_NAME, F.FAMILY_NAME}
PRIVATE = {*NAMES, F.ADDRESS, F.BIRTH, F.MOTIVATION, F.PLACE}
"""What stands there is said to nobody again, not even to who wrote it."""
NOTES = {P.PLACE_UNKNOWN, P.MEMBER_ALREADY}
"""These keep no row out."""
OF_A_ROUND = (Role.MENTOR, Role.MENTEE)
LONGEST_FOUND = 40


class Newcomer(Message):
    """What a row says, in our own codes."""

    name: str
    address: Address
    birth_year: int
    birth_month: int
    country: Country
    language: Language
    role: Role
    audience: Audience | None = None
    style: Style | None = None
    places: int | None = None
    description: Description = Description()
    motivation: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """`who`: None where something is wrong."""

    number: int
    who: Newcomer | None
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads the rows of one table. `taken_for`: each column's field."""

    taken_for: Sequence[SheetField | None]
    options: SheetOptions
    words: Words
    language: Language
    """Of who says none."""
    today: date

    @property
    def lacking(self) -> tuple[SheetField, ...]:
        """What has to be said of everyone, and no column says."""
        there = {of for of in self.taken_for if of is not None}
        asked = {F.ADDRESS: False, F.BIRTH: False, F.ROLE: self.options.role is not None}
        asked |= {F.COUNTRY: self.options.country is not None}
        names = () if NAMES & there else (F.DISPLAY_NAME,)
        return (*names, *(of for of, said in asked.items() if not said and of not in there))

    def read(self, number: int, cells: Cells) -> Row:
        """Every cell is looked at, so that all there is to mend is said at once."""
        return _Reading(self, number, cells).row()


class _Reading:
    def __init__(self, reader: Reader, number: int, cells: Cells) -> None:
        self._reader, self._number, self._cells = reader, number, cells
        self._problems: list[RowProblem] = []
        self._columns: dict[SheetField, list[int]] = {}
        for position, of in enumerate(reader.taken_for):
            if of is not None:
                self._columns.setdefault(of, []).append(position)

    def row(self) -> Row:
        said = self._said()
        if any(self._cells[len(self._reader.taken_for) :]):
            self._problems.append(RowProblem(code=P.TOO_MANY_CELLS, column=len(self._reader.taken_for)))
        wrong = bool(self._reader.lacking) or any(problem.code not in NOTES for problem in self._problems)
        who = None if wrong else Newcomer.model_validate(said)
        return Row(number=self._number, who=who, problems=tuple(self._problems))

    def _said(self) -> dict[str, Any]:
        options, words = self._reader.options, self._reader.words
        born = self._one(F.BIRTH, lambda text: cell.birth(text, self._reader.today), asked=True) or (0, 0)
        country = self._one(F.COUNTRY, lambda text: cell.country(text, words), asked=options.country is None)
        country = country or options.country
        return {
            "name": self._name(),
            "address": self._one(F.ADDRESS, cell.address, asked=True),
            "birth_year": born[0],
            "birth_month": born[1],
            "country": country,
            "language": self._code(F.LANGUAGE) or options.language or self._reader.language,
            "role": self._role(),
            "audience": self._code(F.AUDIENCE),
            "style": self._code(F.STYLE),
            "places": self._one(F.PLACES, cell.number),
            "description": self._description(country),
            "motivation": self._one(F.MOTIVATION, cell.words) or "",
        }

    def _description(self, country: Country | None) -> Description:
        words = self._reader.words
        return Description(
            fields=self._several(F.FIELDS, lambda text: cell.fields(text, words)),
            languages=self._several(F.SPOKEN, lambda text: cell.spoken(text, words)),
            country=country,
            place=self._place(country),
            goals=tuple(map(Goal, self._several(F.GOALS, lambda text: cell.codes(text, F.GOALS, words)))),
            modality=Modality(self._code(F.MODALITY) or Modality.ONLINE),
            stage=Stage(stage) if (stage := self._code(F.STAGE)) else None,
        )

    def _name(self) -> str:
        whole = self._one(F.DISPLAY_NAME, cell.line)
        parts = [self._one(of, cell.line) for of in (F.GIVEN_NAME, F.FAMILY_NAME)]
        name = whole or " ".join(part for part in parts if part)
        said = any(problem.field in NAMES for problem in self._problems)
        if not name and not said and NAMES & self._columns.keys():
            of = next(of for of in (F.DISPLAY_NAME, F.GIVEN_NAME, F.FAMILY_NAME) if of in self._columns)
            self._say(P.MISSING, of)
        if len(name) > cell.LONGEST_LINE:
            self._say(P.TOO_LONG, F.FAMILY_NAME, most=cell.LONGEST_LINE)
        return name

    def _role(self) -> Role | None:
        options = self._reader.options
        found = self._code(F.ROLE, asked=options.role is None) or options.role
        role = Role(found) if found else None
        if role in GRANTED or (role and options.round and role not in OF_A_ROUND):
            allowed = OF_A_ROUND if options.round else tuple(one for one in Role if one not in GRANTED)
            self._say(P.NOT_OF_A_ROUND if options.round else P.NOT_UNDERSTOOD, F.ROLE, allowed=allowed)
        return role

    def _place(self, country: Country | None) -> PlaceId | None:
        """A GeoNames id, or the name of a town in her country. One that we do not know keeps nobody out."""
        text = self._text(F.PLACE)
        if not text:
            return None
        if text.isascii() and text.isdecimal() and len(text) <= 9:  # noqa: PLR2004 - more than any place has
            return PlaceId(int(text))
        found = self._reader.words.towns.get((country or "", fold(text.partition(",")[0])))
        if found is None:
            self._say(P.PLACE_UNKNOWN, F.PLACE)
        return found

    # ------------------------------------------------------------ cells
    def _text(self, of: SheetField) -> str:
        (position, *_) = self._columns.get(of, [-1])
        return self._cells[position] if 0 <= position < len(self._cells) else ""

    def _code(self, of: SheetField, *, asked: bool = False) -> Any:
        return self._one(of, lambda text: cell.code(text, of, self._reader.words), asked=asked)

    def _one(self, of: SheetField, meaning: Callable[[str], Any], *, asked: bool = False) -> Any:
        text = self._text(of)
        if not text:
            if asked and of in self._columns:
                self._say(P.MISSING, of)
            return None
        try:
            return meaning(text)
        except cell.Wrong as wrong:
            self._say(wrong.code, of, allowed=wrong.allowed, most=wrong.most, found=text)
        return None

    def _several(self, of: SheetField, meaning: Callable[[str], tuple[Any, ...]]) -> tuple[Any, ...]:
        found: list[Any] = []
        for position in self._columns.get(of, ()):
            text = self._cells[position] if position < len(self._cells) else ""
            try:
                found += meaning(text) if text else ()
            except cell.Wrong as wrong:
                self._say(wrong.code, of, position, allowed=wrong.allowed, most=wrong.most, found=text)
        return tuple(found)

    def _say(
        self,
        code: SheetProblem,
        of: SheetField,
        column: int | None = None,
        *,
        allowed: Sequence[str] = (),
        most: int | None = None,
        found: str = "",
    ) -> None:
        at = column if column is not None else self._columns.get(of, [None])[0]
        shown = found if code is P.NOT_UNDERSTOOD and _harmless(of, found) else ""
        self._problems.append(
            RowProblem(code=code, column=at, field=of, found=shown or None, allowed=tuple(allowed), most=most)
        )


def _harmless(of: SheetField, text: str) -> bool:
    """Nothing of what a cell of codes should hold looks like an address or a number of somebody's."""
    digits = sum(letter.isdigit() for letter in text)
    return of not in PRIVATE and "@" not in text and digits <= 4 and len(text) <= LONGEST_FOUND  # noqa: PLR2004


def once(rows: Sequence[Row]) -> list[Row]:
    """Who stands there twice comes in once: by the first of her rows, and the others are wrong."""
    first: dict[str, int] = {}
    kept = []
    for row in rows:
        if row.who is not None and (before := first.setdefault(row.who.address, row.number)) != row.number:
            twice = RowProblem(code=P.TWICE, field=F.ADDRESS, row=before)
            kept.append(Row(number=row.number, who=None, problems=(*row.problems, twice)))
        else:
            kept.append(row)
    return kept


COLUMNS: Mapping[SheetField, Callable[[Newcomer], object]] = {
    F.DISPLAY_NAME: lambda who: who.name,
    F.ADDRESS: lambda who: who.address,
    F.BIRTH: lambda who: f"{who.birth_year}-{who.birth_month:02}",
    F.ROLE: lambda who: who.role,
    F.AUDIENCE: lambda who: who.audience,
    F.LANGUAGE: lambda who: who.language,
    F.COUNTRY: lambda who: who.country,
    F.PLACE: lambda who: who.description.place,
    F.FIELDS: lambda who: "; ".join(who.description.fields),
    F.SPOKEN: lambda who: "; ".join(f"{one.language} {one.level}" for one in who.description.languages),
    F.GOALS: lambda who: "; ".join(who.description.goals),
    F.STAGE: lambda who: who.description.stage,
    F.MODALITY: lambda who: who.description.modality,
    F.STYLE: lambda who: who.style,
    F.PLACES: lambda who: who.places,
    F.MOTIVATION: lambda who: who.motivation,
}
"""A table of ours, which is read again as it was written."""
