"""All pairs of a run become matches, or none does: checked against what is true now, under locks, in statements for all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from commons_chassis.tx import Row, Tx
from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import CircleId, MatchId, derived
from commons_contracts.matching import CircleFormed, MatchConfirmed

from ..leaving import leave_elsewhere
from ..rules.circle import terms_of
from ..rules.round import Round
from ..rules.run import Run
from ..tables import circles, proposals
from .circling import changed_circles
from .freshness import changed_rules

SHOWN = 20
"""Changes that a refusal names; how many there are it says too."""

SEATS = sa.text("""
    select 1 from participations t join proposals p on p.run = :run and t.person = p.mentee
    where t.round = :round order by t.person, t.role for update of t
""")
SHELVES = sa.text("""
    select 1 from places l where l.round = :round and l.style = :style
    and l.mentor in (select mentor from proposals where run = :run) order by l.id for update
""")
CHANGED = sa.text("""
    with pairs as (select id, circle, mentor, mentee from proposals where run = :run),
    needed as (select mentor, count(distinct coalesce(circle, id)) as places from pairs group by mentor)
    select 'MATCHED' as why, mentor, mentee from pairs where exists (
        select from matches m
        where m.round = :round and m.mentee = pairs.mentee and m.style <> 'FLASH' and m.over_at is null
    )
    union all select 'LEFT', mentor, mentee from pairs where not (
        exists (select from participations t where t.round = :round and t.person = mentor and t.role = 'MENTOR')
        and exists (select from participations t where t.round = :round and t.person = mentee and t.role = 'MENTEE')
        and exists (select from standings s where s.project = :project and s.person = mentor and 'MENTOR' = any(s.roles))
        and exists (select from standings s where s.project = :project and s.person = mentee and 'MENTEE' = any(s.roles))
    )
    union all select 'UNAVAILABLE', mentor, mentee from pairs where not exists (
        select from cards c where c.project = :project and c.person = mentor and not c.paused and (c.introduced or exists (
            select from participations t
            where t.round = :round and t.person = mentor and t.role = 'MENTOR' and t.brought is not null
        ))
    ) or exists (select from blocked b where b.by = mentor and b.person = mentee)
    or exists (select from blocked b where b.by = mentee and b.person = mentor)
    union all select 'AT_CAPACITY', n.mentor, null from needed n
    left join places l on l.round = :round and l.style = :style and l.mentor = n.mentor
    where l.id is null or l.most - l.used - l.held < n.places
""").columns(mentor=sa.Uuid, mentee=sa.Uuid)
TAKE = sa.text("""
    update places l set used = l.used + n.places
    from (
        select mentor, count(distinct coalesce(circle, id)) as places from proposals where run = :run group by mentor
    ) as n
    where l.round = :round and l.style = :style and l.mentor = n.mentor and l.used + l.held + n.places <= l.most
    returning 1
""")
PAIRS = sa.text("select circle, mentor, mentee from proposals where run = :run order by mentee").columns(
    circle=sa.Uuid, mentor=sa.Uuid, mentee=sa.Uuid
)


MAKE = sa.text("""
    insert into matches (id, project, round, circle, mentor, mentee, style, confirmed_at)
    select id, :project, :round, circle, mentor, mentee, :style, :at
    from unnest(cast(:ids as uuid[]), cast(:circles as uuid[]), cast(:mentors as uuid[]), cast(:mentees as uuid[]))
    as it (id, circle, mentor, mentee) returning 1
""")


async def publish(tx: Tx, run: Run, round: Round) -> None:
    """Refusal(MATCH_SNAPSHOT_STALE, changed, count) where any pair could not be accepted now; then nothing has changed.

    Locked in the order of an accepted request: seats of mentees, requests, places (`commands/connection.py`).
    """
    published = run.publish(at=tx.now)
    about = {"run": run.id, "round": run.round}
    here = about | {"style": run.style}
    await tx.rows(SEATS, **about)
    await leave_elsewhere(tx, run.round, sa.select(proposals.c.mentee).where(proposals.c.run == run.id))
    await tx.rows(SHELVES, **here)
    terms = terms_of(round.rules)
    fresh = changed_rules(tx, run, round) if terms is None else changed_circles(tx, run, round, terms)
    changed = [*await tx.rows(CHANGED, **here, project=run.project), *await fresh]
    if changed:
        raise _stale(changed)
    await tx.rows(TAKE, **here)
    made = [_confirmed(run, round, row, tx.now) for row in await tx.rows(PAIRS, run=run.id)]
    theirs = [fact.circle for fact in made]
    people = {"mentors": [fact.mentor for fact in made], "mentees": [fact.mentee for fact in made]}
    shared = {"project": run.project, "round": run.round, "style": run.style, "at": tx.now}
    await tx.rows(MAKE, ids=[fact.match for fact in made], circles=theirs, **people, **shared)
    await tx.emit(published, *await _formed(tx, run, round, theirs), *made)


def _confirmed(run: Run, round: Round, row: Row, at: datetime) -> MatchConfirmed:
    """As of an accepted request (`rules/match.py`), for thousands at once: there is no request, and no row is loaded."""
    return MatchConfirmed(
        project=run.project,
        at=at,
        match=MatchId(derived("match", run.id, row["mentee"])),
        round=run.round,
        programme=round.programme,
        programme_version=round.programme_version,
        connection=None,
        mentor=row["mentor"],
        mentee=row["mentee"],
        style=run.style,
        circle=row["circle"],
    )


async def _formed(tx: Tx, run: Run, round: Round, members: Sequence[CircleId | None]) -> list[CircleFormed]:
    """The circles of the run, with how many are in each."""
    many = Counter(members)
    facts = {"project": run.project, "at": tx.now, "round": run.round}
    facts |= {"programme": round.programme, "programme_version": round.programme_version}
    told = [column for column in circles.c if column.name in CircleFormed.model_fields]
    wanted = sa.select(circles.c.id.label("circle"), *told).where(circles.c.run == run.id).order_by(circles.c.id)
    rows = [dict(row) | facts for row in await tx.rows(wanted)]
    return [CircleFormed(**row, members=many[row["circle"]]) for row in rows]


def _stale(changed: Sequence[Row]) -> Refusal:
    """Each pair once, by the first that is wrong with it."""
    found = {(row["mentor"], row["mentee"]): row for row in reversed(changed)}
    named = sorted(found.values(), key=lambda row: (row["why"], str(row["mentor"]), str(row["mentee"])))
    shown = [
        {"why": row["why"], "mentor": row["mentor"]} | ({"mentee": row["mentee"]} if row["mentee"] else {})
        for row in named[:SHOWN]
    ]
    return Refusal(RefusalCode.MATCH_SNAPSHOT_STALE, changed=shown, count=len(named))
