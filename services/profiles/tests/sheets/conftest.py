"""What tests of coordinators' tables share: handing one in, taking its people over, taking them back."""

from __future__ import annotations

from base64 import b64encode

import pytest
import sqlalchemy as sa

from commons_chassis import doors
from commons_chassis.testing import run
from commons_contracts.profiles import (
    AddToSheet,
    ConfirmSheet,
    ReadSheet,
    SheetOptions,
    StageSheet,
    UndoSheet,
)
from commons_profiles.app import service
from commons_profiles.sheets.progress import untold
from commons_profiles.sheets.work import work
from commons_profiles.tables import sheet_turns

from .makers import seen


@pytest.fixture
async def coordinator(tx, westem, code_in_force, coordinate, accept):
    await code_in_force()
    cora = await coordinate()
    await accept()
    return cora


@pytest.fixture
def at_work(tx):
    """What the service does beside its doors, until nothing waits."""

    async def worked():
        actor = tx.actor
        while (row := await tx.row(sa.select(sheet_turns.c.sheet))) is not None:
            tx.actor = doors.service_actor(actor.project)
            await tx.enter(own=True)
            await work(row["sheet"], tx, untold)
            await tx.write_facts()
        tx.actor = actor
        await tx.enter(own=False)

    return worked


@pytest.fixture
def hand_in(tx, coordinator, at_work):
    async def handed(text, **options):
        content = text if isinstance(text, bytes) else text.encode()
        sheet = (await run(service, StageSheet(options=SheetOptions(**options)), tx)).id
        for nth in range(len(content) // 100 + 1):
            part = b64encode(content[nth * 100 : nth * 100 + 100]).decode()
            await run(service, AddToSheet(sheet=sheet, nth=nth, content=part), tx)
        await run(service, ReadSheet(sheet=sheet), tx)
        await at_work()
        return sheet

    return handed


@pytest.fixture
def take_over(tx, hand_in, at_work):
    async def taken(text, **options):
        sheet = await hand_in(text, **options)
        await run(service, ConfirmSheet(sheet=sheet), tx)
        await at_work()
        return sheet

    return taken


@pytest.fixture
def undo(tx, at_work):
    async def undone(sheet):
        await run(service, UndoSheet(sheet=sheet), tx)
        await at_work()
        return await seen(sheet, tx)

    return undone
