"""Saying how one wants to be told by mail, and stopping letters from within one."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.profiles import NoticePreferencesView, SetNoticePreferences, StopNotices, StopView

from ..post.wishes import find_preferences, find_stop, preferences_view, stop_view
from ..rules.telling import Preferences
from ..tables import letters, notices, preferences


@answers
async def set_notice_preferences(cmd: SetNoticePreferences, tx: Tx) -> NoticePreferencesView:
    changed = (await find_preferences(tx, tx.person, tx.project)).changed(cmd)
    await _keep(changed, tx.person, tx.project, tx)
    return await preferences_view(tx, changed)


@answers
async def stop_notices(cmd: StopNotices, tx: Tx) -> StopView:
    """Stopped twice, it is stopped."""
    link = await find_stop(tx, cmd.link)
    changed = (await find_preferences(tx, link.person, link.project)).without(link.category)
    await _keep(changed, link.person, link.project, tx)
    return await stop_view(tx, link, stopped=True)


async def _keep(changed: Preferences, person: PersonId, project: ProjectId, tx: Tx) -> None:
    row = asdict(changed)
    put = insert(preferences).values(person=person, project=project, **row)
    await tx.run(put.on_conflict_do_update(index_elements=["project", "person"], set_=row))
    await _sort_again(person, project, tx)


async def _sort_again(person: PersonId, project: ProjectId, tx: Tx) -> None:
    """What waits is sorted anew, as she wants it now. What is on its way already stays a letter."""
    t = letters.c
    waiting = (t.person == person) & (t.project == project) & (t.tries == 0)
    gone = [row["id"] for row in await tx.rows(sa.delete(letters).where(waiting).returning(t.id))]
    if gone:
        told = sa.update(notices).where(notices.c.letter.in_(gone)).values(sorted=False, letter=None)
        await tx.run(told)
