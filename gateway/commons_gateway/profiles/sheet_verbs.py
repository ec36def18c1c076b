"""What a coordinator can do with a table of participants, and following the work on it. Files come in at /sheets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from commons_chassis.faults import Fault
from commons_contracts import profiles as contract
from commons_contracts.base import Done, Refusal
from commons_contracts.codes import (
    FaultCode,
    KnownPeople,
    Language,
    RefusalCode,
    Role,
    SheetEncoding,
    SheetField,
    SheetSeparator,
    SheetState,
)
from commons_contracts.ids import RoundId, SheetId
from commons_contracts.matching import RecruitingRound

from ..context import Ground, Info
from ..fields import argument, does, given, hears, wish
from ..live import patiently
from ..refused import Refused, Wish, done, refused
from ..relay import uuid_in
from ..scalars import CountryCode
from .own import Viewer
from .sheets import SHEETS, Sheet

BUSY = {SheetState.READING, SheetState.IMPORTING, SheetState.UNDOING}
BUSY_SECONDS, QUIET_SECONDS = 1.0, 5.0
"""How often one is looked at that is followed."""


@wish
class SheetColumnInput:
    """What a column is to be taken for."""

    position: int = given("Where it stands, from 0.")
    field: SheetField | None = given("What it says; without it, it is not taken.", default=None)


@wish
class ChangeSheetInput(Wish):
    """A table, read in another way. Options that are left out stay as they are."""

    sheet: strawberry.ID = given("The table.", nodes="Sheet")
    columns: list[SheetColumnInput] = given("Columns that are to be taken for something else.", default=[])
    role: Role | None = given("The role of rows that say none.", default=None)
    round: strawberry.ID | None = given("The round that its people take part in.", default=None, nodes="Round")
    country: CountryCode | None = given("The country of rows that say none.", default=None)
    language: Language | None = given("The language of letters to those whose rows say none.", default=None)
    known: KnownPeople | None = given("What becomes of rows of members.", default=None)
    encoding: SheetEncoding | None = given("How its characters are written.", default=None)
    separator: SheetSeparator | None = given("What stands between two cells.", default=None)

    def options(self, before: contract.SheetOptions) -> contract.SheetOptions:
        names = ("role", "country", "language", "known", "encoding", "separator")
        told = {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.round is not None:
            told["round"] = RoundId(uuid_in(self.round, "Round"))
        return before.model_copy(update=told)


@wish
class SheetInput(Wish):
    """One table."""

    sheet: strawberry.ID = given("The table.", nodes="Sheet")


@wish
class ConfirmSheetInput(Wish):
    """A table whose people are to come in."""

    sheet: strawberry.ID = given("The table.", nodes="Sheet")
    without_wrong: bool = given("Whether rows that have to be mended are left out.", default=False)


SheetOrRefused = Annotated[
    Sheet | Refused, strawberry.union("SheetOrRefused", description="The table as it is now, or why not.")
]
SheetDiscardedOrRefused = Annotated[
    Viewer | Refused, strawberry.union("SheetDiscardedOrRefused", description="The viewer, or why not.")
]


async def require_recruiting(ground: Ground, round: RoundId | None) -> None:
    """People come in while a round recruits, by a table as by themselves. Raises Refusal."""
    if round is not None:
        await ground.ask(RecruitingRound(round=round))


async def _sheet(ground: Ground, id: strawberry.ID) -> contract.SheetView:
    found = await ground.load(SHEETS, SheetId(uuid_in(id, "Sheet")))
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND, "sheet")
    return found


SheetCommand = contract.ChangeSheet | contract.ConfirmSheet | contract.UndoSheet


async def _changed(info: Info, input: Wish, command: SheetCommand) -> Sheet | Refused:
    """The answer to a command is kept, and so has not all there is to show: the table is asked for anew."""
    ground = info.context.ground(input.project)
    try:
        await ground.command(command, input.idempotency_key)
        found = (await ground.ask(contract.SheetsByIds(ids=(command.sheet,)))).items
    except Refusal as no:
        return await refused(no, info.context)
    return Sheet.of(found[0], ground) if found else await refused(Refusal(RefusalCode.NOT_FOUND), info.context)


@strawberry.type
class Mutation:
    @does(contract.SheetsByIds, RecruitingRound, contract.ChangeSheet)
    async def change_sheet(
        self, info: Info, input: Annotated[ChangeSheetInput, argument("How to read it.")]
    ) -> SheetOrRefused | None:
        """Read a table once more, with other columns or options. For coordinators."""
        ground = info.context.ground(input.project)
        try:
            before = await _sheet(ground, input.sheet)
            options = input.options(before.options)
            if options.round != before.options.round:
                await require_recruiting(ground, options.round)
        except Refusal as no:
            return await refused(no, info.context)
        columns = tuple(
            contract.SheetColumn(position=one.position, header="", field=one.field) for one in input.columns
        )
        command = contract.ChangeSheet(sheet=before.id, options=options, columns=columns)
        return await _changed(info, input, command)

    @does(contract.SheetsByIds, RecruitingRound, contract.ConfirmSheet)
    async def confirm_sheet(
        self, info: Info, input: Annotated[ConfirmSheetInput, argument("The table.")]
    ) -> SheetOrRefused | None:
        """Take the people of a table over: all of them or nobody. They are invited by letter. For coordinators."""
        ground = info.context.ground(input.project)
        try:
            before = await _sheet(ground, input.sheet)
            if before.state is SheetState.READ:
                await require_recruiting(ground, before.options.round)
        except Refusal as no:
            return await refused(no, info.context)
        command = contract.ConfirmSheet(sheet=before.id, without_wrong=input.without_wrong)
        return await _changed(info, input, command)

    @does(contract.UndoSheet, contract.SheetsByIds)
    async def undo_sheet(
        self, info: Info, input: Annotated[SheetInput, argument("The table.")]
    ) -> SheetOrRefused | None:
        """Take back all that a table has brought, but of whom has come in since. For coordinators."""
        command = contract.UndoSheet(sheet=SheetId(uuid_in(input.sheet, "Sheet")))
        return await _changed(info, input, command)

    @does(contract.DiscardSheet)
    async def discard_sheet(
        self, info: Info, input: Annotated[SheetInput, argument("The table.")]
    ) -> SheetDiscardedOrRefused | None:
        """Keep nothing of a table. People whom it has brought stay. For coordinators."""

        def viewer(_: Done, ground: Ground) -> Viewer:
            return Viewer.of(None, ground)

        command = contract.DiscardSheet(sheet=SheetId(uuid_in(input.sheet, "Sheet")))
        return await done(info, input, command, viewer)


@strawberry.type
class Subscription:
    @hears(contract.SheetsByIds)
    async def sheet_changed(
        self, info: Info, sheet: Annotated[strawberry.ID, argument("Its id.", nodes="Sheet")]
    ) -> AsyncGenerator[Sheet, None]:
        """A table as the work on it comes on, until nothing is kept of it. The first answer comes at once."""
        id, before = SheetId(uuid_in(sheet, "Sheet")), None
        while True:
            if info.context.caller.person is None:
                raise Fault(FaultCode.UNAUTHENTICATED)
            ground = info.context.again().ground()
            (found, *_) = [*(await patiently(ground, contract.SheetsByIds(ids=(id,)))).items, None]
            if found is None:
                return
            if found != before:
                before = found
                yield Sheet.of(found, ground)
            await asyncio.sleep(BUSY_SECONDS if found.state in BUSY else QUIET_SECONDS)
            await info.context.desk.identity.still(info.context.caller)
