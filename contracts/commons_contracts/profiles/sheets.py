"""Coordinators' tables of participants: how one comes in, is looked through, taken over, and taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from ..base import Command, Done, Due, Event, Message, Page, Query
from ..codes import (
    KnownPeople,
    Language,
    Role,
    RowOutcome,
    SheetEncoding,
    SheetField,
    SheetProblem,
    SheetSeparator,
    SheetState,
    Style,
    Unreadable,
)
from ..ids import Country, MembershipId, PersonId, RoundId, SheetId

Position = Annotated[int, Field(ge=0, lt=100)]
Part = Annotated[str, Field(max_length=400_000)]
"""A piece of a file in base64."""


class SheetColumn(Message):
    """A column: where it stands, what stands above it, and what it is taken for; None: it is not taken."""

    position: Position
    header: str
    field: SheetField | None = None


class SheetOptions(Message):
    """What holds for all of its rows."""

    role: Role | None = None
    """Of rows that say none."""
    round: RoundId | None = None
    """The round that they take part in; None: they become members, and no more."""
    country: Country | None = None
    language: Language | None = None
    known: KnownPeople = KnownPeople.UPDATE
    encoding: SheetEncoding | None = None
    separator: SheetSeparator | None = None


class SheetView(Message):
    """Answers to commands have no columns: they are kept, and what stands above a column may be anything."""

    id: SheetId
    state: SheetState
    unreadable: Unreadable | None = None
    options: SheetOptions
    columns: tuple[SheetColumn, ...] = ()
    lacking: tuple[SheetField, ...] = ()
    """What no column says, and has to be said."""
    rows: int = 0
    new: int = 0
    updates: int = 0
    skipped: int = 0
    wrong: int = 0
    registered: int = 0
    """How many of them take part in the round by now."""
    stayed: int = 0
    """Of those taken back, how many stay because they have come in since."""
    done: int = 0
    of: int = 0
    """How far the work in hand has come."""
    staged_at: datetime
    ends_at: datetime
    """From then on nothing is kept of it, and it cannot be taken back."""


class RowProblem(Message):
    """What is to be said of a cell. `found` only where a code was expected; `allowed` where there is a list of them."""

    code: SheetProblem
    column: int | None = None
    field: SheetField | None = None
    found: str | None = None
    allowed: tuple[str, ...] = ()
    row: int | None = None
    """The other row, where it is about two."""
    most: int | None = None


class SheetRowView(Message):
    number: int
    """As the spreadsheet counts: the header's is 1, where nothing stands above it."""
    outcome: RowOutcome
    problems: tuple[RowProblem, ...] = ()


class Sheets(Message):
    items: tuple[SheetView, ...]


class SheetText(Message):
    """A piece of a table as text; `next`: the row behind which to go on, None at the end."""

    text: str
    next: int | None


class StageSheet(Command[SheetView], roles=(Role.COORDINATOR,)):
    """Begin to hand in a file."""

    options: SheetOptions = SheetOptions()


class AddToSheet(Command[Done], roles=(Role.COORDINATOR,)):
    """The next piece of it, in order from 0."""

    sheet: SheetId
    nth: Annotated[int, Field(ge=0, lt=1000)]
    content: Part


class ReadSheet(Command[SheetView], roles=(Role.COORDINATOR,)):
    """All of it is there: read it."""

    sheet: SheetId


class ChangeSheet(Command[SheetView], roles=(Role.COORDINATOR,)):
    """Read it again with other columns or other options; columns that are not named stay what they are taken for."""

    sheet: SheetId
    options: SheetOptions | None = None
    columns: Annotated[tuple[SheetColumn, ...], Field(max_length=100)] = ()


class ConfirmSheet(Command[SheetView], roles=(Role.COORDINATOR,)):
    """Take its people over, all or nothing; `without_wrong`: rows that are wrong are left out, and said so by who confirms."""

    sheet: SheetId
    without_wrong: bool = False


class UndoSheet(Command[SheetView], roles=(Role.COORDINATOR,)):
    """Take back what it has brought, but of whom has come in since."""

    sheet: SheetId


class DiscardSheet(Command[Done], roles=(Role.COORDINATOR,)):
    """Keep nothing of it. People whom it has brought stay."""

    sheet: SheetId


class SheetsByIds(Query[Sheets], roles=(Role.COORDINATOR,)):
    ids: tuple[SheetId, ...]


class SheetsPage(Query[Page[SheetView]], roles=(Role.COORDINATOR,)):
    """Those of the project that are kept still, newest first."""

    first: Annotated[int, Field(ge=1, le=100)] = 20
    after: str | None = None


class SheetRowsPage(Query[Page[SheetRowView]], roles=(Role.COORDINATOR,)):
    """Its rows in their order; with `outcomes` or `noted`, those alone of which that came, or of which there is something to say."""

    sheet: SheetId
    outcomes: tuple[RowOutcome, ...] = ()
    noted: bool = False
    first: Annotated[int, Field(ge=1, le=100)] = 20
    after: str | None = None


class SheetTable(Query[SheetText], roles=(Role.COORDINATOR,), audited=True):
    """Its people in our own columns, to be mended and handed in again; a piece at a time."""

    sheet: SheetId
    outcomes: tuple[RowOutcome, ...] = ()
    after: int = 0


class SheetEndsDue(Due):
    """Nothing of it is to be kept any longer."""

    sheet: SheetId


class SheetRead(Event, of="sheet", about=("person",)):
    """A table of participants was looked through; nobody was taken over yet."""

    sheet: SheetId
    person: PersonId
    rows: int
    wrong: int


class SheetImported(Event, of="sheet", about=("person",)):
    """The people of a table were taken over, all of them at once."""

    sheet: SheetId
    person: PersonId
    new: int
    updated: int
    skipped: int


class SheetUndone(Event, of="sheet", about=("person",)):
    """What a table had brought was taken back."""

    sheet: SheetId
    person: PersonId
    removed: int
    stayed: int


class ParticipantBrought(Event, of="membership", about=("person",)):
    """A coordinator's table has someone take part in a round. She herself has said nothing yet."""

    membership: MembershipId
    person: PersonId
    sheet: SheetId
    round: RoundId
    role: Role
    style: Style | None = None
    """A mentor's: she takes mentees in this style alone."""
    places: int | None = None


class ParticipantTakenBack(Event, of="membership", about=("person",)):
    """What a table had said of someone is unsaid; `ended`: the membership that it began is no more either."""

    membership: MembershipId
    person: PersonId
    sheet: UUID
    round: RoundId | None
    role: Role
    ended: bool


class AccountTakenBack(Event, of="person", about=("person",)):
    """An account that a table had made, and nobody had ever used, is no more."""

    person: PersonId
