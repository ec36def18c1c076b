"""Sessions without a word in them; the words, which the two alone read; and what stands in each person's calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, ident, mapped, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import Language, Modality, RefusalCode, Role, SessionState

from ..rules.mentorship import Mentorship
from ..rules.session import Session
from ..rules.task import Task
from .base import code, metadata, moment
from .mentorship import find_mentorship, mentorships


def _person(name: str, purpose: str, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid, nullable=False, info=personal(purpose, erase="anonymise"), **more)


sessions = table(
    "sessions",
    metadata,
    ident(),
    project(),
    sa.Column("mentorship", sa.ForeignKey(mentorships.c.id), nullable=False, index=True, info=NONE),
    _person("mentor", "session", index=True),
    _person("mentee", "session", index=True),
    code("proposed_by", Role),
    moment("starts_at", nullable=False),
    moment("ends_at", nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False, info=NONE),
    code("mode", Modality),
    code("state", SessionState),
    sa.Column("sequence", sa.Integer, nullable=False, info=NONE),
    version(),
    wall=Wall.PROJECT,
)

session_texts = table(
    "session_texts",
    metadata,
    sa.Column("session", sa.ForeignKey(sessions.c.id), primary_key=True, info=NONE),
    project(),
    _person("mentor", "session"),
    _person("mentee", "session"),
    sa.Column("agenda", sa.Text, nullable=False, server_default="", info=personal("what a pair talks about")),
    sa.Column("notes", sa.Text, nullable=False, server_default="", info=personal("what a pair talks about")),
    wall=Wall.PAIR,
)

session_tasks = table(
    "session_tasks",
    metadata,
    ident(),
    project(),
    sa.Column("session", sa.ForeignKey(sessions.c.id), nullable=False, index=True, info=NONE),
    _person("mentor", "session"),
    _person("mentee", "session"),
    code("owner", Role),
    sa.Column("what", sa.Text, nullable=False, info=personal("what someone in a pair does next")),
    sa.Column("due_on", sa.Date, info=personal("what someone in a pair does next")),
    moment("done_at", info=personal("what someone in a pair does next")),
    version(),
    wall=Wall.PAIR,
)

calendar_entries = table(
    "calendar_entries",
    metadata,
    sa.Column("session", sa.ForeignKey(sessions.c.id), primary_key=True, info=NONE),
    sa.Column("person", sa.Uuid, primary_key=True, info=personal("calendar")),
    project(),
    moment("starts_at", nullable=False, info=personal("calendar")),
    moment("ends_at", nullable=False, info=personal("calendar")),
    sa.Column("stands", sa.Boolean, nullable=False, info=personal("calendar")),
    code("mode", Modality, info=personal("calendar")),
    sa.Column("sequence", sa.Integer, nullable=False, info=NONE),
    pg.ExcludeConstraint(
        (sa.column("person"), "="),
        (sa.func.tstzrange(sa.column("starts_at"), sa.column("ends_at")), "&&"),
        name="ex_calendar_entries_one_at_a_time",
    ),
    wall=Wall.PERSON_OR_PROJECT,
)
"""Nobody is in two sessions at once, in whichever of her mentorships and projects: the constraint sees them all.

`stands`: both have said yes.
"""

calendar_feeds = table(
    "calendar_feeds",
    metadata,
    sa.Column("person", sa.Uuid, primary_key=True, info=personal("calendar feed")),
    sa.Column("digest", sa.Text, nullable=False, unique=True, info=personal("calendar feed", export=False)),
    code("language", Language, info=personal("calendar feed")),
    moment("since", nullable=False, info=personal("calendar feed")),
    wall=Wall.PERSON,
)
"""Of the token there is a digest; whoever reads this table opens no calendar with it."""

person_zones = table(
    "person_zones",
    metadata,
    sa.Column("person", sa.Uuid, primary_key=True, info=personal("times as she reads them")),
    sa.Column("zone", sa.Text, nullable=False, info=personal("times as she reads them")),
    wall=Wall.PLATFORM,
    copy_of="profiles",
)

mapped(metadata, Session, sessions)
mapped(metadata, Task, session_tasks)


def deadlines_of(mentorship: UUID, session: UUID) -> str:
    """What the keys of a session's reminders begin with: they go with those of its mentorship."""
    return f"mentorship:{mentorship}:session:{session}:"


async def find_session(tx: Tx, id: UUID) -> tuple[Session, Mentorship]:
    """One of who acts, and its mentorship, both locked: the reminders first, as the jobs do, so that they never deadlock."""
    s = sessions.c
    of = await tx.value(sa.select(s.mentorship).where(s.id == id))
    if of is None:
        raise Refusal(RefusalCode.NOT_FOUND)
    await tx.forget(deadlines_of(of, id))
    mentorship = await find_mentorship(tx, of)
    return await tx.load(Session, id), mentorship


async def keep_time(tx: Tx, session: Session) -> bool:
    """Put it in the calendars that it belongs in, at its time. False: someone is in another session then.

    The database decides, so that of two who ask at the same moment one is told; persons in order, so that they never wait
    for each other.
    """
    e = calendar_entries.c
    await tx.run(sa.delete(calendar_entries).where(e.session == session.id))
    rows = [
        {"session": session.id, "person": person, "project": session.project, "mode": session.mode}
        | {"starts_at": session.starts_at, "ends_at": session.ends_at, "sequence": session.sequence}
        | {"stands": session.state is not SessionState.PROPOSED}
        for person in sorted(session.busy)
    ]
    if not rows:
        return True
    put = pg.insert(calendar_entries).values(rows).on_conflict_do_nothing()
    return await tx.run(put) == len(rows)


async def has_time(tx: Tx, session: Session) -> bool:
    """Whether the other one, who has not said yes yet, is free then as well."""
    e = calendar_entries.c
    overlaps = (e.starts_at < session.ends_at) & (e.ends_at > session.starts_at) & e.stands
    both = e.person.in_([session.mentor, session.mentee])
    return not await tx.value(sa.select(sa.exists().where(both, overlaps, e.session != session.id)))


async def write(tx: Tx, session: Session, **words: str) -> None:
    """Agenda or notes, instead of what stood there."""
    row = {"session": session.id, "project": session.project, "mentor": session.mentor, "mentee": session.mentee}
    put = pg.insert(session_texts).values(row | words)
    await tx.run(put.on_conflict_do_update(index_elements=[session_texts.c.session], set_=words))
