"""What people have read of the matching, and whom they rank."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, ident, project, table
from commons_chassis.tx import Tx
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, RoundId, RunId

from ..rules.preference import RankedList, in_places
from ..rules.round import Round
from .schema import metadata, participations

acknowledgements = table(
    "acknowledgements",
    metadata,
    ident(info=personal("matching notice")),
    project(),
    sa.Column("round", sa.Uuid, sa.ForeignKey("rounds.id"), nullable=False, info=NONE),
    sa.Column("person", sa.Uuid, nullable=False, info=personal("matching notice")),
    sa.Column("version", sa.Integer, nullable=False, info=personal("matching notice")),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, info=personal("matching notice")),
    sa.UniqueConstraint("round", "person"),
    wall=Wall.PROJECT,
)
"""Who has confirmed how matching works; `version` is the programme's, whose words she read."""

preferences = table(
    "preferences",
    metadata,
    sa.Column("round", sa.Uuid, sa.ForeignKey("rounds.id"), primary_key=True, info=NONE),
    sa.Column("person", sa.Uuid, primary_key=True, info=personal("ranked list")),
    sa.Column("role", sa.Enum(Role, native_enum=False, length=40), primary_key=True, info=personal("ranked list")),
    sa.Column("partner", sa.Uuid, primary_key=True, info=personal("ranked list", export=False)),
    project(),
    sa.Column("place", sa.Integer, nullable=False, info=personal("ranked list")),
    sa.Index(None, "partner"),
    wall=Wall.PERSON,
)
"""Whom a person ranks, best in place 1; those in one place are equal. The database shows it to her and to a match run alone."""


async def find_list(tx: Tx, round: RoundId, role: Role) -> RankedList:
    """The acting person's own list; empty where she has sent none."""
    p = preferences.c
    hers = sa.select(p.partner, p.place).where(p.round == round, p.person == tx.person, p.role == role)
    rows = await tx.rows(hers.order_by(p.place, p.partner))
    return in_places([(PersonId(row["partner"]), row["place"]) for row in rows])


async def find_lists(tx: Tx, round: Round) -> dict[str, Any] | None:
    """Everyone's lists, as a match run takes them; None where nobody ranks.

    Only where the service acts for itself: to anybody else the database shows her own list alone.
    """
    if round.lists_close_at is None:
        return None
    p, here = preferences.c, participations.c
    sides: dict[str, dict[str, list[list[str]]]] = {}
    for role, name in ((Role.MENTEE, "mentees"), (Role.MENTOR, "mentors")):
        sent = sa.select(here.person).where(here.round == round.id, here.role == role, here.listed_at.is_not(None))
        lists: dict[str, list[list[str]]] = {
            str(row["person"]): [] for row in await tx.rows(sent.order_by(here.person))
        }
        placed = sa.select(p.person, sa.func.array_agg(aggregate_order_by(p.partner, p.partner)).label("equals"))
        placed = placed.where(p.round == round.id, p.role == role).group_by(p.person, p.place)
        for row in await tx.rows(placed.order_by(p.person, p.place)):
            lists[str(row["person"])].append([str(partner) for partner in row["equals"]])
        sides[name] = lists
    return {**sides, "completed": round.rules.matching.lists.completed}


BLOCKING = sa.text("""
    with pairs as (
        select hers.person as mentee, hers.partner as mentor, hers.place as hers, theirs.place as theirs
        from preferences hers join preferences theirs
            on theirs.round = hers.round and theirs.person = hers.partner and theirs.partner = hers.person
            and theirs.role = 'MENTOR'
        where hers.round = :round and hers.role = 'MENTEE'
    ),
    has as (
        select p.mentee, p.mentor, pairs.hers, pairs.theirs, p.origin
        from proposals p left join pairs using (mentee, mentor) where p.run = :run
    ),
    mentors as (
        select places.mentor, most - used - held as free,
            (select count(*) from has where has.mentor = places.mentor) as taken,
            (select max(theirs) from has where has.mentor = places.mentor and origin = 'SOLVED') as worst
        from places where round = :round and style = :style
    )
    select pairs.mentor, pairs.mentee from pairs join mentors using (mentor)
        left join has on has.mentee = pairs.mentee
    where has.mentor is distinct from pairs.mentor and coalesce(has.origin, 'SOLVED') = 'SOLVED'
        and not exists (
            select from matches m where m.round = :round and m.mentee = pairs.mentee
            and m.style <> 'FLASH' and m.over_at is null
        )
        and (has.mentee is null or pairs.hers < has.hers)
        and (mentors.taken < mentors.free or (mentors.free > 0 and pairs.theirs < mentors.worst))
    order by 1, 2
""")
"""The checker of two-way choice (journey J5.6): pairs who stand on each other's lists and would both rather have each other
than what a run proposes. It reads what is stored and knows nothing of how it was computed; none, and the run is stable.
"""


async def blocking_pairs(tx: Tx, round: Round, run: RunId) -> set[tuple[PersonId, PersonId]]:
    """(mentor, mentee) of each pair that would rather have each other. Before the run is published, while its places are free."""
    rows = await tx.rows(BLOCKING, round=round.id, run=run, style=round.season_style)
    return {(PersonId(row["mentor"]), PersonId(row["mentee"])) for row in rows}


async def count_lists(tx: Tx, round: RoundId, role: Role) -> tuple[int, int]:
    """How many take part in a role, and how many of them have sent a list."""
    p = participations.c
    counted = sa.select(sa.func.count().label("all"), sa.func.count(p.listed_at).label("sent"))
    row = await tx.row(counted.where(p.round == round, p.role == role))
    return (row["all"], row["sent"]) if row else (0, 0)
