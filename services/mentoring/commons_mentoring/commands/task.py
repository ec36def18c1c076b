"""What is written about a session once it was held, and what the two do until the next."""

from __future__ import annotations

import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import TaskId
from commons_contracts.mentoring import AddTask, CompleteTask, SessionView, WriteNotes

from ..rules.session import require_held
from ..rules.task import Task
from ..tables import session_tasks
from ..tables.session import find_session, write
from .session import view_of


@answers
async def write_notes(command: WriteNotes, tx: Tx) -> SessionView:
    session, mentorship = await find_session(tx, command.session)
    mentorship.require_open()
    require_held(session)
    await write(tx, session, notes=command.notes.strip())
    return await view_of(tx, session.id)


@answers
async def add_task(command: AddTask, tx: Tx) -> SessionView:
    session, mentorship = await find_session(tx, command.session)
    mentorship.require_open()
    require_held(session)
    task = Task(
        id=TaskId(new_id()),
        project=session.project,
        session=session.id,
        mentor=session.mentor,
        mentee=session.mentee,
        owner=command.side,
        what=command.what.strip(),
        due_on=command.due_on,
    )
    tx.add(task)
    return await view_of(tx, session.id)


@answers
async def complete_task(command: CompleteTask, tx: Tx) -> SessionView:
    t = session_tasks.c
    of = await tx.value(sa.select(t.session).where(t.id == command.task))
    if of is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    session, mentorship = await find_session(tx, of)
    mentorship.require_open()
    (await tx.load(Task, command.task)).complete(done=command.done, at=tx.now)
    return await view_of(tx, session.id)
