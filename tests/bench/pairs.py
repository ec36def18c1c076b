"""Mentoring in a process of its own, and many pairs at the beginning of four months, as their commands would have left them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import psycopg

from commons_chassis import doors
from commons_chassis.clock import setting_for
from commons_chassis.ids import new_id
from commons_chassis.run import Process, leave_alone
from commons_chassis.runtime import Runtime, running
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import MASTER_KEY, hear, play, run
from commons_contracts.base import Actor
from commons_contracts.ids import ProjectId
from commons_contracts.mentoring import SeedProgramme
from commons_contracts.profiles import ProjectOpened
from commons_mentoring.app import service

from .ends import obey

BEGIN, END = date(2026, 10, 1), date(2027, 1, 31)
NOW, LATER = datetime(2026, 10, 1, 12, tzinfo=UTC), datetime(2027, 2, 28, 12, tzinfo=UTC)
STILL = 20
"""In one of so many nothing ever happens; the others meet."""
MEETING = 4
"""One in so many has a session of which both are reminded."""
PAIRS = """
insert into mentorships (id, project, match, programme, programme_version, mentor, mentee, style, phase, opened_at, state,
    active_at, starts_on, ends_on, minutes_a_month, agreement, newest, turn, version, changed)
select gen_random_uuid(), %(project)s, gen_random_uuid(), %(programme)s, 1, gen_random_uuid(), gen_random_uuid(), 'TRADITIONAL',
    'ENABLING', %(now)s, 'OPEN', case when n %% %(still)s = 0 then %(now)s else %(later)s end, %(begin)s, %(end)s, 120, 1, 1, 0, 1, 0
from generate_series(1, %(pairs)s) n
"""
ADULTS = """
insert into standings (project, person, roles, adult, conduct)
select project, person, array['MENTOR'], true, '{}' from mentorships, unnest(array[mentor, mentee]) person
"""
SESSIONS = """
insert into sessions (id, project, mentorship, mentor, mentee, proposed_by, starts_at, ends_at, minutes, mode, state, sequence, version)
select gen_random_uuid(), project, id, mentor, mentee, 'MENTEE', at, at + interval '1 hour', 60, 'ONLINE', 'SCHEDULED', 1, 1
from (select *, %(now)s + interval '30 days' + interval '15 minutes' * (row_number() over () %% 640) as at from mentorships limit %(meetings)s) of
"""
DUES = """
insert into due (project, key, due_at, subject, body)
select project, key, at, 'due.mentoring.' || kind, body || jsonb_build_object('mentorship', id) from (
    select project, id, 'mentorship:' || id || ':period:half' as key, %(half)s as at, 'halfway_due' as kind, '{}'::jsonb as body
    from mentorships
    union all select project, id, 'mentorship:' || id || ':period:' || days, %(end)s + interval '1 day' * (1 - days), 'period_end_due',
    jsonb_build_object('days', days) from mentorships, unnest(array[0, 14]) days
    union all select project, id, 'mentorship:' || id || ':standstill', active_at + interval '21 days', 'standstill_due', '{"step": 0}'
    from mentorships where active_at < %(later)s
) it
union all
select project, 'mentorship:' || mentorship || ':session:' || id || ':60', starts_at - interval '1 hour',
    'due.mentoring.session_reminder_due', jsonb_build_object('session', id, 'minutes', 60) from sessions
"""


async def laid_out(runtime: Runtime, admin: str, pairs: int) -> str:
    """A project with WESTEM's programme, through the doors; then so many pairs in it, by SQL. Returns the project."""
    project = ProjectId(new_id())
    async with doors.transaction(service, runtime.app, Actor(project=project), NOW, own=True) as tx:
        await hear(service, ProjectOpened(project=project, at=NOW, zone="Europe/Stockholm"), tx)
        await play(tx, operator=True)
        programme = await run(service, SeedProgramme(design="westem", starts_on=BEGIN), tx)
    known = {
        "project": project,
        "programme": programme.id,
        "pairs": pairs,
        "meetings": pairs // MEETING,
        "still": STILL,
        "now": NOW,
        "later": LATER,
    }
    known |= {"begin": BEGIN, "end": END, "half": BEGIN + (END - BEGIN) // 2}
    with psycopg.connect(admin) as all_of_it:
        for statement in ("set timezone to 'Europe/Stockholm'", PAIRS, ADULTS, SESSIONS, DUES, "analyze"):
            all_of_it.execute(statement, known if "%(" in statement else None)
    return str(project)


async def serve(**told: str) -> None:
    settings = ServiceSettings(env="dev", name="mentoring", master_key=MASTER_KEY, **told)
    async with running(service, settings) as runtime:
        runtime.clock.setting = setting_for(NOW, frozen=True)
        process = Process(runtime)
        await process.start()
        leave_alone()

        async def move() -> None:
            runtime.clock.setting = setting_for(LATER, frozen=True)
            runtime.committed.set()

        await obey({"move": move})
        await process.stop(2)
