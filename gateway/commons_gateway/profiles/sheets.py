"""Coordinators' tables of participants: what becomes of each row, without what it says of anybody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from commons_contracts import profiles as contract
from commons_contracts.codes import (
    KnownPeople,
    Language,
    Role,
    RowOutcome,
    SheetEncoding,
    SheetField,
    SheetProblem,
    SheetSeparator,
    SheetState,
    Unreadable,
)
from commons_contracts.ids import SheetId

from ..context import Batch, Info
from ..fields import After, First, Shown, adds, argument, asks, said, shape, told
from ..papers import Paper, link
from ..relay import Listing, Node, global_id, listing
from ..scalars import CountryCode
from ..sentences import SHEET, Catalogue
from .own import Project

SHEETS: Batch[SheetId, contract.SheetView] = Batch(contract.SheetsByIds, "ids", lambda sheet: sheet.id)


@shape
class SheetColumn(Shown[contract.SheetColumn]):
    """A column of a table."""

    position: int = said("Where it stands, from 0.")
    header: str = said("What stands above it.")
    field: SheetField | None = said("What it is taken for; none: it is not taken.")


@shape
class RowProblem(Shown[contract.RowProblem]):
    """What there is to say of a cell or a row."""

    code: SheetProblem = said("What it is; stable, for programs.")
    column: int | None = said("In which column, from 0.")
    field: SheetField | None = said("What should stand there.")
    found: str | None = said("What stands there, where that is no private matter.")
    allowed: list[str] = said("What could stand there, where there is a list of it.")
    row: int | None = said("The other row, where it is about two.")
    most: int | None = said("How much there is room for.")

    @told
    async def message(self, info: Info) -> str:
        """The same for people, in the viewer's language."""
        return Catalogue.of(await info.context.language()).plain(self.view.code, SHEET)


@shape
class SheetRow(Shown[contract.SheetRowView]):
    """A row of a table, without what it says of anybody."""

    number: int = said("As a spreadsheet counts.")
    outcome: RowOutcome = said("What becomes of it, or became of it.")

    @told
    def problems(self) -> list[RowProblem]:
        """All there is to mend or to know."""
        return [RowProblem.of(view, self.ground) for view in self.view.problems]


@shape
class Sheet(Node, Shown[contract.SheetView]):
    """A coordinator's table of participants, for a day. For coordinators of its project."""

    state: SheetState = said("How far it has come.")
    unreadable: Unreadable | None = said("Why it is no table that could be read.")
    lacking: list[SheetField] = said("What has to be said of everyone, and neither a column nor an option says.")
    new: int = said("How many rows bring somebody new.")
    updates: int = said("How many rows are of members, who get what they had not.")
    skipped: int = said("How many rows are of members, who are left as they are.")
    wrong: int = said("How many rows have to be mended.")
    registered: int = said("How many of its people take part in the round by now.")
    stayed: int = said("Of how many it was not taken back, because somebody has to do with them since.")
    done: int = said("How many rows the work in hand has come through.")
    staged_at: datetime = said("When it was handed in.")
    ends_at: datetime = said("From then on nothing is kept of it, and it cannot be taken back.")

    @told
    def row_count(self) -> int:
        """How many rows it has."""
        return self.view.rows

    @told
    def done_of(self) -> int:
        """Of how many."""
        return self.view.of

    @told
    def columns(self) -> list[SheetColumn]:
        """Its columns."""
        return [SheetColumn.of(view, self.ground) for view in self.view.columns]

    @told
    def options(self) -> SheetOptions:
        """What holds for all of its rows."""
        return SheetOptions.of(self.view.options, self.ground)

    @told
    async def message(self, info: Info) -> str | None:
        """Why it cannot be read, in the viewer's language."""
        why = self.view.unreadable
        return Catalogue.of(await info.context.language()).plain(why, SHEET) if why else None

    @asks(contract.SheetRowsPage)
    async def rows(
        self,
        outcomes: Annotated[list[RowOutcome] | None, argument("Those alone of which this becomes.")] = None,
        noted: Annotated[bool, argument("Those alone of which there is something to say.")] = False,
        first: First = 20,
        after: After = None,
    ) -> Listing[SheetRow] | None:
        """Its rows, in their order."""
        wanted = {"sheet": self.view.id, "outcomes": tuple(outcomes or ()), "noted": noted}
        return await listing(self.ground, contract.SheetRowsPage, SheetRow.of, first=first, after=after, **wanted)

    @told
    async def table(self) -> Paper | None:
        """Its people in the platform's own columns (CSV), as far as they could be read."""
        return await link(self.ground, "sheet-table", self.view.id)


@shape
class SheetOptions(Shown[contract.SheetOptions]):
    """What holds for all rows of a table."""

    role: Role | None = said("The role of rows that say none.")
    country: CountryCode | None = said("The country of rows that say none.")
    language: Language | None = said("The language in which those are written to whose rows say none.")
    known: KnownPeople = said("What becomes of rows of members.")
    encoding: SheetEncoding | None = said("How its characters are written, as told or as found.")
    separator: SheetSeparator | None = said("What stands between two cells, as told or as found.")

    @told
    def round(self) -> strawberry.ID | None:
        """The id of the round that its people take part in."""
        return global_id("Round", self.view.round) if self.view.round else None


@adds(Project, contract.SheetsPage)
async def sheets(root: strawberry.Parent[Project], first: First = 5, after: After = None) -> Listing[Sheet] | None:
    """Tables of participants that are kept still, newest first. For coordinators."""
    return await listing(root.ground, contract.SheetsPage, Sheet.of, first=first, after=after)
